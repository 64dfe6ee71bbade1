"""SQL of digest schedules and digests.

A unique key allows one digest row for each slot of a canvas, so that several processes cannot send the same
digest twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam
from sqlmodel import Field, UniqueConstraint, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tables import IDS_ONLY_ONCE, insert_into, table_of
from bot.db.tenancy import TenantRow, team_of
from bot.features.digest.model import (
    MAX_DIGEST_DELAY,
    Digest,
    DigestSchedule,
    NewDigest,
    is_scheduled_slot,
)
from bot.jobs.restriction_store import select_restriction
from bot.store import canvases as canvas_store
from bot.store.canvases import CanvasRow, to_canvas_info
from bot.store.model import CanvasInfo
from bot.store.workspaces import select_uninstalled_teams

NO_SYNC: dict[str, Any] = {"synchronize_session": False}  # no row of these is in the session


class DigestScheduleRow(TenantRow, table=True):
    __tablename__ = "digest_schedule"

    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", primary_key=True)
    expression: str  # "weekly mon 09:00 Europe/Berlin"
    is_on: bool = True
    next_local_time: str | None = None  # in the schedule's zone, the next slot: 2026-10-26T09:00
    next_due_at: datetime | None = Field(default=None, index=True)  # the same in UTC; None if it is off


class DigestRow(TenantRow, table=True):
    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("canvas_id", "slot"), IDS_ONLY_ONCE)

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE")
    slot: str  # the local time for which it is planned, or the idempotency key of `digest now`
    due_at: datetime
    sent_at: datetime | None = None
    message_ts: str | None = None
    is_unchanged: bool = False  # whether it reported that nothing changed
    snapshot: str | None = None  # the canvas when it was sent, as JSON; only the newest digest keeps it
    reported_fit: str | None = None  # as JSON


async def save_schedule(session: AsyncSession, schedule: DigestSchedule) -> None:
    """Set the schedule of a canvas, and replace any earlier one."""
    values = _schedule_values(schedule)
    statement = insert_into(session, DigestScheduleRow).values(
        team_id=team_of(session), canvas_id=schedule.canvas_id, **values
    )
    await session.exec(statement.on_conflict_do_update(index_elements=["canvas_id"], set_=values))


async def add_first_schedule(session: AsyncSession, schedule: DigestSchedule, now: datetime) -> None:
    """Give a canvas its first schedule, unless somebody has set one meanwhile."""
    statement = insert_into(session, DigestScheduleRow).values(
        team_id=team_of(session), canvas_id=schedule.canvas_id, **_schedule_values(schedule)
    )
    await session.exec(statement.on_conflict_do_nothing())
    await canvas_store.update_canvas(session, schedule.canvas_id, schedule_added_at=now)


def _schedule_values(schedule: DigestSchedule) -> dict[str, Any]:
    return {
        "expression": schedule.expression,
        "is_on": schedule.is_on,
        "next_local_time": schedule.next_local_time,
        "next_due_at": schedule.next_due_at,
    }


async def reschedule(session: AsyncSession, before: DigestSchedule, after: DigestSchedule) -> None:
    """Change the next slot of a schedule, unless somebody has changed the schedule meanwhile."""
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
    """Switch off the schedule of a canvas; its expression stays."""
    await session.exec(
        update(DigestScheduleRow)
        .where(col(DigestScheduleRow.canvas_id) == canvas_id)
        .values(is_on=False, next_local_time=None, next_due_at=None)
    )


async def delete_unsent_scheduled_digests(session: AsyncSession, canvas_id: int) -> None:
    """Delete the unsent digests of a schedule; jobs of deleted digests do nothing."""
    await session.exec(
        delete(DigestRow).where(
            col(DigestRow.canvas_id) == canvas_id,
            col(DigestRow.sent_at).is_(None),
            col(DigestRow.slot).like(
                "____-%"
            ),  # a local time, such as 2026-10-26T09:00; no idempotency key looks like that
        )
    )


async def find_schedule(session: AsyncSession, canvas_id: int) -> DigestSchedule | None:
    """Return the schedule of a canvas; None if it has none yet."""
    statement = select(DigestScheduleRow).where(DigestScheduleRow.canvas_id == canvas_id)
    row = (await session.exec(statement)).first()
    return _to_schedule(row) if row else None


async def list_active_schedules(session: AsyncSession, after_id: int, limit: int) -> Sequence[DigestSchedule]:
    """Return some of the schedules that are on, in the order of their canvases after this one."""
    rows = await session.exec(
        select(DigestScheduleRow)
        .where(col(DigestScheduleRow.is_on), col(DigestScheduleRow.canvas_id) > after_id)
        .order_by(col(DigestScheduleRow.canvas_id))
        .limit(limit)
    )
    return [_to_schedule(row) for row in rows]


async def list_canvases_without_schedule(
    session: AsyncSession, limit: int
) -> Sequence[tuple[str, CanvasInfo]]:
    """Return team id and canvas of active canvases that have no schedule yet."""
    rows = await session.exec(
        select(CanvasRow)
        .where(
            col(CanvasRow.schedule_added_at).is_(None),  # by an index of these canvases only
            col(CanvasRow.team_id).not_in(select_uninstalled_teams()),
            col(CanvasRow.deleted_at).is_(None),
            col(CanvasRow.archived_at).is_(None),
        )
        .limit(limit)
    )
    return [(row.team_id, to_canvas_info(row)) for row in rows]


async def claim_due_schedules(
    session: AsyncSession, now: datetime, limit: int
) -> Sequence[tuple[str, CanvasInfo, DigestSchedule]]:
    """Return team id, canvas and schedule of those that are due, locked until the transaction ends.

    SKIP LOCKED leaves out the rows that another process has locked, so that each process gets other ones.
    """
    rows = await session.exec(
        select(
            DigestScheduleRow,
            CanvasRow,
            select_restriction(col(CanvasRow.team_id), col(CanvasRow.channel_id)),
        )
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
    return [
        (row.team_id, to_canvas_info(canvas_row, restriction), _to_schedule(row))
        for row, canvas_row, restriction in rows
    ]


async def add_digests(session: AsyncSession, new_digests: Iterable[NewDigest]) -> dict[int, int]:
    """Store digests that are to be sent; return their ids by canvas id.

    A digest whose slot has one already is left out.
    """
    rows = [
        {
            "team_id": digest.team_id,
            "canvas_id": digest.canvas_id,
            "slot": digest.slot,
            "due_at": digest.due_at,
            "is_unchanged": False,
        }
        for digest in new_digests
    ]
    statement = insert_into(session, DigestRow).on_conflict_do_nothing()
    added = await session.exec(statement.returning(DigestRow.canvas_id, DigestRow.id), params=rows)
    return dict(added.all())


async def save_next_slots(session: AsyncSession, schedules: Iterable[DigestSchedule]) -> None:
    """Store the next slots of schedules that are locked by this transaction, in one statement."""
    table = table_of(DigestScheduleRow)
    statement = (
        table.update()
        .where(table.c.canvas_id == bindparam("planned_canvas_id"))
        .values(
            is_on=bindparam("planned_is_on"),
            next_local_time=bindparam("planned_local_time"),
            next_due_at=bindparam("planned_due_at"),
        )
    )
    rows = [
        {
            "planned_canvas_id": schedule.canvas_id,
            "planned_is_on": schedule.is_on,
            "planned_local_time": schedule.next_local_time,
            "planned_due_at": schedule.next_due_at,
        }
        for schedule in schedules
    ]
    await (await session.connection()).execute(statement, rows)


async def find_digest(session: AsyncSession, digest_id: int) -> Digest | None:
    """Return a digest; None if it was deleted."""
    row = (await session.exec(_select_digest(), params={"digest_id": digest_id})).first()
    return _to_digest(row) if row else None


async def has_later_scheduled_digest(session: AsyncSession, digest: Digest) -> bool:
    """Return whether the schedule of the same canvas has a later digest, sent or not."""
    parameters = {"canvas_id": digest.canvas_id, "due_at": digest.due_at, "digest_id": digest.id}
    slots = await session.exec(_select_later_slots(), params=parameters)
    return any(is_scheduled_slot(slot) for slot in slots)


async def list_sent_digests(session: AsyncSession, canvas_id: int, limit: int) -> Sequence[Digest]:
    """Return the digests of a canvas that were sent, the newest first."""
    parameters = {"canvas_id": canvas_id, "limit": limit}
    rows = await session.exec(_select_sent_digests(), params=parameters)
    return [_to_digest(row) for row in rows]


# The next three functions keep their statements, since building one takes longer than running it.


@cache
def _select_digest() -> SelectOfScalar[DigestRow]:
    return select(DigestRow).where(DigestRow.id == bindparam("digest_id"))


@cache
def _select_later_slots() -> SelectOfScalar[str]:
    """Select the slots of a canvas's digests that are due after a digest, and were added after it."""
    return select(DigestRow.slot).where(
        DigestRow.canvas_id == bindparam("canvas_id"),
        col(DigestRow.due_at) > bindparam("due_at"),
        col(DigestRow.id) > bindparam("digest_id"),
    )


@cache
def _select_sent_digests() -> SelectOfScalar[DigestRow]:
    """Select the digests of a canvas that were sent, the newest first."""
    return (
        select(DigestRow)
        .where(DigestRow.canvas_id == bindparam("canvas_id"), col(DigestRow.sent_at).is_not(None))
        .order_by(col(DigestRow.sent_at).desc(), col(DigestRow.id).desc())
        .limit(bindparam("limit", type_=Integer()))
    )


async def count_sent_digests(session: AsyncSession, since: datetime) -> tuple[int, int]:
    """Return how many digests were sent on time after `since`, and how many were sent late."""
    sent = select(DigestRow.due_at, DigestRow.sent_at).where(col(DigestRow.sent_at) > since)
    delays = [sent_at - due_at for due_at, sent_at in await session.exec(sent) if sent_at is not None]
    late_count = sum(delay > MAX_DIGEST_DELAY for delay in delays)
    return len(delays) - late_count, late_count


async def mark_sent(
    session: AsyncSession,
    digest_id: int,
    message_ts: str,
    sent_at: datetime,
    *,
    snapshot: str,
    reported_fit: str | None,
    is_unchanged: bool,
) -> None:
    """Store that a digest was sent, with its message and the canvas and fit that it reported."""
    await session.exec(
        update(DigestRow)
        .where(col(DigestRow.id) == digest_id)
        .values(
            message_ts=message_ts,
            sent_at=sent_at,
            snapshot=snapshot,
            reported_fit=reported_fit,
            is_unchanged=is_unchanged,
        )
        .execution_options(**NO_SYNC)
    )


async def drop_old_snapshots(session: AsyncSession, canvas_id: int) -> None:
    """Delete the snapshots of a canvas's digests, except the one with which the next digest compares."""
    with_snapshot = (col(DigestRow.canvas_id) == canvas_id, col(DigestRow.snapshot).is_not(None))
    newest = (
        select(DigestRow.id)
        .where(*with_snapshot)
        .order_by(col(DigestRow.sent_at).desc(), col(DigestRow.id).desc())
        .limit(1)
    )
    await session.exec(
        update(DigestRow)
        .where(*with_snapshot, col(DigestRow.id).not_in(newest))
        .values(snapshot=None)
        .execution_options(**NO_SYNC)
    )


async def delete_canvas_digests(session: AsyncSession, canvas_id: int) -> None:
    """Delete the schedule of a canvas and its digests with their snapshots."""
    for table in (DigestRow, DigestScheduleRow):
        await session.exec(delete(table).where(col(table.canvas_id) == canvas_id))


def _to_schedule(row: DigestScheduleRow) -> DigestSchedule:
    return DigestSchedule(row.canvas_id, row.expression, row.is_on, row.next_local_time, row.next_due_at)


def _to_digest(row: DigestRow) -> Digest:
    assert row.id is not None
    return Digest(
        row.id,
        row.canvas_id,
        row.slot,
        row.due_at,
        row.sent_at,
        row.is_unchanged,
        row.snapshot,
        row.reported_fit,
    )
