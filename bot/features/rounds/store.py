"""SQL of voting rounds.

A partial unique index ensures that a canvas has at most one open round on boxes, and one on each of its
entries, also with several processes.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, false
from sqlmodel import Field, Index, col, or_, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import IDS_ONLY_ONCE, insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.features.rounds.model import Round, RoundState
from bot.method.kinds import Kind
from bot.store.canvases import CanvasRow
from bot.store.workspaces import select_uninstalled_teams

NO_SYNC: dict[str, Any] = {"synchronize_session": False}
_IS_OPEN = text("state = 'open'")
BOXES = 0  # in place of an entry's id


class RoundRow(TenantRow, table=True):
    __tablename__ = "round"
    __table_args__ = (
        Index(
            "ix_round_open",
            "canvas_id",
            "entry_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        IDS_ONLY_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    kind: str | None = None  # of the box or entry that is voted on; None for all boxes
    starter_id: str
    time_zone: str  # the starter's
    opened_at: datetime
    closes_at: datetime
    remind_at: datetime | None = None  # None where nobody is to be reminded, or the reminders are enqueued
    opening_ranking: str  # the ranking at the opening, as JSON; "" once the result is out
    state: str = RoundState.OPEN.value
    message_ts: str | None = None  # of the announcement
    closed_at: datetime | None = None
    closed_by_id: str | None = None  # who closed it before its deadline
    result_ts: str | None = None
    is_sealed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # Of the entry that a discussion is about.
    entry_id: int = Field(default=BOXES, sa_column_kwargs={"server_default": "0"})


async def add_round(session: AsyncSession, round_: Round) -> int | None:
    """Store a new round and return its id; None if there is an open one on its boxes, or on its entry."""
    statement = insert_into(session, RoundRow).values(
        team_id=team_of(session),
        canvas_id=round_.canvas_id,
        kind=round_.kind.value if round_.kind else None,
        starter_id=round_.starter_id,
        time_zone=round_.time_zone,
        opened_at=round_.opened_at,
        closes_at=round_.closes_at,
        remind_at=round_.remind_at,
        opening_ranking=round_.opening_ranking,
        state=RoundState.OPEN.value,
        is_sealed=round_.is_sealed,
        entry_id=round_.entry_id or BOXES,
    )
    added = await session.exec(statement.on_conflict_do_nothing().returning(RoundRow.id))
    round_id: int | None = added.scalar()
    return round_id


async def find_round(session: AsyncSession, round_id: int) -> Round | None:
    """Return a round in any state; None if there is none with this id."""
    row = (await session.exec(select(RoundRow).where(RoundRow.id == round_id))).first()
    return _to_round(row) if row else None


async def find_open_rounds(session: AsyncSession, canvas_ids: Collection[int]) -> dict[int, Round]:
    """Return the open round on boxes of each of these canvases that has one, by canvas id."""
    rows = await session.exec(
        select(RoundRow).where(
            col(RoundRow.canvas_id).in_(canvas_ids),
            RoundRow.state == RoundState.OPEN.value,
            RoundRow.entry_id == BOXES,
        )
    )
    return {row.canvas_id: _to_round(row) for row in rows}


async def list_open_round_ids(session: AsyncSession, channel_id: str) -> Sequence[int]:
    """Return the ids of the open rounds in a channel."""
    round_ids = await session.exec(_select_open_round_ids(), params={"channel_id": channel_id})
    return [round_id for round_id in round_ids if round_id is not None]


@cache
def _select_open_round_ids() -> Any:
    """Select the ids of the open rounds in a channel; building the statement takes longer than running it."""
    return (
        select(RoundRow.id)
        .join(CanvasRow, col(CanvasRow.id) == col(RoundRow.canvas_id))
        .where(CanvasRow.channel_id == bindparam("channel_id"), RoundRow.state == RoundState.OPEN.value)
    )


async def find_rounds_by_message(session: AsyncSession, channel_id: str, message_ts: str) -> Sequence[int]:
    """Return the id of the open round whose announcement this is, if it is one's."""
    round_ids = await session.exec(
        select(RoundRow.id)
        .join(CanvasRow, col(CanvasRow.id) == col(RoundRow.canvas_id))
        .where(
            CanvasRow.channel_id == channel_id,
            RoundRow.message_ts == message_ts,
            RoundRow.state == RoundState.OPEN.value,
        )
    )
    return [round_id for round_id in round_ids if round_id is not None]


async def list_open_boxes(session: AsyncSession) -> dict[str, list[tuple[int, Kind | None]]]:
    """Return the canvas id and the kind of every open round, by team id; a kind of None is all boxes."""
    rows = await session.exec(
        select(RoundRow.team_id, RoundRow.canvas_id, RoundRow.kind).where(
            RoundRow.state == RoundState.OPEN.value
        )
    )
    boxes: defaultdict[str, list[tuple[int, Kind | None]]] = defaultdict(list)
    for team_id, canvas_id, kind in rows:
        boxes[team_id].append((canvas_id, Kind(kind) if kind else None))
    return boxes


async def bring_reading_forward(session: AsyncSession, due_at: datetime) -> None:
    """Make the reading of the votes in open rounds due at this time, unless it is due earlier."""
    open_canvases = select(RoundRow.canvas_id).where(RoundRow.state == RoundState.OPEN.value)
    is_later = (col(CanvasRow.id).in_(open_canvases), col(CanvasRow.votes_due_at) > due_at)
    await session.exec(
        update(CanvasRow).where(*is_later).values(votes_due_at=due_at).execution_options(**NO_SYNC)
    )


async def list_due_rounds(
    session: AsyncSession, now: datetime, limit: int
) -> Sequence[tuple[str, str, Round]]:
    """Return team id, channel id and round of those that end or remind now.

    Rounds of archived canvases are included, since they end as well.
    """
    rows = await session.exec(
        select(RoundRow, CanvasRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(RoundRow.canvas_id))
        .where(
            RoundRow.state == RoundState.OPEN.value,
            or_(col(RoundRow.closes_at) <= now, col(RoundRow.remind_at) <= now),
            col(RoundRow.team_id).not_in(select_uninstalled_teams()),
        )
        .order_by(col(RoundRow.closes_at), col(RoundRow.id))
        .limit(limit)
    )
    return [(row.team_id, channel_id, _to_round(row)) for row, channel_id in rows]


async def set_announcement_ts(session: AsyncSession, round_id: int, message_ts: str) -> None:
    """Store the message of a round's announcement."""
    await session.exec(update(RoundRow).where(col(RoundRow.id) == round_id).values(message_ts=message_ts))


async def claim_reminders(session: AsyncSession, round_id: int) -> bool:
    """Claim the reminders of an open round; False if another process did."""
    claimed = await session.exec(
        update(RoundRow)
        .where(
            col(RoundRow.id) == round_id,
            col(RoundRow.remind_at).is_not(None),
            col(RoundRow.state) == RoundState.OPEN.value,
        )
        .values(remind_at=None)
    )
    return bool(claimed.rowcount)


async def mark_closing(
    session: AsyncSession, round_id: int, closed_at: datetime, closed_by_id: str | None
) -> bool:
    """Begin to close an open round; False if it was closed before, by this or another process."""
    closed = await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id) == round_id, col(RoundRow.state) == RoundState.OPEN.value)
        .values(state=RoundState.CLOSING.value, closed_at=closed_at, closed_by_id=closed_by_id)
    )
    return bool(closed.rowcount)


async def mark_taken_back(session: AsyncSession, round_id: int) -> bool:
    """Take an open round back; False if it was closed or taken back before, by this or another process."""
    taken_back = await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id) == round_id, col(RoundRow.state) == RoundState.OPEN.value)
        .values(state=RoundState.TAKEN_BACK.value, opening_ranking="")
    )
    return bool(taken_back.rowcount)


async def mark_closed(session: AsyncSession, round_id: int, result_ts: str | None) -> None:
    """End a round; `result_ts` is None if there is no result."""
    await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id) == round_id)
        .values(state=RoundState.CLOSED.value, result_ts=result_ts, opening_ranking="")
    )


async def end_canvas_rounds(session: AsyncSession, canvas_id: int, closed_at: datetime) -> Sequence[int]:
    """End the rounds of a canvas that is deleted, and delete its texts from them; return their ids."""
    running = await session.exec(
        select(RoundRow.id).where(
            col(RoundRow.canvas_id) == canvas_id,
            col(RoundRow.state).in_((RoundState.OPEN.value, RoundState.CLOSING.value)),
        )
    )
    round_ids = [round_id for round_id in running if round_id is not None]
    await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id).in_(round_ids))
        .values(state=RoundState.CLOSED.value, closed_at=closed_at, opening_ranking="")
    )
    return round_ids


def _to_round(row: RoundRow) -> Round:
    assert row.id is not None
    return Round(
        id=row.id,
        canvas_id=row.canvas_id,
        kind=Kind(row.kind) if row.kind else None,
        starter_id=row.starter_id,
        time_zone=row.time_zone,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        remind_at=row.remind_at,
        opening_ranking=row.opening_ranking,
        state=RoundState(row.state),
        message_ts=row.message_ts,
        closed_at=row.closed_at,
        closed_by_id=row.closed_by_id,
        result_ts=row.result_ts,
        is_sealed=row.is_sealed,
        entry_id=row.entry_id or None,
    )
