"""Errands, one row for each thing that there is to do at Slack.

A row says that something is to be done about its subject, not what: the words are made from the state when
they are sent, so a later errand about the same subject merges with the one that waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import case
from sqlmodel import Field, UniqueConstraint, and_, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db import OfWorkspace, insert, team_of

LEASE = timedelta(minutes=2)  # far longer than a call to Slack may take


class Errand(StrEnum):
    """What there is to do, in the order in which it is done when several are due at once."""

    CANVAS = "canvas"
    DIGEST = "digest"
    PICTURE = "picture"
    DOCUMENT = "document"
    CARD = "card"
    OLD_CARD = "old_card"
    EDITION = "edition"
    MEMBER = "member"
    ROUND = "round"
    VOTES = "votes"
    REMINDERS = "reminders"
    REMINDER = "reminder"
    RESULT = "result"
    SEEDS = "seeds"


PLACE = {errand: place for place, errand in enumerate(Errand)}


class OutboxRow(OfWorkspace, table=True):
    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("team_id", "errand", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    errand: str
    place: int
    subject: str
    channel_id: str
    due_at: datetime = Field(index=True)
    version: int = 1  # counts the errands that merged
    attempts: int = 0
    uncertain_since: datetime | None = None  # an attempt begun then may have reached Slack
    lease_until: datetime | None = None
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
    attempts: int
    taken_at: datetime
    uncertain_since: datetime | None

    @property
    def key(self) -> str:
        """Names the errand in the metadata of the message that came of it."""
        return f"{self.errand}:{self.subject}"


async def put(
    session: AsyncSession,
    errand: Errand,
    subjects: Iterable[int | str],
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
            "version": 1,
            "attempts": 0,
        }
        for subject in subjects
    ]
    if not rows:
        return
    statement = insert(session, OutboxRow).values(rows)
    merged = {
        "version": OutboxRow.version + 1,
        "channel_id": statement.excluded.channel_id,
        "due_at": case((col(OutboxRow.parked).is_(None), OutboxRow.due_at), else_=statement.excluded.due_at),
        "parked": None,
    }
    await session.exec(
        statement.on_conflict_do_update(index_elements=["team_id", "errand", "subject"], set_=merged)
    )


async def take(session: AsyncSession, now: datetime, limit: int) -> list[Job]:
    """Take what is due, for as long as the lease. What another worker took and never finished comes again."""
    free = or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now)
    due = (
        select(OutboxRow)
        .where(OutboxRow.due_at <= now, col(OutboxRow.parked).is_(None), free)
        .order_by(col(OutboxRow.place), col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.exec(due)).all()
    for row in rows:
        if row.lease_until is not None and row.uncertain_since is None:
            row.uncertain_since = row.lease_until - LEASE
        row.lease_until = now + LEASE
        row.attempts += 1
    return [_job(row, now) for row in rows]


async def done(session: AsyncSession, job: Job, now: datetime) -> None:
    """Remove what is done; what was put again meanwhile stays, due now."""
    same = and_(col(OutboxRow.id) == job.id, col(OutboxRow.version) == job.version)
    removed = await session.exec(delete(OutboxRow).where(same))
    if not removed.rowcount:
        await session.exec(
            update(OutboxRow)
            .where(col(OutboxRow.id) == job.id)
            .values(lease_until=None, uncertain_since=None, attempts=0, due_at=now)
        )


async def again(
    session: AsyncSession, job: Job, due_at: datetime, *, uncertain: bool, tried: bool = True
) -> None:
    """Do it again later. `uncertain`: Slack may have done it; not `tried`: it was not its turn yet."""
    await session.exec(
        update(OutboxRow)
        .where(col(OutboxRow.id) == job.id)
        .values(
            lease_until=None,
            due_at=due_at,
            attempts=job.attempts if tried else job.attempts - 1,
            uncertain_since=job.uncertain_since or (job.taken_at if uncertain else None),
        )
    )


async def hold(session: AsyncSession, job: Job, until: datetime) -> None:
    """Let all errands of this kind in this workspace wait, as Slack asked for."""
    await session.exec(
        update(OutboxRow)
        .where(
            col(OutboxRow.errand) == job.errand.value,
            col(OutboxRow.due_at) < until,
            col(OutboxRow.lease_until).is_(None),
        )
        .values(due_at=until)
    )


async def waits(session: AsyncSession, channel: str, errands: Iterable[Errand]) -> bool:
    """Say whether errands of these kinds in this channel are still to be done."""
    waiting = select(OutboxRow.id).where(
        OutboxRow.channel_id == channel,
        col(OutboxRow.errand).in_([errand.value for errand in errands]),
        col(OutboxRow.parked).is_(None),
    )
    return (await session.exec(waiting.limit(1))).first() is not None


async def park(session: AsyncSession, job: Job, reason: str) -> None:
    await session.exec(
        update(OutboxRow).where(col(OutboxRow.id) == job.id).values(lease_until=None, parked=reason)
    )


async def unpark(session: AsyncSession, channel: str, now: datetime) -> None:
    """Try again at once what was hopeless or has failed in this channel; what was not due yet waits on."""
    failed = or_(col(OutboxRow.parked).is_not(None), col(OutboxRow.attempts) > 0)
    await session.exec(
        update(OutboxRow)
        .where(col(OutboxRow.channel_id) == channel, col(OutboxRow.lease_until).is_(None), failed)
        .values(parked=None, attempts=0, due_at=now)
    )


async def unpark_all(session: AsyncSession, now: datetime) -> None:
    """Try everything again: whoever started the bot anew may have mended what was wrong."""
    await session.exec(
        update(OutboxRow)
        .where(col(OutboxRow.parked).is_not(None))
        .values(parked=None, attempts=0, due_at=now)
    )


async def parked(session: AsyncSession) -> Sequence[tuple[str, str, str]]:
    """Return channel, errand and reason of all that is parked."""
    statement = select(OutboxRow.channel_id, OutboxRow.errand, OutboxRow.parked).where(
        col(OutboxRow.parked).is_not(None)
    )
    return [(channel, errand, reason or "") for channel, errand, reason in await session.exec(statement)]


def _job(row: OutboxRow, now: datetime) -> Job:
    assert row.id is not None
    return Job(
        id=row.id,
        team=row.team_id,
        errand=Errand(row.errand),
        subject=row.subject,
        channel=row.channel_id,
        version=row.version,
        attempts=row.attempts,
        taken_at=now,
        uncertain_since=row.uncertain_since,
    )
