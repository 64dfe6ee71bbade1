"""Check which schema a database has.

Alembic is not imported here: it imports every dialect, which takes eleven MiB in a process that only checks.
"""

from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.db.database import Database

VERSIONS_FOLDER = Path(__file__).parent / "versions"


class SchemaState(StrEnum):
    """A database's schema compared with this release. The values are part of messages to operators."""

    EMPTY = "empty"
    OUTDATED = "outdated"
    CURRENT = "up to date"
    UNKNOWN = "unknown"  # of a newer release, or of another program


async def read_schema_state(database: Database) -> SchemaState:
    """Compare the database's schema with the migrations of this release."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_read_state)


def _read_state(connection: Connection) -> SchemaState:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        return SchemaState.UNKNOWN if tables else SchemaState.EMPTY
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    known_revisions = list_revisions()
    if revision == known_revisions[-1]:
        return SchemaState.CURRENT
    return SchemaState.OUTDATED if revision in known_revisions else SchemaState.UNKNOWN


def list_revisions() -> list[str]:
    """Return the revisions in order. The file name of each migration begins with its revision."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS_FOLDER.glob("[0-9]*.py"))
