"""Databases behind poolers and wrong addresses of databases, as operators report them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import AsyncConnection
from sqlalchemy import text

from bot.db import postgresql
from bot.db.database import Database, open_database
from bot.db.migrations.upgrade import migrate_database
from tests.conftest import open_world
from tests.pgbouncer import run_pgbouncer
from tests.postgresql import PostgresqlServer
from tests.statement_counts.counting import record_statements

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=["", "ignore_startup_parameters = options"], ids=["refuses", "ignores"])
def pooled_url(
    request: pytest.FixtureRequest, postgresql_server: PostgresqlServer, session_folder: Path, tmp_path: Path
) -> Iterator[str]:
    """An empty database through a PgBouncer that refuses the connection's options, or ignores them."""
    url = postgresql_server.create_database("pooled")
    folder = session_folder / f"pgbouncer-{tmp_path.name}"
    with run_pgbouncer(url, folder, request.param) as pooled_url:
        yield pooled_url


async def test_e5_the_bot_works_through_pgbouncer_in_transaction_mode(pooled_url: str) -> None:
    async with open_database(pooled_url) as database:
        await migrate_database(database)
    async with open_world(pooled_url) as world:
        ana = world.harness.add_person("Ana")
        channel = world.harness.add_channel("product", ana)
        await world.start_canvas(channel)
        await world.advance_time(minutes=1)
        await asyncio.gather(*(ana.type_text(channel, f"/valuemap add pain: pain {n}") for n in range(8)))
        await ana.type_text(channel, "/valuemap show")
        assert "pain 7" in ana.last_message(channel).text
        assert await read_limits(world.bot.db) == ["5s", "2s", "30s"]
    assert world.harness.failures == []


async def read_limits(database: Database) -> list[str]:
    async with database.reading(None) as session:
        connection = await session.connection()
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        return [(await connection.execute(text(f"SHOW {name}"))).scalar_one() for name in names]


async def test_e5_the_limits_of_a_transaction_stay_out_of_other_programs_transactions(
    pooled_url: str,
) -> None:
    async with open_database(pooled_url) as database:
        assert await read_limits(database) == ["5s", "2s", "30s"]
    async with await AsyncConnection.connect(pooled_url, autocommit=True) as other:
        cursor = await other.execute("SHOW statement_timeout")
        assert await cursor.fetchone() == ("0",)


async def test_e5_only_behind_a_pooler_a_transaction_costs_one_statement_more(
    postgresql_url: str, session_folder: Path, tmp_path: Path
) -> None:
    async with open_database(postgresql_url) as database:
        with record_statements(database) as statements:
            await read_limits(database)
        assert len(statements) == 3
    with run_pgbouncer(postgresql_url, session_folder / f"pgbouncer-{tmp_path.name}") as pooled_url:
        async with open_database(pooled_url) as database:
            await read_limits(database)  # finds the pooler out
            with record_statements(database) as statements:
                await read_limits(database)
        assert statements[0].startswith("SELECT set_config")
        assert len(statements) == 4


async def test_e5_options_of_the_address_are_kept(postgresql_url: str) -> None:
    url = f"{postgresql_url}{'&' if '?' in postgresql_url else '?'}options=-c%20work_mem%3D7MB"
    async with open_database(url) as database, database.reading(None) as session:
        connection = await session.connection()
        assert (await connection.execute(text("SHOW work_mem"))).scalar_one() == "7MB"
        assert await read_limits(database) == ["5s", "2s", "30s"]


@pytest.mark.parametrize(
    "answer",
    [
        "connection failed: FATAL:  unsupported startup parameter: options",
        "ERROR:  unsupported startup parameter in options: statement_timeout",
        "FATAL:  unsupported startup parameter in options: lock_timeout. Please use unpooled connection",
        "FATAL:  Feature not supported: RDS Proxy currently doesn't support command-line options.",
    ],
)
def test_e5_every_poolers_answer_to_options_is_understood(answer: str) -> None:
    assert postgresql.OPTIONS_REFUSED.search(answer)


def test_e5_a_server_that_is_away_is_no_pooler() -> None:
    assert not postgresql.OPTIONS_REFUSED.search("connection failed: Connection refused")
