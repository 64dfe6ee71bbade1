"""What Alembic runs: the migrations, in the transaction of whoever asked for them."""

from alembic import context

from bot.db.migrations.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller's transaction holds the lock and commits
)
context.run_migrations()
