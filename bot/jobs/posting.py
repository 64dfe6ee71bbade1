"""Posting a message once and changing it: what most errands do at Slack."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.jobs import store
from bot.jobs.slack_errors import refusal
from bot.jobs.store import Job
from bot.slack.blockkit.builders import Block, Message
from bot.slack.outgoing.sending import send
from bot.slack.request import Deps

log = logging.getLogger(__name__)

EVENT_TYPE = "valuemap"
MOST_LOOKS = 8  # at a long channel, that Slack may put off halfway, before better a double than a loss


class Paced(Exception):
    """The channel had enough posts for now."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(pause)
        self.pause = pause


async def about_to_post(job: Job, deps: Deps) -> None:
    """Note that what follows may reach Slack, while the errand is still this worker's and its turn.

    To be called right before: what a worker cannot tell of after it died, the next one looks for.
    """
    now = deps.now()
    async with deps.db.transaction(job.team) as session:
        free_at: datetime | None = await store.about_to_post(session, job, now, deps.pace)
    if free_at is not None:
        raise Paced(free_at - now)


async def update(job: Job, deps: Deps, ts: str, said: Message) -> bool:
    """Bring a message of the job's channel up to date; False where somebody deleted it."""

    async def change(blocks: Sequence[Block]) -> None:
        await deps.slack.chat_update(channel=job.channel, ts=ts, text=said.text, blocks=blocks)

    try:
        await send(said, job.team, deps, change)
    except SlackApiError as error:
        if refusal(error).reason != "message_not_found":
            raise
        return False
    return True


async def post_once(
    job: Job,
    deps: Deps,
    said: Message,
    thread: str | None = None,
    *,
    key: str = "",
    since: datetime | None = None,
) -> str:
    """Post a message into the job's channel, unless it stands there already; return its ts.

    It is looked for by its key where an earlier attempt may have posted it, or somebody may have since then.
    """
    key, since = key or job.key, job.uncertain_since or since
    if since is not None and (posted := await _posted(job, deps, thread, key, since)):
        return posted

    async def post(blocks: Sequence[Block]) -> str:
        await about_to_post(job, deps)
        answer = await deps.slack.chat_postMessage(
            channel=job.channel,
            text=said.text,
            blocks=blocks,
            thread_ts=thread,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )
        return str(answer["ts"])

    return await send(said, job.team, deps, post)


async def _posted(job: Job, deps: Deps, thread: str | None, key: str, since: datetime) -> str | None:
    """Return the ts of the message with this key, if Slack has it.

    Where Slack does not let us look, or puts it off again and again, better a double than a loss.
    """
    oldest = str((since - timedelta(seconds=5)).timestamp())
    cursor: str | None = None
    while True:
        window: dict[str, Any] = {
            "channel": job.channel,
            "oldest": oldest,
            "include_all_metadata": True,
            "limit": 200,
            "cursor": cursor,
        }
        try:
            if thread:
                answer = await deps.slack.conversations_replies(ts=thread, **window)
            else:
                answer = await deps.slack.conversations_history(**window)
        except SlackApiError as error:
            said = refusal(error)
            put_off = said.wait is not None and (cursor is None or job.attempts < MOST_LOOKS)
            if put_off or said.is_trouble:
                raise
            log.warning("%s: cannot look it up: %s", job.key, said.reason or said.status)
            return None
        for found in answer["messages"]:
            if found.get("metadata", {}).get("event_payload", {}).get("key") in {key, job.key}:
                return str(found["ts"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
