"""Whose an errand is: one worker's at a time, and never of one that was too slow."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.jobs import store
from bot.jobs.backlog_store import Backlog
from bot.jobs.model import Job, LeaseLost
from bot.store import workspaces
from bot.store.workspaces import Workspace
from bot.timing import DEFAULT_TIMING

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
LATER = NOW + DEFAULT_TIMING.job_lease + timedelta(seconds=1)


async def put(database: Database, errand: Errand, number: int, *, channels: int, team: str = "T1") -> None:
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace(team, None, "", "U0"), NOW)
    async with database.transaction(team) as session:
        for subject in range(number):
            await store.enqueue(session, errand, [subject], f"C{subject % channels}", NOW)


async def take(database: Database, limit: int = 10, at: datetime = NOW) -> list[Job]:
    async with database.transaction(None) as session:
        return await store.claim_due_jobs(session, at, limit)


async def begin(database: Database, job: Job, at: datetime = NOW) -> bool:
    async with database.transaction(job.team_id) as session:
        return await store.start_job(session, job, at)


async def post(database: Database, job: Job, at: datetime = NOW) -> None:
    async with database.transaction(job.team_id) as session:
        await store.mark_posting(session, job, at, DEFAULT_TIMING)


async def test_many_workers_take_each_errand_once(database: Database) -> None:
    await put(database, CARD_JOB, 300, channels=100)
    taken: list[str] = []

    async def work() -> None:
        while jobs := await take(database):
            for job in jobs:
                async with database.transaction("T1") as session:
                    assert await store.complete_job(session, job, NOW)
                taken.append(job.subject)
            await asyncio.sleep(0)

    await asyncio.gather(*(work() for _ in range(6)))
    while await take(database):  # whoever comes while others are busy goes away
        await work()
    assert sorted(taken, key=int) == [str(number) for number in range(300)]


async def test_a_worker_that_took_too_long_neither_posts_nor_notes_over_the_next(database: Database) -> None:
    await put(database, DIGEST_JOB, 1, channels=1)
    (slow,) = await take(database)
    assert await begin(database, slow)
    (next_,) = await take(database, at=LATER)
    with pytest.raises(LeaseLost):
        await post(database, slow, LATER)
    async with database.transaction("T1") as session:
        await store.retry_job(session, slow, LATER + timedelta(days=1))
        await store.dead_letter(session, slow, "is_archived")
        await store.release_jobs(session, [slow])
        assert await store.list_dead_letters(session) == []
    await post(database, next_, LATER)
    assert await take(database, at=LATER) == [], "it is still the next one's"


async def test_what_a_worker_did_too_late_is_done_once_more(database: Database) -> None:
    """It may have written older words over newer ones."""
    await put(database, CARD_JOB, 1, channels=1)
    (slow,) = await take(database)
    (next_,) = await take(database, at=LATER)
    async with database.transaction("T1") as session:
        assert await store.complete_job(session, next_, LATER)
        assert not await store.complete_job(session, slow, LATER)
    assert [job.subject for job in await take(database, at=LATER)] == ["0"]


async def test_a_lease_is_renewed_when_an_errands_turn_comes_and_before_it_posts(database: Database) -> None:
    await put(database, CARD_JOB, 1, channels=1)
    (job,) = await take(database)
    at = NOW
    for renew in (begin, post):
        at += DEFAULT_TIMING.job_lease - timedelta(seconds=1)
        await renew(database, job, at)
        assert await take(database, at=at + DEFAULT_TIMING.job_lease - timedelta(seconds=1)) == []


async def test_what_was_not_posted_is_given_back_at_once_and_what_may_have_been_is_looked_for(
    database: Database,
) -> None:
    await put(database, CARD_JOB, 3, channels=3)
    jobs = await take(database)
    await begin(database, jobs[0])
    await begin(database, jobs[1])
    await post(database, jobs[1])
    async with database.transaction("T1") as session:
        await store.release_jobs(session, jobs)
    assert [job.subject for job in await take(database)] == ["0", "2"]
    assert {job.subject: job.maybe_posted_since for job in await take(database, at=LATER)}["1"] == NOW


async def test_a_channel_hears_things_in_their_order_whoever_tells_them(database: Database) -> None:
    await put(database, CARD_JOB, 4, channels=1)
    first = await take(database, limit=2)
    assert [job.subject for job in first] == ["0", "1"]
    assert await take(database) == []
    async with database.transaction("T1") as session:
        for job in first:
            await store.complete_job(session, job, NOW)
    assert [job.subject for job in await take(database)] == ["2", "3"]


async def test_a_busy_channel_takes_no_other_channels_turn(database: Database) -> None:
    await put(database, CARD_JOB, 200, channels=1)
    await put(database, CARD_JOB, 10, channels=10, team="T2")
    assert {job.team_id for job in await take(database, limit=11)} == {"T1", "T2"}
    assert len({job.channel_id for job in await take(database, limit=50)}) == 0, "each channel is at work"


async def test_what_somebody_waits_for_comes_before_a_thousand_digests(database: Database) -> None:
    await put(database, DIGEST_JOB, 1000, channels=1000)
    async with database.transaction("T1") as session:
        await store.enqueue(session, CARD_JOB, [1], "CBUSY", NOW)
    (first, *_) = await take(database, limit=20)
    assert first.kind is CARD_JOB
    async with database.reading(None) as session:
        assert await store.measure_backlog(session, NOW) == Backlog(1001, NOW)


async def test_a_workspace_that_is_busy_holds_up_no_other_whose_channel_has_the_same_id(
    database: Database,
) -> None:
    for team in ("T1", "T2"):
        await put(database, CARD_JOB, 2, channels=1, team=team)
    (first,) = await take(database, limit=1)
    (other,) = await take(database, limit=1)
    assert {(job.team_id, job.channel_id) for job in (first, other)} == {("T1", "C0"), ("T2", "C0")}
    assert await take(database) == [], "now both are busy"
