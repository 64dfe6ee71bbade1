"""How far a database's schema is.

Told without Alembic, which brings every dialect: a process that only looks would hold eleven MiB for nothing.
"""

from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.db.database import Database

VERSIONS = Path(__file__).parent / "versions"


class Schema(StrEnum):
    EMPTY = "empty"
    BEHIND = "behind"
    RIGHT = "right"
    UNKNOWN = "unknown"  # of a newer release, or somebody else's


async def schema_of(database: Database) -> Schema:
    async with database.engine.connect() as connection:
        return await connection.run_sync(_schema)


def _schema(connection: Connection) -> Schema:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        return Schema.UNKNOWN if tables else Schema.EMPTY
    at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    known = revisions()
    if at == known[-1]:
        return Schema.RIGHT
    return Schema.BEHIND if at in known else Schema.UNKNOWN


def revisions() -> list[str]:
    """Return the revisions in their order, which the names of their files begin with."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
