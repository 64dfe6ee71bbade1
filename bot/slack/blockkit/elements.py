"""Builders of Block Kit's elements: texts, buttons, menus and inputs. Pure.

They return what is sent. The models of slack_sdk check themselves each time: a form with the options of fifty
needs took 3 ms, as long as the SQL of a small canvas. What these functions return is checked in tests.

See https://docs.slack.dev/reference/block-kit/block-elements.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.slack.blockkit.text import truncate

Element = dict[str, Any]
TextObject = dict[str, Any]
Option = dict[str, Any]

MAX_BUTTON_CHARACTERS = 75
MAX_BUTTON_ID_CHARACTERS = 255
MAX_OPTION_CHARACTERS = 75
MAX_OPTIONS = 100


def plain_text(text: str) -> TextObject:
    """Return text without formatting, as titles and labels require it."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn_text(text: str) -> TextObject:
    """Return formatted text. With `verbatim`, Slack turns no plain text into links and mentions."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def action_button(
    label: str,
    action_id: str,
    value: str = "-",
    style: str | None = None,
    visible_to: Sequence[str] = (),
    confirm: Element | None = None,
) -> Element:
    """Return a button; the handler of its action id gets the value.

    With `visible_to`, only these users see it, which does not keep others from sending its action.
    """
    return _without_empty(
        type="button",
        text=plain_text(truncate(label, MAX_BUTTON_CHARACTERS)),
        action_id=action_id,
        value=value,
        style=style,
        visible_to_user_ids=[*visible_to],
        confirm=confirm,
    )


def link_button(label: str, action_id: str, url: str, value: str = "-") -> Element:
    """Return a button that opens a URL. Slack sends the bot its action with the value nevertheless."""
    return action_button(label, action_id, value) | {"url": url}


def command_button(
    label: str, command_text: str, canvas_id: int | None = None, style: str | None = None
) -> Element:
    """Return a button that runs a command, without its slash, for a canvas (None: the current one).

    The action id contains the command too, since Slack rejects two buttons with the same id in a block.
    """
    value = f"{canvas_id or ''}:{command_text}"
    return action_button(label, f"run:{value}"[:MAX_BUTTON_ID_CHARACTERS], value, style)


def choice_button(
    label: str, command_text: str, canvas_id: int | None = None, style: str | None = None
) -> Element:
    """Return a button that runs a command, and whose answer replaces the message with the button.

    It is for messages to one person, such as questions: each is answered once.
    """
    value = f"{canvas_id or ''}:{command_text}"
    return action_button(label, f"choose:{value}"[:MAX_BUTTON_ID_CHARACTERS], value, style)


def build_confirmation(title: str, text: str, confirm: str, deny: str) -> Element:
    """Return the question that Slack asks before it sends the action of a button."""
    return {
        "title": plain_text(title),
        "text": plain_text(text),
        "confirm": plain_text(confirm),
        "deny": plain_text(deny),
    }


def overflow_menu(action_id: str, options: Iterable[tuple[str, str]]) -> Element:
    """Return a "⋯" menu of labels and values."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [build_option(label, value) for label, value in options],
    }


def build_option(label: str, value: str) -> Option:
    """Return an option of a menu or select."""
    return {"text": plain_text(truncate(label, MAX_OPTION_CHARACTERS)), "value": value}


def build_option_group(label: str, options: Sequence[Option]) -> Element:
    """Return the options of a select that stand under one label."""
    return {"label": plain_text(label), "options": options}


def input_element(element_type: str, action_id: str, *, placeholder: str = "", **properties: Any) -> Element:
    """Return an input of a form, with the properties that Slack's type has; empty ones are left out."""
    hint = plain_text(placeholder) if placeholder else None
    return _without_empty(type=element_type, action_id=action_id, placeholder=hint, **properties)


def _without_empty(**properties: Any) -> Element:
    """Return the properties that have a value: Slack rejects empty ones."""
    return {name: value for name, value in properties.items() if value not in (None, "", [])}
