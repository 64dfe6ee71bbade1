"""SQL of reading votes back: which cards are to be read from Slack, and when.

Each canvas has a time when the reading of its cards is due. From then on its cards are read that were not
read since, and the next time is set when none is left. So a search for due canvases reads only those.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, false, or_, true
from sqlmodel import Field, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import Row, insert_into
from bot.method.kinds import Kind
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.workspaces import select_uninstalled_teams

SCHEDULER = "scheduler"  # the name of its heartbeat
NO_SYNC = {"synchronize_session": False}


class HeartbeatRow(Row, table=True):
    """When something that must always run did so last, in any process."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    beat_at: datetime


async def record_heartbeat(session: AsyncSession, now: datetime) -> datetime | None:
    """Store that a scheduler runs; return when one did so last, None if none ever did."""
    statement = select(HeartbeatRow.beat_at).where(HeartbeatRow.name == SCHEDULER)
    previous = (await session.exec(statement)).first()
    beat = insert_into(session, HeartbeatRow).values(name=SCHEDULER, beat_at=now)
    await session.exec(beat.on_conflict_do_update(index_elements=["name"], set_={"beat_at": now}))
    return previous


async def make_all_due(session: AsyncSession, now: datetime) -> None:
    """Make the reading of all cards due, because events may have been missed."""
    active = (col(CanvasRow.deleted_at).is_(None), col(CanvasRow.archived_at).is_(None))
    await session.exec(update(CanvasRow).where(*active).values(votes_due_at=now).execution_options(**NO_SYNC))


async def bring_forward(session: AsyncSession, canvas_id: int, due_at: datetime) -> None:
    """Make the reading of a canvas due at this time, unless it is due earlier."""
    is_later = (col(CanvasRow.id) == canvas_id, col(CanvasRow.votes_due_at) > due_at)
    await session.exec(
        update(CanvasRow).where(*is_later).values(votes_due_at=due_at).execution_options(**NO_SYNC)
    )


async def note_activity(session: AsyncSession, canvas_id: int, now: datetime) -> None:
    """Store that somebody uses a canvas."""
    is_it = col(CanvasRow.id) == canvas_id
    await session.exec(update(CanvasRow).where(is_it).values(active_at=now).execution_options(**NO_SYNC))


async def list_due_teams(session: AsyncSession, now: datetime) -> Sequence[str]:
    """Return the ids of the workspaces with canvases whose reading is due."""
    is_due = (col(CanvasRow.votes_due_at) <= now, col(CanvasRow.team_id).not_in(select_uninstalled_teams()))
    # Without DISTINCT, for which SQLite would read all canvases in the order of their workspaces.
    return sorted({*await session.exec(select(CanvasRow.team_id).where(*is_due))})


async def find_cards_to_read(
    session: AsyncSession, now: datetime, limit: int, first_boxes: Iterable[tuple[int, Kind | None]] = ()
) -> Sequence[tuple[int, str]]:
    """Return entry id and channel id of cards of due canvases that were not read since they are due.

    Cards of the boxes in `first_boxes` (canvas id and kind; None means all kinds) come first, then the cards
    whose last read is oldest.
    """
    boxes = [
        and_(
            col(EntryRow.canvas_id) == canvas_id,
            true() if kind is None else col(EntryRow.kind) == kind.value,
        )
        for canvas_id, kind in first_boxes
    ]
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
        .where(col(CanvasRow.votes_due_at) <= now, _is_unread())
        .order_by(
            case((or_(false(), *boxes), 0), else_=1),
            col(EntryRow.votes_read_at).asc().nulls_first(),
            col(EntryRow.id),
        )
        .limit(limit)
    )
    return [(entry_id, channel_id) for entry_id, channel_id in rows if entry_id is not None]


async def plan_next_reading(
    session: AsyncSession,
    now: datetime,
    open_canvas_ids: Iterable[int],
    active_since: datetime,
    *,
    open_due_at: datetime,
    active_due_at: datetime,
    quiet_due_at: datetime,
) -> None:
    """Set when the due canvases are due again, if no card of them is left to be read.

    That depends on the need: whether the canvas has an open round, or somebody has used it since
    `active_since`, or neither.
    """
    has_unread = exists().where(col(EntryRow.canvas_id) == col(CanvasRow.id), _is_unread())
    next_due_at = case(
        (col(CanvasRow.id).in_(list(open_canvas_ids)), open_due_at),
        (col(CanvasRow.active_at) >= active_since, active_due_at),
        else_=quiet_due_at,
    )
    is_done = (col(CanvasRow.votes_due_at) <= now, ~has_unread)
    await session.exec(
        update(CanvasRow).where(*is_done).values(votes_due_at=next_due_at).execution_options(**NO_SYNC)
    )


async def count_recent_reads(session: AsyncSession, since: datetime) -> int:
    """Return the number of cards whose reactions were read back since then, or are enqueued for it."""
    recent = select(func.count()).select_from(EntryRow).where(col(EntryRow.votes_read_at) > since)
    return (await session.exec(recent)).one()


async def mark_votes_read(session: AsyncSession, entry_ids: Iterable[int], now: datetime) -> None:
    """Store `now` as the time of the last read of these entries' cards, when the read is enqueued."""
    of_entries = col(EntryRow.id).in_(list(entry_ids))
    await session.exec(
        update(EntryRow).where(of_entries).values(votes_read_at=now).execution_options(**NO_SYNC)
    )


async def find_oldest_due_at(session: AsyncSession) -> datetime | None:
    """Return since when the canvas is due that has waited longest; a time to come if none is due."""
    oldest = select(func.min(CanvasRow.votes_due_at)).where(
        col(CanvasRow.team_id).not_in(select_uninstalled_teams())
    )
    due_at: datetime | None = (await session.exec(oldest)).first()
    return due_at


def _is_unread() -> ColumnElement[bool]:
    """Return the condition, on EntryRow with CanvasRow, that a card has not been read since it is due."""
    return and_(
        col(EntryRow.card_ts).is_not(None),
        col(EntryRow.deleted_at).is_(None) | col(EntryRow.merged_into_id).is_not(None),
        col(CanvasRow.deleted_at).is_(None),
        col(CanvasRow.archived_at).is_(None),
        col(EntryRow.votes_read_at).is_(None) | (col(EntryRow.votes_read_at) < col(CanvasRow.votes_due_at)),
    )
