"""PostgreSQL: how it is connected to, and when a connection is no longer trusted."""

import math
import time
from functools import partial

from sqlalchemy import URL, Dialect, ExceptionContext, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

OPTIONS = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=30s"
READ_ONLY = "25006"  # PostgreSQL's code for a transaction that may not write
CONNECT_TIMEOUT = 3  # seconds
RECYCLE = 1800  # seconds
REST = 1  # seconds after which a connection may have been cut off unseen
RESTS_SINCE = "rests since"


def engine(url: URL, pool: int) -> AsyncEngine:
    """Return an engine with at most so many connections."""
    made = create_async_engine(
        url,
        pool_size=pool // 2,
        max_overflow=pool // 2,
        pool_recycle=RECYCLE,
        hide_parameters=True,
        connect_args={"options": OPTIONS, "prepare_threshold": None, "connect_timeout": CONNECT_TIMEOUT},
    )
    event.listen(made.sync_engine, "handle_error", _part_from_read_only)
    event.listen(made.sync_engine, "checkin", _rest)
    event.listen(made.sync_engine, "checkout", partial(_see_whether_it_answers, made.dialect))
    return made


def _part_from_read_only(context: ExceptionContext) -> None:
    """Connect anew where a database lets nobody write: it may be writable by now, or another one may be."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def _rest(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[RESTS_SINCE] = time.monotonic()


def _see_whether_it_answers(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection
) -> None:
    """Ask a connection that has rested. To ask each time, as pools do, takes as long as a statement."""
    if time.monotonic() - record.info.get(RESTS_SINCE, math.inf) < REST:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error
