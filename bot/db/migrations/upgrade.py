"""Bringing a database to the newest schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database

LOCK = 7_236_411  # of PostgreSQL: of several processes that start at once, one migrates and the others wait


def config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


async def migrate(database: Database) -> None:
    """Bring the database to the newest schema. Any number of processes may try at once."""
    async with changing(database) as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))


@asynccontextmanager
async def changing(database: Database) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that may change the schema: no other does so meanwhile."""
    async with database.engine.connect() as connection:
        if database.is_sqlite:
            await _heed_foreign_keys(connection, on=False)
        try:
            async with connection.begin():
                if not database.is_sqlite:
                    await connection.execute(text("SET LOCAL lock_timeout = '60s'"))
                    await connection.execute(text("SET LOCAL statement_timeout = '60s'"))
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                yield connection
        finally:
            if database.is_sqlite:
                await _heed_foreign_keys(connection, on=True)


async def _heed_foreign_keys(connection: AsyncConnection, *, on: bool) -> None:
    """Let SQLite heed foreign keys or not, which it asks for outside of transactions.

    It changes a table by making it anew; dropping the old one would delete all rows that refer to it.
    """
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
