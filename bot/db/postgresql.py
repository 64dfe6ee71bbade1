"""PostgreSQL: how the bot connects, and when it replaces a connection."""

import asyncio
import logging
import math
import re
import time
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Dialect, ExceptionContext, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

log = logging.getLogger(__name__)

# No statement of the bot takes longer. Without the third, a transaction that a frozen process leaves open
# would hold its locks for ever.
TIME_LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "30s",
}
STARTUP_OPTIONS = " ".join(f"-c {name}={value}" for name, value in TIME_LIMITS.items())
SET_LOCAL_STATEMENT = "SELECT " + ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in TIME_LIMITS.items()
)
# What PgBouncer, Neon and RDS Proxy answer to `options`.
OPTIONS_REFUSED = re.compile(r"startup parameter|command-line options", re.IGNORECASE)
READ_ONLY_SQLSTATE = "25006"  # read_only_sql_transaction
NO_CONNECTION_LEFT = re.compile(r"too many (clients|connections)|remaining connection slots")
NO_CONNECTION_WAIT_SECONDS, NO_CONNECTION_PAUSE_SECONDS = 3, 0.1
CONNECT_TIMEOUT_SECONDS = 3
RECYCLE_SECONDS = 1800
PING_AFTER_IDLE_SECONDS = 1  # a firewall or a failover may have cut an idle connection
IDLE_SINCE_KEY = "idle since"  # in the info of a pooled connection; the value is of the monotonic clock


def create_engine(url: URL, max_connections: int, connector: "Connector") -> AsyncEngine:
    """Return an engine with at most `max_connections`, half of which stay open."""
    engine = create_async_engine(
        url,
        pool_size=max_connections // 2,
        max_overflow=max_connections // 2,
        pool_recycle=RECYCLE_SECONDS,
        hide_parameters=True,  # otherwise error messages would quote what people typed
        connect_args={
            "async_creator_fn": connector.connect,
            "prepare_threshold": None,  # a pooler in transaction mode does not support prepared statements
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        },
    )
    event.listen(engine.sync_engine, "begin", connector.limit_transaction)
    event.listen(engine.sync_engine, "handle_error", _disconnect_when_read_only)
    event.listen(engine.sync_engine, "checkin", _record_idle_since)
    event.listen(engine.sync_engine, "checkout", partial(_ping_idle_connection, engine.dialect))
    return engine


class Connector:
    """Opens connections with the time limits, also through a pooler in transaction mode.

    A server sets the limits of a session from the connection's `options`, at no cost later. A pooler such as
    PgBouncer gives each transaction any of its own connections: it refuses `options`, or ignores them. Then
    each transaction begins with one more statement, which sets the limits for this transaction alone.
    """

    def __init__(self) -> None:
        self.is_pooled = False  # as found out with the first connection

    async def connect(self, *args: Any, options: str = "", **arguments: Any) -> Any:
        """Open a connection of psycopg; the limits are added to the `options` of DATABASE_URL."""
        from psycopg import AsyncConnection, OperationalError  # noqa: PLC0415 - SQLite needs none of it

        open_connection: Any = AsyncConnection.connect
        own_options = {"options": options} if options else {}
        if not self.is_pooled:
            limited = f"{options} {STARTUP_OPTIONS}".strip()
            try:
                connection = await _open_when_free(open_connection, *args, options=limited, **arguments)
            except OperationalError as error:
                if not OPTIONS_REFUSED.search(str(error)):
                    raise
                self._note_pooler()
            else:
                if await _has_time_limits(connection):
                    return connection
                self._note_pooler()
                await connection.close()
        return await _open_when_free(open_connection, *args, **own_options, **arguments)

    def limit_transaction(self, connection: Connection) -> None:
        """Set the limits of a transaction that has begun, if its session has none."""
        if self.is_pooled:
            connection.exec_driver_sql(SET_LOCAL_STATEMENT)

    def _note_pooler(self) -> None:
        if not self.is_pooled:
            log.info("the database is reached through a pooler: each transaction sets its own time limits")
        self.is_pooled = True


async def _open_when_free(open_connection: Any, *args: Any, **arguments: Any) -> Any:
    """Open a connection. If the server has none left, try again for as long as a person waits."""
    from psycopg import OperationalError  # noqa: PLC0415 - SQLite needs none of it

    give_up_at = time.monotonic() + NO_CONNECTION_WAIT_SECONDS
    while True:
        try:
            return await open_connection(*args, **arguments)
        except OperationalError as error:
            if not NO_CONNECTION_LEFT.search(str(error)) or time.monotonic() > give_up_at:
                raise
        await asyncio.sleep(NO_CONNECTION_PAUSE_SECONDS)


async def _has_time_limits(connection: Any) -> bool:
    cursor = await connection.execute("SHOW statement_timeout")
    (value,) = await cursor.fetchone()
    await connection.rollback()
    return bool(value == TIME_LIMITS["statement_timeout"])


def _disconnect_when_read_only(context: ExceptionContext) -> None:
    """Replace the connection to a server that refuses to write: after a failover another accepts writes."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY_SQLSTATE:
        context.is_disconnect = True


def _record_idle_since(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[IDLE_SINCE_KEY] = time.monotonic()


def _ping_idle_connection(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection
) -> None:
    """Ping a connection that was idle. SQLAlchemy's `pool_pre_ping` would ping at each checkout."""
    if time.monotonic() - record.info.get(IDLE_SINCE_KEY, math.inf) < PING_AFTER_IDLE_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        # Replace the whole pool, because what closed one connection has closed the others too.
        raise InvalidatePoolError from error
