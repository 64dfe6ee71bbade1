"""Table and SQL of entry revisions: the values of an entry before each change, to show past days."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import IDS_ONLY_ONCE
from bot.db.tenancy import TenantRow
from bot.method.kinds import Kind
from bot.store.model import EntryRevision


class EntryRevisionRow(TenantRow, table=True):
    """The values of an entry before it was edited, deleted, merged or restored."""

    __tablename__ = "entry_revision"
    __table_args__ = IDS_ONLY_ONCE

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", index=True)
    ended_at: datetime
    editor_id: str | None = None  # the user whose change ended this revision
    kind: str
    text: str
    category: str | None = None
    delivered_by: list[int] = Field(sa_type=JSON)
    is_deleted: bool
    merged_into_id: int | None = None
    votes_reset: bool = False  # whether the votes on this revision stopped counting with that change


async def add_revision(session: AsyncSession, row: EntryRevisionRow) -> int:
    """Store a revision; return its id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def find_revision(
    session: AsyncSession, revision_id: int
) -> tuple[EntryRevision, EntryRevision | None] | None:
    """Return a revision and the next one of its entry, None where the entry has not changed again.

    The result is None where the revision is unknown.
    """
    statement = select(EntryRevisionRow).where(EntryRevisionRow.id == revision_id)
    row = (await session.exec(statement)).first()
    if row is None:
        return None
    later_rows = select(EntryRevisionRow).where(
        EntryRevisionRow.entry_id == row.entry_id, col(EntryRevisionRow.id) > revision_id
    )
    next_row = (await session.exec(later_rows.order_by(col(EntryRevisionRow.id)).limit(1))).first()
    return _to_revision(row), _to_revision(next_row) if next_row else None


def _to_revision(row: EntryRevisionRow) -> EntryRevision:
    return EntryRevision(
        row.entry_id, Kind(row.kind), row.text, row.category, row.editor_id or "", votes_reset=row.votes_reset
    )
