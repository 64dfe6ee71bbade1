"""The table of jobs and its SQL: one row for each thing that there is to do at Slack.

A row says that something has to be done about its subject, not what. The handler reads the state when it
runs, so a job that is enqueued while one about the same subject waits merges with it.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Field, Index, UniqueConstraint, and_, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tables import table_of
from bot.db.tenancy import TenantRow, team_of
from bot.jobs.model import Job, JobKind, LeaseLost
from bot.jobs.throttles import is_throttled, take_posting_slot
from bot.timing import DEFAULT_TIMING, Timing

MAX_CANDIDATES = 500  # rows that one claim looks at, however many wait
MAX_CLAIMS_PER_CHANNEL = 5  # in one claim, so that every channel gets its turn
NO_SYNC: dict[str, Any] = {"synchronize_session": False}  # no row of the statement is in the session
NO_LEASE: dict[str, Any] = {"lease_until": None, "lease_token": None}


class JobRow(TenantRow, table=True):
    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("team_id", "kind", "subject"),
        Index("ix_job_priority_due_at", "priority", "due_at"),
        Index("ix_job_lease_until", "lease_until"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    priority: int  # the kind's; in the row since the claim orders by it
    subject: str
    channel_id: str
    due_at: datetime = Field(index=True)
    first_due_at: datetime | None = None  # before any retry
    version: int = 1  # counts the jobs that merged into this one
    attempts: int = 0
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # not Slack's or the network's
    maybe_posted_since: datetime | None = None  # an attempt that began then may have reached Slack
    lease_until: datetime | None = None
    lease_token: str | None = None  # proves whose the lease is
    dead_letter_reason: str | None = None  # why no attempt is made any more


async def enqueue(
    session: AsyncSession,
    kind: JobKind,
    subjects: Iterable[int | str],
    channel_id: str,
    due_at: datetime,
) -> None:
    """Enqueue a job about each subject. One that waits already keeps its time, so that bursts merge."""
    rows = [
        {
            "team_id": team_of(session),
            "kind": kind.name,
            "priority": kind.priority,
            "subject": str(subject),
            "channel_id": channel_id,
            "due_at": due_at,
            "first_due_at": due_at,
            "version": 1,
            "attempts": 0,
            "failures": 0,
        }
        for subject in subjects
    ]
    if rows:
        await session.exec(_build_merging_insert(session.info["insert"]), params=rows)


@cache
def _build_merging_insert(dialect_insert: Any) -> Any:
    """Return the INSERT that merges with the row that waits. Building it takes longer than running it."""
    statement = dialect_insert(table_of(JobRow))
    is_alive = col(JobRow.dead_letter_reason).is_(None)
    merged = {
        "version": JobRow.version + 1,
        "channel_id": statement.excluded.channel_id,
        "due_at": case((is_alive, JobRow.due_at), else_=statement.excluded.due_at),
        "failures": case((is_alive, JobRow.failures), else_=0),
        "dead_letter_reason": None,
    }
    return statement.on_conflict_do_update(index_elements=["team_id", "kind", "subject"], set_=merged)


async def claim_due_jobs(
    session: AsyncSession,
    kinds: Iterable[JobKind],
    now: datetime,
    limit: int,
    lease: timedelta = DEFAULT_TIMING.job_lease,
) -> list[Job]:
    """Claim due jobs of these kinds for as long as the lease; the first of each channel is started with that.

    A job whose worker died is claimed again once its lease has ended. Rows of other kinds, which another
    release enqueued, are left to that release's workers.
    """
    kinds_by_name = {kind.name: kind for kind in kinds}
    candidate_ids = list(await session.exec(_select_claimable_ids(kinds_by_name, now)))
    rows: list[JobRow] = []
    while candidate_ids and len(rows) < limit:
        wanted = limit - len(rows)
        chosen_ids, candidate_ids = candidate_ids[:wanted], candidate_ids[wanted:]
        # Another worker may have claimed some since: it holds their locks, or they are not ready any more.
        free = select(JobRow).where(col(JobRow.id).in_(chosen_ids), _is_ready(now))
        rows += await session.exec(free.with_for_update(skip_locked=True))
    token, started_channels = secrets.token_hex(8), set[tuple[str, str]]()
    jobs: list[Job] = []
    for row in sorted(rows, key=lambda row: (row.due_at, row.priority, row.id)):
        jobs.append(_make_job(row, kinds_by_name[row.kind], token))
        row.lease_until, row.lease_token = now + lease, token
        if (row.team_id, row.channel_id) not in started_channels:
            row.attempts += 1
        started_channels.add((row.team_id, row.channel_id))
    return jobs


def _is_ready(now: datetime) -> ColumnElement[bool]:
    is_free = or_(col(JobRow.lease_until).is_(None), col(JobRow.lease_until) < now)
    return and_(col(JobRow.due_at) <= now, col(JobRow.dead_letter_reason).is_(None), is_free)


def _select_claimable_ids(kind_names: Iterable[str], now: datetime) -> SelectOfScalar[int | None]:
    """Select the ids of the jobs that may run now, so that each channel gets its turn.

    A channel in which another worker is busy waits, so that its messages come in their order. This is read
    before the rows are locked: in one statement PostgreSQL's planner would underestimate how few rows these
    are, and would compare each with each.
    """
    leased = aliased(JobRow)
    busy_channels = select(leased.team_id, leased.channel_id).where(col(leased.lease_until) >= now)
    # Slack Connect: two workspaces may share a channel and its id.
    channel = tuple_(col(JobRow.team_id), col(JobRow.channel_id))
    waits = is_throttled(now, col(JobRow.team_id), col(JobRow.kind), col(JobRow.channel_id))
    candidates = (
        select(JobRow)
        .where(
            _is_ready(now), col(JobRow.kind).in_(sorted(kind_names)), ~waits, channel.not_in(busy_channels)
        )
        .order_by(col(JobRow.priority), col(JobRow.due_at))
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    turn = func.row_number().over(
        partition_by=(candidates.c.team_id, candidates.c.channel_id),
        order_by=(candidates.c.due_at, candidates.c.priority, candidates.c.id),
    )
    columns = (candidates.c.id, candidates.c.priority, candidates.c.due_at, turn.label("turn"))
    turns = select(*columns).subquery().c
    return (
        select(turns.id)
        .where(turns.turn <= MAX_CLAIMS_PER_CHANNEL)
        .order_by(turns.turn, turns.priority, turns.due_at, turns.id)
    )


async def start_job(
    session: AsyncSession, job: Job, now: datetime, lease: timedelta = DEFAULT_TIMING.job_lease
) -> bool:
    """Start a claimed job and renew its lease; release it and return False where it must wait."""
    waits = is_throttled(now, col(JobRow.team_id), job.kind.name, job.channel_id)
    renewed = {"lease_until": now + lease, "attempts": JobRow.attempts + 1}
    if await _update_own_job(session, job, renewed, ~waits):
        return True
    await release_jobs(session, [job])
    return False


async def mark_posting(session: AsyncSession, job: Job, now: datetime, timing: Timing) -> datetime | None:
    """Note that the job's message may reach Slack from now on, and renew the lease.

    Return when the channel takes the next post, if it takes none now. Raise LeaseLost where another worker
    has claimed the job.
    """
    free_at = await take_posting_slot(session, job.channel_id, now, timing)
    if free_at is not None:
        return free_at
    since = func.coalesce(JobRow.maybe_posted_since, now)
    values = {"lease_until": now + timing.job_lease, "maybe_posted_since": since}
    if not await _update_own_job(session, job, values):
        raise LeaseLost
    return None


async def complete_job(session: AsyncSession, job: Job, now: datetime) -> bool:
    """Remove a job that is done. One that was enqueued again meanwhile stays, due now.

    Return False where the lease was lost: what this worker wrote may have come after what the next one wrote,
    so the job runs once more.
    """
    is_own = and_(col(JobRow.id) == job.id, col(JobRow.lease_token) == job.lease_token)
    unchanged = delete(JobRow).where(is_own, col(JobRow.version) == job.version)
    removed = await session.exec(unchanged.execution_options(**NO_SYNC))
    if removed.rowcount:
        return True
    fresh = {"maybe_posted_since": None, "attempts": 0, "failures": 0, "due_at": now, "first_due_at": now}
    if await _update_own_job(session, job, {**NO_LEASE, **fresh}):
        return True
    await enqueue(session, job.kind, [job.subject], job.channel_id, now)
    return False


async def retry_job(
    session: AsyncSession,
    job: Job,
    due_at: datetime,
    *,
    maybe_posted_until: datetime | None = None,
    is_failure: bool = False,
) -> None:
    """Run a job again later.

    `maybe_posted_until` is when Slack must be done with what it gave no answer to: a job that may have posted
    waits until then. `is_failure` counts a failure of our own.
    """
    values: dict[str, Any] = {**NO_LEASE, "due_at": due_at, "failures": job.failures + is_failure}
    if maybe_posted_until is None:
        values["maybe_posted_since"] = job.maybe_posted_since  # this attempt did not post
    else:
        may_have_posted = col(JobRow.maybe_posted_since).is_not(None)
        values["due_at"] = case((may_have_posted, max(due_at, maybe_posted_until)), else_=due_at)
    await _update_own_job(session, job, values)


async def release_jobs(session: AsyncSession, jobs: Iterable[Job]) -> None:
    """Let other workers claim jobs that were not started, or that surely did not post."""
    for job in jobs:
        has_not_posted = col(JobRow.maybe_posted_since).is_not_distinct_from(job.maybe_posted_since)
        await _update_own_job(session, job, NO_LEASE, has_not_posted)


async def has_waiting_jobs(session: AsyncSession, channel_id: str, kinds: Iterable[JobKind]) -> bool:
    """Say whether jobs of these kinds in this channel are still to be done."""
    waiting = select(JobRow.id).where(
        JobRow.channel_id == channel_id,
        col(JobRow.kind).in_([kind.name for kind in kinds]),
        col(JobRow.dead_letter_reason).is_(None),
    )
    return (await session.exec(waiting.limit(1))).first() is not None


async def dead_letter_job(session: AsyncSession, job: Job, reason: str) -> None:
    """Make no further attempt at a job until somebody revives it."""
    await _update_own_job(session, job, {**NO_LEASE, "dead_letter_reason": reason})


async def dead_letter_workspace_jobs(session: AsyncSession, reason: str) -> None:
    """Make no further attempt at any job of the session's workspace."""
    is_of_team = col(JobRow.team_id) == team_of(session)
    await session.exec(update(JobRow).where(is_of_team).values(**NO_LEASE, dead_letter_reason=reason))


async def revive_channel(session: AsyncSession, channel_id: str, now: datetime) -> None:
    """Try the channel's dead letters and failed jobs again at once; what was not due yet waits on."""
    has_failed = or_(col(JobRow.dead_letter_reason).is_not(None), col(JobRow.attempts) > 0)
    await session.exec(
        update(JobRow)
        .where(col(JobRow.channel_id) == channel_id, col(JobRow.lease_until).is_(None), has_failed)
        .values(dead_letter_reason=None, attempts=0, failures=0, due_at=now)
    )


async def revive_all(session: AsyncSession, now: datetime) -> None:
    """Try all dead letters again: whoever restarted the bot may have fixed what was wrong."""
    await session.exec(
        update(JobRow)
        .where(col(JobRow.dead_letter_reason).is_not(None))
        .values(dead_letter_reason=None, attempts=0, failures=0, due_at=now)
    )


async def _update_own_job(
    session: AsyncSession, job: Job, values: dict[str, Any], *conditions: ColumnElement[bool]
) -> bool:
    """Update a job while this worker has its lease; say whether it has."""
    is_own = and_(col(JobRow.id) == job.id, col(JobRow.lease_token) == job.lease_token, *conditions)
    updated = await session.exec(update(JobRow).where(is_own).values(values).execution_options(**NO_SYNC))
    return bool(updated.rowcount)


def _make_job(row: JobRow, kind: JobKind, lease_token: str) -> Job:
    assert row.id is not None
    return Job(
        id=row.id,
        team_id=row.team_id,
        kind=kind,
        subject=row.subject,
        channel_id=row.channel_id,
        version=row.version,
        attempts=row.attempts + 1,
        failures=row.failures,
        lease_token=lease_token,
        maybe_posted_since=row.maybe_posted_since,
    )
