"""SQLite: a backup of a running bot is complete, and a read-only file is reported to users."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.db.database import open_database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.fake_slack.server.delivery import call_asgi
from bot.server import build_health_app
from tests.conftest import World
from tests.stories.voting import start_team

BACKUP_STATEMENT = "VACUUM INTO"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def test_a_backup_of_a_running_bot_is_complete(world: World, tmp_path: Path) -> None:
    assert BACKUP_STATEMENT in (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    (ana, *_), channel = await start_team(world)
    source, backup = str(world.bot.db.url.database), tmp_path / "backup.db"

    def back_up() -> None:
        connection = sqlite3.connect(source, timeout=10)
        connection.execute(f"{BACKUP_STATEMENT} '{backup}'")
        connection.close()

    await asyncio.gather(
        asyncio.to_thread(back_up), ana.type_text(channel, "/valuemap add gain: in time; job: be quick")
    )
    async with open_database(f"sqlite:///{backup}") as database:
        assert await read_schema_state(database) is SchemaState.CURRENT
        async with database.engine.begin() as connection:
            assert (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar_one() == "ok"
            assert (await connection.exec_driver_sql("SELECT count(*) FROM entry")).scalar_one() in {4, 6}


def read_modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def test_only_the_bots_user_reads_the_database_and_the_files_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    async with open_database(f"sqlite:///{file}") as database:
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE new (id INTEGER)")
        modes = read_modes(tmp_path)
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)


async def test_another_process_that_closes_the_file_leaves_the_log_of_this_one(tmp_path: Path) -> None:
    """SQLite's locks belong to the process: to close any handle of the file drops them."""
    file = tmp_path / "shared.db"
    reads = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM t'); c.close()"
    async with open_database(f"sqlite:///{file}") as database, database.engine.connect() as first:
        await first.exec_driver_sql("CREATE TABLE t (id INTEGER)")
        await first.commit()
        async with database.reading(None) as session:  # a second connection, while the first one is open
            await session.connection()
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", reads, file)
        assert await process.wait() == 0
        assert (tmp_path / "shared.db-wal").exists()


def make_trouble(file: Path, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match trouble:
        case "deleted":
            file.unlink()
        case "replaced":
            copy = file.with_suffix(".copy")
            copy.write_bytes(file.read_bytes())
            copy.replace(file)
        case _:
            monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))


@pytest.mark.parametrize("trouble", ["deleted", "replaced", "full"])
async def test_a_process_is_not_ready_without_its_file_or_on_a_full_disk(
    world: World, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await call_asgi(build_health_app(world.bot), "/readyz", {}, b""))[0] == 200
    make_trouble(Path(str(world.bot.db.url.database)), trouble, monkeypatch)
    status, answer = await call_asgi(build_health_app(world.bot), "/readyz", {}, b"")
    words = {"deleted": b"is gone", "replaced": b"was replaced", "full": b"is full"}
    assert status == 503
    assert words[trouble] in answer


async def test_users_are_told_that_the_database_file_is_read_only(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    async with world.bot.db.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = ON")
    assert await call_asgi(build_health_app(world.bot), "/readyz", {}, b"") == (
        503,
        b"the database can only be read",
    )
    for expected_text in (
        "My storage lets me only read at the moment, so nothing was changed.",
        "Added 1 gain",
    ):
        await ana.member.send_text(channel, "/valuemap add gain: in time")
        await world.bot.deps.background.drain()
        assert expected_text in ana.last_message(channel).text
        await world.bot.db.engine.dispose()  # the next connection may write again
