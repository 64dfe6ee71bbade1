"""The state of a form: what its fields hold, as Slack sends it to the app. Pure.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.fake_slack.blockkit.traversal import all_options, interactive_elements

Element = Mapping[str, Any]
FieldInput = str | list[str] | None  # options by value; users, channels and files by id
FormInput = Mapping[str, Mapping[str, FieldInput]]  # by block id and action id
KnownObjects = Mapping[str, Mapping[str, Any]]  # options by value, files by id


@dataclass(frozen=True, slots=True)
class FieldType:
    """The keys under which Slack keeps the content of an element and its initial content."""

    state_key: str
    initial_key: str
    has_options: bool = False
    is_multiple: bool = False

    def empty_state(self) -> dict[str, Any]:
        return {self.state_key: [] if self.is_multiple else None}


_TEXT = FieldType("value", "initial_value")
_OPTION = FieldType("selected_option", "initial_option", has_options=True)
_OPTIONS = FieldType("selected_options", "initial_options", has_options=True, is_multiple=True)
FIELD_TYPES = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "rich_text_input": FieldType("rich_text_value", "initial_value"),
    "datepicker": FieldType("selected_date", "initial_date"),
    "timepicker": FieldType("selected_time", "initial_time"),
    "datetimepicker": FieldType("selected_date_time", "initial_date_time"),
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "overflow": _OPTION,
    "checkboxes": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "users_select": FieldType("selected_user", "initial_user"),
    "multi_users_select": FieldType("selected_users", "initial_users", is_multiple=True),
    "channels_select": FieldType("selected_channel", "initial_channel"),
    "multi_channels_select": FieldType("selected_channels", "initial_channels", is_multiple=True),
    "conversations_select": FieldType("selected_conversation", "initial_conversation"),
    "multi_conversations_select": FieldType(
        "selected_conversations", "initial_conversations", is_multiple=True
    ),
    "file_input": FieldType("files", "", is_multiple=True),
}


def build_state(
    blocks: Iterable[Mapping[str, Any]], form_input: FormInput, known: KnownObjects, zone: ZoneInfo
) -> Any:
    """Return the state object of a view or message, with the content of each field."""
    values: dict[str, Any] = {}
    for block, element in input_elements(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        block_input = form_input.get(block_id, {})
        if action_id in block_input:
            state = element_state(element, block_input[action_id], known, zone)
        else:
            state = initial_state(element)
        values.setdefault(block_id, {})[action_id] = {"type": element["type"], **state}
    return {"values": values}


def input_elements(blocks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Element]]:
    """Yield each element that has a state, with its block. An overflow menu has none."""
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] in FIELD_TYPES and element["type"] != "overflow":
                yield block, element


def element_state(
    element: Element, field_input: FieldInput, known: KnownObjects, zone: ZoneInfo
) -> dict[str, Any]:
    """Return the content of an element. `known` holds options that the app suggested, and uploaded files."""
    field_type = FIELD_TYPES[element["type"]]
    if not field_input:
        return field_type.empty_state()
    if field_type.has_options:
        by_value = {**known, **{option.get("value", ""): option for option in all_options(element)}}
        chosen = [by_value[value] for value in _as_list(field_input) if value in by_value]
        if not chosen:
            return field_type.empty_state()
        return {field_type.state_key: chosen if field_type.is_multiple else chosen[0]}
    return {field_type.state_key: _encode_input(element["type"], field_input, known, zone)}


def initial_state(element: Element) -> dict[str, Any]:
    """Return the content that the app gave an element."""
    field_type = FIELD_TYPES[element["type"]]
    if field_type.initial_key in element:
        return {field_type.state_key: element[field_type.initial_key]}
    return field_type.empty_state()


def _encode_input(element_type: str, field_input: FieldInput, known: KnownObjects, zone: ZoneInfo) -> Any:
    match element_type:
        case "datetimepicker":
            return int(datetime.fromisoformat(str(field_input)).replace(tzinfo=zone).timestamp())
        case "rich_text_input":
            return _to_rich_text(str(field_input))
        case "file_input":
            return [known.get(file_id, {"id": file_id}) for file_id in _as_list(field_input)]
        case _:
            return field_input


def _as_list(field_input: FieldInput) -> list[str]:
    return [field_input] if isinstance(field_input, str) else field_input or []


def _to_rich_text(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
