"""Counting what the bot asks of its database and of Slack while something is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from bot.db.database import Database
from tests.conftest import World


@dataclass
class Asked:
    statements: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Note the statements that run, of all engines; what opens a transaction is none."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            run.append(statement)

    engines = {engine.sync_engine for engine in (database._writer, database._reader)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def asked(world: World) -> Iterator[Asked]:
    """Note what is asked of the database and of Slack's Web API; answers by a response URL are no calls."""
    found, before = Asked(), len(world.slack.calls)
    with statements(world.bot.db) as found.statements:
        yield found
    found.calls = [method for method, _ in world.slack.calls[before:]]
