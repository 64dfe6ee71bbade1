"""SQL of digest schedules and digests.

A canvas has one digest row for each slot of its schedule, by a unique key: so none is sent twice, whatever
many processes do at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field, UniqueConstraint, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.features.digest.model import MAX_DIGEST_DELAY, Digest, DigestSchedule, is_scheduled_slot
from bot.store.canvases import CanvasRow, to_canvas_info
from bot.store.model import CanvasInfo
from bot.store.workspaces import select_uninstalled_teams


class DigestScheduleRow(TenantRow, table=True):
    __tablename__ = "digest_schedule"

    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", primary_key=True)
    expression: str  # "weekly mon 09:00 Europe/Berlin"
    is_on: bool = True
    next_local_time: str | None = None  # by the wall clock, which names the slot: 2026-10-26T09:00
    next_due_at: datetime | None = Field(default=None, index=True)  # the same in UTC; None where it is off


class DigestRow(TenantRow, table=True):
    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("canvas_id", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE")
    slot: str  # the local time that it was planned for, or the key of the request that asked for it
    due_at: datetime
    sent_at: datetime | None = None
    message_ts: str | None = None
    is_unchanged: bool = False  # it said that nothing had changed
    snapshot: str | None = None  # the canvas that it reported, as JSON


async def save_schedule(session: AsyncSession, schedule: DigestSchedule) -> None:
    """Set the schedule of a canvas in place of any earlier one."""
    values = _schedule_values(schedule)
    statement = insert_into(session, DigestScheduleRow).values(
        team_id=team_of(session), canvas_id=schedule.canvas_id, **values
    )
    await session.exec(statement.on_conflict_do_update(index_elements=["canvas_id"], set_=values))


async def add_first_schedule(session: AsyncSession, schedule: DigestSchedule) -> None:
    """Give a canvas its first schedule, unless somebody set one in the meantime."""
    statement = insert_into(session, DigestScheduleRow).values(
        team_id=team_of(session), canvas_id=schedule.canvas_id, **_schedule_values(schedule)
    )
    await session.exec(statement.on_conflict_do_nothing())


def _schedule_values(schedule: DigestSchedule) -> dict[str, Any]:
    return {
        "expression": schedule.expression,
        "is_on": schedule.is_on,
        "next_local_time": schedule.next_local_time,
        "next_due_at": schedule.next_due_at,
    }


async def reschedule(session: AsyncSession, before: DigestSchedule, after: DigestSchedule) -> None:
    """Move the next slot of a schedule, unless somebody changed the schedule in the meantime."""
    await session.exec(
        update(DigestScheduleRow)
        .where(
            col(DigestScheduleRow.canvas_id) == before.canvas_id,
            col(DigestScheduleRow.expression) == before.expression,
            col(DigestScheduleRow.next_due_at) == before.next_due_at,
        )
        .values(is_on=after.is_on, next_local_time=after.next_local_time, next_due_at=after.next_due_at)
    )


async def switch_off_schedule(session: AsyncSession, canvas_id: int) -> None:
    await session.exec(
        update(DigestScheduleRow)
        .where(col(DigestScheduleRow.canvas_id) == canvas_id)
        .values(is_on=False, next_local_time=None, next_due_at=None)
    )


async def delete_unsent_scheduled_digests(session: AsyncSession, canvas_id: int) -> None:
    """Delete the digests that a schedule brought and that are not sent yet; their jobs then do nothing."""
    await session.exec(
        delete(DigestRow).where(
            col(DigestRow.canvas_id) == canvas_id,
            col(DigestRow.sent_at).is_(None),
            col(DigestRow.slot).like("____-%"),  # a local time; the keys of requests look different
        )
    )


async def find_schedule(session: AsyncSession, canvas_id: int) -> DigestSchedule | None:
    statement = select(DigestScheduleRow).where(DigestScheduleRow.canvas_id == canvas_id)
    row = (await session.exec(statement)).first()
    return _to_schedule(row) if row else None


async def list_active_schedules(session: AsyncSession) -> Sequence[tuple[str, DigestSchedule]]:
    """Return team and schedule of every schedule that is on."""
    rows = await session.exec(select(DigestScheduleRow).where(col(DigestScheduleRow.is_on)))
    return [(row.team_id, _to_schedule(row)) for row in rows]


async def list_canvases_without_schedule(
    session: AsyncSession, limit: int
) -> Sequence[tuple[str, CanvasInfo]]:
    """Return team and canvas of those that have no schedule yet."""
    rows = await session.exec(
        select(CanvasRow)
        .where(
            col(CanvasRow.id).not_in(select(DigestScheduleRow.canvas_id)),
            col(CanvasRow.team_id).not_in(select_uninstalled_teams()),
            col(CanvasRow.deleted_at).is_(None),
            col(CanvasRow.archived_at).is_(None),
        )
        .limit(limit)
    )
    return [(row.team_id, to_canvas_info(row)) for row in rows]


async def claim_due_schedules(
    session: AsyncSession, now: datetime, limit: int
) -> Sequence[tuple[str, str, DigestSchedule]]:
    """Return team, channel and schedule of those that are due, locked until the transaction ends.

    Processes that ask at the same time get different ones: SKIP LOCKED passes over what another has.
    """
    rows = await session.exec(
        select(DigestScheduleRow, CanvasRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(DigestScheduleRow.canvas_id))
        .where(
            col(DigestScheduleRow.next_due_at) <= now,
            col(DigestScheduleRow.is_on),
            col(DigestScheduleRow.team_id).not_in(select_uninstalled_teams()),
            col(CanvasRow.deleted_at).is_(None),
            col(CanvasRow.archived_at).is_(None),
        )
        .order_by(col(DigestScheduleRow.next_due_at), col(DigestScheduleRow.canvas_id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=DigestScheduleRow)
    )
    return [(row.team_id, channel_id, _to_schedule(row)) for row, channel_id in rows]


async def add_digest(session: AsyncSession, canvas_id: int, slot: str, due_at: datetime) -> int | None:
    """Store a digest that is to be sent and return its id; None where the slot has one already."""
    statement = insert_into(session, DigestRow).values(
        team_id=team_of(session), canvas_id=canvas_id, slot=slot, due_at=due_at, is_unchanged=False
    )
    added = await session.exec(statement.on_conflict_do_nothing().returning(DigestRow.id))
    digest_id: int | None = added.scalar()
    return digest_id


async def find_digest(session: AsyncSession, digest_id: int) -> Digest | None:
    row = (await session.exec(select(DigestRow).where(DigestRow.id == digest_id))).first()
    return _to_digest(row) if row else None


async def has_later_scheduled_digest(session: AsyncSession, digest: Digest) -> bool:
    """Return whether the schedule of the same canvas brought a digest after this one."""
    slots = await session.exec(
        select(DigestRow.slot).where(
            DigestRow.canvas_id == digest.canvas_id,
            DigestRow.due_at > digest.due_at,
            col(DigestRow.id) > digest.id,
        )
    )
    return any(is_scheduled_slot(slot) for slot in slots)


async def list_sent_digests(session: AsyncSession, canvas_id: int, limit: int) -> Sequence[Digest]:
    """Return the digests that were sent, the newest first."""
    rows = await session.exec(
        select(DigestRow)
        .where(DigestRow.canvas_id == canvas_id, col(DigestRow.sent_at).is_not(None))
        .order_by(col(DigestRow.sent_at).desc(), col(DigestRow.id).desc())
        .limit(limit)
    )
    return [_to_digest(row) for row in rows]


async def count_sent_digests(session: AsyncSession, since: datetime) -> tuple[int, int]:
    """Count the digests that were sent since then: those on time, and those that were late."""
    sent = select(DigestRow.due_at, DigestRow.sent_at).where(col(DigestRow.sent_at) > since)
    delays = [sent_at - due_at for due_at, sent_at in await session.exec(sent) if sent_at is not None]
    late = sum(delay > MAX_DIGEST_DELAY for delay in delays)
    return len(delays) - late, late


async def mark_sent(
    session: AsyncSession,
    digest_id: int,
    message_ts: str,
    sent_at: datetime,
    *,
    snapshot: str,
    is_unchanged: bool,
) -> None:
    await session.exec(
        update(DigestRow)
        .where(col(DigestRow.id) == digest_id)
        .values(message_ts=message_ts, sent_at=sent_at, snapshot=snapshot, is_unchanged=is_unchanged)
    )


async def delete_canvas_digests(session: AsyncSession, canvas_id: int) -> None:
    """Delete the schedule of a canvas and its digests, with all that they reported."""
    for table in (DigestRow, DigestScheduleRow):
        await session.exec(delete(table).where(col(table.canvas_id) == canvas_id))


def _to_schedule(row: DigestScheduleRow) -> DigestSchedule:
    return DigestSchedule(row.canvas_id, row.expression, row.is_on, row.next_local_time, row.next_due_at)


def _to_digest(row: DigestRow) -> Digest:
    assert row.id is not None
    return Digest(row.id, row.canvas_id, row.slot, row.due_at, row.sent_at, row.is_unchanged, row.snapshot)
