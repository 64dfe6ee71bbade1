"""Load a whole canvas: its entries with votes and reviews, as they are now or as they were at some time.

Everything that the bot shows of a canvas follows from `load_canvas`; the stores beside it hold the SQL of the
parts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.method.merging import Merges, apply_merges, apply_merges_to_reviews
from bot.method.model import Canvas, Entry
from bot.store.canvases import CanvasRow
from bot.store.entries import DeliveryRow, EntryRow, entry_id_of, to_entry
from bot.store.reviews import load_reviews
from bot.store.revisions import EntryRevisionRow
from bot.store.votes import load_votes

FoundRow = tuple[EntryRow | None, int | None]  # an entry, and a product that delivers it


async def load_canvas(
    session: AsyncSession, canvas_id: int, at: datetime | None = None, *, with_reviews: bool = True
) -> Canvas:
    """Return a canvas with everything that counts on it now, or that counted at some time.

    Raise LookupError for a canvas that was never stored. An archived canvas is loaded like any other; a
    deleted one has no entries. It takes three statements, however many entries there are, and one more for
    the past: the canvas's own row comes with the entries by a join, so that callers need not hold a
    CanvasInfo. `with_reviews=False` saves one statement where only votes are shown.
    """
    rows = (
        await session.exec(
            select(CanvasRow, EntryRow, DeliveryRow.product_id)
            .select_from(CanvasRow)
            .join(EntryRow, col(EntryRow.canvas_id) == col(CanvasRow.id), isouter=True)
            .join(DeliveryRow, col(DeliveryRow.offer_id) == col(EntryRow.id), isouter=True)
            .where(CanvasRow.id == canvas_id)
            .order_by(col(EntryRow.id), col(DeliveryRow.product_id))
        )
    ).all()
    if not rows:
        raise LookupError(f"There is no canvas {canvas_id}.")
    canvas_row = rows[0][0]
    later_revisions = await _load_later_revisions(session, canvas_id, at) if at else {}
    entries, merges = _read_entries(((entry, product) for _, entry, product in rows), later_revisions, at)
    votes = await load_votes(session, canvas_id, at)
    reviews = await load_reviews(session, canvas_id, at) if with_reviews else []
    active_entries = apply_merges([replace(entry, votes=votes.get(entry.id, {})) for entry in entries], merges)
    return Canvas(
        id=canvas_id,
        channel_id=canvas_row.channel_id,
        name=canvas_row.name,
        segment=canvas_row.segment,
        starter_id=canvas_row.starter_id,
        time_zone=canvas_row.time_zone,
        created_at=canvas_row.created_at,
        entries=active_entries,
        reviews=apply_merges_to_reviews(reviews, merges, active_entries),
    )


async def load_entries(session: AsyncSession, canvas_id: int) -> list[Entry]:
    """Return the entries that count now, in order of creation, without votes: one statement."""
    rows = await session.exec(
        select(EntryRow, DeliveryRow.product_id)
        .join(DeliveryRow, col(DeliveryRow.offer_id) == col(EntryRow.id), isouter=True)
        .where(EntryRow.canvas_id == canvas_id)
        .order_by(col(EntryRow.id), col(DeliveryRow.product_id))
    )
    return list(apply_merges(*_read_entries(rows)))


def _read_entries(
    found_rows: Iterable[FoundRow], later_revisions: dict[int, EntryRevisionRow] | None = None, at: datetime | None = None
) -> tuple[list[Entry], Merges]:
    """Return the entries that count or were merged, and which were merged into which.

    Merged entries are among them since their votes, marks and links count on their targets.
    """
    rows: dict[int, EntryRow] = {}
    product_ids: defaultdict[int, list[int]] = defaultdict(list)
    for row, product_id in found_rows:
        if row is not None:  # an empty canvas gives one row without an entry
            rows[entry_id_of(row)] = row
            product_ids[entry_id_of(row)] += [product_id] if product_id else []
    entries: list[Entry] = []
    merges: dict[int, int] = {}
    for entry_id, row in rows.items():
        # An imported entry says when it was written, which may be long before it was on this canvas.
        if at and at < (row.imported_at or row.created_at):
            continue
        state = (later_revisions or {}).get(entry_id, row)
        if state.is_deleted and state.merged_into_id is None:
            continue
        delivered_by = state.delivered_by if isinstance(state, EntryRevisionRow) else product_ids[entry_id]
        entries.append(to_entry(row, delivered_by, state))
        if state.merged_into_id is not None:
            merges[entry_id] = state.merged_into_id
    return entries, merges


async def _load_later_revisions(
    session: AsyncSession, canvas_id: int, at: datetime
) -> dict[int, EntryRevisionRow]:
    """Return what the entries were at some time, for those that have changed since."""
    rows = await session.exec(
        select(EntryRevisionRow)
        .join(EntryRow, col(EntryRow.id) == col(EntryRevisionRow.entry_id))
        .where(EntryRow.canvas_id == canvas_id, EntryRevisionRow.ended_at > at)
        .order_by(col(EntryRevisionRow.id).desc())
    )
    return {row.entry_id: row for row in rows}  # newest first, so that the oldest since then is kept
