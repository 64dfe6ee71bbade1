"""PostgreSQL: how the bot connects, and when it replaces a connection."""

import math
import time
from functools import partial

from sqlalchemy import URL, Dialect, ExceptionContext, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

# No statement of the bot takes longer. Without the third, a transaction that a frozen process leaves open
# would hold its locks for ever.
SERVER_OPTIONS = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=30s"
READ_ONLY_SQLSTATE = "25006"  # read_only_sql_transaction
CONNECT_TIMEOUT_SECONDS = 3
RECYCLE_SECONDS = 1800
PING_AFTER_IDLE_SECONDS = 1  # a firewall or a failover may have cut an idle connection
IDLE_SINCE_KEY = "idle since"  # in the info of a pooled connection; the value is of the monotonic clock


def create_engine(url: URL, max_connections: int) -> AsyncEngine:
    """Return an engine with at most `max_connections`, half of which stay open."""
    engine = create_async_engine(
        url,
        pool_size=max_connections // 2,
        max_overflow=max_connections // 2,
        pool_recycle=RECYCLE_SECONDS,
        hide_parameters=True,  # otherwise error messages would quote what people typed
        connect_args={
            "options": SERVER_OPTIONS,
            "prepare_threshold": None,  # PgBouncer in transaction mode does not support prepared statements
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        },
    )
    event.listen(engine.sync_engine, "handle_error", _disconnect_when_read_only)
    event.listen(engine.sync_engine, "checkin", _record_idle_since)
    event.listen(engine.sync_engine, "checkout", partial(_ping_idle_connection, engine.dialect))
    return engine


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
