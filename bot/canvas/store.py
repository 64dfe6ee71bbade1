"""Tables and SQL of canvases and entries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Field, Index, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.canvas.model import Card, CardsIn, Changers, Draft, Head, Rules
from bot.db import OfWorkspace, team_of
from bot.method.kinds import Kind
from bot.method.model import Entry


class CanvasRow(OfWorkspace, table=True):
    __tablename__ = "canvas"
    __table_args__ = (Index("ix_canvas_team_id_channel_id", "team_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    channel_id: str
    name: str
    segment: str
    starter: str
    time_zone: str
    created_at: datetime
    current_since: datetime  # the newest of a channel is its current canvas
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    message_ts: str | None = None  # the canvas's own message; the cards are its thread
    cards_in: str = CardsIn.THREAD.value
    changers: str = Changers.ANYONE.value


class EntryRow(OfWorkspace, table=True):
    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_team_id_card", "team_id", "channel_id", "card_ts"),)

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    channel_id: str
    kind: str
    text: str
    category: str | None = None
    author: str
    created_at: datetime
    version: int = 1  # counts the edits
    edited_by: str | None = None
    deleted_at: datetime | None = None
    deleted_by: str | None = None
    card_ts: str | None = None
    card_thread: str | None = None  # the thread that the card is in; None for one in the channel itself
    source: str | None = None  # the link of the message that it was made of
    votes_read_at: datetime | None = None  # when the card's reactions were last read back


class DeliveryRow(OfWorkspace, table=True):
    """A product that delivers a pain reliever or gain creator."""

    __tablename__ = "delivery"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    product_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)


async def all_of(session: AsyncSession, channel: str) -> list[tuple[Head, bool]]:
    """Return a channel's canvases, the current one first and the archived last; True for an archived one."""
    rows = await session.exec(
        select(CanvasRow)
        .where(CanvasRow.channel_id == channel, col(CanvasRow.deleted_at).is_(None))
        .order_by(col(CanvasRow.archived_at).is_not(None), *_NEWEST_FIRST)
    )
    return [(head_of(row), row.archived_at is not None) for row in rows]


async def find_any(session: AsyncSession, canvas: int) -> Head | None:
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


async def find_deleted(session: AsyncSession, canvas: int) -> Head | None:
    gone = select(CanvasRow).where(CanvasRow.id == canvas, col(CanvasRow.deleted_at).is_not(None))
    row = (await session.exec(gone)).first()
    return head_of(row) if row else None


async def start(session: AsyncSession, head: Head) -> Head:
    """Store a new canvas and make it the channel's current one."""
    row = CanvasRow(
        team_id=team_of(session),
        channel_id=head.channel,
        name=head.name,
        segment=head.segment,
        starter=head.starter,
        time_zone=head.time_zone,
        created_at=head.created_at,
        current_since=head.created_at,
    )
    session.add(row)
    await session.flush()
    return head_of(row)


async def current(session: AsyncSession, channel: str) -> Head | None:
    """Return the channel's current canvas."""
    newest = _live_canvases().where(CanvasRow.channel_id == channel)
    row = (await session.exec(newest.order_by(*_NEWEST_FIRST).limit(1))).first()
    return head_of(row) if row else None


async def find(session: AsyncSession, canvas: int) -> Head | None:
    row = (await session.exec(_live_canvases().where(CanvasRow.id == canvas))).first()
    return head_of(row) if row else None


async def current_in(session: AsyncSession, channels: Collection[str]) -> list[Head]:
    """Return the current canvases of these channels."""
    rows = await session.exec(
        _live_canvases().where(col(CanvasRow.channel_id).in_(channels)).order_by(*_NEWEST_FIRST)
    )
    by_channel: dict[str, Head] = {}
    for row in rows:
        by_channel.setdefault(row.channel_id, head_of(row))
    return list(by_channel.values())


async def note_message(session: AsyncSession, canvas: int, ts: str) -> None:
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas).values(message_ts=ts))


async def add(
    session: AsyncSession, head: Head, author: str, drafts: Sequence[Draft], now: datetime
) -> list[int]:
    """Store new entries in this order; return their ids."""
    rows = [
        EntryRow(
            team_id=team_of(session),
            canvas_id=head.id,
            channel_id=head.channel,
            kind=draft.kind.value,
            text=draft.text,
            category=draft.category,
            source=draft.source or None,
            author=author,
            created_at=now,
        )
        for draft in drafts
    ]
    session.add_all(rows)
    await session.flush()
    ids = [_id(row) for row in rows]
    for entry, draft in zip(ids, drafts, strict=True):
        _deliver(session, entry, draft.delivered_by)
    return ids


def _deliver(session: AsyncSession, offer: int, products: Iterable[int]) -> None:
    session.add_all(
        DeliveryRow(team_id=team_of(session), offer_id=offer, product_id=product) for product in products
    )


async def edit(session: AsyncSession, entry: int, version: int, editor: str, draft: Draft) -> bool:
    """Write over an entry; False where somebody edited or deleted it since that version."""
    changed = await session.exec(
        update(EntryRow)
        .where(
            col(EntryRow.id) == entry, col(EntryRow.version) == version, col(EntryRow.deleted_at).is_(None)
        )
        .values(
            kind=draft.kind.value,
            text=draft.text,
            category=draft.category,
            version=version + 1,
            edited_by=editor,
        )
    )
    if changed.rowcount:
        await session.exec(delete(DeliveryRow).where(col(DeliveryRow.offer_id) == entry))
        _deliver(session, entry, draft.delivered_by)
    return bool(changed.rowcount)


async def mark_deleted(session: AsyncSession, entry: int, by: str | None, at: datetime | None) -> bool:
    """Delete an entry, or bring it back (None, None); False where it is so already."""
    was = col(EntryRow.deleted_at).is_(None) if at else col(EntryRow.deleted_at).is_not(None)
    changed = await session.exec(
        update(EntryRow).where(col(EntryRow.id) == entry, was).values(deleted_at=at, deleted_by=by)
    )
    return bool(changed.rowcount)


async def find_card(session: AsyncSession, entry: int) -> Card | None:
    """Return an entry of a live canvas, deleted or not."""
    row = (
        await session.exec(
            select(EntryRow)
            .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
            .where(EntryRow.id == entry, col(CanvasRow.deleted_at).is_(None))
        )
    ).first()
    if row is None:
        return None
    delivery = await _delivery(session, col(DeliveryRow.offer_id) == entry)
    return Card(
        _entry(row, delivery[entry]),
        row.canvas_id,
        row.channel_id,
        row.version,
        row.edited_by,
        row.deleted_by if row.deleted_at else None,
        row.card_ts,
        row.source or "",
    )


async def entry_of_card(session: AsyncSession, channel: str, ts: str) -> int | None:
    """Return the entry whose card this message is, unless it is deleted."""
    return (
        await session.exec(
            select(EntryRow.id).where(
                EntryRow.channel_id == channel, EntryRow.card_ts == ts, col(EntryRow.deleted_at).is_(None)
            )
        )
    ).first()


async def note_card(session: AsyncSession, entry: int, ts: str, thread: str | None) -> None:
    where = {"card_ts": ts, "card_thread": thread}
    await session.exec(update(EntryRow).where(col(EntryRow.id) == entry).values(**where))


async def entries(session: AsyncSession, canvas: int) -> list[Entry]:
    """Return the entries that count, without votes, in order of creation."""
    rows = await session.exec(
        select(EntryRow)
        .where(EntryRow.canvas_id == canvas, col(EntryRow.deleted_at).is_(None))
        .order_by(col(EntryRow.id))
    )
    of_canvas = select(EntryRow.id).where(EntryRow.canvas_id == canvas)
    delivery = await _delivery(session, col(DeliveryRow.offer_id).in_(of_canvas))
    return [_entry(row, delivery[_id(row)]) for row in rows]


async def cards(session: AsyncSession, canvas: int) -> dict[int, tuple[str, str | None]]:
    """Return the ts and the thread of each card that counts, by entry."""
    rows = await session.exec(
        select(EntryRow.id, EntryRow.card_ts, EntryRow.card_thread).where(
            EntryRow.canvas_id == canvas,
            col(EntryRow.card_ts).is_not(None),
            col(EntryRow.deleted_at).is_(None),
        )
    )
    return {entry: (ts, thread) for entry, ts, thread in rows if entry is not None and ts is not None}


async def unread_since(session: AsyncSession, since: datetime, limit: int) -> Sequence[tuple[str, int, str]]:
    """Return team, entry and channel of cards whose reactions were not read back since then, oldest first."""
    rows = await session.exec(
        select(EntryRow.team_id, EntryRow.id, EntryRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
        .where(
            col(EntryRow.card_ts).is_not(None),
            col(EntryRow.deleted_at).is_(None),
            col(CanvasRow.deleted_at).is_(None),
            col(CanvasRow.archived_at).is_(None),
            col(EntryRow.votes_read_at).is_(None) | (col(EntryRow.votes_read_at) < since),
        )
        .order_by(col(EntryRow.votes_read_at).asc().nulls_first(), col(EntryRow.id))
        .limit(limit)
    )
    return [(team, entry, channel) for team, entry, channel in rows if entry is not None]


async def note_votes_read(session: AsyncSession, entries: Iterable[int], at: datetime) -> None:
    await session.exec(update(EntryRow).where(col(EntryRow.id).in_(list(entries))).values(votes_read_at=at))


async def move_channel(session: AsyncSession, old: str, new: str) -> None:
    """Follow a channel whose id Slack changed."""
    for table in (CanvasRow, EntryRow):
        await session.exec(update(table).where(col(table.channel_id) == old).values(channel_id=new))


_NEWEST_FIRST = (col(CanvasRow.current_since).desc(), col(CanvasRow.id).desc())


def _live_canvases() -> SelectOfScalar[CanvasRow]:
    return select(CanvasRow).where(col(CanvasRow.archived_at).is_(None), col(CanvasRow.deleted_at).is_(None))


async def _delivery(session: AsyncSession, of: ColumnElement[bool]) -> defaultdict[int, tuple[int, ...]]:
    rows = await session.exec(
        select(DeliveryRow.offer_id, DeliveryRow.product_id)
        .join(EntryRow, col(EntryRow.id) == col(DeliveryRow.product_id))
        .where(of, col(EntryRow.deleted_at).is_(None), EntryRow.kind == Kind.PRODUCT.value)
        .order_by(col(DeliveryRow.product_id))
    )
    products: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for offer, product in rows:
        products[offer] += (product,)
    return products


def _id(row: EntryRow) -> int:
    assert row.id is not None
    return row.id


def _entry(row: EntryRow, delivered_by: tuple[int, ...]) -> Entry:
    return Entry(
        id=_id(row),
        kind=Kind(row.kind),
        text=row.text,
        author=row.author,
        created_at=row.created_at,
        category=row.category,
        delivered_by=delivered_by,
    )


def head_of(row: CanvasRow) -> Head:
    assert row.id is not None
    return Head(
        row.id,
        row.channel_id,
        row.name,
        row.segment,
        row.starter,
        row.time_zone,
        row.created_at,
        row.message_ts,
        Rules(CardsIn(row.cards_in), Changers(row.changers)),
    )
