"""What a visitor can do on the page, as the member they act as.

Each action takes the JSON fields that the page's script sends (static/*.js) and returns what the script gets,
or None. All raise FakeSlackError for what Slack's client does not let a member do.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import htpy as h

from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.models import FakeSlackError, SlackChannel, SlackMessage
from bot.fake_slack.server.change_feed import ChangeKind
from bot.fake_slack.web.html.elements import render_options
from bot.fake_slack.web.messages import find_visible_message
from bot.fake_slack.web.time_travel import TIME_JUMPS

Fields = Mapping[str, Any]
PageAction = Callable[[MemberClient, Fields], Awaitable[Any]]


async def send_message(member: MemberClient, fields: Fields) -> None:
    """Post a message, or send a slash command."""
    channel = require_channel(member, fields["channel_id"])
    await member.send_text(channel, fields["text"], fields.get("thread_ts") or None)


async def send_typing(member: MemberClient, fields: Fields) -> None:
    """Tell the other members that this one is typing."""
    channel = require_channel(member, fields["channel_id"])
    member.slack.publish_change(
        ChangeKind.TYPING, f"{channel.id}/{fields.get('thread_ts') or ''}/{member.id}"
    )


async def toggle_reaction(member: MemberClient, fields: Fields) -> None:
    """Add a reaction, or remove the member's own."""
    message = _require_message(member, fields)
    has_reacted = member.id in message.reactions.get(fields["name"], ())
    await (member.remove_reaction if has_reacted else member.add_reaction)(message, fields["name"])


async def send_block_action(member: MemberClient, fields: Fields) -> None:
    """Use an element of Block Kit in a message, a modal or App Home."""
    action = (fields["block_id"], fields["action_id"], fields.get("value"), fields.get("values") or {})
    if fields.get("view_id"):
        await member.act_in_view(_require_view(member, fields["view_id"]), *action)
    else:
        await member.act_on_message(_require_message(member, fields), *action)


async def submit_view(member: MemberClient, fields: Fields) -> dict[str, Any]:
    """Submit a modal; return the errors by block id."""
    view = _require_view(member, fields["view_id"])
    return {"errors": await member.submit_view(view, fields["values"])}


async def close_view(member: MemberClient, fields: Fields) -> None:
    """Close the modal on top, or all modals."""
    await member.close_view(whole_stack=bool(fields.get("all")))


async def load_suggestions(member: MemberClient, fields: Fields) -> dict[str, Any]:
    """Return the options that the bot suggests for what is typed in an external select."""
    if fields.get("view_id"):
        container: Mapping[str, Any] | SlackMessage = _require_view(member, fields["view_id"])
    else:
        container = _require_message(member, fields)
    options = await member.load_suggestions(
        container, fields["block_id"], fields["action_id"], fields["query"], fields.get("values") or {}
    )
    return {"html": str(h.fragment[render_options(options, fields["input_type"])])}


async def open_home(member: MemberClient, fields: Fields) -> None:
    """Open a tab of the bot's direct message."""
    await member.open_home(fields["tab"])


async def run_shortcut(member: MemberClient, fields: Fields) -> None:
    """Run a shortcut on a message, or a global one."""
    message = _require_message(member, fields) if fields.get("message_ts") else None
    await member.use_shortcut(fields["callback_id"], message)


async def delete_message(member: MemberClient, fields: Fields) -> None:
    """Delete a message of the member's own, or dismiss an ephemeral one."""
    await member.delete_message(_require_message(member, fields))


async def move_clock(member: MemberClient, fields: Fields) -> None:
    """Move the workspace's clock.

    "Tomorrow" and "Monday" are those of the workspace's first member, even if another one moves the
    clock: digests and deadlines of the example follow that member's time zone.
    """
    slack = member.slack
    first = next(user for user in slack.users.values() if not user.is_bot)
    local = slack.clock.now().astimezone(ZoneInfo(first.time_zone))
    slack.clock.move_to(TIME_JUMPS[fields["to"]](local).astimezone(UTC))
    slack.publish_change(ChangeKind.CLOCK)


ACTIONS: Mapping[str, PageAction] = {
    action.__name__: action
    for action in (
        send_message,
        send_typing,
        toggle_reaction,
        send_block_action,
        submit_view,
        close_view,
        load_suggestions,
        open_home,
        run_shortcut,
        delete_message,
        move_clock,
    )
}


def require_channel(member: MemberClient, channel_id: str) -> SlackChannel:
    """Return a channel that the member is in. Raises FakeSlackError for any other."""
    channel = member.slack.channels.get(channel_id)
    if channel is None or member.id not in channel.member_ids:
        raise FakeSlackError("channel_not_found")
    return channel


def _require_message(member: MemberClient, fields: Fields) -> SlackMessage:
    message = find_visible_message(member.slack, f"{fields['channel_id']}/{fields['message_ts']}", member.id)
    if message is None:
        raise FakeSlackError("message_not_found")
    return message


def _require_view(member: MemberClient, view_id: str) -> Mapping[str, Any]:
    """Return the member's own App Home, or one of their open modals."""
    slack = member.slack
    home = slack.home_views.get(member.id)
    if home and home["id"] == view_id:
        return home
    if view_id not in slack.view_stacks.get(member.id, ()):
        raise FakeSlackError("view_not_found")
    return slack.views[view_id]
