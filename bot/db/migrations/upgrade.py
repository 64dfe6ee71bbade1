"""Migrate a database to the newest schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database

ADVISORY_LOCK_ID = 7_236_411  # any number that no other program uses on this server


def make_alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration. Without a connection it serves only to list the migrations."""
    config = Config()
    # A % begins an interpolation in Alembic's configuration.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate_database(database: Database) -> None:
    """Migrate the database to the newest schema. Several processes may do so at the same time."""
    async with begin_schema_change(database) as connection:
        await connection.run_sync(lambda sync: command.upgrade(make_alembic_config(sync), "head"))


@asynccontextmanager
async def begin_schema_change(database: Database) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that may change the schema. If several processes do so, one runs at a time.

    The others wait for an advisory lock on PostgreSQL, and for the write lock on SQLite.
    """
    async with database.engine.connect() as connection:
        if database.is_sqlite:
            await _set_foreign_keys(connection, is_on=False)
        try:
            async with connection.begin():
                if not database.is_sqlite:
                    await connection.execute(text("SET LOCAL lock_timeout = '60s'"))
                    await connection.execute(text("SET LOCAL statement_timeout = '60s'"))
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK_ID})"))
                yield connection
        finally:
            if database.is_sqlite:
                await _set_foreign_keys(connection, is_on=True)


async def _set_foreign_keys(connection: AsyncConnection, *, is_on: bool) -> None:
    """Switch SQLite's foreign keys on or off. SQLite ignores this within a transaction.

    A migration changes a table by copying it. With foreign keys on, dropping the old table would delete all
    rows that refer to it (https://www.sqlite.org/lang_altertable.html).
    """
    raw_connection = await connection.get_raw_connection()
    assert raw_connection.driver_connection is not None
    await raw_connection.driver_connection.execute(f"PRAGMA foreign_keys = {'ON' if is_on else 'OFF'}")
