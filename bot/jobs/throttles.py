"""Throttles in the database, so that all workers together keep to Slack's rate limits.

A row says until when a workspace runs no jobs of a kind, because Slack answered with Retry-After, or until
when a channel gets no further post: Slack allows about one post a second in a channel, and short bursts
(https://docs.slack.dev/apis/web-api/rate-limits).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, bindparam, case, select
from sqlmodel import Field, col, delete, select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into, table_of
from bot.db.tenancy import TenantRow, team_of
from bot.times.clock import to_microseconds
from bot.timing import DEFAULT_TIMING, Timing

EXPIRED_THROTTLE_RETENTION = timedelta(days=1)
# A throttle that lasts longer was set before the machine's clock went back, so it does not count.
MAX_KIND_THROTTLE_INTERVAL = timedelta(hours=1)
MAX_CHANNEL_THROTTLE_INTERVAL = 10 * DEFAULT_TIMING.channel_post_interval
MICROSECOND = timedelta(microseconds=1)


class ThrottleRow(TenantRow, table=True):
    __tablename__ = "throttle"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)  # the name of a job kind, or the id of a channel
    # Microseconds since 1970: both databases add and compare integers in the same way.
    until_us: int = Field(sa_type=BigInteger)


async def set_throttles(session: AsyncSession, keys: Iterable[str], until: datetime) -> None:
    """Throttle job kinds until then. A longer throttle is not shortened, unless it is too long to count."""
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
            where=(ThrottleRow.until_us < until_us)
            | (ThrottleRow.until_us > until_us + MAX_KIND_THROTTLE_INTERVAL // MICROSECOND),
        )
    )


def is_throttled(
    now_us: int | BindParameter[int], team_id: Any, kind_name: Any, channel_id: Any
) -> ColumnElement[bool]:
    """Return the SQL condition that a kind or a channel of a workspace is throttled now.

    `now_us` are microseconds since 1970, or the parameter with them; the others are columns of the statement
    that the condition is used in, or values.
    """
    throttle = table_of(ThrottleRow).c
    longest = case(
        (throttle.key == kind_name, MAX_KIND_THROTTLE_INTERVAL // MICROSECOND),
        else_=MAX_CHANNEL_THROTTLE_INTERVAL // MICROSECOND,
    )
    return (
        select(throttle.key)
        .where(
            throttle.team_id == team_id,
            throttle.key.in_((kind_name, channel_id)),
            throttle.until_us > now_us,
            throttle.until_us <= longest + now_us,
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
    latest_us = now_us + MAX_CHANNEL_THROTTLE_INTERVAL // MICROSECOND
    parameters = {
        "team_id": team_of(session),
        "key": channel_id,
        "until_us": earliest_us + interval_us,
        "interval_us": interval_us,
        "now_us": now_us,
        "earliest_us": earliest_us,
        "latest_us": latest_us,
    }
    taken = await session.exec(_build_slot_upsert(session.info["insert"]), params=parameters)
    if taken.first() is not None:
        return None
    until_us = (
        await session.exec(select_rows(ThrottleRow.until_us).where(ThrottleRow.key == channel_id))
    ).one()
    return datetime.fromtimestamp(until_us / 1_000_000, UTC)


@cache
def _build_slot_upsert(dialect_insert: Any) -> Any:
    """Return the statement that takes a slot; building it takes longer than running it."""
    interval_us, now_us, earliest_us, latest_us = (
        bindparam(name, type_=BigInteger()) for name in ("interval_us", "now_us", "earliest_us", "latest_us")
    )
    until_us = col(ThrottleRow.until_us)
    taken_until = case((until_us.between(earliest_us, latest_us), until_us), else_=earliest_us)
    return (
        dialect_insert(table_of(ThrottleRow))
        .on_conflict_do_update(
            index_elements=["team_id", "key"],
            set_={"until_us": taken_until + interval_us},
            where=(until_us <= now_us) | (until_us > latest_us),
        )
        .returning(until_us)
    )


async def delete_expired_throttles(session: AsyncSession, now: datetime) -> None:
    """Delete the throttles that expired more than `EXPIRED_THROTTLE_RETENTION` ago."""
    oldest_us = to_microseconds(now - EXPIRED_THROTTLE_RETENTION)
    await session.exec(delete(ThrottleRow).where(col(ThrottleRow.until_us) < oldest_us))
