"""One worker at a time has a job, and a worker that has lost its lease changes nothing."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlmodel import select, update

from bot.app import FEATURES
from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.feature import collect_job_handlers
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import backlog_store, claim_store, store
from bot.jobs.backlog_store import Backlog
from bot.jobs.model import LeaseLost
from bot.jobs.store import JobRow
from bot.timing import DEFAULT_TIMING
from tests.jobs.claiming import AFTER_LEASE, NOW, claim_jobs, enqueue_jobs, mark_posting, start_job


async def test_many_workers_claim_each_job_once(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 300, channels=100)
    done_subjects: list[str] = []

    async def work() -> None:
        while jobs := await claim_jobs(database):
            for job in jobs:
                async with database.transaction("T1") as session:
                    assert await store.complete_job(session, job, NOW)
                done_subjects.append(job.subject)

    await asyncio.gather(*(work() for _ in range(6)))
    while await claim_jobs(database):  # a worker stops when all channels are busy, though jobs are left
        await work()
    assert sorted(done_subjects, key=int) == [str(number) for number in range(300)]


async def test_a_worker_that_lost_its_lease_neither_posts_nor_changes_the_job(database: Database) -> None:
    await enqueue_jobs(database, DIGEST_JOB, 1, channels=1)
    (slow_job,) = await claim_jobs(database)
    assert await start_job(database, slow_job)
    (next_job,) = await claim_jobs(database, at=AFTER_LEASE)
    with pytest.raises(LeaseLost):
        await mark_posting(database, slow_job, AFTER_LEASE)
    async with database.transaction("T1") as session:
        await store.retry_job(session, slow_job, AFTER_LEASE + timedelta(days=1))
        await store.dead_letter_job(session, slow_job, "is_archived")
        await store.release_jobs(session, [slow_job])
        assert await backlog_store.list_dead_letters(session) == []
    await mark_posting(database, next_job, AFTER_LEASE)
    assert await claim_jobs(database, at=AFTER_LEASE) == [], "the next worker still has its lease"


async def test_a_job_that_is_completed_after_its_lease_runs_once_more(database: Database) -> None:
    """The slow worker may have overwritten a newer text with an older one."""
    await enqueue_jobs(database, CARD_JOB, 1, channels=1)
    (slow_job,) = await claim_jobs(database)
    (next_job,) = await claim_jobs(database, at=AFTER_LEASE)
    async with database.transaction("T1") as session:
        assert await store.complete_job(session, next_job, AFTER_LEASE)
        assert not await store.complete_job(session, slow_job, AFTER_LEASE)
    assert [job.subject for job in await claim_jobs(database, at=AFTER_LEASE)] == ["0"]


async def test_a_lease_is_renewed_when_a_job_starts_and_before_it_posts(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 1, channels=1)
    (job,) = await claim_jobs(database)
    at = NOW
    for renew_lease in (start_job, mark_posting):
        at += DEFAULT_TIMING.job_lease - timedelta(seconds=1)
        await renew_lease(database, job, at)
        before_lease_ends = at + DEFAULT_TIMING.job_lease - timedelta(seconds=1)
        assert await claim_jobs(database, at=before_lease_ends) == []


async def test_a_job_that_did_not_post_is_released_at_once_and_one_that_may_have_posted_is_not(
    database: Database,
) -> None:
    await enqueue_jobs(database, CARD_JOB, 3, channels=3)
    jobs = await claim_jobs(database)
    await start_job(database, jobs[0])
    await start_job(database, jobs[1])
    await mark_posting(database, jobs[1])
    async with database.transaction("T1") as session:
        await store.release_jobs(session, jobs)
    assert [job.subject for job in await claim_jobs(database)] == ["0", "2"]
    claimed_later = await claim_jobs(database, at=AFTER_LEASE)
    assert {job.subject: job.maybe_posted_since for job in claimed_later}["1"] == NOW


async def test_the_jobs_of_a_channel_run_in_order_whichever_worker_runs_them(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 4, channels=1)
    first = await claim_jobs(database, limit=2)
    assert [job.subject for job in first] == ["0", "1"]
    assert await claim_jobs(database) == []
    async with database.transaction("T1") as session:
        for job in first:
            await store.complete_job(session, job, NOW)
    assert [job.subject for job in await claim_jobs(database)] == ["2", "3"]


async def test_a_busy_channel_takes_no_other_channels_turn(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 200, channels=1)
    await enqueue_jobs(database, CARD_JOB, 10, channels=10, team_id="T2")
    assert {job.team_id for job in await claim_jobs(database, limit=11)} == {"T1", "T2"}
    assert len({job.channel_id for job in await claim_jobs(database, limit=50)}) == 0, "every channel is busy"


async def test_a_job_of_higher_priority_runs_before_a_thousand_digests(database: Database) -> None:
    await enqueue_jobs(database, DIGEST_JOB, 1000, channels=1000)
    async with database.transaction("T1") as session:
        await store.enqueue(session, CARD_JOB, [1], "CBUSY", NOW)
    (first, *_) = await claim_jobs(database, limit=20)
    assert first.kind is CARD_JOB
    async with database.reading(None) as session:
        assert await backlog_store.measure_backlog(session, NOW) == Backlog(1001, NOW)


async def test_nothing_waits_for_reading_votes_back_not_even_in_its_channel(database: Database) -> None:
    await enqueue_jobs(database, READ_VOTES_JOB, 100, channels=2)
    kinds = sorted({*collect_job_handlers(FEATURES)} - {READ_VOTES_JOB}, key=lambda kind: kind.priority)
    later = NOW + timedelta(seconds=1)
    async with database.transaction("T1") as session:
        await store.enqueue_kinds(session, [(kind, "1") for kind in kinds], "C0", later)
    names = []
    async with database.transaction(None) as session:
        while jobs := await claim_store.claim_due_jobs(session, [*kinds, READ_VOTES_JOB], later, 100):
            names += [job.kind.name for job in jobs if job.channel_id == "C0"]
            for job in jobs:
                with as_team(session, job.team_id):
                    await store.complete_job(session, job, later)
    assert names == [*(kind.name for kind in kinds), *[READ_VOTES_JOB.name] * 50]


def test_first_comes_what_a_person_waits_for_then_what_is_due_then_pictures_and_last_reading_back() -> None:
    names = [kind.name for kind in sorted(collect_job_handlers(FEATURES), key=lambda kind: kind.priority)]
    groups = (
        ("card", "number_reactions"),
        ("read_round_votes", "result", "digest", "reminders", "reminder"),
        ("picture", "document"),
        ("refresh_card",),
    )
    for before, after in pairwise(groups):
        assert max(map(names.index, before)) < min(map(names.index, after))
    assert names[-1] == "read_votes"


async def test_a_busy_workspace_holds_up_no_other_whose_channel_has_the_same_id(database: Database) -> None:
    for team_id in ("T1", "T2"):
        await enqueue_jobs(database, CARD_JOB, 2, channels=1, team_id=team_id)
    (first,) = await claim_jobs(database, limit=1)
    (other,) = await claim_jobs(database, limit=1)
    assert {(job.team_id, job.channel_id) for job in (first, other)} == {("T1", "C0"), ("T2", "C0")}
    assert await claim_jobs(database) == [], "both are busy now"


async def test_a_job_of_an_unknown_kind_is_left_to_the_release_that_knows_it(database: Database) -> None:
    await enqueue_jobs(database, CARD_JOB, 2, channels=1)
    async with database.transaction("T1") as session:
        await session.exec(update(JobRow).where(JobRow.subject == "0").values(kind="newer", priority=1))  # type: ignore[arg-type]
    assert [job.subject for job in await claim_jobs(database)] == ["1"]
    async with database.reading("T1") as session:
        (row,) = await session.exec(select(JobRow).where(JobRow.kind == "newer"))
    assert (row.lease_until, row.attempts, row.dead_letter_reason) == (None, 0, None)
