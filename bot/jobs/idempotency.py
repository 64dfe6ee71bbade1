"""Idempotency keys: a request that Slack delivers twice is acted on once."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import table_of
from bot.db.tenancy import TenantRow, team_of


class IdempotencyKeyRow(TenantRow, table=True):
    """A request that was acted on."""

    __tablename__ = "idempotency_key"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime = Field(index=True)


async def claim_key(session: AsyncSession, key: str, now: datetime) -> bool:
    """Claim a request's key in the transaction that acts on it; return False if it was claimed before.

    If two transactions claim a key at the same time, the database makes the second wait until the first has
    ended. A request without a key never counts as a repetition.
    """
    if not key:
        return True
    row = {"team_id": team_of(session), "key": key, "received_at": now}
    claimed = await session.exec(_build_claim(session.info["insert"]), params=row)
    return claimed.first() is not None


@cache
def _build_claim(dialect_insert: Any) -> Any:
    """Return the INSERT of a key that is new; building it takes longer than running it."""
    statement = dialect_insert(table_of(IdempotencyKeyRow))
    return statement.on_conflict_do_nothing().returning(col(IdempotencyKeyRow.key))


async def release_key(session: AsyncSession, key: str) -> bool:
    """Delete a key, so that it can be claimed again; return False if it was not claimed."""
    statement = delete(IdempotencyKeyRow).where(col(IdempotencyKeyRow.key) == key)
    released = await session.exec(statement.returning(col(IdempotencyKeyRow.key)))
    return released.first() is not None


async def is_key_claimed(session: AsyncSession, key: str) -> bool:
    """Say whether a request was acted on, without claiming its key."""
    statement = select(IdempotencyKeyRow.key).where(IdempotencyKeyRow.key == key)
    return (await session.exec(statement)).first() is not None


async def delete_old_keys(session: AsyncSession, before: datetime) -> None:
    """Delete the keys of requests received before this time: Slack no longer repeats them."""
    await session.exec(delete(IdempotencyKeyRow).where(col(IdempotencyKeyRow.received_at) < before))
