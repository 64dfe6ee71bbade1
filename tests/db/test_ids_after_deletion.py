"""SQLite gives no id again that stands in Slack, in a new database and in one of an earlier release."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from alembic import command
from sqlalchemy import Connection, event

from bot.db.database import Database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.db.migrations.upgrade import begin_schema_change, make_alembic_config, migrate_database
from bot.db.tables import Row
from tests.db.test_migrations import insert_rows, reflect_tables

BEFORE = "0009"  # the last schema in which SQLite gave the highest ids again
HIGHEST_ID = 7
STAY_IN_THE_DATABASE = {"assumption_test_change", "installation", "job"}
Contents = dict[str, Any]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'old.db'}"


@pytest_asyncio.fixture
async def contents(database: Database) -> Contents:
    """Bring the database to the schema before, with two rows in each table, and return what is in it."""

    def fill(connection: Connection) -> None:
        command.upgrade(make_alembic_config(connection), BEFORE)
        for number in (1, HIGHEST_ID):
            insert_rows(connection, reflect_tables(connection), number=number)

    async with begin_schema_change(database) as connection:
        await connection.run_sync(fill)
    return await read_contents(database)


async def read_contents(database: Database) -> Contents:
    """Return the rows of each table, its columns and keys, and the statements of all indexes."""

    def read(connection: Connection) -> Contents:
        inspector = sa.inspect(connection)
        statements = "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY name"
        return {"indexes": connection.exec_driver_sql(statements).all()} | {
            table.name: [
                connection.execute(table.select().order_by(*table.primary_key)).all(),
                [describe_column(column) for column in inspector.get_columns(table.name)],
                inspector.get_pk_constraint(table.name)["constrained_columns"],
                sorted(inspector.get_foreign_keys(table.name), key=str),
                inspector.get_unique_constraints(table.name),
            ]
            for table in reflect_tables(connection)
        }

    async with database.engine.connect() as connection:
        return await connection.run_sync(read)


def describe_column(column: Mapping[str, Any]) -> tuple[Any, ...]:
    default = str(column["default"]).strip("()")  # which SQLAlchemy adds
    return column["name"], str(column["type"]), column["nullable"], default


def list_tables(*, only_once: bool) -> set[str]:
    """Return the tables that number their rows: those that give each id only once, or the others."""
    return {
        table.name
        for table in Row.metadata.sorted_tables
        if table.autoincrement_column is not None
        and table.dialect_options["sqlite"]["autoincrement"] is only_once
    }


async def add_highest_rows_anew(database: Database, tables: Iterable[str]) -> dict[str, int]:
    """Delete the row with the highest id of each table, add its values again, and return the new ids."""

    def add_anew(connection: Connection) -> dict[str, int]:
        ids = {}
        for table in (table for table in reflect_tables(connection) if table.name in tables):
            is_highest = table.c.id == HIGHEST_ID
            row = dict(connection.execute(table.select().where(is_highest)).mappings().one())
            connection.execute(table.delete().where(is_highest))
            del row["id"]
            added = connection.execute(table.insert().values(row).returning(table.c.id))
            ids[table.name] = added.scalar_one()
        return ids

    async with begin_schema_change(database) as connection:  # foreign keys are off there
        return await connection.run_sync(add_anew)


async def test_a_migrated_database_keeps_everything_and_gives_no_id_again(
    database: Database, contents: Contents
) -> None:
    await migrate_database(database)
    assert await read_contents(database) == contents
    async with database.engine.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
        assert (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar_one() == "ok"
    tables = list_tables(only_once=True)
    assert await add_highest_rows_anew(database, tables) == dict.fromkeys(tables, HIGHEST_ID + 1)


async def test_a_migration_that_is_interrupted_changes_nothing_and_can_be_repeated(
    database: Database, contents: Contents
) -> None:
    def interrupt(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("ALTER TABLE _alembic_tmp_evidence"):
            raise InterruptedError

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", interrupt)
    with pytest.raises(InterruptedError):
        await migrate_database(database)
    event.remove(engine, "before_cursor_execute", interrupt)
    assert await read_schema_state(database) is SchemaState.OUTDATED
    assert await read_contents(database) == contents
    await migrate_database(database)
    assert await read_schema_state(database) is SchemaState.CURRENT
    assert await read_contents(database) == contents


async def test_the_migrations_number_rows_as_the_code_declares(database: Database) -> None:
    """Alembic does not compare it; a migration that copies such a table has to say it again."""
    await migrate_database(database)
    async with database.engine.connect() as connection:
        statement = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        migrated = {*(await connection.exec_driver_sql(statement)).scalars()}
    assert migrated == list_tables(only_once=True)
    assert list_tables(only_once=False) == STAY_IN_THE_DATABASE
