"""SQL of cards: the message of each entry.

A card has no table: it is in the columns `card_ts`, `card_thread_ts` and `votes_read_at` of its entry.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, bindparam, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.method.merging import merge_sources, merge_target
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow, load_deliveries, load_merges, to_entry
from bot.store.model import Card
from bot.store.tickets import find_ticket_link

# Built once: building a statement takes longer than running it. Every reaction event runs the second one.
_ENTRY_OF_CANVAS = (
    select(EntryRow)
    .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
    .where(EntryRow.id == bindparam("entry_id"), col(CanvasRow.deleted_at).is_(None))
)
_ENTRIES_BY_CARDS = select(
    EntryRow.channel_id, EntryRow.card_ts, EntryRow.id, EntryRow.sealed_round_id
).where(
    col(EntryRow.channel_id).in_(bindparam("channel_ids", expanding=True)),
    col(EntryRow.card_ts).in_(bindparam("card_tss", expanding=True)),
    col(EntryRow.deleted_at).is_(None) | col(EntryRow.merged_into_id).is_not(None),
)
_CARD_MESSAGES = select(EntryRow.id, EntryRow.card_ts, EntryRow.card_thread_ts).where(
    EntryRow.canvas_id == bindparam("canvas_id"),
    col(EntryRow.card_ts).is_not(None),
    col(EntryRow.deleted_at).is_(None),
)
_CARD_MESSAGES_OF_ENTRIES = _CARD_MESSAGES.where(col(EntryRow.id).in_(bindparam("entry_ids", expanding=True)))


async def find_card(session: AsyncSession, entry_id: int) -> Card | None:
    """Return an entry with its card, also a deleted entry; None where its canvas is deleted."""
    row = (await session.exec(_ENTRY_OF_CANVAS, params={"entry_id": entry_id})).first()
    if row is None:
        return None
    merges = await load_merges(session, entry_id)
    source_ids = merge_sources(entry_id, merges)
    deliveries = await load_deliveries(session, source_ids)
    # Entries without merges, which are most, save the statement.
    ticket_link = row.ticket_link or ""
    if len(source_ids) > 1:
        ticket_link = await find_ticket_link(session, entry_id, source_ids)
    product_ids = {
        merge_target(product_id, merges) for source_id in source_ids for product_id in deliveries[source_id]
    }
    return Card(
        entry=to_entry(row, sorted(product_ids)),
        canvas_id=row.canvas_id,
        channel_id=row.channel_id,
        version=row.version,
        editor_id=row.editor_id,
        deleted_by_id=row.deleted_by_id if row.is_deleted else None,
        message_ts=row.card_ts,
        source_link=row.source_link or "",
        thread_ts=row.card_thread_ts,
        merged_into_id=row.merged_into_id,
        merge_source_ids=source_ids,
        is_imported=row.imported_at is not None,
        ticket_link=ticket_link,
    )


async def find_entries_by_cards(
    session: AsyncSession, messages: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Return entry id and sealed round of each message (channel id and ts) that is a card.

    Cards of merged entries are included, since their votes count on the merge target.
    """
    params = {
        "channel_ids": list({channel_id for channel_id, _ in messages}),
        "card_tss": list({card_ts for _, card_ts in messages}),
    }
    rows = await session.exec(_ENTRIES_BY_CARDS, params=params)
    return {
        (channel_id, card_ts): (entry_id, sealed_round_id)
        for channel_id, card_ts, entry_id, sealed_round_id in rows
        if card_ts is not None and entry_id is not None
    }


async def find_cards_naming(session: AsyncSession, user_id: str) -> Sequence[tuple[int, str]]:
    """Return entry id and channel id of the cards that show a user's name, the newest first."""
    shows_name = or_(col(EntryRow.author_id) == user_id, col(EntryRow.deleted_by_id) == user_id)
    is_active = and_(col(CanvasRow.archived_at).is_(None), col(CanvasRow.deleted_at).is_(None))
    rows = await session.exec(
        select(EntryRow.id, EntryRow.channel_id)
        .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
        .where(shows_name, is_active, col(EntryRow.card_ts).is_not(None))
        .order_by(col(EntryRow.id).desc())
    )
    return [(entry_id, channel_id) for entry_id, channel_id in rows if entry_id is not None]


async def set_card(session: AsyncSession, entry_id: int, message_ts: str, thread_ts: str | None) -> None:
    """Store the message of an entry's card; `thread_ts` is None for a card in the channel itself."""
    columns = {"card_ts": message_ts, "card_thread_ts": thread_ts}
    await session.exec(update(EntryRow).where(col(EntryRow.id) == entry_id).values(**columns))


async def clear_card(session: AsyncSession, entry_id: int) -> None:
    """Forget the message of an entry's card, so that a new card is posted."""
    await session.exec(
        update(EntryRow).where(col(EntryRow.id) == entry_id).values(card_ts=None, card_thread_ts=None)
    )


async def load_card_messages(
    session: AsyncSession, canvas_id: int, entry_ids: Collection[int] | None = None
) -> dict[int, tuple[str, str | None]]:
    """Return ts and thread ts of the card of each active entry, or of each of these, by entry id."""
    if entry_ids is None:
        rows = await session.exec(_CARD_MESSAGES, params={"canvas_id": canvas_id})
    else:
        params = {"canvas_id": canvas_id, "entry_ids": [*entry_ids]}
        rows = await session.exec(_CARD_MESSAGES_OF_ENTRIES, params=params)
    return {
        entry_id: (card_ts, thread_ts)
        for entry_id, card_ts, thread_ts in rows
        if entry_id is not None and card_ts is not None
    }
