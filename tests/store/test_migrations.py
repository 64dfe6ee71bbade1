"""Old and new processes run side by side while a release is rolled out: what the older one needs still works.

A process of the release before knows its own tables: it writes what was required then, names their keys in
its upserts and reads all their columns. A migration after which it cannot do that takes something away, and
must say in `contracts` which release is the first that does not need it: then it comes one release later.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.db.database import Database, open_database
from bot.db.migrations.upgrade import begin_schema_change, make_alembic_config, migrate_database
from tests.conftest import emptied

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
FIRST_RELEASE = "0.1.0"  # before it nobody ran the bot, so that what went until then was nobody's
VERSION = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["version"]
STEPS = sorted(ScriptDirectory.from_config(make_alembic_config()).walk_revisions(), key=lambda step: step.revision)
Change = Callable[[Operations], object]


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("postgresql_server")
    await emptied(url)
    return url


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step.revision)
async def test_a_process_of_the_release_before_works_on_after_a_migration(empty: str, step: Script) -> None:
    def upgrade(op: Operations) -> None:
        command.upgrade(make_alembic_config(op.get_bind()), step.revision)

    broken, contracts = await what_breaks(empty, STEPS[STEPS.index(step) - 1], upgrade), contracts_of(step)
    if contracts is None:
        assert broken is None, f"{step.path} takes away what processes of the release before need"
    else:
        assert broken is not None, f"{step.path} takes nothing away, so 'contracts' is wrong"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.revision)
def test_what_is_taken_away_was_not_needed_by_the_release_before(step: Script) -> None:
    contracts = contracts_of(step)
    assert contracts is None or may_contract(contracts, VERSION)


@pytest.mark.parametrize(
    ("contracts", "version", "may"),
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
def test_a_release_takes_away_what_the_one_before_does_not_need(
    contracts: str, version: str, *, may: bool
) -> None:
    assert may_contract(contracts, version) is may


def column(**how: Any) -> sa.Column[Any]:
    return sa.Column("new", sa.String(), **how)


def on(table: str, change: Callable[[Any], None]) -> Change:
    """Change a table as both databases can."""

    def apply(op: Operations) -> None:
        with op.batch_alter_table(table) as batch:
            change(batch)

    return apply


EXPANDING: dict[str, Change] = {
    "nothing": lambda _: None,
    "a table": lambda op: op.create_table("new", sa.Column("id", sa.Integer(), primary_key=True)),
    "a column that may be empty": lambda op: op.add_column("entry", column()),
    "a column that fills itself": lambda op: op.add_column(
        "entry", column(nullable=False, server_default="x")
    ),
    "an index": lambda op: op.create_index("ix_new", "entry", ["text"]),
    "more that is allowed": on("entry", lambda batch: batch.alter_column("text", nullable=True)),
}
CONTRACTING: dict[str, Change] = {
    "a column that must be filled": on("entry", lambda batch: batch.add_column(column(nullable=False))),
    "a column goes": on("entry", lambda batch: batch.drop_column("category")),
    "a column is renamed": on("entry", lambda batch: batch.alter_column("text", new_column_name="words")),
    "what could be empty must be filled": on(
        "entry", lambda batch: batch.alter_column("category", nullable=False)
    ),
    "a table goes": lambda op: op.drop_table("receipt"),
    "a table is renamed": lambda op: op.rename_table("receipt", "known"),
    "no two alike": lambda op: op.create_index("ix_new", "entry", ["canvas_id", "text"], unique=True),
    "a key goes": on("outbox", lambda batch: batch.drop_constraint("uq_outbox_team_id_errand_subject")),
    "something is forbidden": on(
        "entry", lambda batch: batch.create_check_constraint("short", sa.text("length(text) > 99"))
    ),
}


@pytest.mark.parametrize("change", EXPANDING.values(), ids=EXPANDING)
async def test_what_is_added_breaks_nothing(empty: str, change: Change) -> None:
    assert await what_breaks(empty, STEPS[-1], change) is None


@pytest.mark.parametrize("change", CONTRACTING.values(), ids=CONTRACTING)
async def test_what_is_taken_away_breaks_what_the_older_release_does(empty: str, change: Change) -> None:
    assert await what_breaks(empty, STEPS[-1], change) is not None


async def test_after_a_migration_no_row_refers_to_nothing(database: Database) -> None:
    """SQLite heeds no foreign keys while its tables change."""
    await migrate_database(database)
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(sa.text("INSERT INTO receipt VALUES ('T1', 'key', '2026-10-12')"))


async def what_breaks(url: str, before: Script, change: Change) -> str | None:
    """Bring an empty database to a schema, change it, and say what one of that schema cannot do then."""

    def work(connection: sa.Connection) -> str | None:
        command.upgrade(make_alembic_config(connection), before.revision)
        known = tables_in(connection)
        write(connection, known, number=1)
        try:
            change(Operations(MigrationContext.configure(connection)))
            write(connection, known, number=2)
            write(connection, known, number=3, sparing=True)
            torn = [table.name for table in known if len(connection.execute(table.select()).all()) < 3]
        except DBAPIError as error:
            return str(error)
        missing = keys_in(known) - keys_in(tables_in(connection))
        return f"rows are gone from {torn}, upserts miss {missing}" if torn or missing else None

    async with open_database(url) as database, begin_schema_change(database) as connection:
        said = await connection.run_sync(work)
        await connection.rollback()
    return said


def tables_in(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def write(
    connection: sa.Connection, tables: Iterable[sa.Table], *, number: int, sparing: bool = False
) -> None:
    """Write a row into each table: all that it has, or only what it requires."""
    for table in tables:
        varied = {name for key in keys_of(table) for name in varying(table, key)}
        columns = [one for one in table.columns if not sparing or not one.nullable or one.name in varied]
        row = {one.name: value_of(one, number if one.name in varied else 1) for one in columns}
        connection.execute(table.insert().values(row))


def keys_in(tables: Iterable[sa.Table]) -> set[tuple[str, frozenset[str]]]:
    return {(table.name, key) for table in tables for key in keys_of(table)}


def keys_of(table: sa.Table) -> set[frozenset[str]]:
    """Return the columns of each of a table's keys."""
    unique = [
        one for one in table.constraints if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
    ]
    keys = [*unique, *(index for index in table.indexes if index.unique)]
    return {frozenset(one.name for one in key.columns) for key in keys}


def varying(table: sa.Table, key: frozenset[str]) -> Iterable[str]:
    """Return the columns by which rows differ in a key: what leads elsewhere stays alike, where it can."""
    return [name for name in key if not table.columns[name].foreign_keys] or key


def value_of(of: sa.Column[Any], number: int) -> Any:
    values: dict[type, Any] = {
        str: f"text {number}",
        int: number,
        bool: bool(number % 2),
        datetime: NOW + timedelta(days=number),
        object: {},  # JSON
    }
    return values[of.type.python_type]


def contracts_of(step: Script) -> str | None:
    contracts: str | None = getattr(step.module, "contracts", None)
    return contracts


def may_contract(contracts: str, version: str) -> bool:
    """Say whether this version may take away what another was the first not to need."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", contracts):
        return False
    first, this = ([int(part) for part in one.split(".")] for one in (contracts, version))
    return first < this or contracts == FIRST_RELEASE
