"""SQL that counts waiting jobs and lists dead letters, for operators: doctor and /metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.jobs.store import JobRow

WAITING_STATE, RETRIED_STATE, DEAD_LETTER_STATE = "waiting", "retried", "dead_letter"


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs are due and not done, and since when."""

    job_count: int
    oldest_due_at: datetime | None  # before any retry; None where no job is due


async def measure_backlog(session: AsyncSession, now: datetime) -> Backlog:
    """Count the due jobs of the session's workspaces, without dead letters."""
    first_due_at = func.coalesce(JobRow.first_due_at, JobRow.due_at)
    is_due = (col(JobRow.dead_letter_reason).is_(None), first_due_at <= now)
    job_count, oldest_due_at = (
        await session.exec(select(func.count(), func.min(first_due_at)).where(*is_due))
    ).one()
    return Backlog(job_count, oldest_due_at)


async def list_dead_letters(session: AsyncSession) -> Sequence[tuple[str, str, str]]:
    """Return channel id, name of the job kind and reason of each dead letter."""
    statement = select(JobRow.channel_id, JobRow.kind, JobRow.dead_letter_reason)
    dead = await session.exec(statement.where(col(JobRow.dead_letter_reason).is_not(None)))
    return [(channel_id, kind, reason or "") for channel_id, kind, reason in dead]


async def count_jobs(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Count the jobs by kind and state: waiting, retried or dead_letter."""
    is_dead, is_retried = col(JobRow.dead_letter_reason).is_not(None), col(JobRow.attempts) > 1
    state = case((is_dead, DEAD_LETTER_STATE), (is_retried, RETRIED_STATE), else_=WAITING_STATE).label(
        "state"
    )
    counted = select(JobRow.kind, state, func.count()).group_by(col(JobRow.kind), state)
    return {(kind, state): count for kind, state, count in await session.exec(counted)}


async def find_oldest_due_at(session: AsyncSession, now: datetime) -> datetime | None:
    """Return the earliest due time of all due jobs, as set by their last retry; None if none is due."""
    is_due = (JobRow.due_at <= now, col(JobRow.dead_letter_reason).is_(None))
    oldest: datetime | None = (await session.exec(select(func.min(JobRow.due_at)).where(*is_due))).first()
    return oldest
