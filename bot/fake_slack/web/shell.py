"""Render the frame of the page: everything but messages, App Home and canvases."""

from collections.abc import Mapping, Sequence
from typing import Any

import htpy as h

from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackUser
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.fake_slack.web.composer import list_shortcuts, render_composer
from bot.fake_slack.web.icons import render_icon
from bot.fake_slack.web.messages import (
    NUMBER_EMOJI,
    OTHER_EMOJI,
    find_author,
    render_avatar,
    render_reaction_emoji,
)
from bot.fake_slack.web.time_travel import TIME_JUMPS

STYLE_SHEETS = ("page.css", "messages.css", "blocks.css", "dialogs.css")


def render_shell(slack: FakeWorkspace, actors: Sequence[SlackUser]) -> h.Element:
    """Return the whole page without content: its script loads the content."""
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="color-scheme", content="light dark"),
            h.title["Stand-in workspace"],
            h.link(rel="icon", href="/static/icon.svg"),
            (h.link(rel="stylesheet", href=f"/static/{style}") for style in STYLE_SHEETS),
            h.script(type="module", src="/static/main.js"),
        ],
        h.body(
            data_actors=" ".join(actor.id for actor in actors),
            data_start=next(iter(slack.channels), ""),
            data_now=str(slack.clock.now().timestamp() * 1000),
        )[
            h.a(".skip", href="#message-field")["Skip to the message field"],
            _render_top_bar(actors),
            h.p(id="preparing", role="status", hidden=True),
            h.div(".columns")[
                h.nav(id="sidebar", aria_label="Channels and apps"),
                h.main(id="main")[
                    h.header(".pane-header")[
                        h.div(id="channel-header"),
                        h.div(".tabs", id="tabs", role="tablist", aria_label="Tabs", hidden=True),
                    ],
                    h.section(
                        ".messages", id="messages", role="log", aria_live="polite", aria_label="Messages"
                    ),
                    h.section(id="home", aria_label="App Home", hidden=True),
                    h.section(id="canvas", aria_label="Canvas", tabindex="0", hidden=True),
                    h.p(".typing", id="typing", aria_live="polite"),
                    render_composer(slack, "message-field", "channel"),
                ],
                h.aside(id="thread", aria_label="Thread", hidden=True)[
                    h.header(".pane-header")[
                        h.h2["Thread"],
                        h.button(".icon-button", id="close-thread", type="button", aria_label="Close thread")[
                            "✕"
                        ],
                    ],
                    h.section(".messages", role="log", aria_live="polite", aria_label="Thread"),
                    h.p(".typing", aria_live="polite"),
                    render_composer(slack, "reply-field", "thread"),
                ],
            ],
            h.dialog(id="modal", aria_labelledby="modal-title"),
            _render_toolbar(slack),
            _render_reaction_picker(),
            h.div(id="notices", role="status", aria_live="polite"),
        ],
    ]


def render_tabs(slack: FakeWorkspace, channel: SlackChannel) -> h.Node:
    """Return the tabs of a channel: messages and canvases, or messages and App Home.

    None if it has messages only.
    """
    canvases = slack.canvases_in_channel(channel.id)
    if not channel.is_direct and not canvases:
        return None
    return h.fragment[
        h.button(type="button", role="tab", data_tab="home")["Home"] if channel.is_direct else None,
        h.button(type="button", role="tab", data_tab="messages")["Messages"],
        (
            h.button(type="button", role="tab", data_tab=canvas.id, title=canvas.title)[
                canvas.title or "Canvas"
            ]
            for canvas in canvases
        ),
    ]


def _render_top_bar(actors: Sequence[SlackUser]) -> h.Element:
    return h.header(".top")[
        h.button(".icon-button.sidebar-button", id="open-sidebar", type="button", aria_label="Channels")[
            "☰"
        ],
        h.p(".disclaimer")[
            h.strong["A stand-in"], " that behaves like Slack, but is not Slack.", h.span[" The bot is real."]
        ],
        h.div(".clock")[
            h.button(
                type="button", data_menu=True, aria_haspopup="menu", id="clock", aria_label="Workspace time"
            )[render_icon("clock"), h.time(id="now")],
            h.div(".menu", popover=True, role="menu", aria_label="Move the clock")[
                h.p(".menu-title")["Let time pass"],
                (
                    h.button(type="button", role="menuitem", data_move_clock=label)[label]
                    for label in TIME_JUMPS
                ),
            ],
        ],
        h.div(".actor")[
            h.button(type="button", data_menu=True, aria_haspopup="menu", id="acting"),
            h.div(".menu.people", popover=True, role="menu", aria_label="Act as")[
                h.p(".menu-title")["Act as"],
                (
                    h.button(type="button", role="menuitemradio", data_actor=actor.id)[
                        render_avatar(actor), h.span[actor.name, h.small[actor.time_zone]]
                    ]
                    for actor in actors
                ),
            ],
        ],
    ]


def _render_toolbar(slack: FakeWorkspace) -> h.Element:
    """Return the toolbar that the script moves to the message under the pointer."""
    return h.div(".toolbar", id="toolbar", role="toolbar", aria_label="Message", hidden=True)[
        (
            h.button(type="button", data_react=name, aria_label=f"React with {number}", title=f":{name}:")[
                render_reaction_emoji(name)
            ]
            for number, name in enumerate(NUMBER_EMOJI, start=1)
        ),
        h.button(
            type="button", data_open_picker=True, aria_label="Find another reaction", title="More reactions"
        )["☺"],
        h.button(type="button", data_open_thread=True, aria_label="Reply in thread", title="Reply in thread")[
            render_icon("reply")
        ],
        h.button(
            type="button",
            data_menu=True,
            aria_haspopup="menu",
            aria_label="More actions",
            title="More actions",
        )["⋮"],
        h.div(".menu", popover=True, role="menu", aria_label="More actions")[
            (
                h.button(
                    type="button",
                    role="menuitem",
                    data_shortcut=shortcut["callback_id"],
                    data_on_message=True,
                )[shortcut["name"], h.small[shortcut["description"]]]
                for shortcut in list_shortcuts(slack, "message")
            ),
            h.button(type="button", role="menuitem", data_copy_link=True)["Copy link"],
            h.button(".danger-text", type="button", role="menuitem", data_delete=True)["Delete message"],
        ],
    ]


def _render_reaction_picker() -> h.Element:
    return h.div(".menu.emoji-picker", id="picker", popover=True, role="menu", aria_label="Reactions")[
        (
            h.button(type="button", role="menuitem", data_react=name, aria_label=f":{name}:")[
                render_reaction_emoji(name)
            ]
            for name in (*NUMBER_EMOJI, *OTHER_EMOJI)
        )
    ]


def render_sidebar(slack: FakeWorkspace, reader: SlackUser) -> h.Node:
    """Return the channels that a member is in, and the bot."""
    own_channels = [channel for channel in slack.channels.values() if reader.id in channel.member_ids]
    direct = slack.direct_channel(reader.id)
    return h.fragment[
        h.h2["Channels"],
        (_render_channel_link(channel) for channel in own_channels if not channel.is_direct),
        h.h2["Apps"],
        h.a(".entry", href=f"/archives/{direct.id}", data_channel_id=direct.id)[
            render_avatar(slack.users[BOT_USER_ID]), h.span[slack.users[BOT_USER_ID].name]
        ],
    ]


def _render_channel_link(channel: SlackChannel) -> h.Element:
    return h.a(".entry", href=f"/archives/{channel.id}", data_channel_id=channel.id)[
        h.span(".channel-prefix", aria_hidden="true")[_render_channel_prefix(channel)], h.span[channel.name]
    ]


def _render_channel_prefix(channel: SlackChannel) -> h.Node:
    return render_icon("lock") if channel.is_private else "#"


def render_channel_header(slack: FakeWorkspace, channel: SlackChannel) -> h.Node:
    """Return a channel's name, members and topic."""
    if channel.is_direct:
        return h.fragment[
            render_avatar(slack.users[BOT_USER_ID]),
            h.h1[slack.users[BOT_USER_ID].name],
            h.span(".app")["APP"],
        ]
    member_names = [
        find_author(slack, member).name for member in sorted(channel.member_ids) if member != BOT_USER_ID
    ]
    return h.fragment[
        h.h1[_render_channel_prefix(channel), f" {channel.name}"],
        h.p(".topic.muted", title=", ".join(member_names))[
            f"{len(member_names)} members · {channel.topic}".rstrip(" ·")
        ],
    ]


def render_modal(view: Mapping[str, Any], content: h.Node) -> h.Element:
    """Return a modal's form: its title, blocks and buttons."""
    submit, close = view.get("submit"), view.get("close")
    return h.form(data_view_id=view["id"], novalidate=True)[
        h.header[
            h.button(".icon-button", type="button", data_close="one", aria_label="Back", hidden=True)["‹"]
            if not view.get("previous_view_id")
            else h.button(".icon-button", type="button", data_close="one", aria_label="Back")["‹"],
            h.h2(id="modal-title")[view["title"]["text"]],
            h.button(".icon-button", type="button", data_close="all", aria_label="Close this dialog")["✕"],
        ],
        h.p(".form-error", role="alert", hidden=True),
        h.div(".form-blocks")[content],
        h.footer[
            h.button(".button", type="button", data_close="one")[close["text"] if close else "Cancel"],
            h.button(".button.primary", type="submit")[submit["text"]] if submit else None,
        ],
    ]
