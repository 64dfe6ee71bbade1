"""Which SQL statements of the bot the tests run, on SQLite and on PostgreSQL.

Most stories run on SQLite alone, since a statement is the same in each story. What must not happen is that a
statement runs on SQLite alone: a complete run of all tests fails then, and names it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import greenlet
from sqlalchemy import Engine, event
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

import bot

BOT = Path(bot.__file__).parent
# A migration may copy the tables of SQLite alone.
NOT_OF_THE_BOT = (BOT / "fake_slack", BOT / "db" / "migrations")
WRITTEN_FOR = (SelectBase, UpdateBase)  # text and DDL are written for one database, or by a migration
# What differs though the statement is the same: names, types and number of parameters, quotes, locks that
# SQLite needs none of, and how the columns that a write returns are called.
PARAMETER = re.compile(r"%\(\w+\)s|:\w+|\?|__\[POSTCOMPILE_\w+\]")
DIFFERENCES = (
    (re.compile(r"::(TIMESTAMP WITH(OUT)? TIME ZONE|[A-Z]+)"), ""),
    (re.compile(r'"| FOR SHARE'), ""),
    (PARAMETER, "?"),
    (re.compile(r"(\([^()]*\))(, \1)+"), r"\1"),
    (re.compile(r" RETURNING .*"), ""),
    (re.compile(r"\d+"), "#"),
    (re.compile(r"\s+"), " "),
)


class StatementsRun:
    """The statements that were run, by the name of the database."""

    def __init__(self) -> None:
        self._texts: dict[str, set[str]] = defaultdict(set)
        self._noted: dict[int, Any] = {}  # compiled statements by id, kept so that no other gets the id

    def listen(self, engine: Engine | type[Engine] = Engine) -> None:
        """Note each statement that SQLAlchemy runs from now on, in one engine or in all."""
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(
        self, connection: Any, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        compiled = getattr(context, "compiled", None)
        if compiled is None or id(compiled) in self._noted:
            return
        if isinstance(compiled.statement, WRITTEN_FOR) and _is_run_by_bot():
            self._noted[id(compiled)] = compiled
            self._texts[connection.dialect.name].add(_normalize(compiled.statement))

    def dump(self) -> dict[str, list[str]]:
        """Return what was noted, as `add` takes it."""
        return {database: sorted(texts) for database, texts in self._texts.items()}

    def add(self, dumped: Mapping[str, Iterable[str]]) -> None:
        """Add what another process noted."""
        for database, texts in dumped.items():
            self._texts[database] |= {*texts}

    def list_missing(self) -> list[str]:
        """Return the statements that were run on SQLite, but not on PostgreSQL."""
        return sorted(self._texts["sqlite"] - self._texts["postgresql"])


def _is_run_by_bot() -> bool:
    """Say whether a module of the bot runs the statement, and not a test or a migration.

    SQLAlchemy runs it in a greenlet of its own; who asked for it is in the greenlet that waits for that one.
    """
    waiting = greenlet.getcurrent().parent
    callers = _list_files(waiting.gr_frame if waiting else None)
    caller = next((file for file in callers if "site-packages" not in file.parts), Path())
    return caller.is_relative_to(BOT) and not any(caller.is_relative_to(each) for each in NOT_OF_THE_BOT)


def _list_files(frame: FrameType | None) -> Iterator[Path]:
    while frame:
        yield Path(frame.f_code.co_filename)
        frame = frame.f_back


def _normalize(statement: SelectBase | UpdateBase) -> str:
    text = str(statement)
    for pattern, replacement in DIFFERENCES:
        text = pattern.sub(replacement, text)
    return text
