"""The top modal, read and filled in by labels."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from bot.fake_slack.blockkit.traversal import all_options, interactive_elements
from bot.fake_slack.client.form_state import FieldInput
from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.client.plain_text import blocks_to_text, element_label

_OPTION_PREFIX = re.compile(r"^(★ )?(:\w+: )?(\d+\. )?")  # marks that the bot puts before an entry's text


class NotVisible(AssertionError):
    """A message, button, field or option is not there."""


class OpenModal:
    """An open modal. Input stays in a field as long as its block_id and action_id stay the same."""

    def __init__(
        self, member: MemberClient, view: dict[str, Any], settle: Callable[[], Awaitable[None]]
    ) -> None:
        self._member, self._view, self._settle = member, view, settle
        self.errors: dict[str, str] = {}  # by label; under "" an error of the whole form
        self._form_input: dict[str, dict[str, FieldInput]] = view.setdefault("filled", {})

    @property
    def text(self) -> str:
        return f"{self._view['title']['text']}\n{blocks_to_text(self._view['blocks'])}"

    def option_labels(self, label: str) -> list[str]:
        return [option["text"]["text"] for option in all_options(self._find_field(label)["element"])]

    def has_option(self, label: str, text: str) -> bool:
        """Return whether a field has an option with this text or its beginning."""
        return any(map(partial(_names, text), self.option_labels(label)))

    async def fill_field(self, label: str, value: Any) -> "OpenModal":
        """Fill in a field; options by a part of their labels."""
        block = self._find_field(label)
        element = block["element"]
        field_input = _to_field_input(element, value)
        self._form_input.setdefault(block["block_id"], {})[element["action_id"]] = field_input
        if block.get("dispatch_action"):
            await self._act(block["block_id"], element["action_id"], field_input)
        return self

    async def attach_file(self, label: str, name: str, content: str | bytes) -> "OpenModal":
        """Choose a file in a field."""
        file = self._member.upload_file(name, content.encode() if isinstance(content, str) else content)
        return await self.fill_field(label, [file.id])

    async def load_suggestions(self, label: str, query: str) -> list[str]:
        """Return the labels that the app suggests for what is typed into a field."""
        block = self._find_field(label)
        action_id = block["element"]["action_id"]
        options = await self._member.load_suggestions(
            self._view, block["block_id"], action_id, query, self._form_input
        )
        return [option["text"]["text"] for option in options]

    async def click_button(self, label: str) -> None:
        for block in self._view["blocks"]:
            for element in interactive_elements(block):
                if element_label(element) == label:
                    await self._act(block["block_id"], element["action_id"], None)
                    return
        raise NotVisible(f"no button {label!r} in {self.text}")

    async def submit(self, *, twice: bool = False) -> "OpenModal":
        """Submit. The modal closes, changes, or shows `errors`. `twice` stands for a double click."""
        if twice:
            await self.submit_unacknowledged()
        errors = await self._member.submit_view(self._view, self._form_input)
        labels = {
            block["block_id"]: block["label"]["text"]
            for block in self._view["blocks"]
            if block["type"] == "input"
        }
        self.errors = {labels.get(block_id, ""): error for block_id, error in errors.items()}
        await self._settle()
        self._reload_view()
        return self

    async def submit_unacknowledged(self) -> None:
        """Submit; the acknowledgement comes too late, so that the form stays open."""
        await self._member.send_submission(self._view, self._form_input)
        await self._settle()

    async def _act(self, block_id: str, action_id: str, field_input: FieldInput) -> None:
        await self._member.act_in_view(self._view, block_id, action_id, field_input, self._form_input)
        await self._settle()
        self._reload_view()

    def _reload_view(self) -> None:
        current = self._member.slack.views.get(self._view["id"])
        if current is not None:
            current["filled"] = self._form_input
            self._view = current

    def _find_field(self, label: str) -> dict[str, Any]:
        for block in self._view["blocks"]:
            if block["type"] == "input" and block["label"]["text"] == label:
                found: dict[str, Any] = block
                return found
        raise NotVisible(f"no field {label!r} in {self.text}")


def _to_field_input(element: Mapping[str, Any], value: Any) -> FieldInput:
    """Return what a field holds: for options their values, found by their labels."""
    if not all_options(element):
        field_input: FieldInput = value
        return field_input
    if isinstance(value, str):
        return _find_option(element, value)
    return [_find_option(element, label) for label in value]


def _names(text: str, label: str) -> bool:
    """Return whether a label, which may be cut, is that of a text."""
    return text in label or (label.endswith("…") and text.startswith(_OPTION_PREFIX.sub("", label)[:-1]))


def _find_option(element: Mapping[str, Any], text: str) -> str:
    for option in all_options(element):
        if _names(text, option["text"]["text"]):
            value: str = option["value"]
            return value
    raise NotVisible(f"no option {text!r} among {[o['text']['text'] for o in all_options(element)]}")
