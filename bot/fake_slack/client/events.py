"""The events of members, channels and the app's installation (https://docs.slack.dev/reference/events).

Nobody's client causes these in the fake Slack; tests send them.
"""

from collections.abc import Sequence
from typing import Any

from bot.fake_slack.models import SlackChannel
from bot.fake_slack.server.workspace import FakeWorkspace

Event = dict[str, Any]


def build_joined_event(
    slack: FakeWorkspace, channel: SlackChannel, user_id: str, inviter_id: str = ""
) -> Event:
    """Return member_joined_channel; Slack names an inviter only where there was one."""
    inviter = {"inviter": inviter_id} if inviter_id else {}
    return {**_membership_fields(slack, channel, user_id), "type": "member_joined_channel", **inviter}


def build_left_event(slack: FakeWorkspace, channel: SlackChannel, user_id: str) -> Event:
    """Return member_left_channel."""
    return {**_membership_fields(slack, channel, user_id), "type": "member_left_channel"}


def _membership_fields(slack: FakeWorkspace, channel: SlackChannel, user_id: str) -> Event:
    return {
        "user": user_id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": slack.team_id,
        **({"enterprise": slack.enterprise_id} if slack.enterprise_id else {}),
        "event_ts": slack.new_ts(),
    }


def build_deleted_event(slack: FakeWorkspace, channel: SlackChannel) -> Event:
    """Return channel_deleted, or group_deleted for a private channel."""
    return {"type": f"{_event_prefix(channel)}_deleted", "channel": channel.id, "event_ts": slack.new_ts()}


def build_unarchived_event(slack: FakeWorkspace, channel: SlackChannel, user_id: str) -> Event:
    """Return channel_unarchive, or group_unarchive for a private channel, which names the user otherwise."""
    event_type, ts = f"{_event_prefix(channel)}_unarchive", slack.new_ts()
    user_key = "actor_id" if channel.is_private else "user"
    return {"type": event_type, "channel": channel.id, user_key: user_id, "event_ts": ts}


def build_id_changed_event(slack: FakeWorkspace, old_channel_id: str, new_channel_id: str) -> Event:
    """Return channel_id_changed: a private channel became a shared one."""
    ids = {"old_channel_id": old_channel_id, "new_channel_id": new_channel_id}
    return {"type": "channel_id_changed", **ids, "event_ts": slack.new_ts()}


def build_uninstalled_event() -> Event:
    """Return app_uninstalled."""
    return {"type": "app_uninstalled"}


def build_revoked_event(bot_user_ids: Sequence[str] = (), user_ids: Sequence[str] = ()) -> Event:
    """Return tokens_revoked. Slack names the owners of the tokens, not the tokens."""
    return {"type": "tokens_revoked", "tokens": {"oauth": [*user_ids], "bot": [*bot_user_ids]}}


def _event_prefix(channel: SlackChannel) -> str:
    return "group" if channel.is_private else "channel"
