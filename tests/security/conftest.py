"""The grounds on which the bot is attacked, made once for all tests of a file."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import make_url, text
from tests.security.attack_harness import AttackHarness, AttackRunner, open_attack_harness

from bot.db.database import open_database as database
from bot.db.migrations.upgrade import migrate_database

settings.register_profile("long", print_blob=True)


@pytest.fixture(scope="module")
def sqlite_attack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttackRunner]:
    file = tmp_path_factory.mktemp("grounds") / "bot.db"
    yield from run_attack_harness(f"sqlite:///{shutil.copy(sqlite_template, file)}")


@pytest.fixture(scope="module")
def postgresql_attack(postgresql_server: str) -> Iterator[AttackRunner]:
    """A database of its own: others empty theirs while this one is in use."""
    url = make_url(postgresql_server).set(database="grounds").render_as_string(hide_password=False)
    asyncio.run(_create_database(postgresql_server, url))
    yield from run_attack_harness(url)


async def _create_database(server: str, url: str) -> None:
    async with database(server) as any_of_it, any_of_it.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text("DROP DATABASE IF EXISTS grounds"))
        await free.execute(text("CREATE DATABASE grounds"))
    async with database(url) as new:
        await migrate_database(new)


def run_attack_harness(url: str) -> Iterator[AttackRunner]:
    """The grounds and the loop that they live in."""
    with asyncio.Runner() as runner:
        entering = open_attack_harness(url)
        grounds: AttackHarness = runner.run(entering.__aenter__())
        yield AttackRunner(grounds, runner)
        runner.run(entering.__aexit__(None, None, None))
