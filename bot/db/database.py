"""Engines and transactions. Nothing else in the code commits.

SQLite has one writer at a time. A transaction that reads first and takes the write lock later fails with
SQLITE_BUSY, without waiting for the busy timeout, if another connection wrote in between. So on SQLite one
connection writes, in transactions that take the lock at once (BEGIN IMMEDIATE), and other connections read.
On PostgreSQL one engine does both.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from copy import copy
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database_url import parse_database_url
from bot.db import postgresql, sqlite
from bot.db.tenancy import bind_session

SQLITE_READ_CONNECTIONS = 4
SQLITE_WRITE_CONNECTIONS = 1
POSTGRESQL_CONNECTIONS = 10

# Errors of the database itself, not of our statements: a later attempt may succeed.
TRANSIENT_DB_ERRORS = (OperationalError, InterfaceError, PoolTimeoutError)


class Database:
    """One database: SQLite in a file, or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = parse_database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._connector = postgresql.Connector()
        if self.is_sqlite:
            self._insert: Any = sqlite_insert
            self._file_watch = sqlite.FileWatch(str(self.url.database))
            self._file_watch.find_problem()  # it notes which file it is
            self._writer = sqlite.create_engine(self.url, "BEGIN IMMEDIATE", SQLITE_WRITE_CONNECTIONS)
            self._reader = sqlite.create_engine(self.url, "BEGIN", SQLITE_READ_CONNECTIONS)
        else:
            self._insert = postgresql_insert
            self._writer = self._reader = postgresql.create_engine(
                self.url, POSTGRESQL_CONNECTIONS, self._connector
            )
        self._semaphores: Mapping[AsyncEngine, asyncio.Semaphore] = {}

    def background(self) -> "Database":
        """Return the same database for background work.

        It uses at most half of the connections, so that a person who votes while a thousand digests are sent
        does not wait for a connection.
        """
        background = copy(self)
        if self.is_sqlite:
            sizes = {self._reader: SQLITE_READ_CONNECTIONS, self._writer: SQLITE_WRITE_CONNECTIONS}
        else:
            sizes = {self._writer: POSTGRESQL_CONNECTIONS}
        background._semaphores = {  # noqa: SLF001 - a copy of this object
            engine: asyncio.Semaphore((size + 1) // 2) for engine, size in sizes.items()
        }
        return background

    @asynccontextmanager
    async def transaction(self, team_id: str | None) -> AsyncIterator[AsyncSession]:
        """Open a session that writes as one workspace, or as the bot itself for all of them (None).

        It commits at the end, or rolls back if an error is raised. Never call Slack inside: the transaction
        holds a lock, and a call may take ten seconds.
        """
        async with self._open_session(self._writer, team_id) as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self, team_id: str | None) -> AsyncIterator[AsyncSession]:
        """Open a session that reads as one workspace, or as the bot itself for all of them (None)."""
        async with self._open_session(self._reader, team_id) as session:
            yield session

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes, for migrations and checks."""
        return self._writer

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler such as PgBouncer stands before PostgreSQL; known after the first connection."""
        return self._connector.is_pooled

    async def read_server_clock(self) -> datetime | None:
        """Return the time of the database server's clock; None for SQLite, which has no server."""
        if self.is_sqlite:
            return None
        async with self._reader.connect() as connection:
            server_time: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
            return server_time

    async def is_read_only(self) -> bool:
        """Say whether PostgreSQL refuses to write, as a standby does; False for SQLite.

        A read-only SQLite file shows only when somebody writes: the write raises OperationalError.
        """
        if self.is_sqlite:
            return False
        async with self._writer.connect() as connection:
            setting: str = (await connection.execute(text("SHOW transaction_read_only"))).scalar_one()
            if setting == "on":
                # The pool would keep the connection, and with it the setting, after another server can write.
                await connection.invalidate()
            return setting == "on"

    def find_file_problem(self) -> str:
        """Return why SQLite's file cannot be worked with; "" if it can, and for PostgreSQL."""
        return self._file_watch.find_problem() if self.is_sqlite else ""

    def count_connections(self) -> dict[str, int]:
        """Return how many connections of this process are in use, and how many are open and idle."""
        pools: list[Any] = [engine.pool for engine in {self._writer, self._reader}]
        return {
            "in_use": sum(pool.checkedout() for pool in pools),
            "idle": sum(pool.checkedin() for pool in pools),
        }

    async def close(self) -> None:
        """Close all idle connections."""
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def _open_session(self, engine: AsyncEngine, team_id: str | None) -> AsyncIterator[AsyncSession]:
        session = AsyncSession(engine, expire_on_commit=False, info={"insert": self._insert}, autoflush=True)
        bind_session(session, team_id)
        async with self._semaphores.get(engine, nullcontext()), session:
            yield session


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open a database and close its connections at the end."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
