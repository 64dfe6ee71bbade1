"""SQLite that changes threads once a statement.

A connection of aiosqlite has a thread of its own. Its cursors go there to be made, to execute, to fetch and
to be closed, its transactions to begin and to be rolled back where there is none: fifteen journeys for three
statements, each of which takes longer than most statements. These cursors go there once, and begin the
transaction on the way.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "busy_timeout=5000", "synchronous=NORMAL")


class Cursor:
    """The part of a cursor that SQLAlchemy uses."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        await self._there(sqlite3.Connection.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        await self._connection.there(
            partial(self._run, sqlite3.Connection.executemany, statement, parameters)
        )

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """Do nothing: it was closed as soon as its rows were fetched."""

    async def _there(self, execute: Any, statement: str, parameters: Any) -> None:
        await self._connection.there(partial(self._run, execute, statement, parameters))

    def _run(self, execute: Any, statement: str, parameters: Any, connection: sqlite3.Connection) -> None:
        """Execute, fetch and close, within the connection's thread."""
        cursor = execute(connection, statement, parameters)
        self.description, self.rowcount = cursor.description, cursor.rowcount
        self.lastrowid = cursor.lastrowid
        self._rows = cursor.fetchall()
        cursor.close()


class Connection(aiosqlite.Connection):
    """A connection whose every statement is part of a transaction."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], begin: str) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self._begin = begin
        self._thread.daemon = True  # or a process that fails would not end

    def cursor(self) -> Cursor:  # type: ignore[override] # a cursor that is made without a journey
        return Cursor(self)

    async def there(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something within the connection's thread and a transaction."""
        await self._execute(self._within_transaction, work)  # type: ignore[no-untyped-call]

    def _within_transaction(self, work: Callable[[sqlite3.Connection], None]) -> None:
        if not self._conn.in_transaction:
            self._conn.execute(self._begin)
        work(self._conn)

    async def rollback(self) -> None:
        if self.in_transaction:  # a pool rolls back whatever comes back to it
            await super().rollback()


def engine(url: URL, begin: str, pool: int) -> AsyncEngine:
    """Return an engine with so many connections, whose transactions begin with these words."""
    return create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"async_creator_fn": _connector(begin)},
    )


def _connector(begin: str) -> Callable[..., Connection]:
    """Return what opens connections whose transactions begin with these words, for SQLAlchemy to await."""

    def connect(database: str, **options: Any) -> sqlite3.Connection:
        # The driver's own BEGIN would come too late: a transaction that reads first must have begun before.
        connection: sqlite3.Connection = sqlite3.connect(database, isolation_level=None, **options)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def open_one(database: str, **options: Any) -> Connection:
        return Connection(partial(connect, database, **options), begin)

    return open_one
