"""Turn changes of the workspace into events for one member's page.

static/main.js handles them by their type.
"""

from collections.abc import Callable, Mapping
from typing import Any

import htpy as h

from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.server.change_feed import ChangeKind, WorkspaceChange
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.fake_slack.web import shell
from bot.fake_slack.web.html.blocks import render_blocks
from bot.fake_slack.web.messages import build_reader, find_visible_message, render_message

PageEvent = dict[str, Any]
BuildEvent = Callable[[str, FakeWorkspace, MemberClient], PageEvent | None]


def build_event(change: WorkspaceChange, slack: FakeWorkspace, member: MemberClient) -> PageEvent | None:
    """Return a change as an event with its type; None if it does not concern this member."""
    event_type, build = _EVENTS[change.kind]
    event = build(change.key, slack, member)
    return None if event is None else {"type": event_type, **event}


def render_home(slack: FakeWorkspace, member: MemberClient) -> h.Node:
    """Return App Home as the bot has published it for a member."""
    view = slack.home_views.get(member.id)
    if view is None:
        return h.p(".muted")["This is the app's Home. It is on its way."]
    content = render_blocks(view["blocks"], build_reader(slack, member.user), container_id="home")
    return h.div(data_view_id=view["id"])[content]


def _build_message(key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent | None:
    message = find_visible_message(slack, key, member.id)
    if message is None:
        return None
    return {
        "channel_id": message.channel_id,
        "message_ts": message.ts,
        "thread_ts": message.thread_ts or "",
        "user_id": message.user_id,
        "html": str(render_message(slack, message, build_reader(slack, member.user))),
    }


def _build_deletion(key: str, _slack: FakeWorkspace, _member: MemberClient) -> PageEvent:
    channel_id, _, message_ts = key.partition("/")
    return {"channel_id": channel_id, "message_ts": message_ts}


def _build_modal(key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent | None:
    """Return the view on top of the member's modals; empty HTML closes the modal.

    While a workspace is prepared its people have modals, which are not for a visitor who acts as one of them.
    """
    if key != member.id:
        return None
    view = slack.top_view(member.id)
    if view is None or slack.preparation_notice:
        return {"html": ""}
    content = render_blocks(view["blocks"], build_reader(slack, member.user), container_id=view["id"])
    return {"html": str(shell.render_modal(view, content))}


def _build_home(key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent | None:
    return {"html": str(h.fragment[render_home(slack, member)])} if key == member.id else None


def _build_sidebar(_key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent:
    return {"html": str(shell.render_sidebar(slack, member.user))}


def _build_canvas_tabs(key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent | None:
    channel = slack.channels.get(key)
    if channel is None or member.id not in channel.member_ids:
        return None
    return {"channel_id": key, "tabs": str(h.fragment[shell.render_tabs(slack, channel)])}


def _build_typing(key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent | None:
    channel_id, thread_ts, user_id = key.split("/")
    if user_id == member.id or member.id not in slack.channels[channel_id].member_ids:
        return None
    name = slack.users[user_id].name
    return {"channel_id": channel_id, "thread_ts": thread_ts, "user_id": user_id, "name": name}


def _build_clock(_key: str, slack: FakeWorkspace, member: MemberClient) -> PageEvent:
    return {"now_ms": slack.clock.now().timestamp() * 1000, "time_zone": member.user.time_zone}


def _build_preparation(_key: str, slack: FakeWorkspace, _member: MemberClient) -> PageEvent:
    return {"text": slack.preparation_notice}


_EVENTS: Mapping[ChangeKind, tuple[str, BuildEvent]] = {
    ChangeKind.MESSAGE: ("message", _build_message),
    ChangeKind.DELETED: ("message_deleted", _build_deletion),
    ChangeKind.VIEW: ("modal", _build_modal),
    ChangeKind.HOME: ("home", _build_home),
    ChangeKind.CANVAS: ("canvases", _build_canvas_tabs),
    ChangeKind.CHANNELS: ("channels", _build_sidebar),
    ChangeKind.TYPING: ("typing", _build_typing),
    ChangeKind.CLOCK: ("clock", _build_clock),
    ChangeKind.PREPARING: ("preparation", _build_preparation),
}
