"""Throttles in the database, so that all workers together keep to Slack's rate limits.

A row says until when a workspace runs no jobs of a kind, because Slack answered with Retry-After, or until
when a channel gets no further post: Slack allows about one post a second in a channel, and short bursts
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
    """Throttle job kinds or channels until then. A throttle that lasts longer is not shortened."""
    # Sorted, so that two transactions lock the rows in the same order and cannot deadlock.
    rows = [
        {"team_id": team_of(session), "key": key, "until_us": to_microseconds(until)} for key in sorted(keys)
    ]
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
    """Return the SQL condition that one of these keys is throttled now.

    `team_id` and `keys` are columns of the statement that the condition is used in; a key may also be the
    name of a job kind or the id of a channel.
    """
    return (
        select(ThrottleRow.key)
        .where(
            col(ThrottleRow.team_id) == team_id,
            col(ThrottleRow.key).in_(keys),
            ThrottleRow.until_us > to_microseconds(now),
        )
        .exists()
    )


async def take_posting_slot(
    session: AsyncSession, channel_id: str, now: datetime, timing: Timing
) -> datetime | None:
    """Take a slot for one post in a channel and return None, or return when the next slot is free.

    A channel gets one slot per interval; after a pause it has up to `channel_post_burst` more. This is the
    generic cell rate algorithm: the row stores its "theoretical arrival time", so that one upsert both checks
    and takes a slot, and two workers cannot take the same one.
    """
    interval_us = timing.channel_post_interval // MICROSECOND
    if not interval_us:
        return None
    now_us = to_microseconds(now)
    earliest_us = now_us - timing.channel_post_burst * interval_us  # a longer pause gives no more slots
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
    """Delete the throttles that expired more than `EXPIRED_THROTTLE_RETENTION` ago."""
    oldest_us = to_microseconds(now - EXPIRED_THROTTLE_RETENTION)
    await session.exec(delete(ThrottleRow).where(col(ThrottleRow.until_us) < oldest_us))


def to_microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)
