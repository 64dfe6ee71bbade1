"""Slack's pace: a channel's posts, and what Slack asks to wait for."""

from datetime import timedelta

from sqlmodel import select

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import store, throttles
from bot.jobs.throttles import ThrottleRow
from bot.timing import DEFAULT_TIMING, Timing
from tests.outbox.test_leases import NOW, begin, put, take

SECOND = timedelta(seconds=1)


async def turn(database: Database, seconds: float, pace: Timing = DEFAULT_TIMING) -> float | None:
    """Post at this time; return when it will be possible where it is not."""
    at = NOW + seconds * SECOND
    async with database.transaction("T1") as session:
        free_at = await throttles.take_posting_slot(session, "C1", at, pace)
    return (free_at - NOW) / SECOND if free_at else None


async def test_posts_in_a_channel_come_one_a_second_but_for_a_burst_after_a_rest(database: Database) -> None:
    await put(database, CARD_JOB, 1, channels=1)
    pace = Timing(channel_post_burst=2)
    assert [await turn(database, 0, pace) for _ in range(4)] == [None, None, None, 1]
    assert [await turn(database, 1, pace) for _ in range(2)] == [None, 2]
    assert [await turn(database, 1.5, pace) for _ in range(2)] == [2, 2]
    assert [await turn(database, 60, pace) for _ in range(4)] == [None, None, None, 61]


async def test_where_there_is_no_pace_nothing_waits(database: Database) -> None:
    pace = Timing(channel_post_interval=timedelta(0))
    assert [await turn(database, 0, pace) for _ in range(50)] == [None] * 50


async def test_a_channel_that_had_its_posts_waits_and_no_other_does(database: Database) -> None:
    await put(database, CARD_JOB, 20, channels=2)
    async with database.transaction("T1") as session:
        while await throttles.take_posting_slot(session, "C1", NOW, DEFAULT_TIMING) is None:
            pass
    assert {job.channel_id for job in await take(database, 20)} == {"C0"}
    assert {job.channel_id for job in await take(database, 20, NOW + 2 * SECOND)} == {"C1"}


async def test_what_slack_asks_to_wait_for_waits_in_that_workspace_alone(database: Database) -> None:
    await put(database, CARD_JOB, 1, channels=1)
    await put(database, READ_VOTES_JOB, 2, channels=2)
    await put(database, CARD_JOB, 1, channels=1, team="T2")
    async with database.transaction("T1") as session:
        await throttles.throttle(session, [CARD_JOB, DIGEST_JOB], NOW + 30 * SECOND)
        await throttles.throttle(session, [CARD_JOB], NOW + 10 * SECOND)  # a shorter one changes nothing
    there = {(job.team_id, job.kind) for job in await take(database)}
    assert there == {("T1", READ_VOTES_JOB), ("T2", CARD_JOB)}
    (job,) = [job for job in await take(database, at=NOW + 100 * SECOND) if job.team_id == "T1"][:1]
    assert job.kind is CARD_JOB


async def test_a_pause_that_comes_while_an_errand_waits_for_its_turn_holds_it_too(database: Database) -> None:
    await put(database, CARD_JOB, 2, channels=1)
    first, second = await take(database)
    assert await begin(database, first)
    async with database.transaction("T1") as session:
        await throttles.throttle(session, [CARD_JOB], NOW + 5 * SECOND)
    assert not await begin(database, second)
    async with database.transaction("T1") as session:
        await store.complete_job(session, first, NOW)
    assert await take(database) == []
    assert [job.subject for job in await take(database, at=NOW + 6 * SECOND)] == ["1"]


async def test_pauses_that_are_long_over_are_forgotten(database: Database) -> None:
    await put(database, CARD_JOB, 1, channels=1)
    async with database.transaction("T1") as session:
        await throttles.throttle(session, ["x"], NOW)
        await throttles.delete_expired_throttles(session, NOW + timedelta(days=2))
        assert (await session.exec(select(ThrottleRow))).all() == []
