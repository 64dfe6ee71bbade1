"""Compiled SQL that all engines of the test run share.

Each test opens a database of its own, and SQLAlchemy compiles each statement again for each engine. The SQL
depends on the kind of database alone.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

STATEMENTS_KEPT = 3000


class SharedStatements(LRUCache[Any, Any]):
    """Finds a statement by the class of the dialect, where SQLAlchemy's own cache needs the same object."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_replace_dialect(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_replace_dialect(key), value)


def _replace_dialect(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


def share_compiled_statements() -> None:
    """Let the engines that are created from now on share what they compile."""
    statements = SharedStatements(STATEMENTS_KEPT)

    def use_shared_statements(engine: Engine) -> None:
        engine._compiled_cache = statements

    for dialect in (SQLiteDialect_aiosqlite, PGDialectAsync_psycopg):
        dialect.engine_created = use_shared_statements  # type: ignore[method-assign]
