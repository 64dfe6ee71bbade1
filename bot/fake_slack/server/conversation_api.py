"""The Web API methods of conversations: what there is, who is in it, and its messages.

Error codes and limits: https://docs.slack.dev/reference/methods, on the page of each method.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from bot.fake_slack.models import (
    BOT_USER_ID,
    ApiArguments,
    ApiResponse,
    FakeSlackError,
    SlackChannel,
    SlackMessage,
)
from bot.fake_slack.server import canvas_api
from bot.fake_slack.server.message_api import is_true, require_member_channel
from bot.fake_slack.server.objects import channel_object, message_object
from bot.fake_slack.server.paging import PageRules, cut_page
from bot.fake_slack.server.workspace import FakeWorkspace

# Each method's page says which limits it takes: "under 1000" for members, "maximum of 999" for the others.
MEMBER_PAGES = PageRules("user_id", default_limit=100, max_limit=999)
CHANNEL_PAGES = PageRules("team", default_limit=100, max_limit=999)
HISTORY_PAGES = PageRules("next_ts", 100, 999, has_limit_error=False, is_descending=True, parse_key=Decimal)
REPLY_PAGES = PageRules("next_ts", 1000, 1000, has_limit_error=False, parse_key=Decimal)
# The scopes with which an app sees each type of channel, by Slack's name for the type in this method.
SCOPES_OF_TYPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}
UNPLAYED_TYPES = {"mpim"}  # the bot is in none of the fake Slack's group messages


def get_conversation(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """conversations.info."""
    channel = _require_visible(slack, args["channel"])
    properties = canvas_api.channel_properties(slack, channel.id)
    is_member = BOT_USER_ID in channel.member_ids
    return {"channel": {**channel_object(slack, channel), "is_member": is_member, "properties": properties}}


def list_members(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """conversations.members."""
    channel = _require_visible(slack, args["channel"])
    slack.require_scope(f"{channel.scope_prefix}:read")
    members, next_cursor = cut_page(sorted(channel.member_ids), str, args, MEMBER_PAGES, slack.page_size)
    return {"members": members, "response_metadata": {"next_cursor": next_cursor}}


def open_conversation(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """conversations.open, for a direct message with one user."""
    user_ids = str(args.get("users") or "").split(",")
    if user_ids == [""]:
        raise FakeSlackError("users_list_not_supplied")
    if len(user_ids) > 1:
        raise FakeSlackError("invalid_arguments", "the fake Slack opens no group messages")
    if user_ids[0] not in slack.users:
        raise FakeSlackError("user_not_found")
    return {"channel": {"id": slack.direct_channel(user_ids[0]).id}}


def list_conversations(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """users.conversations: of a user's channels, the public ones and those that the bot is in too."""
    slack.require_team(args)
    types = str(args.get("types") or "public_channel").split(",")
    if not {*types} <= {*SCOPES_OF_TYPES, *UNPLAYED_TYPES}:
        raise FakeSlackError("invalid_types")
    for name in types:
        if name in SCOPES_OF_TYPES:
            slack.require_scope(SCOPES_OF_TYPES[name])
    user_id, is_archived_hidden = args.get("user") or BOT_USER_ID, is_true(args, "exclude_archived")
    found = [
        channel
        for channel in sorted(slack.channels.values(), key=_get_id)
        if user_id in channel.member_ids
        and _get_type(channel) in types
        and (_get_type(channel) == "public_channel" or BOT_USER_ID in channel.member_ids)
        and not (is_archived_hidden and channel.is_archived)
    ]
    page, next_cursor = cut_page(found, _get_id, args, CHANNEL_PAGES, slack.page_size)
    channels = [channel_object(slack, channel) for channel in page]
    return {"channels": channels, "response_metadata": {"next_cursor": next_cursor}}


def list_history(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """conversations.history: the messages of a channel without the replies, the newest first."""
    channel = _require_readable(slack, args)
    found = [message for message in _select_messages(slack, channel, args) if message.thread_ts is None]
    found.sort(key=_get_ts, reverse=True)
    return _answer_with_messages(slack, args, found, HISTORY_PAGES)


def list_replies(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """conversations.replies: a message and its replies, the oldest first.

    The message itself comes whatever `oldest` and `latest` say. If it was deleted, its replies still come.
    """
    channel, thread_ts = _require_readable(slack, args), args["ts"]
    parent = next((each for each in _list_public(slack, channel) if each.ts == thread_ts), None)
    replies = [each for each in _select_messages(slack, channel, args) if each.thread_ts == thread_ts]
    if parent is None and not any(each.thread_ts == thread_ts for each in _list_public(slack, channel)):
        raise FakeSlackError("thread_not_found")
    found = [*([parent] if parent else []), *sorted(replies, key=_get_ts)]
    return _answer_with_messages(slack, args, found, REPLY_PAGES)


def _answer_with_messages(
    slack: FakeWorkspace, args: ApiArguments, found: list[SlackMessage], rules: PageRules
) -> ApiResponse:
    page, next_cursor = cut_page(found, _get_ts, args, rules, slack.page_size)
    with_metadata = is_true(args, "include_all_metadata")
    messages = [message_object(slack, message, with_metadata=with_metadata) for message in page]
    # Unlike the other lists, this one has no metadata after the last page.
    metadata = {"response_metadata": {"next_cursor": next_cursor}} if next_cursor else {}
    return {"messages": messages, "has_more": bool(next_cursor), **metadata}


def _select_messages(slack: FakeWorkspace, channel: SlackChannel, args: ApiArguments) -> list[SlackMessage]:
    """Return the messages between `oldest` and `latest`, without those of these very times by default."""
    oldest, latest = _read_time(args, "oldest"), _read_time(args, "latest")
    ends = {oldest, latest} if is_true(args, "inclusive") else set()
    return [
        message
        for message in _list_public(slack, channel)
        if _get_ts(message) in ends
        or ((oldest is None or _get_ts(message) > oldest) and (latest is None or _get_ts(message) < latest))
    ]


def _list_public(slack: FakeWorkspace, channel: SlackChannel) -> list[SlackMessage]:
    return [
        message
        for message in slack.messages
        if message.channel_id == channel.id and message.ephemeral_user_id is None
    ]


def _read_time(args: ApiArguments, name: str) -> Decimal | None:
    try:
        return Decimal(str(args[name])) if args.get(name) else None
    except InvalidOperation as error:
        raise FakeSlackError(f"invalid_ts_{name}") from error


def _require_visible(slack: FakeWorkspace, channel_id: str) -> SlackChannel:
    """Return a channel that the bot may read about; raise FakeSlackError for any other."""
    channel = slack.channels.get(channel_id)
    if channel is not None and channel.is_group_message:
        slack.require_scope("mpim:read")
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    return channel


def _require_readable(slack: FakeWorkspace, args: ApiArguments) -> SlackChannel:
    """Return a channel whose messages the bot may read; raise FakeSlackError for any other."""
    channel = require_member_channel(slack, args["channel"])
    slack.require_scope(f"{channel.scope_prefix}:history")
    return channel


def _get_type(channel: SlackChannel) -> str:
    """Return Slack's name for this type of channel in users.conversations."""
    if channel.is_direct:
        return "im"
    if channel.is_group_message:
        return "mpim"
    return "private_channel" if channel.is_private else "public_channel"


def _get_id(channel: SlackChannel) -> str:
    return channel.id


def _get_ts(message: SlackMessage) -> Any:
    return Decimal(message.ts)
