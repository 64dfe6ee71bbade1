"""A durable queue of incoming messages: each is stored before it is acknowledged, and kept until answered.

Slack delivers an event again only if it got no 200. Without the table, a message would be lost if the process
died after the acknowledgement and before the answer. With it, another process answers the message.
"""

import logging
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError

from bot.jobs import idempotency, incoming_message_store as store
from bot.slack.api_errors import SLACK_UNREACHABLE, read_slack_error
from bot.slack.deps import Deps
from bot.slack.errors import is_database_error
from bot.slack.request import Request

log = logging.getLogger(__name__)

MAX_CLAIMED_MESSAGES = 50
MAX_ATTEMPTS = 5


class IncomingMessageQueue:
    """Stores messages and answers each once. `answer` raises an error if it cannot answer now."""

    def __init__(self, deps: Deps, answer: Callable[[Request], Awaitable[None]]) -> None:
        self._deps, self._answer = deps, answer

    async def store_message(self, request: Request) -> bool:
        """Store a message; return False if this or another process has stored it before."""
        now = self._deps.clock()
        async with self._deps.db.transaction(request.team_id) as session:
            # A separate key, because the command in the message claims the request's own key.
            if not await idempotency.claim_key(session, f"received:{request.idempotency_key}", now):
                return False
            await store.store_message(session, request, now, self._deps.timing.job_lease)
        return True

    async def answer_message(self, request: Request, attempt: int = 1) -> None:
        """Answer a message. If that fails, a later attempt follows when the lease has ended.

        After `MAX_ATTEMPTS` the message is given up, unless the database, Slack or the network fails.
        """
        try:
            await self._answer(request)
        except Exception as error:
            if attempt < MAX_ATTEMPTS or _is_outage(error):
                log.warning("%s is not answered yet", request.idempotency_key, exc_info=True)
                return
            log.exception("%s is given up", request.idempotency_key)
        async with self._deps.db.transaction(request.team_id) as session:
            await store.delete_message(session, request.idempotency_key)

    async def answer_abandoned_messages(self) -> None:
        """Start to answer messages whose process died, or whose last attempt failed."""
        async with self._deps.db.transaction(None) as session:
            abandoned = await store.claim_abandoned_messages(
                session, self._deps.clock(), MAX_CLAIMED_MESSAGES, self._deps.timing.job_lease
            )
        for request, attempt in abandoned:
            self._deps.background.start(self.answer_message(request, attempt))


def _is_outage(error: Exception) -> bool:
    """Say whether Slack, the network or the database is down, which ends without our help."""
    if isinstance(error, SlackApiError):
        return read_slack_error(error).is_temporary
    return is_database_error(error) or isinstance(error, SLACK_UNREACHABLE)
