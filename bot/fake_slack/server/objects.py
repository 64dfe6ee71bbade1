"""Slack's objects for a message, a view, a channel and a user, as methods and payloads contain them.

https://docs.slack.dev/reference/objects, and the examples on the pages of the methods.
"""

from collections.abc import Mapping
from typing import Any

from bot.fake_slack.models import APP_ID, BOT_ID, BOT_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.workspace import FakeWorkspace


def message_object(
    slack: FakeWorkspace, message: SlackMessage, *, with_metadata: bool = False
) -> dict[str, Any]:
    """Return a message. Slack leaves out what the message does not have."""
    is_own = message.user_id == BOT_USER_ID
    return {
        "type": "message",
        "user": message.user_id,
        "ts": message.ts,
        "text": message.text,
        "team": slack.team_id,
        "blocks": message.blocks,
        **({"bot_id": BOT_ID, "app_id": APP_ID} if is_own else {}),
        **({"metadata": message.metadata} if with_metadata and message.metadata else {}),
        **_thread_fields(slack, message),
    }


def _thread_fields(slack: FakeWorkspace, message: SlackMessage) -> dict[str, Any]:
    """Return the fields of a thread. The `thread_ts` of a message with replies is its own `ts`."""
    if message.thread_ts:
        parent = slack.find_parent(message)
        return {
            "thread_ts": message.thread_ts,
            **({"parent_user_id": parent.user_id} if parent else {}),
        }
    replies = slack.thread_replies(message)
    if not replies:
        return {}
    return {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}


def channel_object(slack: FakeWorkspace, channel: SlackChannel) -> dict[str, Any]:
    """Return a channel, or a direct message with the bot."""
    if channel.is_direct:
        user_ids = sorted(channel.member_ids - {BOT_USER_ID})
        return {"id": channel.id, "is_im": True, "is_archived": False, "user": user_ids[0]}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": channel.is_group_message,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": slack.team_id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def user_object(slack: FakeWorkspace, user: SlackUser) -> dict[str, Any]:
    """Return a user, without what the fake Slack does not know of them."""
    return {
        "id": user.id,
        "team_id": slack.team_id,
        "name": user.name.lower(),
        "real_name": user.name,
        "deleted": False,
        "tz": user.time_zone,
        "is_bot": user.is_bot,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_app_user": False,
        "profile": {"real_name": user.name, "display_name": user.name},
    }


def view_object(slack: FakeWorkspace, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored modal or App Home, with the defaults of what the app left out.

    Without what the fake Slack keeps in a stored view for itself, such as whose it is.
    """
    modal_fields = ("title", "submit", "close", "previous_view_id") if view["type"] == "modal" else ()
    return {
        "id": view["id"],
        "team_id": slack.team_id,
        "type": view["type"],
        "blocks": view["blocks"],
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "external_id": view.get("external_id", ""),
        "state": view.get("state", {"values": {}}),
        "hash": view["hash"],
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "root_view_id": view.get("root_view_id", view["id"]),
        "app_id": APP_ID,
        "app_installed_team_id": slack.enterprise_id if slack.is_enterprise_install else slack.team_id,
        "bot_id": BOT_ID,
        **{name: view.get(name) for name in modal_fields},
    }
