"""Transactions, thread hops on SQLite, the share of background work, and replaced connections."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from psycopg import AsyncConnection, OperationalError as PsycopgOperationalError
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db import postgresql
from bot.db.database import Database, open_database
from tests.hanging import HANG_TIMEOUT_SECONDS


async def run_sql(session: AsyncSession, statement: str, *rows: Any) -> CursorResult[Any]:
    return await (await session.connection()).execute(text(statement), *rows)


async def test_a_server_without_a_free_connection_is_asked_again(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_connection, refusals = AsyncConnection.connect, 2

    async def refuse_twice(*args: Any, **options: Any) -> Any:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise PsycopgOperationalError("FATAL: sorry, too many clients already")
        return await open_connection(*args, **options)

    monkeypatch.setattr(AsyncConnection, "connect", refuse_twice)
    monkeypatch.setattr(postgresql, "NO_CONNECTION_PAUSE_SECONDS", 0)
    async with open_database(postgresql_url) as database, database.reading(None) as session:
        assert (await run_sql(session, "SELECT 1")).scalar_one() == 1
    assert refusals < 0


@pytest.fixture
def thread_hops(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Record the calls that are sent to the threads of connections."""
    calls: list[Any] = []
    execute = aiosqlite.Connection._execute

    async def record_call(self: aiosqlite.Connection, work: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(work)
        return await execute(self, work, *arguments, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(aiosqlite.Connection, "_execute", record_call)
    return calls


async def test_a_statement_on_sqlite_takes_one_thread_hop(sqlite_url: str, thread_hops: list[Any]) -> None:
    async with open_database(sqlite_url) as database:
        async with database.transaction(None) as session:
            await session.connection()
        for number in (1, 3):
            thread_hops.clear()
            async with database.transaction(None) as session:
                for _ in range(number):
                    await run_sql(session, "SELECT 1")
            assert len(thread_hops) == number + 1  # one more for the commit
        thread_hops.clear()
        async with database.reading(None) as session:
            await run_sql(session, "SELECT 1")
        thread_hops.clear()
        async with database.reading(None) as session:
            assert (await run_sql(session, "SELECT 1")).scalar() == 1
        assert len(thread_hops) == 2  # one more for the rollback that ends the reading


async def test_a_failed_transaction_on_sqlite_is_rolled_back_and_its_connection_stays_usable(
    sqlite_url: str,
) -> None:
    async with open_database(sqlite_url) as database:
        async with database.transaction(None) as session:
            await run_sql(session, "CREATE TABLE number (one INTEGER PRIMARY KEY)")
        with pytest.raises(IntegrityError):
            await insert_one_twice(database)
        async with database.transaction(None) as session:
            assert (await run_sql(session, "SELECT one FROM number")).all() == []
            many = [{"one": number} for number in range(5)]
            await run_sql(session, "INSERT INTO number VALUES (:one)", many)
        async with database.reading(None) as session:
            assert (await run_sql(session, "SELECT count(*) FROM number")).scalar() == 5


async def test_a_transaction_on_sqlite_holds_the_write_lock_from_its_start(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database, open_database(sqlite_url) as other:
        async with database.transaction(None) as session:
            await run_sql(session, "CREATE TABLE number (one INTEGER)")
        async with database.transaction(None) as session:
            await run_sql(session, "SELECT count(*) FROM number")
            writing = asyncio.create_task(insert_two(other))
            await asyncio.wait([writing], timeout=0.05)
            assert not writing.done()
            await run_sql(session, "INSERT INTO number VALUES (1)")
        await writing
        async with database.reading(None) as session:
            assert (await run_sql(session, "SELECT one FROM number")).all() == [(1,), (2,)]


async def insert_two(database: Database) -> None:
    async with database.transaction(None) as session:
        await run_sql(session, "INSERT INTO number VALUES (2)")


async def insert_one_twice(database: Database) -> None:
    async with database.transaction(None) as session:
        await run_sql(session, "INSERT INTO number VALUES (1)")
        await run_sql(session, "INSERT INTO number VALUES (1)")


async def test_background_work_leaves_connections_to_people(database: Database) -> None:
    """Of twenty digests that write, a vote waits for none; on SQLite, which has one writer, for one."""
    background, all_started, may_finish = database.background(), asyncio.Event(), asyncio.Event()
    may_run, running = (1 if database.is_sqlite else 5), list[str]()
    finished: list[str] = []
    vote_waits = asyncio.Event()

    async def write_digest() -> None:
        async with background.transaction(None) as session:
            await run_sql(session, "SELECT 1")
            running.append("digest")
            if len(running) == may_run:
                all_started.set()
            await may_finish.wait()
            finished.append("digest")

    async def write_vote() -> None:
        vote_waits.set()  # nothing else runs until it does
        async with database.transaction(None) as session:
            await run_sql(session, "SELECT 1")
            finished.append("vote")

    digests = [asyncio.create_task(write_digest()) for _ in range(20)]
    async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
        await all_started.wait()
        vote = asyncio.create_task(write_vote())
        await vote_waits.wait()
        if not database.is_sqlite:
            await vote
        may_finish.set()
        await asyncio.gather(vote, *digests)
    assert finished.index("vote") == (1 if database.is_sqlite else 0)
    assert len(finished) == 21


async def test_a_process_that_leaves_a_connection_open_still_ends(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\nfrom bot.db.database import Database\n"
        "async def main():\n"
        f"    async with Database('sqlite:///{tmp_path}/some.db').reading(None) as session:\n"
        "        await session.connection()\n        sys.exit(3)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stderr=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
        assert await process.wait() == 3


async def test_an_idle_connection_that_was_closed_is_replaced_before_it_is_used(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PING_AFTER_IDLE_SECONDS", 0)
    async with open_database(postgresql_url) as database, open_database(postgresql_url) as another:
        await terminate_connections(database, another)
        async with database.transaction(None) as session:
            assert (await run_sql(session, "SELECT 1")).scalar() == 1


async def test_one_failure_replaces_all_connections_that_were_closed(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PING_AFTER_IDLE_SECONDS", 60)  # so that no connection is pinged
    async with open_database(postgresql_url) as database, open_database(postgresql_url) as another:
        await terminate_connections(database, another)
        with pytest.raises(OperationalError):
            async with database.transaction(None) as session:
                await run_sql(session, "SELECT 1")
        for _ in range(3):
            async with database.transaction(None) as session:
                assert (await run_sql(session, "SELECT 1")).scalar() == 1


async def terminate_connections(database: Database, another: Database) -> None:
    """Terminate two open connections of a database from another client."""
    async with database.transaction(None) as one, database.transaction(None) as two:
        pids = [(await run_sql(session, "SELECT pg_backend_pid()")).scalar() for session in (one, two)]
    async with another.transaction(None) as session:
        for pid in pids:
            await run_sql(session, "SELECT pg_terminate_backend(:pid, 5000)", {"pid": pid})
