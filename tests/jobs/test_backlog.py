"""What operators read of the queue: how many jobs wait, since when, and which were given up."""

from datetime import timedelta

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.jobs import backlog_store, store
from bot.jobs.backlog_store import Backlog
from tests.jobs.claiming import NOW, claim_jobs, start_job
from tests.store.build import store_canvas

SECOND = timedelta(seconds=1)


async def test_jobs_are_counted_by_kind_and_state(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await store.enqueue(session, CARD_JOB, [1, 2], "C1", NOW)
        await store.enqueue(session, CARD_JOB, [3], "C2", NOW)
        await store.enqueue(session, DIGEST_JOB, [1], "C3", NOW)
        before = await backlog_store.count_jobs(session)
    jobs = {(job.kind, job.subject): job for job in await claim_jobs(database)}
    async with database.transaction("T1") as session:
        await store.retry_job(session, jobs[CARD_JOB, "3"], NOW)
        await store.dead_letter_job(session, jobs[DIGEST_JOB, "1"], "is_archived")
    assert [job.subject for job in await claim_jobs(database)] == ["3"]
    async with database.transaction("T1") as session:
        after = await backlog_store.count_jobs(session)
    # The two jobs of the store's own canvas are cards, too.
    assert before.keys() == {("card", "waiting"), ("digest", "waiting")}
    assert after == {
        ("card", "waiting"): before["card", "waiting"] - 1,
        ("card", "retried"): 1,
        ("digest", "dead_letter"): 1,
    }


async def test_a_retried_job_is_late_since_it_was_due_first(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        await store.enqueue(session, DIGEST_JOB, [1], "C3", NOW)
        await store.enqueue(session, DIGEST_JOB, [2], "C4", NOW + 9 * SECOND)
    (job,) = await claim_jobs(database)
    assert await start_job(database, job)
    async with database.transaction("T1") as session:
        await store.retry_job(session, job, NOW + 5 * SECOND)
        assert await backlog_store.measure_backlog(session, NOW) == Backlog(1, NOW)
        assert await backlog_store.find_oldest_due_at(session, NOW) is None
        assert await backlog_store.find_oldest_due_at(session, NOW + 5 * SECOND) == NOW + 5 * SECOND
        assert await backlog_store.measure_backlog(session, NOW + 9 * SECOND) == Backlog(2, NOW)
    first, _ = sorted(await claim_jobs(database, at=NOW + 9 * SECOND), key=lambda job: job.subject)
    async with database.transaction("T1") as session:
        await store.dead_letter_job(session, first, "is_archived")
        backlog = await backlog_store.measure_backlog(session, NOW + 9 * SECOND)
        assert backlog == Backlog(1, NOW + 9 * SECOND)
        assert await backlog_store.find_oldest_due_at(session, NOW + 9 * SECOND) == NOW + 9 * SECOND
        assert await backlog_store.list_dead_letters(session) == [("C3", "digest", "is_archived")]
