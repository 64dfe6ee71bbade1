"""Statistics for SQLite's planner; PostgreSQL collects its own.

Every statement has a condition on its workspace. Without statistics SQLite finds rows by that index, and so
reads those of all canvases of a workspace to load one of them.
"""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import table_of
from bot.store.entries import EntryRow
from bot.store.evidence import EvidenceRow
from bot.store.reviews import ReviewRow
from bot.store.votes import CastVoteRow, ReactionRow

# They only grow. Statistics of the jobs, which come and go, would be wrong most of the time.
COUNTED_ROWS = (EntryRow, ReactionRow, CastVoteRow, ReviewRow, EvidenceRow)


async def update_sqlite_statistics(session: AsyncSession) -> None:
    """Let SQLite count how many rows each index of a canvas's tables finds, in some of its rows."""
    connection = await session.connection()
    for row_class in COUNTED_ROWS:
        await connection.execute(text(f"ANALYZE {table_of(row_class).name}"))
