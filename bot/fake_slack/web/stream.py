"""What a change in the workspace is to one member's page."""

from collections.abc import Callable, Mapping
from typing import Any

import htpy as h

from bot.fake_slack.changes import Change, What
from bot.fake_slack.member import Member
from bot.fake_slack.web import shell
from bot.fake_slack.web.html.blocks import blocks
from bot.fake_slack.web.messages import found, message, reader_of
from bot.fake_slack.workspace import Workspace

Event = dict[str, Any]  # "what" has happened, and more


def event_of(change: Change, slack: Workspace, member: Member) -> Event | None:
    """Return a change as the page's script takes it; None if it is nothing to this member."""
    event = _EVENTS[change.what](change.key, slack, member)
    return None if event is None else {"what": change.what, **event}


def _message(key: str, slack: Workspace, member: Member) -> Event | None:
    posted = found(slack, key, member.id)
    if posted is None:
        return None
    shown = message(slack, posted, reader_of(slack, member.user))
    where = {
        "channel": posted.channel,
        "ts": posted.ts,
        "thread": posted.thread_ts or "",
        "user": posted.user,
    }
    return {**where, "html": str(shown)}


def _gone(key: str, _slack: Workspace, _member: Member) -> Event:
    channel, _, ts = key.partition("/")
    return {"channel": channel, "ts": ts}


def _view(key: str, slack: Workspace, member: Member) -> Event | None:
    if key != member.id:
        return None
    view = slack.top_view(member.id)
    if view is None:
        return {"html": ""}
    shown = blocks(view["blocks"], reader_of(slack, member.user), within=view["id"])
    return {"html": str(shell.modal(view, shown))}


def _home(key: str, slack: Workspace, member: Member) -> Event | None:
    return {"html": str(h.fragment[home(slack, member)])} if key == member.id else None


def home(slack: Workspace, member: Member) -> h.Node:
    """App Home as the app has published it for a member."""
    view = slack.homes.get(member.id)
    if view is None:
        return h.p(".muted")["This is the app's Home. It is on its way."]
    shown = blocks(view["blocks"], reader_of(slack, member.user), within="home")
    return h.div(data_view=view["id"])[shown]


def _channels(_key: str, slack: Workspace, member: Member) -> Event:
    return {"html": str(shell.sidebar(slack, member.user))}


def _document(key: str, slack: Workspace, member: Member) -> Event | None:
    channel = slack.channels.get(key)
    if channel is None or member.id not in channel.members:
        return None
    return {"channel": key, "tabs": str(h.fragment[shell.tabs(slack, channel)])}


def _typing(key: str, slack: Workspace, member: Member) -> Event | None:
    channel, thread, user = key.split("/")
    if user == member.id or member.id not in slack.channels[channel].members:
        return None
    return {"channel": channel, "thread": thread, "user": user, "name": slack.users[user].name}


def _clock(_key: str, slack: Workspace, member: Member) -> Event:
    return {"now": slack.clock.now().timestamp() * 1000, "zone": member.user.time_zone}


def _preparing(_key: str, slack: Workspace, _member: Member) -> Event:
    return {"words": slack.preparing}


_EVENTS: Mapping[What, Callable[[str, Workspace, Member], Event | None]] = {
    What.MESSAGE: _message,
    What.GONE: _gone,
    What.VIEW: _view,
    What.HOME: _home,
    What.DOCUMENT: _document,
    What.CHANNELS: _channels,
    What.TYPING: _typing,
    What.CLOCK: _clock,
    What.PREPARING: _preparing,
}
