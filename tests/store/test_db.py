"""Connections: who waits for whom, and how often a statement on SQLite changes threads."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db import postgresql
from bot.db.database import Database, open_database


async def do(session: AsyncSession, statement: str, *rows: Any) -> CursorResult[Any]:
    return await (await session.connection()).execute(text(statement), *rows)


@pytest.fixture
def journeys(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was sent to another thread."""
    sent: list[Any] = []
    there = aiosqlite.Connection._execute

    async def noted(self: aiosqlite.Connection, work: Any, *arguments: Any, **options: Any) -> Any:
        sent.append(work)
        return await there(self, work, *arguments, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
    return sent


async def test_a_statement_on_sqlite_changes_threads_once(sqlite_url: str, journeys: list[Any]) -> None:
    async with open_database(sqlite_url) as database:
        async with database.transaction(None) as session:
            await session.connection()
        for number in (1, 3):
            journeys.clear()
            async with database.transaction(None) as session:
                for _ in range(number):
                    await do(session, "SELECT 1")
            assert len(journeys) == number + 1  # and once more for the commit
        journeys.clear()
        async with database.reading(None) as session:
            await do(session, "SELECT 1")
        journeys.clear()
        async with database.reading(None) as session:
            assert (await do(session, "SELECT 1")).scalar() == 1
        assert len(journeys) == 2  # and once more to let go of what it read


async def test_what_failed_on_sqlite_is_taken_back_and_the_connection_goes_on(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database:
        async with database.transaction(None) as session:
            await do(session, "CREATE TABLE number (one INTEGER PRIMARY KEY)")
        with pytest.raises(IntegrityError):
            await _write_twice(database)
        async with database.transaction(None) as session:
            assert (await do(session, "SELECT one FROM number")).all() == []
            many = [{"one": number} for number in range(5)]
            await do(session, "INSERT INTO number VALUES (:one)", many)
        async with database.reading(None) as session:
            assert (await do(session, "SELECT count(*) FROM number")).scalar() == 5


async def test_who_reads_first_and_then_writes_holds_the_lock_from_the_start(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database, open_database(sqlite_url) as other:
        async with database.transaction(None) as session:
            await do(session, "CREATE TABLE number (one INTEGER)")
        async with database.transaction(None) as session:
            await do(session, "SELECT count(*) FROM number")
            writes = asyncio.create_task(_write(other))
            await asyncio.wait([writes], timeout=0.05)
            assert not writes.done()
            await do(session, "INSERT INTO number VALUES (1)")
        await writes
        async with database.reading(None) as session:
            assert (await do(session, "SELECT one FROM number")).all() == [(1,), (2,)]


async def _write(database: Database) -> None:
    async with database.transaction(None) as session:
        await do(session, "INSERT INTO number VALUES (2)")


async def _write_twice(database: Database) -> None:
    async with database.transaction(None) as session:
        await do(session, "INSERT INTO number VALUES (1)")
        await do(session, "INSERT INTO number VALUES (1)")


async def test_what_nobody_waits_for_leaves_people_their_turn(database: Database) -> None:
    """However much the bot has to write by itself, whoever votes waits for what is being written alone."""
    behind, go_on = database.background(), asyncio.Event()
    wrote: list[str] = []

    async def write(where: Database, name: str) -> None:
        async with where.transaction(None) as session:
            await do(session, "SELECT 1")
            if name == "digest":
                await go_on.wait()
            wrote.append(name)

    digests = [asyncio.create_task(write(behind, "digest")) for _ in range(20)]
    await asyncio.wait(digests, timeout=0.05)
    vote = asyncio.create_task(write(database, "vote"))
    await asyncio.wait([vote], timeout=0.05)
    go_on.set()
    await asyncio.gather(vote, *digests)
    assert wrote.index("vote") <= (1 if database.is_sqlite else 0)
    assert len(wrote) == 21


async def test_a_process_that_leaves_its_connections_open_ends(tmp_path: Path) -> None:
    says = (
        "import asyncio, sys\nfrom bot.db import Database\n"
        "async def main():\n"
        f"    async with Database('sqlite:///{tmp_path}/some.db').reading(None) as session:\n"
        "        await session.connection()\n        sys.exit(3)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", says, stderr=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(30):
        assert await process.wait() == 3


async def test_a_connection_that_was_cut_off_while_it_rested_is_replaced_unseen(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PING_AFTER_IDLE_SECONDS", 0)
    async with open_database(postgresql_url) as database, open_database(postgresql_url) as another:
        await _cut_off(database, another)
        async with database.transaction(None) as session:
            assert (await do(session, "SELECT 1")).scalar() == 1


async def test_after_one_failure_no_other_connection_that_was_cut_off_is_used(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PING_AFTER_IDLE_SECONDS", 60)  # as where none has rested
    async with open_database(postgresql_url) as database, open_database(postgresql_url) as another:
        await _cut_off(database, another)
        with pytest.raises(OperationalError):
            async with database.transaction(None) as session:
                await do(session, "SELECT 1")
        for _ in range(3):
            async with database.transaction(None) as session:
                assert (await do(session, "SELECT 1")).scalar() == 1


async def _cut_off(database: Database, another: Database) -> None:
    """Cut off two connections that are open, from another side."""
    async with database.transaction(None) as one, database.transaction(None) as two:
        pids = [(await do(session, "SELECT pg_backend_pid()")).scalar() for session in (one, two)]
    async with another.transaction(None) as session:
        for pid in pids:
            await do(session, "SELECT pg_terminate_backend(:pid, 5000)", {"pid": pid})
