"""The Web API methods of messages and reactions, each refusing what Slack refuses.

Error codes: https://docs.slack.dev/reference/methods, on the page of each method.
"""

from bot.fake_slack.models import (
    BOT_USER_ID,
    ApiArguments,
    ApiResponse,
    FakeSlackError,
    SlackChannel,
    SlackMessage,
)
from bot.fake_slack.server.objects import message_object
from bot.fake_slack.server.workspace import FakeWorkspace


def require_member_channel(slack: FakeWorkspace, channel_id: str) -> SlackChannel:
    """Return a channel that the bot is in; raise FakeSlackError for any other.

    Slack does not tell an app about a private channel that it is not in: it does not exist for the app.
    """
    channel = slack.channels.get(channel_id)
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    if BOT_USER_ID not in channel.member_ids:
        raise FakeSlackError("not_in_channel")
    return channel


def require_postable(slack: FakeWorkspace, channel_id: str) -> SlackChannel:
    """Return a channel that the bot may post in; raise FakeSlackError for any other."""
    channel = require_member_channel(slack, channel_id)
    if channel.is_archived:
        raise FakeSlackError("is_archived")
    return channel


def require_thread(slack: FakeWorkspace, channel: SlackChannel, args: ApiArguments) -> str | None:
    """Return the thread_ts of a call; raise FakeSlackError where there is no such message."""
    thread_ts: str | None = args.get("thread_ts")
    if thread_ts:
        slack.find_message(channel.id, thread_ts)
    return thread_ts


def post_message(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """chat.postMessage. A user id as the channel stands for the direct message with that user."""
    target = args["channel"]
    channel = slack.direct_channel(target) if target in slack.users else require_postable(slack, target)
    slack.validate_message(args)
    message = slack.post_message(
        SlackMessage(
            channel.id,
            slack.new_ts(),
            BOT_USER_ID,
            args.get("text", ""),
            args.get("blocks") or [],
            require_thread(slack, channel, args),
            metadata=args.get("metadata"),
        )
    )
    return {"channel": channel.id, "ts": message.ts, "message": message_object(slack, message)}


def post_ephemeral(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """chat.postEphemeral."""
    channel = require_postable(slack, args["channel"])
    if args["user"] not in channel.member_ids:
        raise FakeSlackError("user_not_in_channel")
    slack.validate_message(args)
    message = slack.post_message(
        SlackMessage(
            channel.id,
            slack.new_ts(),
            BOT_USER_ID,
            args.get("text", ""),
            args.get("blocks") or [],
            require_thread(slack, channel, args),
            ephemeral_user_id=args["user"],
        )
    )
    return {"message_ts": message.ts}


def update_message(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """chat.update."""
    message = _find_own_message(slack, args, "cant_update_message")
    slack.validate_message(args)
    slack.edit_message(message, args.get("text", ""), args.get("blocks") or [])
    about = {"text": message.text, "message": message_object(slack, message)}
    return {"channel": message.channel_id, "ts": message.ts, **about}


def delete_message(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """chat.delete."""
    message = _find_own_message(slack, args, "cant_delete_message")
    slack.delete_message(message)
    return {"channel": message.channel_id, "ts": message.ts}


def _find_own_message(slack: FakeWorkspace, args: ApiArguments, error: str) -> SlackMessage:
    """Return a message of the bot; raise FakeSlackError with this code where it is somebody else's."""
    require_postable(slack, args["channel"])
    message = slack.find_message(args["channel"], args["ts"])
    if message.user_id != BOT_USER_ID:
        raise FakeSlackError(error)
    return message


def add_reaction(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """reactions.add."""
    require_postable(slack, args["channel"])
    message = slack.find_message(args["channel"], args["timestamp"])
    slack.add_reaction(message, args["name"], BOT_USER_ID)
    return {}


def remove_reaction(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """reactions.remove: a bot can remove its own reactions only."""
    require_postable(slack, args["channel"])
    message = slack.find_message(args["channel"], args["timestamp"])
    slack.remove_reaction(message, args["name"], BOT_USER_ID)
    return {}


def get_reactions(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    """reactions.get. Without `full` Slack may leave out users of a reaction; here it names only the first."""
    channel = require_member_channel(slack, args["channel"])
    message = slack.find_message(channel.id, args["timestamp"])
    is_full = is_true(args, "full")
    reactions = [
        {"name": name, "users": user_ids if is_full else user_ids[:1], "count": len(user_ids)}
        for name, user_ids in message.reactions.items()
        if user_ids
    ]
    # Slack leaves the reactions out where there are none.
    about = {**message_object(slack, message), **({"reactions": reactions} if reactions else {})}
    return {"type": "message", "channel": channel.id, "message": about}


def is_true(args: ApiArguments, name: str) -> bool:
    """Read a boolean argument, which slack_sdk sends as 1, true or True."""
    return str(args.get(name, "")).lower() in {"1", "true"}
