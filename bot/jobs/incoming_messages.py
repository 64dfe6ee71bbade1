"""A durable queue of incoming messages: each is stored before it is acknowledged, and kept until answered.

Slack delivers an event again only if it got no 200. Without the table, a message would be lost if the process
died after the acknowledgement and before the answer. With it, another process answers the message.
"""

import logging
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.jobs import idempotency, incoming_message_store as store
from bot.slack.api_errors import SLACK_UNREACHABLE, read_slack_error
from bot.slack.deps import Deps
from bot.slack.errors import is_database_error, is_limited_by_slack
from bot.slack.request import Request

log = logging.getLogger(__name__)

MAX_CLAIMED_MESSAGES = 50
MAX_ATTEMPTS = 5


class IncomingMessageQueue:
    """Stores messages and answers each once.

    `answer` returns whether it did what the message says, and raises an error if it cannot answer now. A
    message that was answered and not done is answered again if its author edits it.
    """

    def __init__(self, deps: Deps, answer: Callable[[Request], Awaitable[bool]]) -> None:
        self._deps, self._answer = deps, answer

    async def store_message(self, request: Request) -> bool:
        """Store a message; return False if there is nothing to answer.

        That is so if this or another process has stored it before, or if it is edited after it was done.
        """
        now = self._deps.clock()
        async with self._deps.db.transaction(request.team_id) as session:
            # A separate key, because the command in the message claims the request's own key.
            received_key = f"received:{request.idempotency_key}"
            is_new = await idempotency.claim_key(session, received_key, now)
            if request.edited_ts:
                is_new_edit = await idempotency.claim_key(session, f"{received_key}:{request.edited_ts}", now)
                is_new = is_new_edit and (is_new or await _accept_edit(session, request))
            if is_new:
                await store.store_message(session, request, now, self._deps.timing.job_lease)
        return is_new

    async def answer_message(self, request: Request, attempt: int = 1) -> None:
        """Answer a message. If that fails, a later attempt follows when the lease has ended.

        After `MAX_ATTEMPTS` the message is given up, unless the database, Slack or the network fails.
        """
        is_done = True
        try:
            is_done = await self._answer(request)
        except Exception as error:
            if attempt < MAX_ATTEMPTS or _is_outage(error):
                log.warning("%s is not answered yet", request.idempotency_key, exc_info=True)
                return
            log.exception("%s is given up", request.idempotency_key)
        if edited_request := await self._complete(request, is_done=is_done):
            await self.answer_message(edited_request, attempt)

    async def _complete(self, request: Request, *, is_done: bool) -> Request | None:
        """Delete an answered message; return it if it was not done, and was edited meanwhile."""
        async with self._deps.db.transaction(request.team_id) as session:
            if not is_done:
                edited_request = await store.find_edited_message(session, request)
                if edited_request is not None:
                    return edited_request
                await idempotency.claim_key(session, _build_open_key(request), self._deps.clock())
            await store.delete_message(session, request.idempotency_key)
        return None

    async def answer_abandoned_messages(self) -> None:
        """Start to answer messages whose process died, or whose last attempt failed."""
        async with self._deps.db.transaction(None) as session:
            abandoned = await store.claim_abandoned_messages(
                session, self._deps.clock(), MAX_CLAIMED_MESSAGES, self._deps.timing.job_lease
            )
        for request, attempt in abandoned:
            self._deps.background.start(self.answer_message(request, attempt))


async def _accept_edit(session: AsyncSession, request: Request) -> bool:
    """Return whether an edited message is to be answered: it was answered before, and not done.

    If it still waits for its answer, it waits with its new words.
    """
    if await store.replace_words(session, request):
        return False
    return await idempotency.release_key(session, _build_open_key(request))


def _build_open_key(request: Request) -> str:
    """Return the key that says that a message was answered and not done."""
    return f"open:{request.idempotency_key}"


def _is_outage(error: Exception) -> bool:
    """Say whether Slack, the network or the database is down or busy, which ends without our help."""
    if isinstance(error, SlackApiError):
        return read_slack_error(error).is_temporary
    return is_database_error(error) or is_limited_by_slack(error) or isinstance(error, SLACK_UNREACHABLE)
