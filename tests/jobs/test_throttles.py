"""Throttles: the posting slots of a channel, and the job kinds that Slack has limited."""

from datetime import timedelta

from sqlmodel import select

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import store, throttles
from bot.jobs.throttles import ThrottleRow
from bot.timing import DEFAULT_TIMING, Timing
from tests.jobs.claiming import NOW, claim_jobs, enqueue_jobs, start_job

SECOND = timedelta(seconds=1)


async def take_slot(database: Database, at_seconds: float, timing: Timing = DEFAULT_TIMING) -> float | None:
    """Take a posting slot so many seconds after NOW; where none is free, return when the next one is."""
    async with database.transaction("T1") as session:
        free_at = await throttles.take_posting_slot(session, "C1", NOW + at_seconds * SECOND, timing)
    return (free_at - NOW) / SECOND if free_at else None


async def test_a_channel_takes_one_post_a_second_and_a_burst_after_a_pause(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 1, channels=1)
    timing = Timing(channel_post_burst=2)
    assert [await take_slot(database, 0, timing) for _ in range(4)] == [None, None, None, 1]
    assert [await take_slot(database, 1, timing) for _ in range(2)] == [None, 2]
    assert [await take_slot(database, 1.5, timing) for _ in range(2)] == [2, 2]
    assert [await take_slot(database, 60, timing) for _ in range(4)] == [None, None, None, 61]


async def test_without_an_interval_no_post_waits(database: Database) -> None:
    timing = Timing(channel_post_interval=timedelta(0))
    assert [await take_slot(database, 0, timing) for _ in range(50)] == [None] * 50


async def test_a_throttled_channel_waits_and_no_other_does(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 20, channels=2)
    async with database.transaction("T1") as session:
        while await throttles.take_posting_slot(session, "C1", NOW, DEFAULT_TIMING) is None:
            pass
    assert {job.channel_id for job in await claim_jobs(database, 20)} == {"C0"}
    assert {job.channel_id for job in await claim_jobs(database, 20, NOW + 2 * SECOND)} == {"C1"}


async def test_a_throttled_kind_waits_in_its_own_workspace_only(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 1, channels=1)
    await enqueue_jobs(database, READ_VOTES_JOB, 2, channels=2)
    await enqueue_jobs(database, CARD_JOB, 1, channels=1, team_id="T2")
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, [CARD_JOB.name, DIGEST_JOB.name], NOW + 30 * SECOND)
        await throttles.set_throttles(
            session, [CARD_JOB.name], NOW + 10 * SECOND
        )  # a shorter one changes nothing
    claimed = {(job.team_id, job.kind) for job in await claim_jobs(database)}
    assert claimed == {("T1", READ_VOTES_JOB), ("T2", CARD_JOB)}
    (job,) = [job for job in await claim_jobs(database, at=NOW + 100 * SECOND) if job.team_id == "T1"][:1]
    assert job.kind is CARD_JOB


async def test_a_throttle_also_delays_a_job_that_is_claimed_and_not_started(
    database: Database,
) -> None:
    await enqueue_jobs(database, CARD_JOB, 2, channels=1)
    first, second = await claim_jobs(database)
    assert await start_job(database, first)
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, [CARD_JOB.name], NOW + 5 * SECOND)
    assert not await start_job(database, second)
    async with database.transaction("T1") as session:
        await store.complete_job(session, first, NOW)
    assert await claim_jobs(database) == []
    assert [job.subject for job in await claim_jobs(database, at=NOW + 6 * SECOND)] == ["1"]


async def test_a_clock_that_goes_back_silences_no_channel_for_longer_than_the_pace(
    database: Database,
) -> None:
    await enqueue_jobs(database, CARD_JOB, 20, channels=2)
    assert await take_slot(database, 3600) is None, "the clock is an hour ahead"
    assert {job.channel_id for job in await claim_jobs(database, 20)} == {"C0", "C1"}
    assert [await take_slot(database, 0) for _ in range(12)] == [None] * 11 + [1], "the pace is kept"


async def test_a_clock_that_goes_back_ends_throttles_of_kinds_and_leases(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 2, channels=2)
    tomorrow = NOW + timedelta(days=1)
    assert len(await claim_jobs(database, at=tomorrow)) == 2
    assert len(await claim_jobs(database)) == 2, "the leases of tomorrow do not count"
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, [CARD_JOB.name], tomorrow)
    after_lease = NOW + DEFAULT_TIMING.job_lease + SECOND
    assert len(await claim_jobs(database, at=after_lease)) == 2
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, [CARD_JOB.name], after_lease + 300 * SECOND)
    assert await claim_jobs(database, at=after_lease + 100 * SECOND) == []


async def test_throttles_that_expired_long_ago_are_deleted(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 1, channels=1)
    async with database.transaction("T1") as session:
        await throttles.set_throttles(session, ["x"], NOW)
        await throttles.delete_expired_throttles(session, NOW + timedelta(days=2))
        assert (await session.exec(select(ThrottleRow))).all() == []
