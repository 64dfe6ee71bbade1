"""The database that a test on PostgreSQL gets: without rows, with the schema of now, whatever came before."""

from collections.abc import Callable
from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

from tests.postgresql import PostgresqlServer

Connect = Callable[[], psycopg.Connection[TupleRow]]


@pytest.fixture
def connect(postgresql_server: PostgresqlServer, postgresql_template: str) -> Connect:
    """Connect to the copy that the next test would get."""

    def connect_next() -> psycopg.Connection[TupleRow]:
        url = postgresql_server.provide_empty_copy("emptied", postgresql_template)
        return psycopg.connect(url, autocommit=True)

    return connect_next


def read_one(connection: psycopg.Connection[TupleRow], query: LiteralString) -> object:
    (row,) = connection.execute(query).fetchall()
    return row[0]


def test_a_copy_is_used_again_without_its_rows(connect: Connect) -> None:
    with connect() as before:
        oid = read_database_id(before)
        before.execute(
            "INSERT INTO workspace (team_id, url, bot_user_id, created_at) VALUES ('T1', '', '', now())"
        )
        first_id = before.execute("SELECT nextval('canvas_id_seq')").fetchone()
    with connect() as after:
        assert read_database_id(after) == oid
        assert read_one(after, "SELECT count(*) FROM workspace") == 0
        assert after.execute("SELECT nextval('canvas_id_seq')").fetchone() == first_id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '9999'",
        "DROP TABLE alembic_version",
        "ALTER TABLE reaction RENAME TO away",
        "CREATE TABLE another (id INTEGER)",
        "DROP INDEX ix_entry_sealed_round_id",
    ],
)
def test_a_changed_schema_is_not_used_again(connect: Connect, change: LiteralString) -> None:
    with connect() as before:
        oid = read_database_id(before)
        before.execute(change)
    with connect() as after:
        assert read_database_id(after) != oid


def read_database_id(connection: psycopg.Connection[TupleRow]) -> object:
    return read_one(connection, "SELECT oid FROM pg_database WHERE datname = current_database()")
