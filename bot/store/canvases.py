"""SQL of canvases."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.database import team_of
from bot.store.model import CanvasInfo, CardsIn, Changers, Rules
from bot.store.tables import CanvasRow, EntryRow


async def all_of(session: AsyncSession, channel: str) -> list[tuple[CanvasInfo, bool]]:
    """Return a channel's canvases, the current one first and the archived last; True for an archived one."""
    rows = await session.exec(
        select(CanvasRow)
        .where(CanvasRow.channel_id == channel, col(CanvasRow.deleted_at).is_(None))
        .order_by(col(CanvasRow.archived_at).is_not(None), *_NEWEST_FIRST)
    )
    return [(head_of(row), row.archived_at is not None) for row in rows]


async def find_any(session: AsyncSession, canvas: int) -> CanvasInfo | None:
    """Return a canvas, archived or not."""
    kept = select(CanvasRow).where(CanvasRow.id == canvas, col(CanvasRow.deleted_at).is_(None))
    row = (await session.exec(kept)).first()
    return head_of(row) if row else None


async def change(session: AsyncSession, canvas: int, **values: datetime | str | None) -> None:
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas).values(**values))


async def archive_channel(session: AsyncSession, channel: str, at: datetime) -> None:
    """Archive what is left of a channel that is gone."""
    await session.exec(
        update(CanvasRow)
        .where(col(CanvasRow.channel_id) == channel, col(CanvasRow.archived_at).is_(None))
        .values(archived_at=at)
    )


async def erase(session: AsyncSession, canvas: int, at: datetime) -> None:
    """Delete a canvas's entries, and with them their votes, marks and cards; of the canvas a name stays."""
    await session.exec(delete(EntryRow).where(col(EntryRow.canvas_id) == canvas))
    await change(session, canvas, deleted_at=at)


async def find_deleted(session: AsyncSession, canvas: int) -> CanvasInfo | None:
    deleted = select(CanvasRow).where(CanvasRow.id == canvas, col(CanvasRow.deleted_at).is_not(None))
    row = (await session.exec(deleted)).first()
    return head_of(row) if row else None


async def start(session: AsyncSession, head: CanvasInfo) -> CanvasInfo:
    """Store a new canvas and make it the channel's current one."""
    row = CanvasRow(
        team_id=team_of(session),
        channel_id=head.channel_id,
        name=head.name,
        segment=head.segment,
        starter_id=head.starter_id,
        time_zone=head.time_zone,
        created_at=head.created_at,
        current_since=head.created_at,
    )
    session.add(row)
    await session.flush()
    return head_of(row)


async def current(session: AsyncSession, channel: str) -> CanvasInfo | None:
    """Return the channel's current canvas."""
    newest = _live_canvases().where(CanvasRow.channel_id == channel)
    row = (await session.exec(newest.order_by(*_NEWEST_FIRST).limit(1))).first()
    return head_of(row) if row else None


async def find(session: AsyncSession, canvas: int) -> CanvasInfo | None:
    row = (await session.exec(_live_canvases().where(CanvasRow.id == canvas))).first()
    return head_of(row) if row else None


async def current_in(session: AsyncSession, channels: Collection[str]) -> list[CanvasInfo]:
    """Return the current canvases of these channels."""
    rows = await session.exec(
        _live_canvases().where(col(CanvasRow.channel_id).in_(channels)).order_by(*_NEWEST_FIRST)
    )
    by_channel: dict[str, CanvasInfo] = {}
    for row in rows:
        by_channel.setdefault(row.channel_id, head_of(row))
    return list(by_channel.values())


async def note_message(session: AsyncSession, canvas: int, ts: str) -> None:
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas).values(message_ts=ts))


async def move_channel(session: AsyncSession, old: str, new: str) -> None:
    """Follow a channel whose id Slack changed."""
    for table in (CanvasRow, EntryRow):
        await session.exec(update(table).where(col(table.channel_id) == old).values(channel_id=new))


_NEWEST_FIRST = (col(CanvasRow.current_since).desc(), col(CanvasRow.id).desc())


def _live_canvases() -> SelectOfScalar[CanvasRow]:
    return select(CanvasRow).where(col(CanvasRow.archived_at).is_(None), col(CanvasRow.deleted_at).is_(None))


def head_of(row: CanvasRow) -> CanvasInfo:
    assert row.id is not None
    return CanvasInfo(
        row.id,
        row.channel_id,
        row.name,
        row.segment,
        row.starter_id,
        row.time_zone,
        row.created_at,
        row.message_ts,
        Rules(CardsIn(row.cards_in), Changers(row.changers)),
        row.document,
    )
