"""Steps of a worker, for tests of the job store."""

from datetime import UTC, datetime, timedelta

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import claim_store, store
from bot.jobs.model import Job, JobKind
from bot.store import workspaces
from bot.store.workspaces import Workspace
from bot.timing import DEFAULT_TIMING

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
AFTER_LEASE = NOW + DEFAULT_TIMING.job_lease + timedelta(seconds=1)
KINDS = (CARD_JOB, DIGEST_JOB, READ_VOTES_JOB)


async def enqueue_jobs(
    database: Database, kind: JobKind, count: int, *, channels: int, team_id: str = "T1"
) -> None:
    """Enqueue `count` jobs of a workspace, spread over `channels` channels."""
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace(team_id, None, "", "U0"), NOW)
    async with database.transaction(team_id) as session:
        for subject in range(count):
            await store.enqueue(session, kind, [subject], f"C{subject % channels}", NOW)


async def claim_jobs(database: Database, limit: int = 10, at: datetime = NOW) -> list[Job]:
    async with database.transaction(None) as session:
        return await claim_store.claim_due_jobs(session, KINDS, at, limit)


async def start_job(database: Database, job: Job, at: datetime = NOW) -> bool:
    async with database.transaction(job.team_id) as session:
        return await store.start_job(session, job, at)


async def mark_posting(database: Database, job: Job, at: datetime = NOW) -> None:
    async with database.transaction(job.team_id) as session:
        await store.mark_posting(session, job, at, DEFAULT_TIMING)
