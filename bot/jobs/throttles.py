"""Slack's rate limits, kept in the database so that all workers keep them together.

A row says until when a workspace runs no jobs of a kind, because Slack asked to wait, or until when a channel
gets no further post: Slack allows about one a second in a channel, and short bursts
(https://docs.slack.dev/apis/web-api/rate-limits).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, case
from sqlalchemy.orm import Mapped
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.timing import Timing

EXPIRED_THROTTLE_RETENTION = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


class ThrottleRow(TenantRow, table=True):
    __tablename__ = "throttle"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)  # the name of a job kind, or the id of a channel
    # Microseconds since 1970: both databases add and compare integers in the same way.
    until_us: int = Field(sa_type=BigInteger)


async def set_throttles(session: AsyncSession, keys: Iterable[str], until: datetime) -> None:
    """Let job kinds or channels wait. One that waits longer already keeps its time."""
    # Sorted, so that two transactions lock the rows in the same order and cannot deadlock.
    rows = [{"team_id": team_of(session), "key": key, "until_us": _to_us(until)} for key in sorted(keys)]
    if not rows:
        return
    statement = insert_into(session, ThrottleRow).values(rows)
    until_us = statement.excluded.until_us
    await session.exec(
        statement.on_conflict_do_update(
            index_elements=["team_id", "key"],
            set_={"until_us": until_us},
            where=ThrottleRow.until_us < until_us,
        )
    )


def is_throttled(now: datetime, team_id: Mapped[str], *keys: Mapped[str] | str) -> ColumnElement[bool]:
    """Return the SQL condition that one of these keys waits: columns of the outer row, or names."""
    return (
        select(ThrottleRow.key)
        .where(
            col(ThrottleRow.team_id) == team_id,
            col(ThrottleRow.key).in_(keys),
            ThrottleRow.until_us > _to_us(now),
        )
        .exists()
    )


async def take_posting_slot(
    session: AsyncSession, channel_id: str, now: datetime, timing: Timing
) -> datetime | None:
    """Take a slot for one post in a channel, or return when the next slot is free.

    A channel earns a slot per interval and saves up to a burst of them. The row holds the time until which
    the slots are taken (the "theoretical arrival time" of the generic cell rate algorithm), so that one
    upsert both checks and takes a slot.
    """
    interval_us = timing.channel_post_interval // MICROSECOND
    if not interval_us:
        return None
    now_us = _to_us(now)
    earliest_us = now_us - timing.channel_post_burst * interval_us  # a longer rest saves no more slots
    taken_until = case(
        (col(ThrottleRow.until_us) > earliest_us, col(ThrottleRow.until_us)), else_=earliest_us
    )
    statement = insert_into(session, ThrottleRow).values(
        team_id=team_of(session), key=channel_id, until_us=earliest_us + interval_us
    )
    taken = await session.exec(
        statement.on_conflict_do_update(
            index_elements=["team_id", "key"],
            set_={"until_us": taken_until + interval_us},
            where=ThrottleRow.until_us <= now_us,
        ).returning(ThrottleRow.until_us)
    )
    if taken.first() is not None:
        return None
    until_us = (await session.exec(select(ThrottleRow.until_us).where(ThrottleRow.key == channel_id))).one()
    return datetime.fromtimestamp(until_us / 1_000_000, UTC)


async def delete_expired_throttles(session: AsyncSession, now: datetime) -> None:
    """Delete the rows that have expired for a day: a channel without posts needs no row."""
    oldest_us = _to_us(now - EXPIRED_THROTTLE_RETENTION)
    await session.exec(delete(ThrottleRow).where(col(ThrottleRow.until_us) < oldest_us))


def _to_us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
