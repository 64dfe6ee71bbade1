"""Table and SQL of what was said to the bot, one row until it is answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import OfWorkspace, insert, team_of
from bot.slack.blockkit.text import storable
from bot.slack.request import Request, Via


class SaidRow(OfWorkspace, table=True):
    """Something that was said, kept by channel and time: Slack's own name for it."""

    __tablename__ = "said"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)
    channel_id: str
    user_id: str
    via: str
    typed: str
    thread: str
    received_at: datetime
    lease_until: datetime = Field(index=True)  # somebody answers it until then
    attempts: int = 1


async def put(session: AsyncSession, request: Request, now: datetime, lease: timedelta) -> None:
    """Keep what was said; whoever does so answers it."""
    await session.exec(
        insert(session, SaidRow)
        .values(
            team_id=team_of(session),
            key=request.key,
            channel_id=request.channel,
            user_id=request.user,
            via=request.via.value,
            typed=storable(request.typed),
            thread=request.thread,
            received_at=now,
            lease_until=now + lease,
            attempts=1,
        )
        .on_conflict_do_nothing()
    )


async def take(
    session: AsyncSession, now: datetime, limit: int, lease: timedelta
) -> Sequence[tuple[Request, int]]:
    """Take what nobody answers any more, for as long as the lease; return it with the number of attempts."""
    left = (
        select(SaidRow)
        .where(SaidRow.lease_until < now)
        .order_by(col(SaidRow.received_at), col(SaidRow.key))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.exec(left)).all()
    for row in rows:
        row.lease_until = now + lease
        row.attempts += 1
    return [(_request(row), row.attempts) for row in rows]


async def remove(session: AsyncSession, key: str) -> None:
    await session.exec(delete(SaidRow).where(col(SaidRow.key) == key))


def _request(row: SaidRow) -> Request:
    return Request(
        team_id=row.team_id,
        user=row.user_id,
        via=Via(row.via),
        channel=row.channel_id,
        typed=row.typed,
        thread=row.thread,
        key=row.key,
    )
