"""Post a message once, update it and delete it: what most jobs do at Slack.

`chat.postMessage` has no idempotency key. So a message contains the job's key in its metadata, and after an
attempt that may have posted, the next one looks for that key in the channel before it posts.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.jobs import store
from bot.jobs.model import ChannelThrottled, Job
from bot.slack.api_errors import SlackError, read_slack_error
from bot.slack.blockkit.builders import Block, Message
from bot.slack.deps import Deps
from bot.slack.outgoing.sending import send_message
from bot.slack.restrictions import restricts_channel

log = logging.getLogger(__name__)

OPEN_METHOD = "conversations.open"
METADATA_EVENT_TYPE = "valuemap"
# An app outside Slack's Marketplace may read one page of 15 messages a minute:
# https://docs.slack.dev/apis/web-api/rate-limits. The look-up therefore begins with such a page, of the time
# in which the message was posted if it was. Other apps may read on where more messages are from that time.
FIRST_PAGE_SIZE, NEXT_PAGE_SIZE = 15, 200
CLOCK_TOLERANCE = timedelta(seconds=5)  # between our clock and Slack's


async def mark_posting(job: Job, deps: Deps) -> None:
    """Record that the message may reach Slack from now on. Call this right before the call that posts.

    If the worker dies after that, the next one looks for the message in the channel first. Raise
    ChannelThrottled if the channel takes no post now, ChannelRestricted if Slack refuses it, and LeaseLost if
    another worker has claimed the job.
    """
    now = deps.clock()
    async with deps.db.transaction(job.team_id) as session:
        free_at = await store.mark_posting(session, job, now, deps.timing)
    if free_at is not None:
        raise ChannelThrottled(free_at)


async def send_direct_message(job: Job, deps: Deps, user_id: str, message: Message) -> None:
    """Post a message once to a member's direct message with the bot, unless Slack refuses it there.

    What Slack refuses there says nothing about the messages in the job's channel.
    """
    try:
        direct_message = await deps.slack.conversations_open(users=user_id)
        channel: dict[str, str] = direct_message["channel"]
        await post_once(replace(job, channel_id=channel["id"]), deps, message)
    except SlackApiError as error:
        slack_error = read_slack_error(error)
        if slack_error.is_temporary or not _refuses_member(slack_error):
            raise
        log.info("%s: no direct message: %s", job.kind.name, slack_error.reason)


def _refuses_member(slack_error: SlackError) -> bool:
    """Return whether Slack takes no message to this member, for example one who is gone, or a guest."""
    is_unknown_error = slack_error.method == OPEN_METHOD and not slack_error.is_restriction
    return restricts_channel(slack_error.reason) or is_unknown_error


async def update_message(job: Job, deps: Deps, message_ts: str, message: Message) -> bool:
    """Update a message of the job's channel; return False if it is gone and has to be posted again."""

    async def update(text: str, blocks: Sequence[Block]) -> None:
        await deps.slack.chat_update(channel=job.channel_id, ts=message_ts, text=text, blocks=blocks)

    try:
        await send_message(message, job.team_id, deps, update)
    except SlackApiError as error:
        if not read_slack_error(error).is_gone:
            raise
        return False
    return True


async def delete_message(job: Job, deps: Deps, message_ts: str | None) -> None:
    """Delete a message of the job's channel, unless it is gone; None stands for one that may be posted.

    That one is searched by the job's key if an earlier attempt may have posted it.
    """
    message_ts = message_ts or await find_own_message(job, deps)
    if message_ts is None:
        return
    try:
        await deps.slack.chat_delete(channel=job.channel_id, ts=message_ts)
    except SlackApiError as error:
        if not read_slack_error(error).is_gone:
            raise


async def post_once(
    job: Job,
    deps: Deps,
    message: Message,
    thread_ts: str | None = None,
    *,
    idempotency_key: str = "",
    posted_since: datetime | None = None,
) -> str:
    """Post a message into the job's channel, unless it is there already; return its ts.

    The message is searched by its key if an earlier attempt may have posted it, or if the caller passes
    `posted_since`: the time since which it may have been posted. The key is the job's unless
    `idempotency_key` is given. What an earlier attempt posted is updated: it may say what is no longer so.
    Raise what `mark_posting` raises, and SlackApiError.
    """
    key = idempotency_key or job.key
    since = job.maybe_posted_since or posted_since
    posted_ts = await _find_posted(job, deps, thread_ts, key, since) if since else None
    is_ours = job.maybe_posted_since is not None  # and not from before a restore of the database
    if posted_ts and (not is_ours or await _refresh_message(job, deps, posted_ts, message)):
        return posted_ts

    async def post(text: str, blocks: Sequence[Block]) -> str:
        await mark_posting(job, deps)
        answer = await deps.slack.chat_postMessage(
            channel=job.channel_id,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
            metadata={"event_type": METADATA_EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )
        return str(answer["ts"])

    return await send_message(message, job.team_id, deps, post)


async def _refresh_message(job: Job, deps: Deps, message_ts: str, message: Message) -> bool:
    """Update a message that was found; return False if it is gone. Where Slack refuses that, it stays."""
    try:
        return await update_message(job, deps, message_ts, message)
    except SlackApiError as error:
        slack_error = read_slack_error(error)
        if slack_error.is_temporary:
            raise
        log.warning("%s: the message that was found stays: %s", job.key, slack_error.reason)
        return True


async def find_own_message(job: Job, deps: Deps, thread_ts: str | None = None) -> str | None:
    """Return the ts of the message that an earlier attempt of the job posted, if one may have."""
    if job.maybe_posted_since is None:
        return None
    return await _find_posted(job, deps, thread_ts, job.key, job.maybe_posted_since)


async def _find_posted(job: Job, deps: Deps, thread_ts: str | None, key: str, since: datetime) -> str | None:
    """Return the ts of the message with this key that was posted at `since` or soon after it.

    Return None if there is none, or if Slack forbids the look-up or to read on: a message that comes twice is
    better than one that never comes. Raise SlackApiError if Slack limits the first page or fails.
    """
    until = since + deps.timing.call_timeout + deps.timing.uncertain_period
    page: dict[str, Any] = {
        "channel": job.channel_id,
        "oldest": str((since - CLOCK_TOLERANCE).timestamp()),
        "latest": str((until + CLOCK_TOLERANCE).timestamp()),
        "include_all_metadata": True,
        "limit": FIRST_PAGE_SIZE,
    }
    try:
        async for message in _read_messages(deps, thread_ts, page):
            if message.get("metadata", {}).get("event_payload", {}).get("key") in {key, job.key}:
                return str(message["ts"])
    except SlackApiError as error:
        slack_error = read_slack_error(error)
        may_not_read_on = "cursor" in page and slack_error.retry_after is not None
        if slack_error.is_temporary and not may_not_read_on:
            raise
        log.warning("%s: message look-up failed: %s", job.key, slack_error.reason)
    return None


async def _read_messages(
    deps: Deps, thread_ts: str | None, page: dict[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    """Yield the messages of a thread, or of the channel, from this page on; `page` becomes the next one."""
    while True:
        if thread_ts:
            answer = await deps.slack.conversations_replies(ts=thread_ts, **page)
        else:
            answer = await deps.slack.conversations_history(**page)
        for message in answer["messages"]:
            yield message
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        page |= {"cursor": cursor, "limit": NEXT_PAGE_SIZE}
