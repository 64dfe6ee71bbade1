"""The migrations create the schema that the code declares."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.db.database import Database
from bot.db.migrations.schema import SchemaState, list_revisions, read_schema_state
from bot.db.migrations.upgrade import make_alembic_config, migrate_database
from bot.db.tables import Row


async def test_the_migrations_create_the_schema_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Row.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await read_schema_state(database) is SchemaState.CURRENT
    await asyncio.gather(migrate_database(database), migrate_database(database))


def test_migration_file_names_begin_with_their_revisions_in_order() -> None:
    script = ScriptDirectory.from_config(make_alembic_config())
    assert list_revisions() == [step.revision for step in script.walk_revisions()][::-1]
