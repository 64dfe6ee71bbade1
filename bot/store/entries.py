"""Tables and SQL of entries: add, edit, merge, delete and restore them.

Each change stores a revision with the entry's values before it, so that any past day can be shown.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Field, Index, col, delete, func, select, text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import IDS_ONLY_ONCE
from bot.db.tenancy import TenantRow, team_of
from bot.method.kinds import Kind
from bot.method.merging import merge_sources
from bot.method.model import Entry, Seal
from bot.store.model import CanvasInfo, Draft
from bot.store.revisions import EntryRevisionRow, add_revision
from bot.times.clock import zone_or_utc

_IS_SEALED = text("sealed_round_id IS NOT NULL")


class EntryRow(TenantRow, table=True):
    """An entry and its card, deleted and merged entries included."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_team_id_card", "team_id", "channel_id", "card_ts"),
        Index(
            "ix_entry_sealed_round_id",
            "sealed_round_id",
            sqlite_where=_IS_SEALED,
            postgresql_where=_IS_SEALED,
        ),
        IDS_ONLY_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    channel_id: str
    kind: str
    text: str
    category: str | None = None
    author_id: str
    created_at: datetime
    version: int = 1  # incremented by each edit; an edit of an older version is rejected
    editor_id: str | None = None  # the user who edited it last
    deleted_at: datetime | None = None  # set for a merged entry too
    deleted_by_id: str | None = None
    merged_into_id: int | None = None  # the merge target, on which its votes, marks and links count
    # None where none was linked; "" where it was taken off, with those of entries merged into this.
    ticket_link: str | None = None
    imported_at: datetime | None = (
        None  # None for others; the created_at of an imported entry comes from its file
    )
    card_ts: str | None = None  # None until the card is posted
    card_thread_ts: str | None = None  # None for a card in the channel itself
    source_link: str | None = None  # link to the message that the entry was created from
    votes_read_at: datetime | None = None  # when the last read of the card's reactions was enqueued
    sealed_round_id: int | None = None  # of the sealed round that it is in; None outside one
    sealed_until: datetime | None = None
    sealed_time_zone: str | None = None  # of the member who started the round

    @property
    def is_deleted(self) -> bool:
        """Whether the entry was deleted or merged into another."""
        return self.deleted_at is not None


class EntryValues(NamedTuple):
    """What is read of an entry: mapped objects and the other columns would cost a quarter of the time."""

    id: int | None  # None in the only row of an empty canvas
    kind: str
    text: str
    category: str | None
    author_id: str
    created_at: datetime
    imported_at: datetime | None
    merged_into_id: int | None
    sealed_round_id: int | None
    sealed_until: datetime | None
    sealed_time_zone: str | None
    is_deleted: bool


class DeliveryRow(TenantRow, table=True):
    """A link from an offer, a pain reliever or gain creator, to a product that delivers it."""

    __tablename__ = "delivery"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    product_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)


async def count_active_entries(session: AsyncSession, canvas_ids: Collection[int]) -> dict[int, int]:
    """Return how many entries that were not deleted or merged each canvas has, if it has any."""
    rows = await session.exec(
        select(EntryRow.canvas_id, func.count())
        .where(col(EntryRow.canvas_id).in_(canvas_ids), col(EntryRow.deleted_at).is_(None))
        .group_by(col(EntryRow.canvas_id))
    )
    return dict(rows.all())


async def add_entries(
    session: AsyncSession, canvas_info: CanvasInfo, author_id: str, drafts: Sequence[Draft], now: datetime
) -> list[int]:
    """Store new entries in this order; return their ids. Imported drafts have their own author and time."""
    rows = [
        EntryRow(
            team_id=team_of(session),
            canvas_id=canvas_info.id,
            channel_id=canvas_info.channel_id,
            kind=draft.kind.value,
            text=draft.text,
            category=draft.category,
            source_link=draft.source_link or None,
            author_id=draft.author_id or author_id,
            created_at=draft.created_at or now,
            imported_at=now if draft.created_at else None,
        )
        for draft in drafts
    ]
    session.add_all(rows)
    await session.flush()
    entry_ids = [entry_id_of(row) for row in rows]
    for entry_id, draft in zip(entry_ids, drafts, strict=True):
        _add_deliveries(session, entry_id, draft.delivered_by)
    return entry_ids


async def edit_entry(
    session: AsyncSession,
    entry_id: int,
    version: int,
    editor_id: str,
    draft: Draft,
    now: datetime,
    *,
    votes_reset: bool = False,
) -> int | None:
    """Overwrite an entry; return the id of the revision that ends, or None where `version` is outdated.

    The version is outdated where somebody has edited or deleted the entry since. `votes_reset` is only stored
    with the revision; the caller resets the votes with `votes.reset_votes`.
    """
    row = await _lock_entry(session, entry_id)
    if row is None or row.version != version or row.deleted_at is not None:
        return None
    revision_id = await _store_revision(session, row, editor_id, now, votes_reset=votes_reset)
    row.kind, row.text, row.category = draft.kind.value, draft.text, draft.category
    row.version, row.editor_id = version + 1, editor_id
    await _replace_deliveries(session, entry_id, draft.delivered_by)
    return revision_id


async def delete_entry(session: AsyncSession, entry_id: int, user_id: str, now: datetime) -> bool:
    """Delete an entry; return False where it is deleted or merged already."""
    return bool(await delete_entries(session, [entry_id], user_id, now))


async def delete_entries(
    session: AsyncSession, entry_ids: Collection[int], user_id: str, now: datetime
) -> list[int]:
    """Delete entries; return the ids of those that were not deleted or merged before."""
    # Locked in the order of their ids: two requests that lock the same entries would deadlock otherwise.
    locked = select(EntryRow).where(col(EntryRow.id).in_(entry_ids)).order_by(col(EntryRow.id))
    rows = [row for row in await session.exec(locked.with_for_update()) if not row.is_deleted]
    deleted_ids = [entry_id_of(row) for row in rows]
    deliveries = await load_deliveries(session, deleted_ids)
    for row in rows:
        session.add(_build_revision(session, row, user_id, now, deliveries[entry_id_of(row)]))
        row.deleted_at, row.deleted_by_id = now, user_id
    return deleted_ids


async def merge_entry(
    session: AsyncSession, entry_id: int, target_id: int, user_id: str, now: datetime
) -> bool:
    """Merge an entry into another; return False where one is deleted or they are not in the same box."""
    # Locked in the order of their ids: opposite merges of the same pair would deadlock otherwise.
    rows = {locked_id: await _lock_entry(session, locked_id) for locked_id in sorted({entry_id, target_id})}
    row, target = rows[entry_id], rows[target_id]
    if row is None or target is None or row.is_deleted or target.is_deleted or row is target:
        return False
    if (row.canvas_id, row.kind) != (target.canvas_id, target.kind):
        return False
    await _store_revision(session, row, user_id, now)
    row.deleted_at, row.deleted_by_id, row.merged_into_id = now, user_id, target_id
    if target.sealed_round_id is None:  # its votes would show those of the sealed entry
        target.sealed_round_id = row.sealed_round_id
        target.sealed_until, target.sealed_time_zone = row.sealed_until, row.sealed_time_zone
    return True


async def restore_entry(session: AsyncSession, entry_id: int, user_id: str, now: datetime) -> bool:
    """Undo the deletion or merge of an entry; return False where it is neither deleted nor merged."""
    row = await _lock_entry(session, entry_id)
    if row is None or row.deleted_at is None:
        return False
    await _store_revision(session, row, user_id, now)
    row.deleted_at = row.deleted_by_id = row.merged_into_id = None
    return True


async def load_merges(session: AsyncSession, entry_id: int) -> dict[int, int]:
    """Return all merges on the canvas of an entry: entry id to the id of its merge target."""
    return await _read_merges(session, _select_merges_beside_entry(), entry_id=entry_id)


async def load_canvas_merges(session: AsyncSession, canvas_id: int) -> dict[int, int]:
    """Return all merges on a canvas: entry id to the id of its merge target."""
    return await _read_merges(session, _select_canvas_merges(), canvas_id=canvas_id)


async def _read_merges(session: AsyncSession, statement: Any, **params: int) -> dict[int, int]:
    return dict((await session.exec(statement, params=params)).all())


async def load_deliveries(session: AsyncSession, offer_ids: Collection[int]) -> defaultdict[int, list[int]]:
    """Return the ids of the products that deliver each of these offers, deleted products included."""
    rows = await session.exec(_select_deliveries(), params={"offer_ids": [*offer_ids]})
    product_ids: defaultdict[int, list[int]] = defaultdict(list)
    for offer_id, product_id in rows:
        product_ids[offer_id].append(product_id)
    return product_ids


# The next three functions keep their statements, since building one takes longer than running it.


@cache
def _select_merges_beside_entry() -> Any:
    """Select the merges on the canvas of an entry: the ids of source and target."""
    canvas_id = select(EntryRow.canvas_id).where(EntryRow.id == bindparam("entry_id")).scalar_subquery()
    return select(EntryRow.id, EntryRow.merged_into_id).where(
        EntryRow.canvas_id == canvas_id, col(EntryRow.merged_into_id).is_not(None)
    )


@cache
def _select_canvas_merges() -> Any:
    return select(EntryRow.id, EntryRow.merged_into_id).where(
        EntryRow.canvas_id == bindparam("canvas_id"), col(EntryRow.merged_into_id).is_not(None)
    )


@cache
def _select_deliveries() -> Any:
    offer_ids: BindParameter[int] = bindparam("offer_ids", expanding=True)
    return (
        select(DeliveryRow.offer_id, DeliveryRow.product_id)
        .where(col(DeliveryRow.offer_id).in_(offer_ids))
        .order_by(col(DeliveryRow.product_id))
    )


def entry_id_of(row: EntryRow) -> int:
    """Return the id of a stored row; the column's type includes None, for rows that are not stored yet."""
    assert row.id is not None
    return row.id


def to_entry(
    row: EntryRow | EntryValues,
    delivered_by: Iterable[int],
    state: EntryRow | EntryValues | EntryRevisionRow | None = None,
    votes: Mapping[str, int] | None = None,
) -> Entry:
    """Convert a row to an entry, with the values of `state` if given (a revision)."""
    state = state or row
    assert row.id is not None
    return Entry(
        id=row.id,
        kind=Kind(state.kind),
        text=state.text,
        author_id=row.author_id,
        created_at=row.created_at,
        category=state.category,
        delivered_by=tuple(delivered_by),
        votes=votes or {},
        seal=to_seal(row),
    )


def to_seal(row: EntryRow | EntryValues) -> Seal | None:
    """Return the seal of a stored entry, None where it has none."""
    if row.sealed_round_id is None or row.sealed_until is None:
        return None
    return Seal(row.sealed_round_id, row.sealed_until.astimezone(zone_or_utc(row.sealed_time_zone or "")))


async def _lock_entry(session: AsyncSession, entry_id: int) -> EntryRow | None:
    """Return an entry and lock its row until this transaction ends."""
    return (await session.exec(select(EntryRow).where(EntryRow.id == entry_id).with_for_update())).first()


async def _store_revision(
    session: AsyncSession, row: EntryRow, editor_id: str, now: datetime, *, votes_reset: bool = False
) -> int:
    """Store the values of an entry before a change; return the id of the revision."""
    entry_id = entry_id_of(row)
    deliveries = await load_deliveries(session, [entry_id])
    revision = _build_revision(session, row, editor_id, now, deliveries[entry_id], votes_reset=votes_reset)
    return await add_revision(session, revision)


def _build_revision(
    session: AsyncSession,
    row: EntryRow,
    editor_id: str,
    now: datetime,
    delivered_by: list[int],
    *,
    votes_reset: bool = False,
) -> EntryRevisionRow:
    return EntryRevisionRow(
        team_id=team_of(session),
        entry_id=entry_id_of(row),
        ended_at=now,
        editor_id=editor_id,
        kind=row.kind,
        text=row.text,
        category=row.category,
        delivered_by=delivered_by,
        is_deleted=row.is_deleted,
        merged_into_id=row.merged_into_id,
        votes_reset=votes_reset,
    )


def _add_deliveries(session: AsyncSession, offer_id: int, product_ids: Iterable[int]) -> None:
    session.add_all(
        DeliveryRow(team_id=team_of(session), offer_id=offer_id, product_id=product_id)
        for product_id in product_ids
    )


async def _replace_deliveries(session: AsyncSession, offer_id: int, product_ids: Collection[int]) -> None:
    """Replace the products that deliver an offer.

    Links of entries that were merged into the offer count on it too, so their links to other products are
    deleted. Links to entries that were merged into one of these products count as links to that product, so
    they stay.
    """
    merges = await load_merges(session, offer_id)
    kept_ids = {source_id for product_id in product_ids for source_id in merge_sources(product_id, merges)}
    of_offer = col(DeliveryRow.offer_id)
    outdated_links = of_offer.in_(merge_sources(offer_id, merges)) & col(DeliveryRow.product_id).not_in(
        kept_ids
    )
    await session.exec(delete(DeliveryRow).where((of_offer == offer_id) | outdated_links))
    _add_deliveries(session, offer_id, product_ids)
