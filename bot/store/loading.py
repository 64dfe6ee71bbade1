"""Load a whole canvas: its entries with votes and reviews, as of now or of a past time.

Everything that the bot shows of a canvas is computed from what `load_canvas` returns.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.method.discussions import MAX_IN_A_ROW, find_to_be_tested
from bot.method.kinds import Kind
from bot.method.merging import Merges, apply_merges, apply_merges_to_reviews
from bot.method.model import Canvas, Entry
from bot.store.assumption_tests import load_tests
from bot.store.canvases import CanvasRow
from bot.store.discussions import count_results, list_discussions_without_reasons
from bot.store.entries import DeliveryRow, EntryRow, EntryValues, to_entry
from bot.store.evidence import load_evidence
from bot.store.model import EntryText
from bot.store.reviews import load_reviews
from bot.store.revisions import EntryRevisionRow
from bot.store.votes import load_timed_votes, load_votes

CANVAS_COLUMNS = ("channel_id", "name", "segment", "starter_id", "time_zone", "created_at")


FoundRow = tuple[EntryValues, int | None]  # with a product that delivers it


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
    has no tests and no results of discussions: nothing shows those of then. The function runs five statements
    for any number of entries, one more where entries are merged, and one more after two discussions.
    `with_reviews=False` saves one statement, and `with_evidence=False` two: it leaves out the tests, too.
    """
    rows = (await session.exec(_select_canvas_entries(), params={"canvas_id": canvas_id})).all()
    if not rows:
        raise LookupError(f"There is no canvas {canvas_id}.")
    canvas_values = dict(zip(CANVAS_COLUMNS, rows[0], strict=False))
    later_revisions = await _load_later_revisions(session, canvas_id, at) if at else {}
    votes = await load_votes(session, canvas_id, at)
    found_rows = (_split_row(row[len(CANVAS_COLUMNS) + 1 :]) for row in rows)
    entries, merges = _read_entries(found_rows, votes, later_revisions, at)
    reviews = await load_reviews(session, canvas_id, at) if with_reviews else []
    evidence = await load_evidence(session, canvas_id, merges, at) if with_evidence else ()
    tests = await load_tests(session, canvas_id, merges) if with_evidence and at is None else ()
    result_count = rows[0][len(CANVAS_COLUMNS)]
    asks_for_tests = with_evidence and at is None and result_count >= MAX_IN_A_ROW
    discussions = await list_discussions_without_reasons(session, canvas_id, merges) if asks_for_tests else ()
    merging_ids = merges.keys() | set(merges.values())
    active_entries = apply_merges(
        entries, merges, await load_timed_votes(session, merging_ids, at) if merges else {}
    )
    return Canvas(
        id=canvas_id,
        **canvas_values,
        entries=tuple(replace(entry, votes={}) if entry.seal else entry for entry in active_entries),
        reviews=apply_merges_to_reviews(reviews, merges, active_entries),
        evidence=evidence,
        tests=tests,
        to_be_tested=find_to_be_tested(discussions),
    )


async def load_entries(session: AsyncSession, canvas_id: int) -> list[Entry]:
    """Return the active entries in order of creation, without votes, in one statement."""
    rows = await session.exec(_select_entries(), params={"canvas_id": canvas_id})
    return list(apply_merges(*_read_entries(map(_split_row, rows), {}), {}))


async def load_entry_texts(session: AsyncSession, canvas_id: int) -> list[EntryText]:
    """Return the texts of the active entries in order of creation."""
    rows = await session.exec(_select_entry_texts(), params={"canvas_id": canvas_id})
    return [EntryText(entry_id, Kind(kind), text) for entry_id, kind, text in rows]


# The next three functions keep their statements, since building one takes longer than running it.


@cache
def _select_canvas_entries() -> Any:
    """Select the columns of a canvas in each row, then those of an entry, then a product that delivers it.

    Between the first two is how many discussions on the canvas have a result.
    """
    canvas_columns = (getattr(CanvasRow, name) for name in CANVAS_COLUMNS)
    statement = sqlalchemy.select(*canvas_columns, count_results(bindparam("canvas_id")), *_entry_columns())
    return (
        statement.select_from(CanvasRow)
        .join(EntryRow, col(EntryRow.canvas_id) == col(CanvasRow.id), isouter=True)
        .join(DeliveryRow, col(DeliveryRow.offer_id) == col(EntryRow.id), isouter=True)
        .where(col(CanvasRow.id) == bindparam("canvas_id"))
        .order_by(col(EntryRow.id), col(DeliveryRow.product_id))
    )


@cache
def _select_entries() -> Any:
    """Select the columns of the entries of a canvas, and a product that delivers it."""
    return (
        sqlalchemy.select(*_entry_columns())
        .join(DeliveryRow, col(DeliveryRow.offer_id) == col(EntryRow.id), isouter=True)
        .where(col(EntryRow.canvas_id) == bindparam("canvas_id"))
        .order_by(col(EntryRow.id), col(DeliveryRow.product_id))
    )


@cache
def _select_entry_texts() -> Any:
    return (
        select(EntryRow.id, EntryRow.kind, EntryRow.text)
        .where(col(EntryRow.canvas_id) == bindparam("canvas_id"), col(EntryRow.deleted_at).is_(None))
        .order_by(col(EntryRow.id))
    )


def _entry_columns() -> list[Any]:
    *names, _ = EntryValues._fields
    is_deleted = col(EntryRow.deleted_at).is_not(None)
    return [*(getattr(EntryRow, name) for name in names), is_deleted, DeliveryRow.product_id]


def _split_row(row: Sequence[Any]) -> FoundRow:
    return EntryValues._make(row[:-1]), row[-1]


def _read_entries(
    found_rows: Iterable[FoundRow],
    votes: Mapping[int, Mapping[str, int]],
    later_revisions: Mapping[int, EntryRevisionRow] | None = None,
    at: datetime | None = None,
) -> tuple[list[Entry], Merges]:
    """Return the active and merged entries, and the merges (entry id to merge target).

    Merged entries are included since their votes, marks and links count on their targets. For a past time,
    `later_revisions` gives the values of the entries that have changed since.
    """
    rows: dict[int, EntryValues] = {}
    product_ids: defaultdict[int, list[int]] = defaultdict(list)
    for row, product_id in found_rows:
        if row.id is not None:
            rows[row.id] = row
            if product_id:
                product_ids[row.id].append(product_id)
    entries: list[Entry] = []
    merges: dict[int, int] = {}
    for entry_id, row in rows.items():
        # The created_at of an imported entry may be long before its import to this canvas.
        if at and at < (row.imported_at or row.created_at):
            continue
        state: Any = (later_revisions or {}).get(entry_id, row)
        if state.is_deleted and state.merged_into_id is None:
            continue
        is_past = isinstance(state, EntryRevisionRow)
        delivered_by = state.delivered_by if is_past else product_ids.get(entry_id, ())
        entries.append(to_entry(row, delivered_by, state, votes.get(entry_id)))
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
