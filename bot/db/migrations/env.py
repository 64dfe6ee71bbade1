"""The script that Alembic runs: apply migrations within the caller's connection and transaction."""

from alembic import context

from bot.db.tables import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # Complete only where bot.app was imported. Upgrades do not read it; comparing with the schema does.
    target_metadata=Row.metadata,
    # SQLite cannot alter most of a table: a migration makes a new one and copies the rows.
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller's transaction holds the lock and commits
)
context.run_migrations()
