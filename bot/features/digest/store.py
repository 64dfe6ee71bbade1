"""Schedules, and the digests that came of them: one row for each slot, so that none is sent twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, UniqueConstraint, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import OfWorkspace, insert, team_of
from bot.store.canvases import head_of
from bot.store.model import CanvasInfo
from bot.store.tables import CanvasRow
from bot.store.workspaces import gone


class ScheduleRow(OfWorkspace, table=True):
    __tablename__ = "schedule"

    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", primary_key=True)
    words: str  # "weekly mon 09:00 Europe/Berlin"
    is_on: bool = True
    next_local: str | None = None  # the slot by the wall clock, which names it: 2026-10-26T09:00
    next_at: datetime | None = Field(default=None, index=True)  # the same in UTC; None where it is off


class DigestRow(OfWorkspace, table=True):
    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("canvas_id", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE")
    slot: str  # the local time that it was planned for, or the request that asked for it now
    due_at: datetime
    sent_at: datetime | None = None
    message_ts: str | None = None
    quiet: bool = False  # nothing had happened
    told: str | None = None  # the state that it told of, as JSON


@dataclass(frozen=True, slots=True)
class Planned:
    """When a canvas's digest comes."""

    canvas: int
    words: str
    is_on: bool
    next_local: str | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Digest:
    id: int
    canvas: int
    slot: str
    due_at: datetime
    sent_at: datetime | None
    quiet: bool
    told: str | None

    @property
    def on_schedule(self) -> bool:
        """Whether it came of a schedule, and was not asked for out of turn."""
        return self.slot[:1].isdigit()


async def plan(session: AsyncSession, planned: Planned) -> None:
    """Set a canvas's schedule in place of any earlier one."""
    values = {
        "words": planned.words,
        "is_on": planned.is_on,
        "next_local": planned.next_local,
        "next_at": planned.next_at,
    }
    statement = insert(session, ScheduleRow).values(
        team_id=team_of(session), canvas_id=planned.canvas, **values
    )
    await session.exec(statement.on_conflict_do_update(index_elements=["canvas_id"], set_=values))


async def plan_first(session: AsyncSession, planned: Planned) -> None:
    """Give a canvas its first schedule, unless somebody set one meanwhile."""
    await session.exec(
        insert(session, ScheduleRow)
        .values(
            team_id=team_of(session),
            canvas_id=planned.canvas,
            words=planned.words,
            is_on=planned.is_on,
            next_local=planned.next_local,
            next_at=planned.next_at,
        )
        .on_conflict_do_nothing()
    )


async def replan(session: AsyncSession, before: Planned, after: Planned) -> None:
    """Move a schedule's next time, unless somebody changed it meanwhile."""
    await session.exec(
        update(ScheduleRow)
        .where(
            col(ScheduleRow.canvas_id) == before.canvas,
            col(ScheduleRow.words) == before.words,
            col(ScheduleRow.next_at) == before.next_at,
        )
        .values(is_on=after.is_on, next_local=after.next_local, next_at=after.next_at)
    )


async def switch_off(session: AsyncSession, canvas: int) -> None:
    await session.exec(
        update(ScheduleRow)
        .where(col(ScheduleRow.canvas_id) == canvas)
        .values(is_on=False, next_local=None, next_at=None)
    )


async def drop_waiting(session: AsyncSession, canvas: int) -> None:
    """Forget the digests that a schedule brought and that are not sent yet."""
    await session.exec(
        delete(DigestRow).where(
            col(DigestRow.canvas_id) == canvas,
            col(DigestRow.sent_at).is_(None),
            col(DigestRow.slot).like("____-%"),  # a time; what was asked for out of turn has other words
        )
    )


async def planned(session: AsyncSession, canvas: int) -> Planned | None:
    row = (await session.exec(select(ScheduleRow).where(ScheduleRow.canvas_id == canvas))).first()
    return _planned(row) if row else None


async def all_planned(session: AsyncSession) -> Sequence[tuple[str, Planned]]:
    """Return team and schedule of everything that is on."""
    rows = await session.exec(select(ScheduleRow).where(col(ScheduleRow.is_on)))
    return [(row.team_id, _planned(row)) for row in rows]


async def unplanned(session: AsyncSession, limit: int) -> Sequence[tuple[str, CanvasInfo]]:
    """Return team and canvas of those that have no schedule yet."""
    rows = await session.exec(
        select(CanvasRow)
        .where(
            col(CanvasRow.id).not_in(select(ScheduleRow.canvas_id)),
            col(CanvasRow.team_id).not_in(gone()),
            col(CanvasRow.deleted_at).is_(None),
            col(CanvasRow.archived_at).is_(None),
        )
        .limit(limit)
    )
    return [(row.team_id, head_of(row)) for row in rows]


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[str, str, Planned]]:
    """Return team, channel and schedule of what is due, locked until the transaction ends."""
    rows = await session.exec(
        select(ScheduleRow, CanvasRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(ScheduleRow.canvas_id))
        .where(
            col(ScheduleRow.next_at) <= now,
            col(ScheduleRow.is_on),
            col(ScheduleRow.team_id).not_in(gone()),
            col(CanvasRow.deleted_at).is_(None),
            col(CanvasRow.archived_at).is_(None),
        )
        .order_by(col(ScheduleRow.next_at), col(ScheduleRow.canvas_id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=ScheduleRow)
    )
    return [(row.team_id, channel, _planned(row)) for row, channel in rows]


async def add(session: AsyncSession, canvas: int, slot: str, due_at: datetime) -> int | None:
    """Store a digest to be sent; None where there is one for this slot."""
    statement = insert(session, DigestRow).values(
        team_id=team_of(session), canvas_id=canvas, slot=slot, due_at=due_at, quiet=False
    )
    added = await session.exec(statement.on_conflict_do_nothing().returning(DigestRow.id))
    new: int | None = added.scalar()
    return new


async def find(session: AsyncSession, digest: int) -> Digest | None:
    row = (await session.exec(select(DigestRow).where(DigestRow.id == digest))).first()
    return _digest(row) if row else None


async def is_overtaken(session: AsyncSession, digest: Digest) -> bool:
    """Say whether a later digest of the same canvas's schedule waits too: that one tells of everything."""
    later = await session.exec(
        select(DigestRow.slot).where(
            DigestRow.canvas_id == digest.canvas,
            DigestRow.due_at > digest.due_at,
            col(DigestRow.id) > digest.id,
        )
    )
    return any(slot[:1].isdigit() for slot in later)


async def last_sent(session: AsyncSession, canvas: int, limit: int) -> Sequence[Digest]:
    """Return the digests that were sent, the newest first."""
    rows = await session.exec(
        select(DigestRow)
        .where(DigestRow.canvas_id == canvas, col(DigestRow.sent_at).is_not(None))
        .order_by(col(DigestRow.sent_at).desc(), col(DigestRow.id).desc())
        .limit(limit)
    )
    return [_digest(row) for row in rows]


async def note_sent(
    session: AsyncSession, digest: int, ts: str, at: datetime, *, told: str, quiet: bool
) -> None:
    await session.exec(
        update(DigestRow)
        .where(col(DigestRow.id) == digest)
        .values(message_ts=ts, sent_at=at, told=told, quiet=quiet)
    )


async def forget(session: AsyncSession, canvas: int) -> None:
    """Delete a canvas's schedule and all that its digests told of."""
    for table in (DigestRow, ScheduleRow):
        await session.exec(delete(table).where(col(table.canvas_id) == canvas))


def _planned(row: ScheduleRow) -> Planned:
    return Planned(row.canvas_id, row.words, row.is_on, row.next_local, row.next_at)


def _digest(row: DigestRow) -> Digest:
    assert row.id is not None
    return Digest(row.id, row.canvas_id, row.slot, row.due_at, row.sent_at, row.quiet, row.told)
