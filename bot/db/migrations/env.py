"""The script that Alembic runs. It applies migrations with the caller's connection, in its transaction."""

from alembic import context

from bot.db.tables import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # It contains all tables only if bot.app is imported. Upgrades do not use it; autogenerate does.
    target_metadata=Row.metadata,
    # SQLite's ALTER TABLE cannot change most things: a migration creates a new table and copies the rows.
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller's transaction holds the lock and commits
)
context.run_migrations()
