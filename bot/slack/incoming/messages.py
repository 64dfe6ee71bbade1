"""Read mentions and direct messages as people write them, and what they edit in them. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from bot.slack.incoming.requests import read_thread_ts
from bot.slack.request import Request, RequestSource

Event = Mapping[str, Any]

# A message is not done twice because the bot remembers it, which it does for longer than this.
MAX_EDIT_DELAY_SECONDS = 24 * 60 * 60
EDITED_SUBTYPE = "message_changed"
# What a person says. Other subtypes are about joining, topics, deletions and so on.
# See https://docs.slack.dev/reference/events/message.
SPOKEN_SUBTYPES = frozenset({None, "", "file_share", "me_message", "thread_broadcast"})
# Between a mention and the words; the colon of an emoji such as :wave: is none.
_MARKS = r"(?:[\s,;.!?…，：；。、！–—-]|:(?![a-z0-9_+'-]+:))*"
_DASHES = r"[\s,，、–—-]*"  # before a mention at the end: a question mark there belongs to the words


def read_message(
    event: Event, context: AsyncBoltContext, is_command: Callable[[str], bool]
) -> Request | None:
    """Convert a mention or direct message, new or edited; return None for every other event.

    `is_command` says whether a text begins with a command.
    """
    message = _find_edited_message(event) if event.get("subtype") == EDITED_SUBTYPE else event
    source = _find_source(event, message, context)
    if source is None or message.get("subtype") not in SPOKEN_SUBTYPES or message.get("bot_id"):
        return None
    if not message.get("user") or message["user"] == context.bot_user_id or context.team_id is None:
        return None
    edited_ts = (message.get("edited") or {}).get("ts", "")
    if edited_ts and float(edited_ts) - float(message["ts"]) > MAX_EDIT_DELAY_SECONDS:
        return None
    text = remove_mentions(message.get("text") or "", context.bot_user_id or "", is_command)
    return Request(
        team_id=context.team_id,
        user_id=message["user"],
        source=source,
        channel_id=event["channel"],
        command_text=text.strip(),
        thread_ts=read_thread_ts(message, message["ts"]) if source is RequestSource.MENTION else "",
        # A mention in a direct message comes as two events with the same ts, and an edited one keeps its ts.
        idempotency_key=f"message:{event['channel']}:{message['ts']}",
        is_group_message=event.get("channel_type") == "mpim",
        edited_ts=edited_ts,
        has_files=bool(message.get("files")),
    )


def _find_edited_message(event: Event) -> Event:
    """Return the message of a `message_changed` event; an empty one where its text is the same.

    Slack also sends that event for link previews, replies and its own language detection.
    See https://docs.slack.dev/reference/events/message/message_changed.
    """
    message, previous = event.get("message") or {}, event.get("previous_message") or {}
    if message.get("text") == previous.get("text"):
        return {}
    return {"edited": {"ts": event["ts"]}, **message}


def _find_source(event: Event, message: Event, context: AsyncBoltContext) -> RequestSource | None:
    """Return how a message reached the bot; None for one that is not for it, and for other events.

    Slack sends an edited mention as an app_mention with `edited`, or only as a `message_changed`.
    """
    if event["type"] == "app_mention":
        return RequestSource.MENTION
    if event["type"] != "message":
        return None
    if event.get("channel_type") == "im":
        return RequestSource.DIRECT_MESSAGE
    mention = _build_mention_pattern(context.bot_user_id or "")
    is_edited_mention = message is not event and re.search(mention, message.get("text") or "")
    return RequestSource.MENTION if is_edited_mention else None


def remove_mentions(text: str, bot_user_id: str, is_command: Callable[[str], bool]) -> str:
    """Return the words to the bot, without its mentions around them and the marks next to those.

    Words before a mention, such as another person's name, are left out where a command follows it. A mention
    among the words of an entry stays.
    """
    mention = _build_mention_pattern(bot_user_id)
    without_end = re.sub(rf"(?:{_DASHES}{mention})+{_MARKS}$", "", text)
    without_edges = re.sub(rf"^{_MARKS}(?:{mention}{_MARKS})+", "", without_end)
    if without_edges != text or not re.search(mention, text):
        return without_edges.strip()
    before, after = re.split(rf"{_DASHES}{mention}{_MARKS}", text, maxsplit=1)
    return after.strip() if is_command(after) else f"{before.strip()} {after.strip()}"


def _build_mention_pattern(bot_user_id: str) -> str:
    return rf"<@{re.escape(bot_user_id)}(?:\|[^>]*)?>"
