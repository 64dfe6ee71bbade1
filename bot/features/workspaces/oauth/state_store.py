"""The table and SQL of OAuth states, behind slack_sdk's documented AsyncOAuthStateStore."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from sqlmodel import Field, col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.db.tables import Row, insert_into

STATE_LIFETIME_SECONDS = 600  # from "Add to Slack" to the return from Slack
STATE_BYTES = 32
MAX_STATES_PER_MINUTE = 100


class TooManyStates(Exception):
    """More installations began within a minute than people can begin: anybody can call the page."""


class OAuthStateRow(Row, table=True):
    """A random text that Slack returns with the code.

    It protects an installation against cross-site request forgery (RFC 6749, section 10.12).
    """

    __tablename__ = "oauth_state"

    state: str = Field(primary_key=True)
    expires_at: datetime = Field(index=True)


class StateStore(AsyncOAuthStateStore):
    """The states of installations that have begun and not ended."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_issue(self, *_args: object, **_options: object) -> str:
        """Create, store and return a state. Raise TooManyStates if a minute has had too many."""
        state, now = secrets.token_urlsafe(STATE_BYTES), self._clock()
        expires_at = now + timedelta(seconds=STATE_LIFETIME_SECONDS)
        async with self._db.transaction(None) as session:
            await _delete_expired(session, now)
            younger = col(OAuthStateRow.expires_at) > expires_at - timedelta(minutes=1)
            count = select(func.count()).select_from(OAuthStateRow).where(younger)
            if (await session.exec(count)).one() >= MAX_STATES_PER_MINUTE:
                raise TooManyStates
            await session.exec(insert_into(session, OAuthStateRow).values(state=state, expires_at=expires_at))
        return state

    async def async_consume(self, state: str) -> bool:
        """Use a state; return False if it is unknown, used or expired.

        Each state is accepted once, also when two requests use it at the same time: one DELETE finds the row.
        """
        async with self._db.transaction(None) as session:
            await _delete_expired(session, self._clock())
            used = await session.exec(delete(OAuthStateRow).where(col(OAuthStateRow.state) == state))
        return bool(used.rowcount)

    async def delete_expired(self) -> None:
        """Delete the expired states."""
        async with self._db.transaction(None) as session:
            await _delete_expired(session, self._clock())


async def _delete_expired(session: AsyncSession, now: datetime) -> None:
    await session.exec(delete(OAuthStateRow).where(col(OAuthStateRow.expires_at) <= now))
