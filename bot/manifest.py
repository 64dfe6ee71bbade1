"""The Slack app manifest, with exactly the scopes and events that the code uses."""

from typing import Any
from urllib.parse import urljoin

SCOPES = {
    "app_mentions:read": "to answer when somebody mentions the bot",
    "canvases:write": "to keep a value map as a document in the channel's canvas, if a team wants that",
    "channels:history": "to find one of the bot's own messages again after a broken connection",
    "channels:read": "to know which channels a member is in, and who can vote in a channel",
    "chat:write": "to post cards, rounds and digests",
    "commands": "to offer the command /valuemap",
    "files:read": "to read the file that somebody chose for an import",
    "files:write": "to send an export",
    "groups:history": "the same as channels:history, for private channels",
    "groups:read": "the same as channels:read, for private channels",
    "im:history": "to answer direct messages to the bot",
    "im:write": "to open the direct message for an export or a reminder",
    "reactions:read": "to count votes",
    "reactions:write": "to set the five number reactions on a card, and to remove them from a deleted one",
    "usergroups:read": "to write the present name of a user group that an entry mentions",
    "users:read": "to show members' names, to use their time zones, and to tell bots from members",
}
# The scopes that a workspace may leave out, and what is missing there then.
OPTIONAL_SCOPES = {
    "canvases:write": "no value map is kept as a document in its channel",
    "channels:history": "a message in a public channel may appear twice after a broken connection",
    "files:read": "import takes pasted text, but no files",
    "files:write": "there are no exports and no pictures",
    "groups:history": "a message in a private channel may appear twice after a broken connection",
    "im:history": "direct messages to the bot get no answer; /valuemap and mentions do",
    "usergroups:read": "a user group that an entry mentions keeps the name that Slack sent with the text",
}
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "channel_unarchive",
    "group_deleted",
    "group_left",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "team_access_granted",
    "team_access_revoked",
    "tokens_revoked",
    "user_change",
)
OAUTH_REDIRECT_PATH = "/slack/oauth_redirect"

DISPLAY_INFORMATION = {
    "name": "Value map",
    "description": "Works out your team's value proposition, in your channel.",
    "background_color": "#1d3557",
}
APP_HOME = {
    "home_tab_enabled": True,
    "messages_tab_enabled": True,
    "messages_tab_read_only_enabled": False,
}
SHORTCUTS = [
    {
        "name": "Add to value map",
        "type": "message",
        "callback_id": "add_message",
        "description": "Makes an entry of this message and links back to it",
    },
    {
        "name": "Add as evidence",
        "type": "message",
        "callback_id": "add_evidence",
        "description": "Records what a customer showed, for or against entries",
    },
    {
        "name": "Value map",
        "type": "global",
        "callback_id": "value_maps",
        "description": "Your canvases, where they stand, and what waits for you",
    },
]


def build_manifest(url: str, *, socket_mode: bool, many_workspaces: bool = False) -> dict[str, Any]:
    """Return the manifest of an app that receives requests at this URL, or over Socket Mode.

    With `many_workspaces`, a whole organisation can install the app, and its tokens expire and are rotated.
    """
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    command: dict[str, Any] = {
        "command": "/valuemap",
        "description": "Work out your value proposition: gather, vote, review, fit",
        "usage_hint": "[add | show | rank | vote | review | fit | why | digest | export | import | canvases "
        "| help]",
        "should_escape": True,
    }
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}}
    if not socket_mode:
        oauth = {"redirect_urls": [urljoin(url, OAUTH_REDIRECT_PATH)], **oauth}
        command["url"] = url
        events["request_url"] = url
        interactivity |= {"request_url": url, "message_menu_options_url": url}
    return {
        "_metadata": {"major_version": 2},
        "display_information": DISPLAY_INFORMATION,
        "features": {
            "app_home": APP_HOME,
            "bot_user": {"display_name": "valuemap", "always_online": True},
            "slash_commands": [command],
            "shortcuts": SHORTCUTS,
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": many_workspaces,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": many_workspaces,
        },
    }
