"""The modal on top, as a person reads and fills it in by labels."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.fake_slack.client.form_state import FieldInput, interactive_elements, all_options
from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.client.plain_text import element_label, blocks_to_text

_UNNUMBERED = re.compile(r"^(★ )?(\d+\. )?")  # what may stand before an entry's text in an option


class NotVisible(AssertionError):
    """What a person looked for is not to be seen."""


class OpenModal:
    """What was filled in stays while block and action stay."""

    def __init__(self, member: MemberClient, view: dict[str, Any], settle: Callable[[], Awaitable[None]]) -> None:
        self._member, self._view, self._settle = member, view, settle
        self.errors: dict[str, str] = {}  # by label; "" for what concerns no field
        self._filled: dict[str, dict[str, FieldInput]] = view.setdefault("filled", {})

    @property
    def text(self) -> str:
        return f"{self._view['title']['text']}\n{blocks_to_text(self._view['blocks'])}"

    def option_labels(self, label: str) -> list[str]:
        return [option["text"]["text"] for option in all_options(self._block(label)["element"])]

    async def fill_field(self, label: str, value: Any) -> "OpenModal":
        block = self._block(label)
        element = block["element"]
        given = _given(element, value)
        self._filled.setdefault(block["block_id"], {})[element["action_id"]] = given
        if block.get("dispatch_action"):
            await self._press(block["block_id"], element["action_id"], given)
        return self

    async def attach_file(self, label: str, name: str, content: str | bytes) -> "OpenModal":
        """Choose a file."""
        file = self._member.upload_file(name, content.encode() if isinstance(content, str) else content)
        return await self.fill_field(label, [file.id])

    async def load_suggestions(self, label: str, words: str) -> list[str]:
        """Return what is suggested for words typed into a field."""
        block = self._block(label)
        action = block["element"]["action_id"]
        found = await self._member.load_suggestions(self._sent(), block["block_id"], action, words, self._filled)
        return [option["text"]["text"] for option in found]

    async def click_button(self, label: str) -> None:
        for block in self._view["blocks"]:
            for element in interactive_elements(block):
                if element_label(element) == label:
                    await self._press(block["block_id"], element["action_id"], None)
                    return
        raise NotVisible(f"no button {label!r} in {self.text}")

    async def submit(self, *, twice: bool = False) -> "OpenModal":
        """Submit; the modal closes, changes, or shows errors at its fields. `twice`: by a double click."""
        if twice:
            await self._member.send_submission(self._sent(), self._filled)
            await self._settle()
        errors = await self._member.submit_view(self._sent(), self._filled)
        labels = {b["block_id"]: b["label"]["text"] for b in self._view["blocks"] if b["type"] == "input"}
        self.errors = {labels.get(block, ""): says for block, says in errors.items()}
        await self._settle()
        self._take_over()
        return self

    async def _press(self, block: str, action: str, given: FieldInput) -> None:
        await self._member.act_in_view(self._sent(), block, action, given, self._filled)
        await self._settle()
        self._take_over()

    def _take_over(self) -> None:
        newest = self._member.slack.views.get(self._view["id"])
        if newest is not None:
            newest["filled"] = self._filled
            self._view = newest

    def _sent(self) -> dict[str, Any]:
        return {key: value for key, value in self._view.items() if key != "filled"}

    def _block(self, label: str) -> dict[str, Any]:
        for block in self._view["blocks"]:
            if block["type"] == "input" and block["label"]["text"] == label:
                found: dict[str, Any] = block
                return found
        raise NotVisible(f"no field {label!r} in {self.text}")


def _given(element: Mapping[str, Any], value: Any) -> FieldInput:
    """Return options as their values, by what is to be read of them."""
    if not all_options(element):
        given: FieldInput = value
        return given
    if isinstance(value, str):
        return _chosen(element, value)
    return [_chosen(element, one) for one in value]


def _chosen(element: Mapping[str, Any], words: str) -> str:
    for option in all_options(element):
        label = option["text"]["text"]
        if words in label or (label.endswith("…") and words.startswith(_UNNUMBERED.sub("", label)[:-1])):
            value: str = option["value"]
            return value
    raise NotVisible(f"no option {words!r} among {[o['text']['text'] for o in all_options(element)]}")
