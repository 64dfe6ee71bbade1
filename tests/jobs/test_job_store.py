"""Jobs are enqueued, merged, claimed, completed and kept as dead letters."""

import asyncio
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import backlog_store, claim_store, store as jobs
from bot.jobs.model import Job
from bot.jobs.store import JobRow
from bot.timing import DEFAULT_TIMING
from tests.store.build import NOW, store_canvas


async def test_jobs_that_many_enqueue_at_once_merge_into_one(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)

    async def enqueue_job() -> None:
        async with database.transaction("T1") as session:
            await jobs.enqueue(session, CARD_JOB, [pain], "C1", NOW)

    await asyncio.gather(*(enqueue_job() for _ in range(16)))
    async with database.transaction(None) as session:
        (job,) = await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 10)
    assert job.version == 16


async def test_a_job_is_claimed_by_one_worker_and_again_after_its_lease_ends(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        for subject in (1, 2, 3):
            await jobs.enqueue(session, CARD_JOB, [subject], f"C{subject}", NOW)

    async def claim_jobs(at: datetime) -> list[Job]:
        async with database.transaction(None) as session:
            return await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], at, 2)

    first, second = await claim_jobs(NOW), await claim_jobs(NOW)
    assert sorted(job.subject for job in (*first, *second)) == ["1", "2", "3"]
    async with database.transaction("T1") as session:
        assert await jobs.start_job(session, first[0], NOW)
        assert await jobs.mark_posting(session, first[0], NOW, DEFAULT_TIMING) is None
    again = await claim_jobs(NOW + DEFAULT_TIMING.job_lease + timedelta(seconds=1))
    assert {job.subject: job.maybe_posted_since for job in again} == {"1": NOW, "2": None}


async def test_a_job_enqueued_again_while_it_runs_runs_again(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C1", NOW)
    async with database.transaction(None) as session:
        (job,) = await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 2)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C1", NOW)
        await jobs.complete_job(session, job, NOW)
    async with database.transaction(None) as session:
        (job,) = await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 2)
        await jobs.complete_job(session, job, NOW)
        assert (
            await claim_store.claim_due_jobs(
                session, [CARD_JOB, DIGEST_JOB], NOW + 2 * DEFAULT_TIMING.job_lease, 2
            )
            == []
        )


async def test_a_dead_letter_is_not_claimed_until_its_channel_is_revived(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C1", NOW)
        (job,) = await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 2)
        await jobs.dead_letter_job(session, job, "is_archived")
        assert await backlog_store.list_dead_letters(session) == [("C1", "card", "is_archived")]
        assert await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 2) == []
        await jobs.revive_channel(session, "C1", NOW, DEFAULT_TIMING)
        assert len(await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 2)) == 1


async def test_reviving_a_channel_retries_dead_letters_and_leaves_later_jobs_alone(
    database: Database,
) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, CARD_JOB, [1], "C9", NOW)
        await jobs.enqueue(session, DIGEST_JOB, [2], "C9", NOW + timedelta(days=1))
    async with database.transaction(None) as session:
        claimed = [
            job
            for job in await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 100)
            if job.channel_id == "C9"
        ]
        for job in claimed:
            await jobs.dead_letter_job(session, job, "not_in_channel")
    async with database.transaction("T1") as session:
        await jobs.revive_channel(session, "C9", NOW, DEFAULT_TIMING)
    async with database.transaction(None) as session:
        again = [
            job
            for job in await claim_store.claim_due_jobs(session, [CARD_JOB, DIGEST_JOB], NOW, 100)
            if job.channel_id == "C9"
        ]
    assert [(job.kind, job.subject) for job in again] == [(CARD_JOB, "1")]


async def test_reviving_a_channel_leaves_slack_the_time_to_finish_the_call_of_a_failed_job(
    database: Database,
) -> None:
    await store_canvas(database)
    period = DEFAULT_TIMING.uncertain_period
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, DIGEST_JOB, [1, 2], "C9", NOW)
    async with database.transaction(None) as session:
        soon, late = await claim_store.claim_due_jobs(session, [DIGEST_JOB], NOW, 100)
        assert await jobs.start_job(session, late, NOW)
        await jobs.retry_job(session, soon, NOW + period / 2)
        await jobs.retry_job(session, late, NOW + 2 * period)
    async with database.transaction("T1") as session:
        await jobs.revive_channel(session, "C9", NOW, DEFAULT_TIMING)
    async with database.reading("T1") as session:
        found = select(JobRow).where(JobRow.channel_id == "C9").order_by(col(JobRow.id))
        rows = (await session.exec(found)).all()
    assert [row.due_at for row in rows] == [NOW + period / 2, NOW + period]


async def test_a_new_job_has_neither_failed_nor_posted(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, DIGEST_JOB, [1], "C1", NOW)
    async with database.transaction(None) as session:
        (job,) = await claim_store.claim_due_jobs(session, [DIGEST_JOB], NOW, 2)
    assert (job.version, job.attempts, job.failures, job.maybe_posted_since) == (1, 1, 0, None)


async def enqueue_asked_jobs(database: Database) -> list[Job]:
    """Enqueue three jobs that U1 asked for, the first two in one channel, and claim them."""
    await store_canvas(database)
    async with database.transaction("T1") as session:
        for subject, channel_id in ((1, "C8"), (2, "C8"), (3, "C9")):
            await jobs.enqueue(session, DIGEST_JOB, [subject], channel_id, NOW, "U1")
    async with database.transaction(None) as session:
        claimed = await claim_store.claim_due_jobs(session, [DIGEST_JOB], NOW, 9)
    return sorted(claimed, key=lambda job: job.subject)


async def test_who_asked_for_several_jobs_reads_once_that_slack_refuses_the_channel(
    database: Database,
) -> None:
    claimed = await enqueue_asked_jobs(database)
    async with database.transaction("T1") as session:
        told = [
            await jobs.dead_letter_job(session, job, "is_archived", restricts_channel=True) for job in claimed
        ]
    assert told == ["U1", "", "U1"]


async def test_who_asked_for_several_jobs_reads_of_each_that_fails(database: Database) -> None:
    claimed = await enqueue_asked_jobs(database)
    async with database.transaction("T1") as session:
        told = [await jobs.dead_letter_job(session, job, "failed") for job in claimed]
    assert told == ["U1", "U1", "U1"]


async def test_only_the_jobs_of_a_workspace_that_left_are_given_up(database: Database) -> None:
    for team_id in ("T1", "T2"):
        await store_canvas(database, team_id)
        async with database.transaction(team_id) as session:
            await jobs.enqueue(session, DIGEST_JOB, [1], "C1", NOW)
    async with database.transaction("T1") as session:
        await jobs.dead_letter_workspace_jobs(session, "uninstalled")
    async with database.transaction(None) as session:
        (job,) = await claim_store.claim_due_jobs(session, [DIGEST_JOB], NOW, 9)
    assert job.team_id == "T2"


async def test_in_a_channel_jobs_of_the_last_priority_come_after_all_others(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await jobs.enqueue(session, READ_VOTES_JOB, [1], "C9", NOW)
        await jobs.enqueue(session, DIGEST_JOB, [1], "C9", NOW + timedelta(seconds=1))
        await jobs.enqueue(session, CARD_JOB, [1], "C9", NOW + timedelta(seconds=2))
    kinds, later = [CARD_JOB, DIGEST_JOB, READ_VOTES_JOB], NOW + timedelta(seconds=2)
    async with database.transaction(None) as session:
        claimed = await claim_store.claim_due_jobs(session, kinds, later, 9)
    assert [job.kind for job in claimed if job.channel_id == "C9"] == [DIGEST_JOB, CARD_JOB, READ_VOTES_JOB]
