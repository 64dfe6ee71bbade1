"""Table and SQL of evidence.

A change ends the current row of an item and adds another, so that any past day can be shown. The id of an
item is that of its first row.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import JSON, String, bindparam, cast, or_
from sqlmodel import Field, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.tables import IDS_ONLY_ONCE
from bot.db.tenancy import TenantRow, team_of
from bot.method.merging import Merges, apply_merges_to_links
from bot.method.model import Evidence, Grade
from bot.store.entries import load_canvas_merges

ITEM_COLUMNS = (
    *("quote", "source", "grade", "count", "day"),
    *("supports", "contradicts", "link", "recorder_id"),
)
_GRADES = {grade.value: grade for grade in Grade}  # looking up is faster than `Grade(grade)`
MAX_CACHED_STATEMENTS = 8  # for so many entries that are merged into one
NO_MERGES: Merges = MappingProxyType({})


class EvidenceRow(TenantRow, table=True):
    """An item of evidence as it was from `recorded_at` until `ended_at`."""

    __tablename__ = "evidence"
    __table_args__ = IDS_ONLY_ONCE

    id: int | None = Field(default=None, primary_key=True)
    item_id: int | None = Field(default=None, index=True)  # None in the first row of an item
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    quote: str
    source: str
    grade: int
    count: int
    day: date
    link: str = ""
    supports: list[int] = Field(sa_type=JSON)  # entry ids
    contradicts: list[int] = Field(sa_type=JSON)
    recorder_id: str  # the user who recorded the item
    message_key: str = ""  # channel id and ts of the message that it was recorded from; "" for none
    recorded_at: datetime
    ended_at: datetime | None = None  # when it was changed or deleted; None for the current row


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """An item of evidence that is not stored yet."""

    quote: str
    source: str
    grade: Grade
    count: int
    day: date
    supports: tuple[int, ...]
    contradicts: tuple[int, ...]
    link: str = ""
    message_key: str = ""
    recorder_id: str = ""  # "" for the user who adds it


@dataclass(frozen=True, slots=True)
class EvidenceVersion:
    """An item of evidence as it is now. Each change gives it another version."""

    item: Evidence
    version: int  # the id of its current row


async def add_evidence(
    session: AsyncSession, canvas_id: int, recorder_id: str, drafts: Iterable[EvidenceDraft], now: datetime
) -> list[int]:
    """Store items and return their ids."""
    rows = [_build_row(session, canvas_id, draft.recorder_id or recorder_id, draft, now) for draft in drafts]
    session.add_all(rows)
    await session.flush()
    return [item_id_of(row) for row in rows]


async def change_evidence(
    session: AsyncSession, canvas_id: int, item_id: int, draft: EvidenceDraft, now: datetime
) -> bool:
    """Replace the values of an item; return False if it was deleted, or is on another canvas."""
    row = await _lock_row(session, canvas_id, item_id)
    if row is None:
        return False
    await _replace_row(session, row, draft, now)
    return True


async def unlink_evidence(
    session: AsyncSession, canvas_id: int, item_id: int, entry_ids: Collection[int], now: datetime
) -> bool:
    """Take entries off an item and leave its other values as they are now.

    Return False if it was deleted, or is on another canvas. An item without entries stays, unlinked.
    """
    row = await _lock_row(session, canvas_id, item_id)
    if row is None:
        return False
    supports, contradicts = (
        tuple(each for each in side if each not in entry_ids) for side in (row.supports, row.contradicts)
    )
    draft = replace(_to_draft(row), supports=supports, contradicts=contradicts)
    await _replace_row(session, row, draft, now)
    return True


async def delete_evidence(session: AsyncSession, canvas_id: int, item_id: int, now: datetime) -> bool:
    """Delete an item; return False if it was deleted already, or is on another canvas."""
    row = await _lock_row(session, canvas_id, item_id)
    if row is not None:
        await _end(session, row, now)
    return row is not None


async def restore_evidence(session: AsyncSession, canvas_id: int, item_id: int, now: datetime) -> bool:
    """Bring a deleted item back; return False if it is not deleted, or is on another canvas."""
    if await _lock_row(session, canvas_id, item_id) is not None:
        return False
    versions = _select_versions(canvas_id, item_id)
    row = (await session.exec(versions.order_by(col(EvidenceRow.id).desc()).limit(1))).first()
    if row is None:
        return False
    restored = _build_row(session, canvas_id, row.recorder_id, _to_draft(row), now)
    restored.item_id = item_id
    session.add(restored)
    await session.flush()
    return True


async def find_evidence(session: AsyncSession, canvas_id: int, item_id: int) -> EvidenceVersion | None:
    """Return an item as it is now; None if it was deleted, or is on another canvas.

    An item on a merged entry is on its merge target.
    """
    row = await _find_row(session, canvas_id, item_id)
    if row is None or row.id is None:
        return None
    values = (getattr(row, name) for name in ITEM_COLUMNS)
    merges = await load_canvas_merges(session, canvas_id)
    return EvidenceVersion(_to_evidence(merges, item_id_of(row), *values), row.id)


async def lock_version(session: AsyncSession, canvas_id: int, item_id: int) -> int | None:
    """Let other changes of an item wait for this transaction; return its version, None if it was deleted."""
    row = await _lock_row(session, canvas_id, item_id)
    return row.id if row else None


async def find_evidence_of_message(session: AsyncSession, canvas_id: int, message_key: str) -> int | None:
    """Return the id of the first item that was recorded from a message and is not deleted."""
    statement = select(EvidenceRow).where(
        EvidenceRow.canvas_id == canvas_id,
        EvidenceRow.message_key == message_key,
        col(EvidenceRow.ended_at).is_(None),
    )
    row = (await session.exec(statement.order_by(col(EvidenceRow.id)).limit(1))).first()
    return item_id_of(row) if row else None


async def load_evidence(
    session: AsyncSession, canvas_id: int, merges: Merges, at: datetime | None = None
) -> tuple[Evidence, ...]:
    """Return the items of a canvas in order of recording, as of now or of a past time.

    Items on a merged entry are on its merge target.
    """
    if at is None:
        statement = _select_current_items()
    else:
        is_later = col(EvidenceRow.ended_at).is_(None) | (col(EvidenceRow.ended_at) > at)
        statement = _select_items().where(col(EvidenceRow.recorded_at) <= at, is_later)
    rows = await session.exec(statement, params={"canvas_id": canvas_id})
    items = [_to_evidence(merges, *row) for row in rows]
    return tuple(sorted(items, key=lambda item: item.id))


async def load_entry_evidence(
    session: AsyncSession, canvas_id: int, entry_ids: Collection[int]
) -> list[Evidence]:
    """Return the items on any of these entries in order of recording, with the ids that they are stored with.

    The database only looks for the digits of the ids, so that it need not read JSON.
    """
    params = {f"pattern_{number}": f"%{entry_id}%" for number, entry_id in enumerate(entry_ids)}
    rows = await session.exec(_select_items_on(len(entry_ids)), params={"canvas_id": canvas_id, **params})
    items = [_to_evidence(NO_MERGES, *row) for row in rows]
    found = [item for item in items if {*item.supports, *item.contradicts} & {*entry_ids}]
    return sorted(found, key=lambda item: item.id)


def item_id_of(row: EvidenceRow) -> int:
    """Return the id of a stored item."""
    item_id = row.item_id or row.id
    assert item_id is not None
    return item_id


async def _lock_row(session: AsyncSession, canvas_id: int, item_id: int) -> EvidenceRow | None:
    """Let changes of one item wait for each other; return its current row, None if it was deleted.

    What is locked is its first row, whose id is the item's and which stays as it is.
    """
    await session.exec(select(EvidenceRow.id).where(EvidenceRow.id == item_id).with_for_update())
    return await _find_row(session, canvas_id, item_id)


async def _find_row(session: AsyncSession, canvas_id: int, item_id: int) -> EvidenceRow | None:
    current = _select_versions(canvas_id, item_id).where(col(EvidenceRow.ended_at).is_(None))
    return (await session.exec(current)).first()


def _select_versions(canvas_id: int, item_id: int) -> SelectOfScalar[EvidenceRow]:
    """Select the rows of an item of a canvas: all that it was, and what it is."""
    is_first = (col(EvidenceRow.id) == item_id) & col(EvidenceRow.item_id).is_(None)
    is_item = (col(EvidenceRow.item_id) == item_id) | is_first
    return select(EvidenceRow).where(is_item, EvidenceRow.canvas_id == canvas_id)


async def _replace_row(session: AsyncSession, row: EvidenceRow, draft: EvidenceDraft, now: datetime) -> None:
    await _end(session, row, now)
    changed = _build_row(session, row.canvas_id, row.recorder_id, draft, now)
    changed.item_id, changed.message_key = item_id_of(row), row.message_key
    session.add(changed)
    await session.flush()


async def _end(session: AsyncSession, row: EvidenceRow, now: datetime) -> None:
    await session.exec(update(EvidenceRow).where(col(EvidenceRow.id) == row.id).values(ended_at=now))


def _build_row(
    session: AsyncSession, canvas_id: int, recorder_id: str, draft: EvidenceDraft, now: datetime
) -> EvidenceRow:
    return EvidenceRow(
        team_id=team_of(session),
        canvas_id=canvas_id,
        quote=draft.quote,
        source=draft.source,
        grade=int(draft.grade),
        count=draft.count,
        day=draft.day,
        link=draft.link,
        supports=list(draft.supports),
        contradicts=list(draft.contradicts),
        recorder_id=recorder_id,
        message_key=draft.message_key,
        recorded_at=now,
    )


@lru_cache(maxsize=MAX_CACHED_STATEMENTS)
def _select_items_on(entry_count: int) -> Any:
    """Select the items of a canvas whose sides contain one of so many patterns."""
    sides = (cast(col(EvidenceRow.supports), String), cast(col(EvidenceRow.contradicts), String))
    patterns = [bindparam(f"pattern_{number}", type_=String()) for number in range(entry_count)]
    return _select_current_items().where(or_(*(side.like(pattern) for side in sides for pattern in patterns)))


def _to_draft(row: EvidenceRow) -> EvidenceDraft:
    return EvidenceDraft(
        row.quote,
        row.source,
        Grade(row.grade),
        row.count,
        row.day,
        tuple(row.supports),
        tuple(row.contradicts),
        row.link,
        row.message_key,
    )


def _select_items() -> Any:
    """Select the values of a canvas's items for `_to_evidence`.

    Reading rows as objects takes three times as long.
    """
    return sqlalchemy.select(
        func.coalesce(EvidenceRow.item_id, EvidenceRow.id),
        *(col(getattr(EvidenceRow, name)) for name in ITEM_COLUMNS),
    ).where(col(EvidenceRow.canvas_id) == bindparam("canvas_id"))


@cache
def _select_current_items() -> Any:
    """Select the items of a canvas as of now; building the statement takes longer than running it."""
    return _select_items().where(col(EvidenceRow.ended_at).is_(None))


def _to_evidence(
    merges: Merges,
    item_id: int,
    quote: str,
    source: str,
    grade: int,
    count: int,
    day: date,
    supports: Sequence[int],
    contradicts: Sequence[int],
    link: str,
    recorder_id: str,
) -> Evidence:
    links = tuple(supports), tuple(contradicts)
    if merges:
        links = apply_merges_to_links(*links, merges)
    return Evidence(item_id, quote, source, _GRADES[grade], count, day, *links, link, recorder_id)
