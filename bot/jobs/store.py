"""The table of jobs and its SQL: one row for each kind and subject that waits to be done at Slack.

A row does not contain what to post: the handler reads the current state when it runs. So a job that is
enqueued while another one of the same kind and subject waits merges with it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, bindparam, case, text
from sqlmodel import Field, Index, UniqueConstraint, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import table_of
from bot.db.tenancy import TenantRow, team_of
from bot.jobs.model import ChannelRestricted, Job, JobKind, LeaseLost, NewJob
from bot.jobs.throttles import is_throttled, take_posting_slot
from bot.times.clock import to_microseconds
from bot.timing import DEFAULT_TIMING, Timing

# Without this SQLAlchemy searches the session for the rows that an UPDATE changes. None of them is in it.
NO_SYNC: dict[str, Any] = {"synchronize_session": False}
ALIVE = text("dead_letter_reason IS NULL")
RESTRICTED = text("restriction IS NOT NULL")
NO_LEASE: dict[str, Any] = {"lease_until": None, "lease_token": None}


class JobRow(TenantRow, table=True):
    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("team_id", "kind", "subject"),
        Index("ix_job_priority_due_at", "priority", "due_at"),
        Index("ix_job_kind_due_at", "kind", "due_at", "id", sqlite_where=ALIVE, postgresql_where=ALIVE),
        Index("ix_job_lease_until", "lease_until"),
        # Of the few jobs that Slack refused: every command looks whether its channel has one.
        Index(
            "ix_job_restriction",
            "team_id",
            "channel_id",
            sqlite_where=RESTRICTED,
            postgresql_where=RESTRICTED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    priority: int  # of the kind; stored because the claim orders by it
    subject: str
    channel_id: str
    due_at: datetime = Field(index=True)
    first_due_at: datetime | None = None  # before any retry
    version: int = 1  # counts the jobs that merged into this one
    attempts: int = 0
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # not Slack's or the network's
    maybe_posted_since: datetime | None = None  # the last attempt that may have posted began at this time
    lease_until: datetime | None = None
    lease_token: str | None = None  # proves that a worker has the lease
    dead_letter_reason: str | None = None  # why no further attempt is made; None for any other job
    # Slack's error if it refused the job's channel. It stays when the job is revived, until the job is done.
    restriction: str | None = None
    # Who reads that the job was not done; "" if nobody asked for it, or they know already.
    requester_id: str = Field(default="", sa_column_kwargs={"server_default": ""})


async def enqueue(
    session: AsyncSession,
    kind: JobKind,
    subjects: Iterable[int | str],
    channel_id: str,
    due_at: datetime,
    requester_id: str = "",
) -> None:
    """Enqueue a job for each subject. A job that waits already keeps its due time, so that bursts merge.

    `requester_id` is the user who reads it if a job becomes a dead letter, "" for nobody. A job that waits
    already keeps its requester.
    """
    await enqueue_kinds(session, [(kind, subject) for subject in subjects], channel_id, due_at, requester_id)


async def enqueue_kinds(
    session: AsyncSession,
    jobs: Iterable[tuple[JobKind, int | str]],
    channel_id: str,
    due_at: datetime,
    requester_id: str = "",
) -> None:
    """Enqueue jobs of several kinds, each with its subject, in one statement."""
    team_id = team_of(session)
    await enqueue_new_jobs(
        session, [NewJob(team_id, kind, subject, channel_id, due_at, requester_id) for kind, subject in jobs]
    )


async def enqueue_new_jobs(session: AsyncSession, jobs: Iterable[NewJob]) -> None:
    """Enqueue jobs of several workspaces in one statement."""
    rows = [
        {
            "team_id": job.team_id,
            "kind": job.kind.name,
            "priority": job.kind.priority,
            "subject": str(job.subject),
            "channel_id": job.channel_id,
            "due_at": job.due_at,
            "first_due_at": job.due_at,
            "version": 1,
            "attempts": 0,
            "failures": 0,
            "requester_id": job.requester_id,
        }
        for job in jobs
    ]
    if rows:
        await session.exec(_build_merging_insert(session.info["insert"]), params=rows)


@cache
def _build_merging_insert(dialect_insert: Any) -> Any:
    """Return the INSERT that merges a job with the waiting row of the same kind and subject.

    A higher version tells a worker that runs the job that it must run again. A dead letter is revived. The
    statement is cached, because building it takes longer than running it.
    """
    statement = dialect_insert(table_of(JobRow))
    is_alive = col(JobRow.dead_letter_reason).is_(None)
    merged = {
        "version": JobRow.version + 1,
        "channel_id": statement.excluded.channel_id,
        "due_at": case((is_alive, JobRow.due_at), else_=statement.excluded.due_at),
        "failures": case((is_alive, JobRow.failures), else_=0),
        "dead_letter_reason": None,
        "requester_id": case(
            (col(JobRow.requester_id) != "", JobRow.requester_id), else_=statement.excluded.requester_id
        ),
    }
    return statement.on_conflict_do_update(index_elements=["team_id", "kind", "subject"], set_=merged)


async def start_job(
    session: AsyncSession, job: Job, now: datetime, lease: timedelta = DEFAULT_TIMING.job_lease
) -> bool:
    """Start a claimed job and renew its lease.

    Return False if the job must wait, because it was throttled after the claim; it is released then. Also
    return False if the lease was lost.
    """
    now_us = to_microseconds(now)
    if await _change_own_job(session, _update_started(), job, until=now + lease, now_us=now_us):
        return True
    await release_jobs(session, [job])
    return False


async def mark_posting(session: AsyncSession, job: Job, now: datetime, timing: Timing) -> datetime | None:
    """Record that the job's message may reach Slack from now on, and renew the lease.

    Return None; if the channel takes no post now, return when it takes the next one. Raise ChannelRestricted
    if Slack refuses another job of this kind there, and LeaseLost if another worker has claimed the job.
    """
    free_at = await take_posting_slot(session, job.channel_id, now, timing)
    if free_at is not None:
        return free_at
    until = now + timing.job_lease
    if not await _change_own_job(session, _update_posting(), job, until=until, now=now):
        connection = await session.connection()
        restriction = (await connection.execute(_select_restriction_there(), _name_job(job))).scalar()
        raise ChannelRestricted(restriction) if restriction else LeaseLost
    return None


async def complete_job(session: AsyncSession, job: Job, now: datetime) -> bool:
    """Remove a job that is done. A job that was enqueued again while it ran stays and is due now.

    Return False if the lease was lost. This worker may then have overwritten at Slack what the next worker
    wrote, so the job is enqueued once more.
    """
    if await _change_own_job(session, _delete_unchanged(), job, job_version=job.version):
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
    """Release a job and make it due again at `due_at`.

    `maybe_posted_until` is when Slack has certainly finished a call that it did not answer: a job that may
    have posted waits until then. `is_failure` counts a failure of our own.
    """
    values: dict[str, Any] = {**NO_LEASE, "due_at": due_at, "failures": job.failures + is_failure}
    if maybe_posted_until is None:
        values["maybe_posted_since"] = job.maybe_posted_since  # this attempt did not post
    else:
        may_have_posted = table_of(JobRow).c.maybe_posted_since.is_not(None)
        values["due_at"] = case((may_have_posted, max(due_at, maybe_posted_until)), else_=due_at)
    await _update_own_job(session, job, values)


async def release_jobs(session: AsyncSession, jobs: Iterable[Job]) -> None:
    """End the leases of jobs that certainly did not post, so that other workers can claim them at once.

    A job that may have posted keeps its lease, which gives Slack time to finish the call.
    """
    for job in jobs:
        posted_since = table_of(JobRow).c.maybe_posted_since
        has_not_posted = posted_since.is_not_distinct_from(job.maybe_posted_since)
        await _update_own_job(session, job, NO_LEASE, has_not_posted)


async def has_waiting_jobs(session: AsyncSession, channel_id: str, kinds: Iterable[JobKind]) -> bool:
    """Say whether jobs of these kinds wait or run in this channel. Dead letters do not count."""
    waiting = select(JobRow.id).where(
        JobRow.channel_id == channel_id,
        col(JobRow.kind).in_([kind.name for kind in kinds]),
        col(JobRow.dead_letter_reason).is_(None),
    )
    return (await session.exec(waiting.limit(1))).first() is not None


async def dead_letter_job(
    session: AsyncSession, job: Job, reason: str, *, restricts_channel: bool = False
) -> str:
    """Make no further attempt at a job until somebody revives it; return the user who has to read that.

    If Slack refuses the channel, a user is returned once for all jobs in it that they asked for. "" is
    returned if nobody asked for the job.
    """
    values: dict[str, Any] = {**NO_LEASE, "dead_letter_reason": reason}
    if restricts_channel:
        values |= {"restriction": reason, "maybe_posted_since": job.maybe_posted_since}  # it did not post
    if not await _update_own_job(session, job, values):
        return ""
    requester_id = (await session.exec(select(JobRow.requester_id).where(JobRow.id == job.id))).one()
    if requester_id:
        told = col(JobRow.channel_id) == job.channel_id if restricts_channel else col(JobRow.id) == job.id
        requested = update(JobRow).where(told, col(JobRow.requester_id) == requester_id)
        await session.exec(requested.values(requester_id="").execution_options(**NO_SYNC))
    return requester_id


async def dead_letter_workspace_jobs(session: AsyncSession, reason: str) -> None:
    """Make no further attempt at any job of the session's workspace."""
    is_of_team = col(JobRow.team_id) == team_of(session)
    await session.exec(update(JobRow).where(is_of_team).values(**NO_LEASE, dead_letter_reason=reason))


async def revive_channel(session: AsyncSession, channel_id: str, now: datetime, timing: Timing) -> None:
    """Make the channel's dead letters due now, and its failed jobs soon; others keep their time.

    Slack may still carry out the call of a job that failed.
    """
    is_dead_letter, settled_at = col(JobRow.dead_letter_reason).is_not(None), now + timing.uncertain_period
    due_at = case((is_dead_letter, now), (col(JobRow.due_at) > settled_at, settled_at), else_=JobRow.due_at)
    has_failed = or_(is_dead_letter, col(JobRow.attempts) > 0)
    await session.exec(
        update(JobRow)
        .where(col(JobRow.channel_id) == channel_id, col(JobRow.lease_until).is_(None), has_failed)
        .values(dead_letter_reason=None, attempts=0, failures=0, due_at=due_at)
    )


async def change_channel_id(session: AsyncSession, old_id: str, new_id: str) -> None:
    """Move the jobs of a channel to its new id."""
    await session.exec(update(JobRow).where(col(JobRow.channel_id) == old_id).values(channel_id=new_id))


async def revive_all(session: AsyncSession, now: datetime) -> None:
    """Make all dead letters of the session's workspaces due now.

    At the start of the bot, for example: the operator may have fixed the cause.
    """
    await session.exec(
        update(JobRow)
        .where(col(JobRow.dead_letter_reason).is_not(None))
        .values(dead_letter_reason=None, attempts=0, failures=0, due_at=now)
    )


async def _update_own_job(
    session: AsyncSession, job: Job, values: dict[str, Any], *conditions: ColumnElement[bool]
) -> bool:
    """Update a job if this worker has its lease and the conditions are true; say whether it was updated."""
    statement = update(table_of(JobRow)).where(*_is_own(), *conditions).values(values)
    return await _change_own_job(session, statement, job)


async def _change_own_job(session: AsyncSession, statement: Any, job: Job, **params: Any) -> bool:
    """Run a statement with `_is_own` for a job; say whether this worker has its lease and it was changed."""
    connection = await session.connection()
    return bool((await connection.execute(statement, _name_job(job) | params)).rowcount)


def _name_job(job: Job) -> dict[str, Any]:
    """Return the parameters of the next statements."""
    return {
        "job_id": job.id,
        "job_team_id": job.team_id,
        "job_lease_token": job.lease_token,
        "job_kind": job.kind.name,
        "job_channel_id": job.channel_id,
    }


# Each job runs these. They are kept, since building one takes longer than running it. They are of the table
# instead of its class, and so run in half the time; nothing binds them to a workspace, so they name it.


@cache
def _update_started() -> Any:
    """Renew the lease of a job that starts, unless it is throttled."""
    job = table_of(JobRow)
    now_us: BindParameter[int] = bindparam("now_us", type_=BigInteger())
    waits = is_throttled(now_us, job.c.team_id, bindparam("job_kind"), bindparam("job_channel_id"))
    return (
        update(job)
        .where(*_is_own(), ~waits)
        .values(lease_until=_time_parameter("until"), attempts=job.c.attempts + 1)
    )


@cache
def _update_posting() -> Any:
    """Renew the lease of a job that posts, unless Slack refuses its channel another job of its kind."""
    return (
        update(table_of(JobRow))
        .where(*_is_own(), ~_select_restriction_there().exists())
        .values(lease_until=_time_parameter("until"), maybe_posted_since=_time_parameter("now"))
    )


@cache
def _delete_unchanged() -> Any:
    """Delete a job that was not enqueued again while it ran."""
    job = table_of(JobRow)
    return delete(job).where(*_is_own(), job.c.version == bindparam("job_version"))


def _is_own() -> tuple[ColumnElement[bool], ...]:
    job = table_of(JobRow).c
    return (
        job.id == bindparam("job_id"),
        job.team_id == bindparam("job_team_id"),
        job.lease_token == bindparam("job_lease_token"),
    )


def _time_parameter(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=table_of(JobRow).c.due_at.type)


@cache
def _select_restriction_there() -> Any:
    """Select why Slack refuses the job's channel another job of its kind, which waits for a change there."""
    other = table_of(JobRow).alias()
    return (
        select(other.c.restriction)
        .where(
            other.c.team_id == bindparam("job_team_id"),
            other.c.channel_id == bindparam("job_channel_id"),
            other.c.kind == bindparam("job_kind"),
            other.c.id != bindparam("job_id"),
            other.c.restriction.is_not(None),
            other.c.dead_letter_reason.is_not(None),
        )
        .limit(1)
    )
