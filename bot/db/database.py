"""Engines and transactions: the only commit in the code.

SQLite has one writer at a time. A transaction that reads and then writes must hold the write lock from its
start, or it fails at once when somebody else wrote in between, whatever the busy timeout. So writing goes
through one connection whose transactions begin IMMEDIATE, reading through others. On PostgreSQL both are one.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from copy import copy
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    URL,
    BindParameter,
    MetaData,
    String,
    Table,
    bindparam,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db import postgresql, sqlite

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
READERS = 4  # connections to an SQLite, beside the one that writes
POOL = 10  # connections to a PostgreSQL
WORKSPACE = bindparam("workspace", type_=String())
_READING: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
TROUBLE = (OperationalError, InterfaceError, PoolTimeout)  # of the database's own, which may pass


class Row(SQLModel):
    """What every table of the bot descends from."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class OfWorkspace(Row):
    """A row of one workspace. Reading, changing and deleting are bound to the session's workspace."""

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", index=True)


class Database:
    """One database, SQLite in a file or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.insert: Any = sqlite_insert if self.is_sqlite else postgresql_insert
        if self.is_sqlite:
            self._writer = sqlite.engine(self.url, "BEGIN IMMEDIATE", 1)
            self._reader = sqlite.engine(self.url, "BEGIN", READERS)
        else:
            self._writer = self._reader = postgresql.engine(self.url, POOL)
        self._gates: Mapping[AsyncEngine, asyncio.Semaphore] = {}

    def behind(self) -> "Database":
        """Return the same for what nobody waits for: it leaves most connections to what people do."""
        behind = copy(self)
        pools = {self._reader: READERS, self._writer: 1 if self.is_sqlite else POOL}
        gates = {engine: asyncio.Semaphore((size + 1) // 2) for engine, size in pools.items()}
        behind._gates = gates  # noqa: SLF001 - one of its own kind
        return behind

    @asynccontextmanager
    async def transaction(self, team: str | None) -> AsyncIterator[AsyncSession]:
        """Write as one workspace, or as the bot itself for all of them (None). Commits at the end.

        Never talk to Slack inside.
        """
        async with self._session(self._writer, team) as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self, team: str | None) -> AsyncIterator[AsyncSession]:
        """Read as one workspace, or as the bot itself for all of them (None)."""
        async with self._session(self._reader, team) as session:
            yield session

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes, for migrations and checks."""
        return self._writer

    async def clock(self) -> datetime | None:
        """Return what the server's clock shows; None where there is no server."""
        if self.is_sqlite:
            return None
        async with self._reader.connect() as connection:
            shows: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
            return shows

    def connections(self) -> dict[str, int]:
        """Return how many connections are in use, and how many are open beside those."""
        pools: list[Any] = [engine.pool for engine in {self._writer, self._reader}]
        return {
            "in_use": sum(pool.checkedout() for pool in pools),
            "idle": sum(pool.checkedin() for pool in pools),
        }

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine, team: str | None) -> AsyncIterator[AsyncSession]:
        info = {"team": team, "insert": self.insert}
        session = AsyncSession(engine, expire_on_commit=False, info=info, autoflush=True)
        async with self._gates.get(engine, nullcontext()), session:
            yield session


@contextmanager
def acting_for(session: AsyncSession, team: str) -> Iterator[None]:
    """Bind a session of the bot itself to one workspace for a while."""
    before, session.info["team"] = session.info["team"], team
    try:
        yield
    finally:
        session.info["team"] = before


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open a database for a while."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def team_of(session: AsyncSession) -> str:
    """Return the workspace that a session is bound to."""
    team: str | None = session.info["team"]
    assert team is not None, "a row belongs to a workspace, and this session to none"
    return team


def table_of(table: type[Row]) -> Table:
    """Return the table behind a class, whose statements cost less to make than those of the class."""
    return table.metadata.tables[str(table.__tablename__)]


def insert(session: AsyncSession, table: type[Row]) -> Any:
    """Return an INSERT that knows ON CONFLICT in the session's dialect."""
    return session.info["insert"](table_of(table))


@event.listens_for(Session, "do_orm_execute")
def bind_to_workspace(execution: ORMExecuteState) -> None:
    """Bind every SELECT, UPDATE and DELETE to the session's workspace, so that none can be forgotten."""
    team = execution.session.info.get("team")
    if team is None or execution.is_insert or execution.is_column_load or execution.is_relationship_load:
        return
    if execution.is_select:
        execution.statement = _reading(execution.statement)
        execution.parameters = {**(execution.parameters or {}), WORKSPACE.key: team}  # type: ignore[dict-item]
    else:
        execution.statement = execution.statement.options(*_bound_to(team))


def _reading(statement: Any) -> Any:
    """Return a SELECT of one workspace; made once for a statement that is kept, and so compiled once."""
    bound = _READING.get(statement)
    if bound is None:
        bound = _READING[statement] = statement.options(*_bound_to(WORKSPACE))
    return bound


@lru_cache(maxsize=1000)
def _bound_to(team: str | BindParameter[str]) -> tuple[LoaderCriteriaOption, ...]:
    """Return what binds a statement to a workspace; made once for each, not for each statement."""
    return tuple(
        with_loader_criteria(table, col(table.team_id) == team, include_aliases=True)
        for table in OfWorkspace.__subclasses__()
    )


def async_url(url: str) -> URL:
    """Return the address with the driver written out: SQLAlchemy's own choice of it has changed before."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    driver = "sqlite+aiosqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    return parsed.set(drivername=driver)
