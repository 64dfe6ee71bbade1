"""SQL that claims jobs: which may run now, in which order, and for which worker."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.jobs.model import LAST_PRIORITY, Job, JobKind
from bot.jobs.store import JobRow
from bot.jobs.throttles import is_throttled
from bot.timing import DEFAULT_TIMING

MAX_CANDIDATES = 500  # rows that one claim considers, however many wait
MAX_CLAIMS_PER_CHANNEL = 5  # in one claim, so that a full channel does not delay the others


async def claim_due_jobs(
    session: AsyncSession,
    kinds: Iterable[JobKind],
    now: datetime,
    limit: int,
    lease: timedelta = DEFAULT_TIMING.job_lease,
) -> list[Job]:
    """Claim due jobs of these kinds for as long as the lease, and start the first one of each channel.

    A job whose worker died can be claimed again when its lease has ended. Rows of other kinds were enqueued
    by another release, whose workers claim them.
    """
    kinds_by_name = {kind.name: kind for kind in kinds}
    candidate_ids = list(await session.exec(_select_claimable_ids(kinds_by_name, now)))
    rows: list[JobRow] = []
    while candidate_ids and len(rows) < limit:
        wanted = limit - len(rows)
        chosen_ids, candidate_ids = candidate_ids[:wanted], candidate_ids[wanted:]
        # Meanwhile another worker may have claimed some of these: either it still holds their locks, or
        # they are no longer ready.
        free = select(JobRow).where(col(JobRow.id).in_(chosen_ids), _is_ready(now))
        rows += await session.exec(free.with_for_update(skip_locked=True))
    token, started_channels = secrets.token_hex(8), set[tuple[str, str]]()
    jobs: list[Job] = []
    for row in sorted(rows, key=_order_in_channel):
        jobs.append(_make_job(row, kinds_by_name[row.kind], token))
        row.lease_until, row.lease_token = now + lease, token
        if (row.team_id, row.channel_id) not in started_channels:
            row.attempts += 1
        started_channels.add((row.team_id, row.channel_id))
    return jobs


def _order_in_channel(row: JobRow) -> tuple[object, ...]:
    return row.priority >= LAST_PRIORITY, row.due_at, row.priority, row.id


def _is_ready(now: datetime) -> ColumnElement[bool]:
    is_free = or_(col(JobRow.lease_until).is_(None), col(JobRow.lease_until) < now)
    return and_(col(JobRow.due_at) <= now, col(JobRow.dead_letter_reason).is_(None), is_free)


def _select_claimable_ids(kind_names: Iterable[str], now: datetime) -> SelectOfScalar[int | None]:
    """Select the ids of the jobs that may run now: first one of each channel, then a second of each, ….

    A channel in which another worker runs jobs is left out, so that its messages keep their order. This is a
    statement of its own, before the one that locks the rows: PostgreSQL's planner estimates the number of
    rows wrongly if both are one statement, and joins them by a slow nested loop.
    """
    leased = aliased(JobRow)
    busy_channels = select(leased.team_id, leased.channel_id).where(col(leased.lease_until) >= now)
    # The team_id is part of it because two workspaces can share a channel and its id (Slack Connect).
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
    position = func.row_number().over(
        partition_by=(candidates.c.team_id, candidates.c.channel_id),
        order_by=(
            candidates.c.priority >= LAST_PRIORITY,
            candidates.c.due_at,
            candidates.c.priority,
            candidates.c.id,
        ),
    )
    columns = (candidates.c.id, candidates.c.priority, candidates.c.due_at, position.label("position"))
    positions = select(*columns).subquery().c
    return (
        select(positions.id)
        .where(positions.position <= MAX_CLAIMS_PER_CHANNEL)
        .order_by(positions.position, positions.priority, positions.due_at, positions.id)
    )


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
