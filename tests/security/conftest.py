"""The harness in which the bot is attacked, prepared once for all tests of this folder."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import PostgresqlServer
from tests.security.attack_harness import AttackHarness, AttackRunner, open_attack_harness


@pytest.fixture(scope="package")
def sqlite_attack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttackRunner]:
    file = tmp_path_factory.mktemp("attack") / "bot.db"
    yield from run_attack_harness(f"sqlite:///{shutil.copy(sqlite_template, file)}")


@pytest.fixture(scope="package")
def postgresql_attack(
    postgresql_server: PostgresqlServer, postgresql_template: str
) -> Iterator[AttackRunner]:
    """Return a runner on a database of its own: other tests empty theirs while this one is in use."""
    yield from run_attack_harness(postgresql_server.create_database("attack", postgresql_template))


def run_attack_harness(url: str) -> Iterator[AttackRunner]:
    """Open the harness in a loop of its own, and close it at the end."""
    with asyncio.Runner() as runner:
        entering = open_attack_harness(url)
        harness: AttackHarness = runner.run(entering.__aenter__())
        yield AttackRunner(harness, runner)
        runner.run(entering.__aexit__(None, None, None))
