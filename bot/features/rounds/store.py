"""Voting rounds, one row each. A canvas has one open round at most: the index says so to all processes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Field, Index, col, or_, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import OfWorkspace, insert, team_of
from bot.features.rounds.model import Round, State
from bot.method.kinds import Kind
from bot.store.tables import CanvasRow
from bot.store.workspaces import gone

_IS_OPEN = text("state = 'open'")


class RoundRow(OfWorkspace, table=True):
    __tablename__ = "round"
    __table_args__ = (
        Index("ix_round_open", "canvas_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    kind: str | None = None  # of the box that is voted on; None for all boxes
    starter: str
    time_zone: str  # the starter's
    opened_at: datetime
    closes_at: datetime
    remind_at: datetime | None = None  # None where nobody is to be reminded, or was already
    opening: str  # the ranking at the opening as JSON; "" once the result is out
    state: str = State.OPEN.value
    message_ts: str | None = None  # the call's
    closed_at: datetime | None = None
    closed_by: str | None = None  # who closed it early
    result_ts: str | None = None


async def open_round(session: AsyncSession, wanted: Round) -> int | None:
    """Store a new round; None where one is open on this canvas."""
    statement = insert(session, RoundRow).values(
        team_id=team_of(session),
        canvas_id=wanted.canvas,
        kind=wanted.kind.value if wanted.kind else None,
        starter=wanted.starter,
        time_zone=wanted.time_zone,
        opened_at=wanted.opened_at,
        closes_at=wanted.closes_at,
        remind_at=wanted.remind_at,
        opening=wanted.opening,
        state=State.OPEN.value,
    )
    added = await session.exec(statement.on_conflict_do_nothing().returning(RoundRow.id))
    new: int | None = added.scalar()
    return new


async def find(session: AsyncSession, key: int) -> Round | None:
    row = (await session.exec(select(RoundRow).where(RoundRow.id == key))).first()
    return _round(row) if row else None


async def open_on(session: AsyncSession, canvases: Collection[int]) -> dict[int, Round]:
    """Return the open round of each of these canvases that has one."""
    rows = await session.exec(
        select(RoundRow).where(col(RoundRow.canvas_id).in_(canvases), RoundRow.state == State.OPEN.value)
    )
    return {row.canvas_id: _round(row) for row in rows}


async def open_in(session: AsyncSession, channel: str) -> Sequence[int]:
    """Return the open rounds of a channel's canvases."""
    rows = await session.exec(
        select(RoundRow.id)
        .join(CanvasRow, col(CanvasRow.id) == col(RoundRow.canvas_id))
        .where(CanvasRow.channel_id == channel, RoundRow.state == State.OPEN.value)
    )
    return [key for key in rows if key is not None]


async def voted_on(session: AsyncSession) -> dict[str, list[tuple[int, Kind | None]]]:
    """Return canvas and box of every open round, by workspace; None for all boxes."""
    rows = await session.exec(
        select(RoundRow.team_id, RoundRow.canvas_id, RoundRow.kind).where(RoundRow.state == State.OPEN.value)
    )
    found: defaultdict[str, list[tuple[int, Kind | None]]] = defaultdict(list)
    for team, canvas, kind in rows:
        found[team].append((canvas, Kind(kind) if kind else None))
    return found


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[str, str, Round]]:
    """Return team, channel and round of those that end or remind now, whatever became of their canvas."""
    rows = await session.exec(
        select(RoundRow, CanvasRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(RoundRow.canvas_id))
        .where(
            RoundRow.state == State.OPEN.value,
            or_(col(RoundRow.closes_at) <= now, col(RoundRow.remind_at) <= now),
            col(RoundRow.team_id).not_in(gone()),
        )
        .order_by(col(RoundRow.closes_at), col(RoundRow.id))
        .limit(limit)
    )
    return [(row.team_id, channel, _round(row)) for row, channel in rows]


async def note_call(session: AsyncSession, key: int, ts: str) -> None:
    await session.exec(update(RoundRow).where(col(RoundRow.id) == key).values(message_ts=ts))


async def take_reminding(session: AsyncSession, key: int) -> bool:
    """Take it on to remind; False where that was done."""
    taken = await session.exec(
        update(RoundRow)
        .where(
            col(RoundRow.id) == key,
            col(RoundRow.remind_at).is_not(None),
            col(RoundRow.state) == State.OPEN.value,
        )
        .values(remind_at=None)
    )
    return bool(taken.rowcount)


async def close(session: AsyncSession, key: int, at: datetime, by: str | None) -> bool:
    """Let nothing more be asked for; False where it was closed before."""
    closed = await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id) == key, col(RoundRow.state) == State.OPEN.value)
        .values(state=State.CLOSING.value, closed_at=at, closed_by=by)
    )
    return bool(closed.rowcount)


async def note_result(session: AsyncSession, key: int, ts: str | None) -> None:
    """Note that the round is over, with or without a result."""
    await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id) == key)
        .values(state=State.CLOSED.value, result_ts=ts, opening="")
    )


async def forget(session: AsyncSession, canvas: int, at: datetime) -> Sequence[int]:
    """End the rounds of a canvas that is deleted, with what they knew of its entries; return them."""
    mine = col(RoundRow.canvas_id) == canvas
    running = await session.exec(select(RoundRow.id).where(mine, RoundRow.state != State.CLOSED.value))
    ended = [key for key in running if key is not None]
    await session.exec(
        update(RoundRow)
        .where(col(RoundRow.id).in_(ended))
        .values(state=State.CLOSED.value, closed_at=at, opening="")
    )
    return ended


def _round(row: RoundRow) -> Round:
    assert row.id is not None
    return Round(
        id=row.id,
        canvas=row.canvas_id,
        kind=Kind(row.kind) if row.kind else None,
        starter=row.starter,
        time_zone=row.time_zone,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        remind_at=row.remind_at,
        opening=row.opening,
        state=State(row.state),
        message_ts=row.message_ts,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        result_ts=row.result_ts,
    )
