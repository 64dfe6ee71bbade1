"""Processes of two releases run side by side during a deployment: a migration must not break the older ones.

A process of the previous release uses the tables of its own schema: it writes the columns that were required
then, names the unique keys in its upserts, and reads all columns. A migration after which it cannot do so
contracts the schema. Such a migration must come one release after the code stopped using what it removes; its
`contracts` names the first release that does not use it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot import __version__
from bot.db.database import Database, open_database
from bot.db.migrations.upgrade import begin_schema_change, make_alembic_config, migrate_database

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
FIRST_RELEASE = "0.1.0"  # there is no older release whose processes could break
MIGRATIONS = sorted(
    ScriptDirectory.from_config(make_alembic_config()).walk_revisions(),
    key=lambda migration: migration.revision,
)
Change = Callable[[Operations], object]


@pytest.mark.parametrize("migration", MIGRATIONS[1:], ids=lambda migration: migration.revision)
async def test_a_process_of_the_previous_release_still_works_after_a_migration(
    empty_database_url: str, migration: Script
) -> None:
    def upgrade(op: Operations) -> None:
        command.upgrade(make_alembic_config(op.get_bind()), migration.revision)

    breakage, contracts = (
        await find_breakage(empty_database_url, MIGRATIONS[MIGRATIONS.index(migration) - 1], upgrade),
        read_contracts(migration),
    )
    if contracts is None:
        assert breakage is None, f"{migration.path} removes what processes of the previous release need"
    else:
        assert breakage is not None, f"{migration.path} removes nothing, so 'contracts' is wrong"


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: migration.revision)
def test_a_migration_removes_only_what_the_previous_release_does_not_use(migration: Script) -> None:
    contracts = read_contracts(migration)
    assert contracts is None or may_contract(contracts, __version__)


@pytest.mark.parametrize(
    ("contracts", "version", "is_allowed"),
    [
        ("0.1.0", "0.1.0", True),
        ("0.1.0", "0.2.0", True),
        ("0.2.0", "0.10.0", True),
        ("0.2.0", "0.2.0", False),
        ("0.3.0", "0.2.0", False),
        ("0.10.0", "0.9.0", False),
        ("soon", "1.0.0", False),
    ],
)
def test_a_release_may_remove_what_the_previous_release_does_not_use(
    contracts: str, version: str, *, is_allowed: bool
) -> None:
    assert may_contract(contracts, version) is is_allowed


def new_column(**options: Any) -> sa.Column[Any]:
    return sa.Column("new", sa.String(), **options)


def alter_table(table: str, change: Callable[[Any], None]) -> Change:
    """Return a change of a table that works on both databases."""

    def apply(op: Operations) -> None:
        with op.batch_alter_table(table) as batch:
            change(batch)

    return apply


EXPANDING: dict[str, Change] = {
    "nothing": lambda _: None,
    "a table": lambda op: op.create_table("new", sa.Column("id", sa.Integer(), primary_key=True)),
    "a nullable column": lambda op: op.add_column("entry", new_column()),
    "a column with a default": lambda op: op.add_column(
        "entry", new_column(nullable=False, server_default="x")
    ),
    "an index": lambda op: op.create_index("ix_new", "entry", ["text"]),
    "a column that becomes nullable": alter_table(
        "entry", lambda batch: batch.alter_column("text", nullable=True)
    ),
}
CONTRACTING: dict[str, Change] = {
    "a required column": alter_table("entry", lambda batch: batch.add_column(new_column(nullable=False))),
    "a dropped column": alter_table("entry", lambda batch: batch.drop_column("category")),
    "a renamed column": alter_table(
        "entry", lambda batch: batch.alter_column("text", new_column_name="words")
    ),
    "a column that becomes required": alter_table(
        "entry", lambda batch: batch.alter_column("category", nullable=False)
    ),
    "a dropped table": lambda op: op.drop_table("idempotency_key"),
    "a renamed table": lambda op: op.rename_table("idempotency_key", "known"),
    "a new unique key": lambda op: op.create_index("ix_new", "entry", ["canvas_id", "text"], unique=True),
    "a dropped unique key": alter_table(
        "job", lambda batch: batch.drop_constraint("uq_job_team_id_kind_subject")
    ),
    "a check constraint": alter_table(
        "entry", lambda batch: batch.create_check_constraint("short", sa.text("length(text) > 99"))
    ),
}


@pytest.mark.parametrize("change", EXPANDING.values(), ids=EXPANDING)
async def test_a_change_that_only_adds_breaks_nothing(database_url: str, change: Change) -> None:
    assert await find_breakage(database_url, MIGRATIONS[-1], change) is None


@pytest.mark.parametrize("change", CONTRACTING.values(), ids=CONTRACTING)
async def test_a_change_that_removes_breaks_the_older_release(database_url: str, change: Change) -> None:
    assert await find_breakage(database_url, MIGRATIONS[-1], change) is not None


async def test_foreign_keys_are_enforced_after_a_migration(database: Database) -> None:
    """On SQLite foreign keys are off while a migration runs."""
    await migrate_database(database)
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(
                sa.text("INSERT INTO idempotency_key VALUES ('T1', 'key', '2026-10-12')")
            )


async def find_breakage(database_url: str, before: Script, change: Change) -> str | None:
    """Migrate a database without rows, change its schema, and return what old processes can no longer do.

    Return None if they can still write and read all tables.
    """

    def work(connection: sa.Connection) -> str | None:
        command.upgrade(make_alembic_config(connection), before.revision)
        old_tables = reflect_tables(connection)
        insert_rows(connection, old_tables, number=1)
        try:
            change(Operations(MigrationContext.configure(connection)))
            insert_rows(connection, old_tables, number=2)
            insert_rows(connection, old_tables, number=3, only_required=True)
            incomplete = [
                table.name for table in old_tables if len(connection.execute(table.select()).all()) < 3
            ]
        except DBAPIError as error:
            return str(error)
        missing_keys = find_keys(old_tables) - find_keys(reflect_tables(connection))
        return (
            f"rows are missing in {incomplete}, upserts miss the keys {missing_keys}"
            if incomplete or missing_keys
            else None
        )

    async with open_database(database_url) as database, begin_schema_change(database) as connection:
        breakage = await connection.run_sync(work)
        await connection.rollback()
    return breakage


def reflect_tables(connection: sa.Connection) -> list[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def insert_rows(
    connection: sa.Connection, tables: Iterable[sa.Table], *, number: int, only_required: bool = False
) -> None:
    """Insert a row into each table, with all columns or only the required ones."""
    for table in tables:
        distinct = {name for key in find_table_keys(table) for name in choose_distinct_columns(table, key)}
        columns = [
            column
            for column in table.columns
            if not only_required or not column.nullable or column.name in distinct
        ]
        row = {
            column.name: make_value(column, number if column.name in distinct else 1) for column in columns
        }
        connection.execute(table.insert().values(row))


def find_keys(tables: Iterable[sa.Table]) -> set[tuple[str, frozenset[str]]]:
    """Return table and columns of each unique key that an upsert can name: a partial index is none."""
    return {(table.name, key) for table in tables for key in find_table_keys(table, with_partial=False)}


def find_table_keys(table: sa.Table, *, with_partial: bool = True) -> set[frozenset[str]]:
    """Return the columns of each unique key of a table, also of those that hold for some rows only."""
    unique = [
        constraint
        for constraint in table.constraints
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
    ]
    keys = [
        *unique,
        *(index for index in table.indexes if index.unique and (with_partial or not is_partial(index))),
    ]
    return {frozenset(column.name for column in key.columns) for key in keys}


def is_partial(index: sa.Index) -> bool:
    """Return whether a unique index holds for some rows only."""
    return any(index.dialect_options[name]["where"] is not None for name in ("sqlite", "postgresql"))


def choose_distinct_columns(table: sa.Table, key: frozenset[str]) -> Iterable[str]:
    """Return the columns of a key in which rows must differ, without foreign keys where others can differ."""
    return [name for name in key if not table.columns[name].foreign_keys] or key


def make_value(column: sa.Column[Any], number: int) -> Any:
    values: dict[type, Any] = {
        str: f"text {number}",
        int: number,
        bool: bool(number % 2),
        datetime: NOW + timedelta(days=number),
        date: (NOW + timedelta(days=number)).date(),
        object: {},  # JSON
    }
    return values[column.type.python_type]


def read_contracts(migration: Script) -> str | None:
    """Return the release from which on nothing uses what a migration removes; None if it removes nothing."""
    contracts: str | None = getattr(migration.module, "contracts", None)
    return contracts


def may_contract(contracts: str, version: str) -> bool:
    """Say whether a migration of `version` may remove what release `contracts` was the first not to use."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", contracts):
        return False
    first_without, this = ([int(part) for part in release.split(".")] for release in (contracts, version))
    return first_without < this or contracts == FIRST_RELEASE
