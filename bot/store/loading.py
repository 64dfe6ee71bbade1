"""Load a whole canvas: its entries with votes and reviews, as of now or of a past time.

Everything that the bot shows of a canvas is computed from what `load_canvas` returns.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Bundle
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.method.merging import Merges, apply_merges, apply_merges_to_reviews
from bot.method.model import Canvas, Entry
from bot.store.assumption_tests import load_tests
from bot.store.canvases import CanvasRow
from bot.store.entries import DeliveryRow, EntryRow, to_entry
from bot.store.evidence import load_evidence
from bot.store.reviews import load_reviews
from bot.store.revisions import EntryRevisionRow
from bot.store.votes import load_timed_votes, load_votes

# The columns that are read: mapped objects and the other columns would cost a quarter of the time.
CANVAS_COLUMNS = ("channel_id", "name", "segment", "starter_id", "time_zone", "created_at")
ENTRY_COLUMNS = (
    "id",
    "kind",
    "text",
    "category",
    "author_id",
    "created_at",
    "imported_at",
    "merged_into_id",
    "sealed_round_id",
    "sealed_until",
    "sealed_time_zone",
)
CANVAS_VALUES: Any = Bundle("canvas", *(getattr(CanvasRow, name) for name in CANVAS_COLUMNS))
ENTRY_VALUES: Any = Bundle(
    "entry",
    *(getattr(EntryRow, name) for name in ENTRY_COLUMNS),
    col(EntryRow.deleted_at).is_not(None).label("is_deleted"),
)
FoundRow = tuple[Any, int | None]  # the values of an entry, and a product that delivers it


async def load_canvas(
    session: AsyncSession,
    canvas_id: int,
    at: datetime | None = None,
    *,
    with_reviews: bool = True,
    with_evidence: bool = True,
) -> Canvas:
    """Return a canvas with its active entries, votes, reviews, evidence and tests, now or at a past time.

    Raises LookupError for a canvas that was never stored. An archived canvas is loaded like any other; a
    deleted one has no entries. Entries that are sealed now have no votes, at past times either. A past time
    has no tests: nothing shows those of then. The function runs five statements for any number of entries,
    and one more where entries are merged. `with_reviews=False` saves one statement, and
    `with_evidence=False` two: it leaves out the tests, too.
    """
    rows = (
        await session.exec(
            select(CANVAS_VALUES, ENTRY_VALUES, DeliveryRow.product_id)
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
    evidence = await load_evidence(session, canvas_id, merges, at) if with_evidence else ()
    tests = await load_tests(session, canvas_id, merges) if with_evidence and at is None else ()
    merging_ids = merges.keys() | set(merges.values())
    active_entries = apply_merges(
        [replace(entry, votes=votes.get(entry.id, {})) for entry in entries],
        merges,
        await load_timed_votes(session, merging_ids, at) if merges else {},
    )
    return Canvas(
        id=canvas_id,
        channel_id=canvas_row.channel_id,
        name=canvas_row.name,
        segment=canvas_row.segment,
        starter_id=canvas_row.starter_id,
        time_zone=canvas_row.time_zone,
        created_at=canvas_row.created_at,
        entries=tuple(replace(entry, votes={}) if entry.seal else entry for entry in active_entries),
        reviews=apply_merges_to_reviews(reviews, merges, active_entries),
        evidence=evidence,
        tests=tests,
    )


async def load_entries(session: AsyncSession, canvas_id: int) -> list[Entry]:
    """Return the active entries in order of creation, without votes, in one statement."""
    rows = await session.exec(
        select(ENTRY_VALUES, DeliveryRow.product_id)
        .select_from(EntryRow)
        .join(DeliveryRow, col(DeliveryRow.offer_id) == col(EntryRow.id), isouter=True)
        .where(EntryRow.canvas_id == canvas_id)
        .order_by(col(EntryRow.id), col(DeliveryRow.product_id))
    )
    return list(apply_merges(*_read_entries(rows), {}))


def _read_entries(
    found_rows: Iterable[FoundRow],
    later_revisions: dict[int, EntryRevisionRow] | None = None,
    at: datetime | None = None,
) -> tuple[list[Entry], Merges]:
    """Return the active and merged entries, and the merges (entry id to merge target).

    Merged entries are included since their votes, marks and links count on their targets. For a past time,
    `later_revisions` gives the values of the entries that have changed since.
    """
    rows: dict[int, Any] = {}
    product_ids: defaultdict[int, list[int]] = defaultdict(list)
    for row, product_id in found_rows:
        if row.id is not None:  # the outer join gives an empty canvas one row without an entry
            rows[row.id] = row
            product_ids[row.id] += [product_id] if product_id else []
    entries: list[Entry] = []
    merges: dict[int, int] = {}
    for entry_id, row in rows.items():
        # The created_at of an imported entry may be long before its import to this canvas.
        if at and at < (row.imported_at or row.created_at):
            continue
        state: Any = (later_revisions or {}).get(entry_id, row)
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
    """Return the revision of a past time of each entry that has changed since, by entry id."""
    rows = await session.exec(
        select(EntryRevisionRow)
        .join(EntryRow, col(EntryRow.id) == col(EntryRevisionRow.entry_id))
        .where(EntryRow.canvas_id == canvas_id, EntryRevisionRow.ended_at > at)
        .order_by(col(EntryRevisionRow.id).desc())
    )
    return {row.entry_id: row for row in rows}  # newest first: the oldest overwrites the others
