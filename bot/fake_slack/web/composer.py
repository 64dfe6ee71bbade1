"""Render the message fields, with the bot's slash commands and shortcuts."""

from collections.abc import Iterable, Mapping
from typing import Any

import htpy as h

from bot.fake_slack.server.workspace import FakeWorkspace


def render_composer(slack: FakeWorkspace, field_id: str, location: str) -> h.Element:
    """Return a message field with its shortcuts and, for a channel, the commands that it completes."""
    label = "Message" if location == "channel" else "Reply"
    return h.form(".composer", data_location=location)[
        h.div(
            ".completions", role="listbox", aria_label="Commands", id=f"{field_id}-completions", hidden=True
        )[
            [_render_completion(number, command) for number, command in enumerate(list_commands(slack))]
            if location == "channel"
            else None
        ],
        h.div(".composer-box")[
            h.button(
                ".icon-button",
                type="button",
                data_menu=True,
                aria_haspopup="menu",
                aria_label="Shortcuts",
                hidden=not list_shortcuts(slack, "global"),
            )["⚡"],
            _render_shortcut_menu(slack, "global"),
            h.textarea(
                id=field_id,
                rows="1",
                aria_label=label,
                placeholder=label,
                autocomplete="off",
                maxlength="40000",
                aria_controls=f"{field_id}-completions",
            ),
            h.button(".send", type="submit", aria_label="Send")["➤"],
        ],
    ]


def list_commands(slack: FakeWorkspace) -> Iterable[Mapping[str, Any]]:
    """Return the bot's slash commands as its manifest declares them."""
    commands: list[Mapping[str, Any]] = slack.manifest["features"]["slash_commands"] if slack.manifest else []
    return commands


def _render_completion(number: int, command: Mapping[str, Any]) -> h.Element:
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


def list_shortcuts(slack: FakeWorkspace, kind: str) -> list[Mapping[str, Any]]:
    """Return the bot's shortcuts of a kind, "global" or "message", as its manifest declares them."""
    features = slack.manifest["features"] if slack.manifest else {}
    return [shortcut for shortcut in features.get("shortcuts", []) if shortcut["type"] == kind]


def _render_shortcut_menu(slack: FakeWorkspace, kind: str) -> h.Element:
    return h.div(".menu", popover=True, role="menu", aria_label="Shortcuts")[
        (
            h.button(type="button", role="menuitem", data_shortcut=shortcut["callback_id"])[
                shortcut["name"], h.small[shortcut["description"]]
            ]
            for shortcut in list_shortcuts(slack, kind)
        )
    ]
