"""SQL of entries: as they are, as they were, and their cards."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, false, or_, true
from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import team_of
from bot.method.kinds import Kind
from bot.method.merging import Heirs, handed_over, heir, stood_for
from bot.method.model import Entry
from bot.store.model import CanvasInfo, Card, Draft, Edition
from bot.store.tables import CanvasRow, DeliveryRow, EditionRow, EntryRow
from bot.store.workspaces import gone


async def add(
    session: AsyncSession, head: CanvasInfo, author: str, drafts: Sequence[Draft], now: datetime
) -> list[int]:
    """Store new entries in this order; return their ids. Those from a file say who wrote them and when."""
    rows = [
        EntryRow(
            team_id=team_of(session),
            canvas_id=head.id,
            channel_id=head.channel_id,
            kind=draft.kind.value,
            text=draft.text,
            category=draft.category,
            source=draft.source or None,
            author=draft.author or author,
            created_at=draft.created_at or now,
            imported_at=now if draft.created_at else None,
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


async def edit(
    session: AsyncSession,
    entry: int,
    version: int,
    editor: str,
    draft: Draft,
    now: datetime,
    *,
    anew: bool = False,
) -> int | None:
    """Write over an entry; None where somebody edited or deleted it since that version.

    Otherwise the edition that ended with it is returned; `anew`: the votes do not stand for the new one.
    """
    row = await _locked(session, entry)
    if row is None or row.version != version or row.deleted_at is not None:
        return None
    edition = await _end_edition(session, row, editor, now, anew=anew)
    row.kind, row.text, row.category = draft.kind.value, draft.text, draft.category
    row.version, row.edited_by = version + 1, editor
    await _redeliver(session, entry, draft.delivered_by)
    return edition


async def _redeliver(session: AsyncSession, entry: int, products: Collection[int]) -> None:
    """Let these products alone deliver an offer, and what was merged into it."""
    heirs = await heirs_beside(session, entry)
    meant = {each for product in products for each in stood_for(product, heirs)}
    of_offer = col(DeliveryRow.offer_id)
    others = of_offer.in_(stood_for(entry, heirs)) & col(DeliveryRow.product_id).not_in(meant)
    await session.exec(delete(DeliveryRow).where((of_offer == entry) | others))
    _deliver(session, entry, products)


async def mark_deleted(
    session: AsyncSession, entry: int, by: str, at: datetime, *, into: int | None = None
) -> bool:
    """Delete an entry, or merge it into another of its box; False where it, or the other, is not there."""
    rows = {each: await _locked(session, each) for each in sorted({entry, into or entry})}
    row, other = rows[entry], rows[into or entry]
    if row is None or other is None or row.deleted_at is not None or other.deleted_at is not None:
        return False
    if into is not None and (into == entry or (row.canvas_id, row.kind) != (other.canvas_id, other.kind)):
        return False
    await _end_edition(session, row, by, at)
    row.deleted_at, row.deleted_by, row.merged_into = at, by, into
    return True


async def bring_back(session: AsyncSession, entry: int, by: str, at: datetime) -> bool:
    """Undo the deletion or the merging of an entry; False where it is back already."""
    row = await _locked(session, entry)
    if row is None or row.deleted_at is None:
        return False
    await _end_edition(session, row, by, at)
    row.deleted_at = row.deleted_by = row.merged_into = None
    return True


async def _locked(session: AsyncSession, entry: int) -> EntryRow | None:
    """Return an entry that nobody else changes before this transaction ends."""
    return (await session.exec(select(EntryRow).where(EntryRow.id == entry).with_for_update())).first()


async def _end_edition(
    session: AsyncSession, row: EntryRow, by: str, at: datetime, *, anew: bool = False
) -> int:
    """Keep what an entry was until now; return the id of that edition."""
    edition = EditionRow(
        team_id=team_of(session),
        entry_id=_id(row),
        until=at,
        ended_by=by,
        kind=row.kind,
        text=row.text,
        category=row.category,
        delivered_by=(await _delivery(session, col(DeliveryRow.offer_id) == row.id))[_id(row)],
        deleted=row.deleted,
        merged_into=row.merged_into,
        anew=anew,
    )
    session.add(edition)
    await session.flush()
    assert edition.id is not None
    return edition.id


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
    heirs = await heirs_beside(session, entry)
    stands_for = stood_for(entry, heirs)
    delivery = await _delivery(session, col(DeliveryRow.offer_id).in_(stands_for))
    products = {heir(product, heirs) for each in stands_for for product in delivery[each]}
    return Card(
        _entry(row, sorted(products)),
        row.canvas_id,
        row.channel_id,
        row.version,
        row.edited_by,
        row.deleted_by if row.deleted_at else None,
        row.card_ts,
        row.source or "",
        row.card_thread,
        row.merged_into,
        stands_for,
        row.imported_at is not None,
    )


async def heirs_beside(session: AsyncSession, entry: int) -> dict[int, int]:
    """Return which entries of this one's canvas were merged, and into which."""
    canvas = select(EntryRow.canvas_id).where(EntryRow.id == entry).scalar_subquery()
    merged = select(EntryRow.id, EntryRow.merged_into).where(
        EntryRow.canvas_id == canvas, col(EntryRow.merged_into).is_not(None)
    )
    return {key: into for key, into in await session.exec(merged) if key is not None and into is not None}


_ENTRIES_OF_CARDS = select(EntryRow.channel_id, EntryRow.card_ts, EntryRow.id).where(
    col(EntryRow.channel_id).in_(bindparam("channels", expanding=True)),
    col(EntryRow.card_ts).in_(bindparam("times", expanding=True)),
    col(EntryRow.deleted_at).is_(None) | col(EntryRow.merged_into).is_not(None),
)


async def entries_of_cards(
    session: AsyncSession, messages: Collection[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the entries whose cards these messages, by channel and ts, are; a merged one still has votes."""
    channels, times = {channel for channel, _ in messages}, {ts for _, ts in messages}
    rows = await session.exec(_ENTRIES_OF_CARDS, params={"channels": list(channels), "times": list(times)})
    return {(channel, ts): entry for channel, ts, entry in rows if ts is not None and entry is not None}


async def find_edition(session: AsyncSession, edition: int) -> tuple[Edition, Edition | None] | None:
    """Return an edition that is over and the one after it, None for the entry as it is now."""
    over = (await session.exec(select(EditionRow).where(EditionRow.id == edition))).first()
    if over is None:
        return None
    later = select(EditionRow).where(EditionRow.entry_id == over.entry_id, col(EditionRow.id) > edition)
    after = (await session.exec(later.order_by(col(EditionRow.id)).limit(1))).first()
    return _edition(over), _edition(after) if after else None


async def retire_card(session: AsyncSession, entry: int) -> None:
    """Forget an entry's card, so that it gets a new one."""
    await session.exec(
        update(EntryRow).where(col(EntryRow.id) == entry).values(card_ts=None, card_thread=None)
    )


async def note_card(session: AsyncSession, entry: int, ts: str, thread: str | None) -> None:
    where = {"card_ts": ts, "card_thread": thread}
    await session.exec(update(EntryRow).where(col(EntryRow.id) == entry).values(**where))


async def live(session: AsyncSession, canvas: int) -> list[Entry]:
    """Return the entries that count, without votes, in order of creation."""
    return list(handed_over(*await gathered(session, canvas)))


async def gathered(
    session: AsyncSession, canvas: int, at: datetime | None = None
) -> tuple[list[Entry], Heirs]:
    """Return the entries that count and those merged into them, without votes, and what was merged into what.

    In order of creation; as they are now, or as they were at some time.
    """
    found = await session.exec(
        select(EntryRow, DeliveryRow.product_id)
        .join(DeliveryRow, col(DeliveryRow.offer_id) == col(EntryRow.id), isouter=True)
        .where(EntryRow.canvas_id == canvas)
        .order_by(col(EntryRow.id), col(DeliveryRow.product_id))
    )
    rows: dict[int, EntryRow] = {}
    delivery: defaultdict[int, list[int]] = defaultdict(list)
    for row, product in found:
        rows[_id(row)] = row
        delivery[_id(row)] += [product] if product else []  # an entry that no product delivers has none
    over = await _editions(session, canvas, at) if at else {}
    entries: list[Entry] = []
    heirs: dict[int, int] = {}
    for row in rows.values():
        if at and at < (row.imported_at or row.created_at):
            continue
        was = over.get(_id(row), row)
        if was.deleted and was.merged_into is None:
            continue
        products = was.delivered_by if isinstance(was, EditionRow) else delivery[_id(row)]
        entries.append(_entry(row, products, was))
        if was.merged_into is not None:
            heirs[_id(row)] = was.merged_into
    return entries, heirs


async def _editions(session: AsyncSession, canvas: int, at: datetime) -> dict[int, EditionRow]:
    """Return what those entries were at some time that have changed since."""
    rows = await session.exec(
        select(EditionRow)
        .join(EntryRow, col(EntryRow.id) == col(EditionRow.entry_id))
        .where(EntryRow.canvas_id == canvas, EditionRow.until > at)
        .order_by(col(EditionRow.id).desc())
    )
    return {row.entry_id: row for row in rows}  # the last in this order, the oldest, counts


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


async def unread_since(
    session: AsyncSession, since: datetime, limit: int, first: Iterable[tuple[int, Kind | None]] = ()
) -> Sequence[tuple[int, str]]:
    """Return entry and channel of cards whose reactions were not read back since then.

    Those of these boxes come `first` (None stands for all boxes of a canvas), then those that wait longest.
    """
    boxes = [
        and_(col(EntryRow.canvas_id) == canvas, true() if kind is None else col(EntryRow.kind) == kind.value)
        for canvas, kind in first
    ]
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
        .where(_is_unread(since))
        .order_by(
            case((or_(false(), *boxes), 0), else_=1),
            col(EntryRow.votes_read_at).asc().nulls_first(),
            col(EntryRow.id),
        )
        .limit(limit)
    )
    return [(entry, channel) for entry, channel in rows if entry is not None]


async def unread_teams(session: AsyncSession, since: datetime) -> Sequence[str]:
    """Return the workspaces with cards whose reactions were not read back since then."""
    unread = (
        select(EntryRow.team_id)
        .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
        .where(_is_unread(since))
        .distinct()
    )
    return sorted(await session.exec(unread))


def _is_unread(since: datetime) -> ColumnElement[bool]:
    """Return the condition that an entry has a card that counts and was not read back since then."""
    unread = col(EntryRow.votes_read_at).is_(None) | (col(EntryRow.votes_read_at) < since)
    return and_(is_read_back(), unread)


def is_read_back() -> ColumnElement[bool]:
    """Return the condition that an entry of a canvas has a card whose reactions are read back."""
    return and_(
        col(EntryRow.card_ts).is_not(None),
        col(EntryRow.deleted_at).is_(None) | col(EntryRow.merged_into).is_not(None),
        col(CanvasRow.deleted_at).is_(None),
        col(CanvasRow.archived_at).is_(None),
        col(EntryRow.team_id).not_in(gone()),
    )


async def read_lately(session: AsyncSession, since: datetime) -> int:
    """Return of how many cards the reactions were read back since then, or are about to be."""
    lately = select(func.count()).select_from(EntryRow).where(col(EntryRow.votes_read_at) > since)
    return (await session.exec(lately)).one()


async def note_votes_read(session: AsyncSession, entries: Iterable[int], at: datetime) -> None:
    await session.exec(update(EntryRow).where(col(EntryRow.id).in_(list(entries))).values(votes_read_at=at))


async def _delivery(session: AsyncSession, of: ColumnElement[bool]) -> defaultdict[int, list[int]]:
    """Return what was said to deliver each offer, whether it counts or not."""
    rows = await session.exec(
        select(DeliveryRow.offer_id, DeliveryRow.product_id).where(of).order_by(col(DeliveryRow.product_id))
    )
    products: defaultdict[int, list[int]] = defaultdict(list)
    for offer, product in rows:
        products[offer].append(product)
    return products


def _id(row: EntryRow) -> int:
    assert row.id is not None
    return row.id


def _entry(row: EntryRow, delivered_by: Iterable[int], was: EntryRow | EditionRow | None = None) -> Entry:
    """Return an entry as it is, or as it was."""
    said = was or row
    return Entry(
        id=_id(row),
        kind=Kind(said.kind),
        text=said.text,
        author=row.author,
        created_at=row.created_at,
        category=said.category,
        delivered_by=tuple(delivered_by),
    )


def _edition(row: EditionRow) -> Edition:
    return Edition(row.entry_id, Kind(row.kind), row.text, row.category, row.ended_by or "", anew=row.anew)
