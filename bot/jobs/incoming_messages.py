"""Keeping what was said until it is answered, by this process or by another one after it."""

import logging
from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.jobs import incoming_message_store as store
from bot.jobs.slack_errors import refusal
from bot.slack.errors import is_of_storage
from bot.slack.request import Deps, Request
from bot.store import workspaces as receipts

log = logging.getLogger(__name__)

AT_ONCE = 50
MOST_ATTEMPTS = 5


class Inbox:
    """What was said to the bot. `answer` raises where it cannot answer now."""

    def __init__(self, deps: Deps, answer: Callable[[Request], Awaitable[None]]) -> None:
        self._deps, self._answer = deps, answer

    async def keep(self, request: Request) -> bool:
        """Store what was said; False where it was stored before, by whichever process."""
        now = self._deps.now()
        async with self._deps.db.transaction(request.team_id) as session:
            if not await receipts.first_time(session, f"heard:{request.key}", now):
                return False
            await store.put(session, request, now, self._deps.pace.lease)
        return True

    async def work(self, request: Request, attempt: int = 1) -> None:
        """Answer what was said. Where that fails, it is tried again once the lease has ended.

        It is given up in the end, unless what fails is the database, Slack or the way to it.
        """
        try:
            await self._answer(request)
        except Exception as error:
            if attempt < MOST_ATTEMPTS or _passes(error):
                log.warning("%s is not answered yet", request.key, exc_info=True)
                return
            log.exception("%s is given up", request.key)
        async with self._deps.db.transaction(request.team_id) as session:
            await store.remove(session, request.key)

    async def take_left(self) -> None:
        """Answer what another process left, or could not answer before."""
        async with self._deps.db.transaction(None) as session:
            left = await store.take(session, self._deps.now(), AT_ONCE, self._deps.pace.lease)
        for request, attempt in left:
            self._deps.tasks.start(self.work(request, attempt))


def _passes(error: Exception) -> bool:
    """Say whether an error is of an outage, which ends."""
    if isinstance(error, SlackApiError):
        return refusal(error).passes
    return is_of_storage(error) or isinstance(error, aiohttp.ClientError | TimeoutError)
