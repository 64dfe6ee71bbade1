"""SQL of what is seen from outside."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.db.database import Database
from bot.features.digest.model import DIGEST_JOB, MAX_DIGEST_DELAY
from bot.features.digest.store import DigestRow
from bot.health.model import LATE as LATE_ONES, ON_TIME, PARKED, RETRIED, WAITING, Numbers
from bot.jobs.incoming_message_store import IncomingMessageRow
from bot.jobs.store import JobRow
from bot.store.canvases import CanvasRow
from bot.store.cards import has_readable_card
from bot.store.entries import EntryRow

RECENT = timedelta(hours=24)


async def is_read_only(database: Database) -> bool:
    """Say whether PostgreSQL lets nobody write; SQLite says so itself as soon as a transaction begins."""
    if database.is_sqlite:
        return False
    async with database.engine.connect() as connection:
        said: str = (await connection.execute(text("SHOW transaction_read_only"))).scalar_one()
        if said == "on":
            await connection.invalidate()  # or it would say so after the database can be written again
        return said == "on"


async def numbers(session: AsyncSession, now: datetime) -> Numbers:
    """Count everything, over all workspaces."""
    errands = await _errands(session)
    parked = errands.get((DIGEST_JOB.name, PARKED), 0)
    return Numbers(
        errands=errands,
        digests={**await _digests(session, now), PARKED: parked},
        overdue=await _since(session, _oldest_due(now), now),
        said=(await session.exec(select(func.count()).select_from(IncomingMessageRow))).one(),
        unread=await _since(session, _oldest_reading(), now),
    )


async def _errands(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Return how many errands there are, by kind and state."""
    is_parked, is_retried = col(JobRow.dead_letter_reason).is_not(None), col(JobRow.attempts) > 1
    state = case((is_parked, PARKED), (is_retried, RETRIED), else_=WAITING).label("state")
    counted = select(JobRow.kind, state, func.count()).group_by(col(JobRow.kind), state)
    return {(errand, of): count for errand, of, count in await session.exec(counted)}


async def _digests(session: AsyncSession, now: datetime) -> dict[str, int]:
    """Return how many of the digests that were sent lately were in time, and late."""
    sent = select(DigestRow.due_at, DigestRow.sent_at).where(col(DigestRow.sent_at) > now - RECENT)
    found = {ON_TIME: 0, LATE_ONES: 0}
    for due_at, sent_at in await session.exec(sent):
        assert sent_at is not None
        found[LATE_ONES if sent_at - due_at > MAX_DIGEST_DELAY else ON_TIME] += 1
    return found


def _oldest_due(now: datetime) -> SelectOfScalar[Any]:
    return select(func.min(JobRow.due_at)).where(
        JobRow.due_at <= now, col(JobRow.dead_letter_reason).is_(None)
    )


def _oldest_reading() -> SelectOfScalar[Any]:
    """Select when the live card was read back that waits longest for it."""
    return (
        select(func.min(EntryRow.votes_read_at))
        .join(CanvasRow, col(CanvasRow.id) == col(EntryRow.canvas_id))
        .where(has_readable_card())
    )


async def _since(session: AsyncSession, moment: SelectOfScalar[Any], now: datetime) -> float:
    """Return how many seconds ago something was; 0 where it was not."""
    at: datetime | None = (await session.exec(moment)).first()
    return max((now - at).total_seconds(), 0) if at else 0
