"""The table of incoming messages and its SQL: one row for each message until it is answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Field, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.slack.blockkit.text import remove_unstorable
from bot.slack.request import Request, RequestSource


class IncomingMessageRow(TenantRow, table=True):
    """A mention or a direct message that waits for its answer."""

    __tablename__ = "incoming_message"

    team_id: str = Field(foreign_key="workspace.team_id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)  # the request's idempotency key
    channel_id: str
    user_id: str
    source: str
    command_text: str
    has_files: bool
    thread_ts: str
    received_at: datetime
    lease_until: datetime = Field(index=True)  # until then no other process answers it
    attempts: int = 1


async def store_message(session: AsyncSession, request: Request, now: datetime, lease: timedelta) -> None:
    """Store a message and claim it for this process for as long as the lease."""
    await session.exec(
        insert_into(session, IncomingMessageRow)
        .values(
            team_id=team_of(session),
            key=request.idempotency_key,
            channel_id=request.channel_id,
            user_id=request.user_id,
            source=request.source.value,
            command_text=remove_unstorable(request.command_text),
            has_files=request.has_files,
            thread_ts=request.thread_ts,
            received_at=now,
            lease_until=now + lease,
            attempts=1,
        )
        .on_conflict_do_nothing()
    )


async def claim_abandoned_messages(
    session: AsyncSession, now: datetime, limit: int, lease: timedelta
) -> Sequence[tuple[Request, int]]:
    """Claim messages whose lease has ended, the oldest first.

    Return each request with its number of attempts, including the one that begins now.
    """
    abandoned = (
        select(IncomingMessageRow)
        .where(IncomingMessageRow.lease_until < now)
        .order_by(col(IncomingMessageRow.received_at), col(IncomingMessageRow.key))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.exec(abandoned)).all()
    for row in rows:
        row.lease_until = now + lease
        row.attempts += 1
    return [(_make_request(row), row.attempts) for row in rows]


async def replace_words(session: AsyncSession, request: Request) -> bool:
    """Replace the words of a message that waits for its answer; return False if none waits."""
    replaced = await session.exec(
        update(IncomingMessageRow)
        .where(col(IncomingMessageRow.key) == request.idempotency_key)
        .values(command_text=remove_unstorable(request.command_text), has_files=request.has_files)
        .returning(col(IncomingMessageRow.key))
    )
    return replaced.first() is not None


async def find_edited_message(session: AsyncSession, request: Request) -> Request | None:
    """Return a message with its new words, locked; None if they are those of the request."""
    statement = (
        select(IncomingMessageRow).where(IncomingMessageRow.key == request.idempotency_key).with_for_update()
    )
    row = (await session.exec(statement)).first()
    if row is None or row.command_text == remove_unstorable(request.command_text):
        return None
    return _make_request(row)


async def delete_message(session: AsyncSession, key: str) -> None:
    """Delete a message that is answered or given up; `key` is its request's idempotency key."""
    await session.exec(delete(IncomingMessageRow).where(col(IncomingMessageRow.key) == key))


async def count_messages(session: AsyncSession) -> int:
    """Count the messages that wait for an answer."""
    return (await session.exec(select(func.count()).select_from(IncomingMessageRow))).one()


def _make_request(row: IncomingMessageRow) -> Request:
    return Request(
        team_id=row.team_id,
        user_id=row.user_id,
        source=RequestSource(row.source),
        channel_id=row.channel_id,
        command_text=row.command_text,
        has_files=row.has_files,
        thread_ts=row.thread_ts,
        idempotency_key=row.key,
    )
