"""Errands, one row for each thing that there is to do at Slack.

A row says that something is to be done about its subject, not what: the words are made from the state when
they are sent, so a later errand about the same subject merges with the one that waits.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Field, Index, UniqueConstraint, and_, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.database import OfWorkspace, table_of, team_of
from bot.jobs.throttles import pausing, take_turn
from bot.timing import USUAL, Pace

NEAR = 500  # errands that are looked at for what comes next, however many wait
CHANNELS_SHARE = 5  # errands of one channel that are taken at once, so that the others' turns come
BLIND: dict[str, Any] = {"synchronize_session": False}  # no row of it is in the session
FREE: dict[str, Any] = {"lease_until": None, "lease_token": None}


class LeaseLost(Exception):
    """Another worker has the errand by now."""


class Errand(StrEnum):
    """What there is to do, in the order in which it is done when several are due at once.

    A channel hears things in the order in which they were due. Of many channels, those come first in which
    somebody waits for what they just typed, then those for which the clock brings something.
    """

    CANVAS = "canvas"
    CARD = "card"
    OLD_CARD = "old_card"
    EDITION = "edition"
    MEMBER = "member"
    ROUND = "round"
    DIGEST = "digest"
    PICTURE = "picture"
    DOCUMENT = "document"
    VOTES = "votes"
    REMINDERS = "reminders"
    REMINDER = "reminder"
    RESULT = "result"
    SEEDS = "seeds"


PLACE = {errand: place for place, errand in enumerate(Errand)}


class JobRow(OfWorkspace, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("team_id", "errand", "subject"),
        Index("ix_outbox_place_due_at", "place", "due_at"),
        Index("ix_outbox_lease_until", "lease_until"),
    )

    id: int | None = Field(default=None, primary_key=True)
    errand: str
    place: int
    subject: str
    channel_id: str
    due_at: datetime = Field(index=True)
    version: int = 1  # counts the errands that merged
    waits_since: datetime | None = None
    attempts: int = 0
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # not Slack's or the network's
    uncertain_since: datetime | None = None  # an attempt begun then may have reached Slack
    lease_until: datetime | None = None
    lease_token: str | None = None  # proves whose the lease is
    parked: str | None = None  # why it is hopeless


@dataclass(frozen=True, slots=True)
class Job:
    """An errand that this worker has taken."""

    id: int
    team: str
    errand: Errand
    subject: str
    channel: str
    version: int
    attempts: int  # this one among them
    failures: int
    lease_token: str
    uncertain_since: datetime | None

    @property
    def key(self) -> str:
        """Names the errand in the metadata of the message that came of it."""
        return f"{self.errand}:{self.subject}"


async def enqueue(
    session: AsyncSession,
    errand: Errand,
    subject_ids: Iterable[int | str],
    channel: str,
    due_at: datetime,
) -> None:
    """Put an errand about each of these subjects. One that waits already keeps its time, so bursts gather."""
    rows = [
        {
            "team_id": team_of(session),
            "errand": errand.value,
            "place": PLACE[errand],
            "subject": str(subject),
            "channel_id": channel,
            "due_at": due_at,
            "waits_since": due_at,
            "version": 1,
            "attempts": 0,
            "failures": 0,
        }
        for subject in subject_ids
    ]
    if rows:
        await session.exec(_merging(session.info["insert"]), params=rows)


@cache
def _merging(insert: Any) -> Any:
    """Return the INSERT that merges with what waits; making it takes longer than running it."""
    statement = insert(table_of(JobRow))
    merged = {
        "version": JobRow.version + 1,
        "channel_id": statement.excluded.channel_id,
        "due_at": case((col(JobRow.parked).is_(None), JobRow.due_at), else_=statement.excluded.due_at),
        "failures": case((col(JobRow.parked).is_(None), JobRow.failures), else_=0),
        "parked": None,
    }
    return statement.on_conflict_do_update(index_elements=["team_id", "errand", "subject"], set_=merged)


async def take(session: AsyncSession, now: datetime, limit: int, lease: timedelta = USUAL.lease) -> list[Job]:
    """Take what is due, for as long as the lease; the first of each channel is begun with that.

    What another worker took and never finished comes again.
    """
    in_turn = list(await session.exec(_in_turn(now)))
    rows: list[JobRow] = []
    while in_turn and len(rows) < limit:
        some = [in_turn.pop(0) for _ in range(min(limit - len(rows), len(in_turn)))]
        free = select(JobRow).where(col(JobRow.id).in_(some), _ready(now))
        rows += await session.exec(free.with_for_update(skip_locked=True))
    token, begun = secrets.token_hex(8), set[tuple[str, str]]()
    jobs: list[Job] = []
    for row in sorted(rows, key=lambda row: (row.due_at, row.place, row.id)):
        jobs.append(_job(row, token))
        row.lease_until, row.lease_token = now + lease, token
        if (row.team_id, row.channel_id) not in begun:
            row.attempts += 1
        begun.add((row.team_id, row.channel_id))
    return jobs


def _ready(now: datetime) -> ColumnElement[bool]:
    free = or_(col(JobRow.lease_until).is_(None), col(JobRow.lease_until) < now)
    return and_(col(JobRow.due_at) <= now, col(JobRow.parked).is_(None), free)


def _in_turn(now: datetime) -> SelectOfScalar[int | None]:
    """Select the ids of what may be done now, so that each channel gets its turn.

    A channel in which another worker is busy waits: so it hears things in their order. To be read before
    the rows are locked: what plans both at once guesses how few these are, and compares each with each.
    """
    taken = aliased(JobRow)
    busy = select(taken.team_id, taken.channel_id).where(col(taken.lease_until) >= now)
    channel = tuple_(col(JobRow.team_id), col(JobRow.channel_id))  # workspaces may share an id
    waits = pausing(now, col(JobRow.team_id), col(JobRow.errand), col(JobRow.channel_id))
    near = (
        select(JobRow)
        .where(_ready(now), ~waits, channel.not_in(busy))
        .order_by(col(JobRow.place), col(JobRow.due_at))
        .limit(NEAR)
        .subquery()
    )
    turn = func.row_number().over(
        partition_by=(near.c.team_id, near.c.channel_id),
        order_by=(near.c.due_at, near.c.place, near.c.id),
    )
    turns = select(near.c.id, near.c.place, near.c.due_at, turn.label("turn")).subquery().c
    return (
        select(turns.id)
        .where(turns.turn <= CHANNELS_SHARE)
        .order_by(turns.turn, turns.place, turns.due_at, turns.id)
    )


async def begin(session: AsyncSession, job: Job, now: datetime, lease: timedelta = USUAL.lease) -> bool:
    """Begin an errand that was taken, its lease renewed; False where its turn is over or not yet."""
    waits = pausing(now, col(JobRow.team_id), job.errand.value, job.channel)
    renewed = {"lease_until": now + lease, "attempts": JobRow.attempts + 1}
    if await _change(session, job, renewed, ~waits):
        return True
    await give_back(session, [job])
    return False


async def about_to_post(session: AsyncSession, job: Job, now: datetime, pace: Pace) -> datetime | None:
    """Note that what follows may reach Slack. Return until when the channel must wait, if it must.

    Raises LeaseLost where somebody else does it by now.
    """
    free_at = await take_turn(session, job.channel, now, pace)
    if free_at is not None:
        return free_at
    since = func.coalesce(JobRow.uncertain_since, now)
    if not await _change(session, job, {"lease_until": now + pace.lease, "uncertain_since": since}):
        raise LeaseLost
    return None


async def done(session: AsyncSession, job: Job, now: datetime) -> bool:
    """Remove what is done; what was put again meanwhile stays, due now.

    False where the lease had ended: what this worker did may have come after what the next one did, and is
    done once more.
    """
    mine = and_(col(JobRow.id) == job.id, col(JobRow.lease_token) == job.lease_token)
    unchanged = delete(JobRow).where(mine, col(JobRow.version) == job.version)
    removed = await session.exec(unchanged.execution_options(**BLIND))
    if removed.rowcount:
        return True
    anew = {"uncertain_since": None, "attempts": 0, "failures": 0, "due_at": now, "waits_since": now}
    if await _change(session, job, {**FREE, **anew}):
        return True
    await enqueue(session, job.errand, [job.subject], job.channel, now)
    return False


async def again(
    session: AsyncSession,
    job: Job,
    due_at: datetime,
    *,
    unsure_until: datetime | None = None,
    failed: bool = False,
) -> None:
    """Do it again later. `unsure_until`: Slack may do it until then; `failed`: for a reason of our own."""
    values: dict[str, Any] = {**FREE, "due_at": due_at, "failures": job.failures + failed}
    if unsure_until is None:
        values["uncertain_since"] = job.uncertain_since
    else:
        posted = col(JobRow.uncertain_since).is_not(None)
        values["due_at"] = case((posted, max(due_at, unsure_until)), else_=due_at)
    await _change(session, job, values)


async def give_back(session: AsyncSession, jobs: Iterable[Job]) -> None:
    """Let somebody else do what was taken and not begun, or begun and surely not posted."""
    for job in jobs:
        untouched = col(JobRow.uncertain_since).is_not_distinct_from(job.uncertain_since)
        await _change(session, job, FREE, untouched)


async def waits(session: AsyncSession, channel: str, errands: Iterable[Errand]) -> bool:
    """Say whether errands of these kinds in this channel are still to be done."""
    waiting = select(JobRow.id).where(
        JobRow.channel_id == channel,
        col(JobRow.errand).in_([errand.value for errand in errands]),
        col(JobRow.parked).is_(None),
    )
    return (await session.exec(waiting.limit(1))).first() is not None


async def park(session: AsyncSession, job: Job, reason: str) -> None:
    await _change(session, job, {**FREE, "parked": reason})


async def park_all(session: AsyncSession, reason: str) -> None:
    """Let nothing of the session's workspace be sent any more."""
    of_workspace = col(JobRow.team_id) == team_of(session)
    await session.exec(update(JobRow).where(of_workspace).values(**FREE, parked=reason))


async def unpark(session: AsyncSession, channel: str, now: datetime) -> None:
    """Try again at once what was hopeless or has failed in this channel; what was not due yet waits on."""
    failed = or_(col(JobRow.parked).is_not(None), col(JobRow.attempts) > 0)
    await session.exec(
        update(JobRow)
        .where(col(JobRow.channel_id) == channel, col(JobRow.lease_until).is_(None), failed)
        .values(parked=None, attempts=0, failures=0, due_at=now)
    )


async def unpark_all(session: AsyncSession, now: datetime) -> None:
    """Try everything again: whoever started the bot anew may have mended what was wrong."""
    await session.exec(
        update(JobRow)
        .where(col(JobRow.parked).is_not(None))
        .values(parked=None, attempts=0, failures=0, due_at=now)
    )


async def parked(session: AsyncSession) -> Sequence[tuple[str, str, str]]:
    """Return channel, errand and reason of all that is parked."""
    statement = select(JobRow.channel_id, JobRow.errand, JobRow.parked).where(col(JobRow.parked).is_not(None))
    return [(channel, errand, reason or "") for channel, errand, reason in await session.exec(statement)]


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits although it is due, and since when."""

    due: int
    waits_since: datetime | None


async def depth(session: AsyncSession, now: datetime) -> Depth:
    since = func.coalesce(JobRow.waits_since, JobRow.due_at)
    waiting = select(func.count(), func.min(since)).where(col(JobRow.parked).is_(None), since <= now)
    count, oldest = (await session.exec(waiting)).one()
    return Depth(count, oldest)


async def _change(
    session: AsyncSession, job: Job, values: dict[str, Any], *also: ColumnElement[bool]
) -> bool:
    """Change an errand that this worker still has; say whether it has."""
    mine = and_(col(JobRow.id) == job.id, col(JobRow.lease_token) == job.lease_token, *also)
    changed = await session.exec(update(JobRow).where(mine).values(values).execution_options(**BLIND))
    return bool(changed.rowcount)


def _job(row: JobRow, token: str) -> Job:
    assert row.id is not None
    return Job(
        id=row.id,
        team=row.team_id,
        errand=Errand(row.errand),
        subject=row.subject,
        channel=row.channel_id,
        version=row.version,
        attempts=row.attempts + 1,
        failures=row.failures,
        lease_token=token,
        uncertain_since=row.uncertain_since,
    )
