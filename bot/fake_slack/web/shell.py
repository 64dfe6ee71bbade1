"""The frame of the page: everything that is there before a message is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import htpy as h

from bot.fake_slack.things import BOT, Channel, User
from bot.fake_slack.web.jumps import JUMPS
from bot.fake_slack.web.messages import MORE, NUMBERS, author_of, avatar, glyph
from bot.fake_slack.workspace import Workspace

STYLES = ("page.css", "messages.css", "blocks.css", "dialogs.css")


def shell(slack: Workspace, actors: Sequence[User]) -> h.Element:
    """The whole page, empty of messages: its script fills it."""
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="color-scheme", content="light dark"),
            h.title["Stand-in workspace"],
            h.link(rel="icon", href="/static/icon.svg"),
            (h.link(rel="stylesheet", href=f"/static/{style}") for style in STYLES),
            h.script(type="module", src="/static/main.js"),
        ],
        h.body(
            data_actors=" ".join(actor.id for actor in actors),
            data_start=next(iter(slack.channels), ""),
            data_now=str(slack.clock.now().timestamp() * 1000),
        )[
            h.a(".skip", href="#words")["Skip to the message field"],
            _top(actors),
            h.p(id="preparing", role="status", hidden=True),
            h.div(".columns")[
                h.nav(id="sidebar", aria_label="Channels and apps"),
                h.main(id="main")[
                    h.header(".head")[
                        h.div(id="place"),
                        h.div(".tabs", id="tabs", role="tablist", aria_label="Tabs", hidden=True),
                    ],
                    h.section(
                        ".messages", id="messages", role="log", aria_live="polite", aria_label="Messages"
                    ),
                    h.section(id="home", aria_label="App Home", hidden=True),
                    h.section(id="canvas", aria_label="Canvas", tabindex="0", hidden=True),
                    h.p(".typing", id="typing", aria_live="polite"),
                    _composer(slack, "words", "channel"),
                ],
                h.aside(id="thread", aria_label="Thread", hidden=True)[
                    h.header(".head")[
                        h.h2["Thread"],
                        h.button(".icon-button", id="close-thread", type="button", aria_label="Close thread")[
                            "✕"
                        ],
                    ],
                    h.section(".messages", role="log", aria_live="polite", aria_label="Thread"),
                    h.p(".typing", aria_live="polite"),
                    _composer(slack, "reply", "thread"),
                ],
            ],
            h.dialog(id="modal", aria_labelledby="modal-title"),
            _toolbar(slack),
            _picker(),
            h.div(id="notices", role="status", aria_live="polite"),
        ],
    ]


def tabs(slack: Workspace, channel: Channel) -> h.Node:
    """What there is beside a channel's messages: the app's Home, or canvases; nothing where there is none."""
    documents = slack.documents_of(channel.id)
    if not channel.is_direct and not documents:
        return None
    return h.fragment[
        h.button(type="button", role="tab", data_tab="home")["Home"] if channel.is_direct else None,
        h.button(type="button", role="tab", data_tab="messages")["Messages"],
        (
            h.button(type="button", role="tab", data_tab=document.id, title=document.title)[
                document.title or "Canvas"
            ]
            for document in documents
        ),
    ]


def _top(actors: Sequence[User]) -> h.Element:
    return h.header(".top")[
        h.button(".icon-button.burger", id="open-sidebar", type="button", aria_label="Channels")["☰"],
        h.p(".honest")[
            h.strong["A stand-in"], " that behaves like Slack, but is not Slack.", h.span[" The bot is real."]
        ],
        h.div(".clock")[
            h.button(
                type="button", data_menu=True, aria_haspopup="menu", id="clock", aria_label="Workspace time"
            )[h.span(aria_hidden="true")["🕘 "], h.time(id="now")],
            h.div(".menu", popover=True, role="menu", aria_label="Move the clock")[
                h.p(".menu-title")["Let time pass"],
                (h.button(type="button", role="menuitem", data_jump=jump)[jump] for jump in JUMPS),
            ],
        ],
        h.div(".actor")[
            h.button(type="button", data_menu=True, aria_haspopup="menu", id="acting"),
            h.div(".menu.people", popover=True, role="menu", aria_label="Act as")[
                h.p(".menu-title")["Act as"],
                (
                    h.button(type="button", role="menuitemradio", data_actor=actor.id)[
                        avatar(actor), h.span[actor.name, h.small[actor.time_zone]]
                    ]
                    for actor in actors
                ),
            ],
        ],
    ]


def _composer(slack: Workspace, key: str, where: str) -> h.Element:
    label = "Message" if where == "channel" else "Reply"
    return h.form(".composer", data_where=where)[
        h.div(".completions", role="listbox", aria_label="Commands", id=f"{key}-completions", hidden=True)[
            [_completion(*numbered) for numbered in enumerate(commands_of(slack))]
            if where == "channel"
            else None
        ],
        h.div(".composer-box")[
            h.button(
                ".icon-button",
                type="button",
                data_menu=True,
                aria_haspopup="menu",
                aria_label="Shortcuts",
                hidden=not _shortcuts(slack, "global"),
            )["⚡"],
            _shortcut_menu(slack, "global"),
            h.textarea(
                id=key,
                rows="1",
                aria_label=label,
                placeholder=label,
                autocomplete="off",
                maxlength="40000",
                aria_controls=f"{key}-completions",
            ),
            h.button(".send", type="submit", aria_label="Send")["➤"],
        ],
    ]


def commands_of(slack: Workspace) -> Iterable[Mapping[str, Any]]:
    commands: list[Mapping[str, Any]] = slack.manifest["features"]["slash_commands"] if slack.manifest else []
    return commands


def _completion(number: int, command: Mapping[str, Any]) -> h.Element:
    return h.button(
        id=f"completion-{number}",
        type="button",
        role="option",
        tabindex="-1",
        data_complete=f"{command['command']} ",
        aria_selected="false",
    )[
        h.strong[command["command"]],
        " ",
        h.span(".muted")[command.get("usage_hint", "")],
        h.br,
        h.small[command["description"]],
    ]


def _shortcuts(slack: Workspace, kind: str) -> list[Mapping[str, Any]]:
    features = slack.manifest["features"] if slack.manifest else {}
    return [shortcut for shortcut in features.get("shortcuts", []) if shortcut["type"] == kind]


def _shortcut_menu(slack: Workspace, kind: str) -> h.Element:
    return h.div(".menu", popover=True, role="menu", aria_label="Shortcuts")[
        (
            h.button(type="button", role="menuitem", data_shortcut=one["callback_id"])[
                one["name"], h.small[one["description"]]
            ]
            for one in _shortcuts(slack, kind)
        )
    ]


def _toolbar(slack: Workspace) -> h.Element:
    """What appears on the message in hand; the script moves it there."""
    return h.div(".toolbar", id="toolbar", role="toolbar", aria_label="Message", hidden=True)[
        (
            h.button(type="button", data_react=name, aria_label=f"React with {number}", title=f":{name}:")[
                glyph(name)
            ]
            for number, name in enumerate(NUMBERS, start=1)
        ),
        h.button(type="button", data_pick=True, aria_label="Find another reaction", title="More reactions")[
            "☺"
        ],
        h.button(type="button", data_open_thread=True, aria_label="Reply in thread", title="Reply in thread")[
            "💬"
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
                    type="button", role="menuitem", data_shortcut=one["callback_id"], data_on_message=True
                )[one["name"], h.small[one["description"]]]
                for one in _shortcuts(slack, "message")
            ),
            h.button(type="button", role="menuitem", data_copy_link=True)["Copy link"],
            h.button(".danger-text", type="button", role="menuitem", data_delete=True)["Delete message"],
        ],
    ]


def _picker() -> h.Element:
    return h.div(".menu.emoji-picker", id="picker", popover=True, role="menu", aria_label="Reactions")[
        (
            h.button(type="button", role="menuitem", data_react=name, aria_label=f":{name}:")[glyph(name)]
            for name in (*NUMBERS, *MORE)
        )
    ]


def sidebar(slack: Workspace, reader: User) -> h.Node:
    """The channels that a member is in, and the app."""
    mine = [channel for channel in slack.channels.values() if reader.id in channel.members]
    direct = slack.direct(reader.id)
    return h.fragment[
        h.h2["Channels"],
        (_entry(channel) for channel in mine if not channel.is_direct),
        h.h2["Apps"],
        h.a(".entry", href=f"/archives/{direct.id}", data_channel=direct.id)[
            avatar(slack.users[BOT]), h.span[slack.users[BOT].name]
        ],
    ]


def _entry(channel: Channel) -> h.Element:
    sign = "🔒" if channel.private else "#"
    return h.a(".entry", href=f"/archives/{channel.id}", data_channel=channel.id)[
        h.span(".sign", aria_hidden="true")[sign], h.span[channel.name]
    ]


def place(slack: Workspace, channel: Channel) -> h.Node:
    """The head of a channel."""
    if channel.is_direct:
        return h.fragment[avatar(slack.users[BOT]), h.h1[slack.users[BOT].name], h.span(".app")["APP"]]
    people = [author_of(slack, member).name for member in sorted(channel.members) if member != BOT]
    return h.fragment[
        h.h1[f"{'🔒' if channel.private else '#'} {channel.name}"],
        h.p(".topic.muted", title=", ".join(people))[f"{len(people)} members · {channel.topic}".rstrip(" ·")],
    ]


def modal(view: Mapping[str, Any], shown: h.Node) -> h.Element:
    """A modal's inside: its title, blocks and buttons."""
    submit, close = view.get("submit"), view.get("close")
    return h.form(data_view=view["id"], data_hash=view["hash"], novalidate=True)[
        h.header[
            h.button(".icon-button", type="button", data_close="one", aria_label="Back", hidden=True)["‹"]
            if not view.get("previous_view_id")
            else h.button(".icon-button", type="button", data_close="one", aria_label="Back")["‹"],
            h.h2(id="modal-title")[view["title"]["text"]],
            h.button(".icon-button", type="button", data_close="all", aria_label="Close this dialog")["✕"],
        ],
        h.p(".form-error", role="alert", hidden=True),
        h.div(".form-blocks")[shown],
        h.footer[
            h.button(".button", type="button", data_close="one")[close["text"] if close else "Cancel"],
            h.button(".button.primary", type="submit")[submit["text"]] if submit else None,
        ],
    ]
