"""Count the SQL statements and the calls to Slack while the bot does something."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from bot.db.database import Database
from tests.conftest import World


@dataclass
class WorkCounts:
    statements: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


@contextmanager
def record_statements(database: Database) -> Iterator[list[str]]:
    """Record the statements of all engines, except those that begin a transaction."""
    recorded: list[str] = []
    with listen_to_statements(database, lambda statement, _: recorded.append(statement)):
        yield recorded


@contextmanager
def listen_to_statements(database: Database, record: Callable[[str, Any], None]) -> Iterator[None]:
    """Call `record` with each statement and its parameters, except those that begin a transaction."""

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            record(statement, parameters)

    engines = {engine.sync_engine for engine in (database._writer, database._reader)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", listen)


@contextmanager
def count_work(world: World) -> Iterator[WorkCounts]:
    """Count statements and calls of the Web API; messages to a response_url are no calls."""
    counts, calls_before = WorkCounts(), len(world.slack.calls)
    with record_statements(world.bot.db) as counts.statements:
        yield counts
    counts.calls = [method for method, _ in world.slack.calls[calls_before:]]
