"""SQL that claims jobs: which may run now, in which order, and for which worker."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Update,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import table_of
from bot.jobs.model import LAST_PRIORITY, Job, JobKind
from bot.jobs.store import JobRow
from bot.jobs.throttles import is_throttled
from bot.times.clock import to_microseconds
from bot.timing import DEFAULT_TIMING

MAX_CANDIDATES = 500  # rows of each kind that one claim considers, however many wait
MAX_CLAIMS_PER_CHANNEL = 5  # in one claim, so that a full channel does not delay the others


WindowEnd = tuple[datetime, int]  # due time and id of its last job
FIRST_WINDOW: WindowEnd = (datetime.fromtimestamp(0, UTC), 0)
NOW = bindparam("now", type_=table_of(JobRow).c.due_at.type)
# A lease that ends after that began before the machine's clock went back, so it does not count.
LONGEST_LEASE = bindparam("longest_lease", type_=table_of(JobRow).c.due_at.type)
JOB_IDS: BindParameter[int] = bindparam("job_ids", expanding=True)
MAX_LEASES = 2


class ClaimWindows:
    """Where the next claim begins to read the jobs of each kind. A worker keeps it between its claims.

    Where many jobs wait, a claim reads a window of each kind. If a window holds only jobs that may not run
    now, because a workspace is throttled or a channel is busy, the next claim reads the one behind it.
    """

    def __init__(self) -> None:
        self.ends: dict[str, WindowEnd] = {}  # by the name of the kind; without an entry it is the beginning
        self.are_needed = False  # whether the last claim found as many jobs as it considers

    @property
    def is_behind(self) -> bool:
        """Whether the next claim reads windows that are not the first ones."""
        return bool(self.ends)


async def claim_due_jobs(
    session: AsyncSession,
    kinds: Iterable[JobKind],
    now: datetime,
    limit: int,
    lease: timedelta = DEFAULT_TIMING.job_lease,
    windows: ClaimWindows | None = None,
) -> list[Job]:
    """Claim due jobs of these kinds for as long as the lease, and start the first one of each channel.

    A job whose worker died can be claimed again when its lease has ended. Rows of other kinds were enqueued
    by another release, whose workers claim them.
    """
    windows = windows or ClaimWindows()
    kinds_by_name = {kind.name: kind for kind in kinds}
    statements = build_claim_statements(tuple(sorted(kinds_by_name)), MAX_CANDIDATES)
    parameters = statements.make_parameters(now, lease, windows.ends)
    connection = await session.connection()
    candidate_ids = await _list_candidates(connection, statements, parameters, windows, limit)
    rows: list[Any] = []
    while candidate_ids and len(rows) < limit:
        wanted = limit - len(rows)
        chosen_ids, candidate_ids = candidate_ids[:wanted], candidate_ids[wanted:]
        # Meanwhile another worker may have claimed some of these: either it still holds their locks, or
        # they are no longer ready.
        rows += await connection.execute(statements.free_jobs, parameters | {"job_ids": chosen_ids})
    token = secrets.token_hex(8)
    rows.sort(key=_order_in_channel)
    if rows:
        values = {"until": now + lease, "token": token, **_list_ids(rows)}
        await connection.execute(statements.start_leases, values)
    return [_make_job(row, kinds_by_name[row.kind], token) for row in rows]


def _order_in_channel(row: Any) -> tuple[object, ...]:
    return row.priority >= LAST_PRIORITY, row.due_at, row.priority, row.id


def _list_ids(rows: Iterable[Any]) -> dict[str, list[int]]:
    """Return the ids of the claimed jobs, and of those that start at once: the first one of each channel."""
    first_by_channel: dict[tuple[str, str], int] = {}
    for row in rows:
        first_by_channel.setdefault((row.team_id, row.channel_id), row.id)
    return {"job_ids": [row.id for row in rows], "started_ids": [*first_by_channel.values()]}


@dataclass(frozen=True, slots=True)
class ClaimStatements:
    """What a claim reads. Built once, because that takes longer than to run it."""

    kind_names: Sequence[str]
    ready_count: Select[Any]  # up to the size of a window
    claimable_of_few: Select[Any]
    claimable_of_many: Select[Any]
    window_ends: CompoundSelect[Any]  # kind, due time and id of the last job in each window that is full
    free_jobs: Select[Any]  # locks those of some jobs that are still free, and returns them
    start_leases: Update

    def make_parameters(
        self, now: datetime, lease: timedelta, after: Mapping[str, WindowEnd]
    ) -> dict[str, Any]:
        """Return the parameters of what is read: times, and where the window of each kind begins."""
        parameters: dict[str, Any] = {
            "now": now,
            "longest_lease": now + MAX_LEASES * lease,
            "now_us": to_microseconds(now),
        }
        for number, name in enumerate(self.kind_names):
            due_at, job_id = after.get(name, FIRST_WINDOW)
            parameters |= {f"due_at_{number}": due_at, f"id_{number}": job_id}
        return parameters


async def _list_candidates(
    connection: AsyncConnection,
    statements: ClaimStatements,
    parameters: Mapping[str, Any],
    windows: ClaimWindows,
    limit: int,
) -> list[int]:
    """Return the ids of the jobs that may run now, in the order of their claim, and move the windows.

    As long as few jobs are ready, all of them are read by one short statement. PostgreSQL takes longer to
    plan the windows of all kinds (6 to 10 ms) than for all else of a claim.
    """
    windows.ends = {}  # the parameters have them already
    if not windows.are_needed:
        ready_count = (await connection.execute(statements.ready_count, parameters)).scalar_one()
        if ready_count == 0:
            return []
        if ready_count < MAX_CANDIDATES:
            return [*(await connection.execute(statements.claimable_of_few, parameters)).scalars()]
    candidate_ids = [*(await connection.execute(statements.claimable_of_many, parameters)).scalars()]
    windows.are_needed = len(candidate_ids) == MAX_CANDIDATES
    if len(candidate_ids) < limit:
        full_windows = await connection.execute(statements.window_ends, parameters)
        windows.ends = {kind: (due_at, job_id) for kind, due_at, job_id in full_windows}
    return candidate_ids


@lru_cache(maxsize=8)
def build_claim_statements(kind_names: tuple[str, ...], window_size: int) -> ClaimStatements:
    """Return the statements of a claim of these kinds, with windows of so many jobs."""
    few = _select_ready(kind_names).limit(window_size).subquery()
    windows = [_select_window(number, name) for number, name in enumerate(kind_names)]
    ready: Any = union_all(*(select(window.limit(window_size).subquery()) for window in windows)).subquery()
    last = [window.offset(window_size - 1).limit(1).subquery().c for window in windows]
    window_ends = union_all(*(select(each.kind, each.due_at, each.id) for each in last))
    return ClaimStatements(
        kind_names,
        ready_count=select(func.count()).select_from(few),
        claimable_of_few=_select_claimable_ids(few.c, window_size),
        claimable_of_many=_select_claimable_ids(ready.c, window_size),
        window_ends=window_ends,
        free_jobs=_select_free_jobs(),
        start_leases=_update_leases(),
    )


def _select_claimable_ids(ready: Any, limit: int) -> Select[Any]:
    """Select the ids of the jobs that may run now: first one of each channel, then a second of each, ….

    A channel in which another worker runs jobs is left out, so that its messages keep their order. This is a
    statement of its own, before the one that locks the rows: PostgreSQL's planner estimates the number of
    rows wrongly if both are one statement, and joins them by a slow nested loop.
    """
    job = table_of(JobRow).c
    busy_channels = select(job.team_id, job.channel_id).where(job.lease_until.between(NOW, LONGEST_LEASE))
    waits = is_throttled(bindparam("now_us", type_=BigInteger()), ready.team_id, ready.kind, ready.channel_id)
    # The team_id is part of it because two workspaces can share a channel and its id (Slack Connect).
    is_busy = tuple_(ready.team_id, ready.channel_id).in_(busy_channels)
    candidates = (
        select(ready.id, ready.team_id, ready.channel_id, ready.priority, ready.due_at)
        .where(~waits, ~is_busy)
        .order_by(ready.priority, ready.due_at)
        .limit(limit)
        .subquery()
        .c
    )
    position = func.row_number().over(
        partition_by=(candidates.team_id, candidates.channel_id),
        order_by=(
            candidates.priority >= LAST_PRIORITY,
            candidates.due_at,
            candidates.priority,
            candidates.id,
        ),
    )
    columns = (candidates.id, candidates.priority, candidates.due_at, position.label("position"))
    positions = select(*columns).subquery().c
    return (
        select(positions.id)
        .where(positions.position <= MAX_CLAIMS_PER_CHANNEL)
        .order_by(positions.position, positions.priority, positions.due_at, positions.id)
    )


def _select_window(number: int, kind_name: str) -> Select[Any]:
    """Select the ready jobs of a kind in the order of an index, from where its window begins."""
    job = table_of(JobRow).c
    begin = tuple_(
        bindparam(f"due_at_{number}", type_=job.due_at.type), bindparam(f"id_{number}", type_=Integer())
    )
    return _select_ready([kind_name]).where(tuple_(job.due_at, job.id) > begin).order_by(job.due_at, job.id)


def _select_ready(kind_names: Sequence[str]) -> Select[Any]:
    job = table_of(JobRow).c
    names: BindParameter[str] = bindparam(
        None, kind_names, expanding=True, literal_execute=True
    )  # they never change
    return select(job.id, job.team_id, job.channel_id, job.kind, job.priority, job.due_at).where(
        job.kind.in_(names), job.dead_letter_reason.is_(None), job.due_at <= NOW, _is_free()
    )


def _is_free() -> ColumnElement[bool]:
    lease_until = table_of(JobRow).c.lease_until
    return or_(lease_until.is_(None), ~lease_until.between(NOW, LONGEST_LEASE))


def _select_free_jobs() -> Select[Any]:
    job = table_of(JobRow)
    is_ready = (job.c.due_at <= NOW, job.c.dead_letter_reason.is_(None), _is_free())
    return select(job).where(job.c.id.in_(JOB_IDS), *is_ready).with_for_update(skip_locked=True)


def _update_leases() -> Update:
    """Lease jobs, and count an attempt of those that start. To change mapped rows takes twice as long."""
    job = table_of(JobRow)
    is_started = job.c.id.in_(bindparam("started_ids", expanding=True))
    return (
        update(job)
        .where(job.c.id.in_(JOB_IDS))
        .values(
            lease_until=bindparam("until", type_=job.c.lease_until.type),
            lease_token=bindparam("token", type_=job.c.lease_token.type),
            attempts=job.c.attempts + case((is_started, 1), else_=0),
        )
    )


def _make_job(row: Any, kind: JobKind, lease_token: str) -> Job:
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
