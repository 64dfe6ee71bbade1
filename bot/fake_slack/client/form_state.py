"""What the fields of a view or message hold, and how Slack tells an app of it. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Element = Mapping[str, Any]
FieldInput = str | list[str] | None  # what a field holds; options by value, people, channels and files by id
FormInput = Mapping[str, Mapping[str, FieldInput]]  # by block id and action id
KnownObjects = Mapping[str, Mapping[str, Any]]  # options by value, files by id


@dataclass(frozen=True, slots=True)
class _Kind:
    """How Slack names what an element of a type holds, and what it holds at first."""

    state: str
    initial: str
    of_options: bool = False
    many: bool = False

    def empty(self) -> dict[str, Any]:
        return {self.state: [] if self.many else None}


_TEXT = _Kind("value", "initial_value")
_OPTION = _Kind("selected_option", "initial_option", of_options=True)
_OPTIONS = _Kind("selected_options", "initial_options", of_options=True, many=True)
FIELD_TYPES = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "rich_text_input": _Kind("rich_text_value", "initial_value"),
    "datepicker": _Kind("selected_date", "initial_date"),
    "timepicker": _Kind("selected_time", "initial_time"),
    "datetimepicker": _Kind("selected_date_time", "initial_date_time"),
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "overflow": _OPTION,
    "checkboxes": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "users_select": _Kind("selected_user", "initial_user"),
    "multi_users_select": _Kind("selected_users", "initial_users", many=True),
    "channels_select": _Kind("selected_channel", "initial_channel"),
    "multi_channels_select": _Kind("selected_channels", "initial_channels", many=True),
    "conversations_select": _Kind("selected_conversation", "initial_conversation"),
    "multi_conversations_select": _Kind("selected_conversations", "initial_conversations", many=True),
    "file_input": _Kind("files", "", many=True),
}
_INSIDE = {"actions": "elements", "context_actions": "elements", "card": "actions"}
REQUIRED_MESSAGE = "Please complete this required field."


def interactive_elements(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a block's interactive elements."""
    inside = block.get(_INSIDE.get(block["type"], ""), [])
    return [*inside, *(block[key] for key in ("accessory", "element") if key in block)]


def all_options(element: Element) -> list[dict[str, Any]]:
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group.get("options", [])]


def element_state(element: Element, given: FieldInput, known: KnownObjects, zone: ZoneInfo) -> dict[str, Any]:
    """Return what an element holds, as Slack says it. Known are options that the app suggested, and files."""
    kind = FIELD_TYPES[element["type"]]
    if not given:
        return kind.empty()
    if kind.of_options:
        by_value = {**known, **{option.get("value", ""): option for option in all_options(element)}}
        found = [by_value[value] for value in _listed(given) if value in by_value]
        return {kind.state: found if kind.many else found[0]} if found else kind.empty()
    match element["type"]:
        case "datetimepicker":
            return {kind.state: int(datetime.fromisoformat(str(given)).replace(tzinfo=zone).timestamp())}
        case "rich_text_input":
            return {kind.state: _rich(str(given))}
        case "file_input":
            return {kind.state: [known.get(key, {"id": key}) for key in _listed(given)]}
        case _:
            return {kind.state: given}


def initial_state(element: Element) -> dict[str, Any]:
    kind = FIELD_TYPES[element["type"]]
    return {kind.state: element[kind.initial]} if kind.initial in element else kind.empty()


def build_state(blocks: Iterable[Mapping[str, Any]], filled: FormInput, known: KnownObjects, zone: ZoneInfo) -> Any:
    """Return the state of a view or message: what each of its fields holds."""
    values: dict[str, Any] = {}
    for block, element in input_elements(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        given = filled.get(block_id, {})
        holds = element_state(element, given[action_id], known, zone) if action_id in given else initial_state(element)
        values.setdefault(block_id, {})[action_id] = {"type": element["type"], **holds}
    return {"values": values}


def input_elements(blocks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Element]]:
    """Yield each element that holds something, with its block."""
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] in FIELD_TYPES and element["type"] != "overflow":
                yield block, element


def find_input_errors(blocks: Iterable[Mapping[str, Any]], state: Mapping[str, Any]) -> dict[str, str]:
    """Return by block id what Slack's own client says of a form before it sends it."""
    found: dict[str, str] = {}
    for block, element in input_elements(blocks):
        if block["type"] == "input":
            holds = state["values"][block["block_id"]][element["action_id"]]
            says = _refusal(
                element, holds[FIELD_TYPES[element["type"]].state], optional=bool(block.get("optional"))
            )
            if says:
                found[block["block_id"]] = says
    return found


_PATTERNS = {
    "email_text_input": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Enter a valid email address."),
    "url_text_input": (re.compile(r"https?://\S+"), "Enter a valid URL."),
    "number_input": (re.compile(r"-?\d+(\.\d+)?"), "Enter a number."),
}


def _refusal(element: Element, value: Any, *, optional: bool) -> str:
    if not value:
        return "" if optional else REQUIRED_MESSAGE
    if element["type"] == "file_input":
        most = element.get("max_files", 10)
        return f"Choose no more than {most} files." if len(value) > most else ""
    return _refusal_of_words(element, value) if isinstance(value, str) else ""


def _refusal_of_words(element: Element, words: str) -> str:
    if len(words) > element.get("max_length", 3000):
        return f"Must be no more than {element.get('max_length', 3000)} characters."
    if len(words) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    pattern, says = _PATTERNS.get(element["type"], (None, ""))
    if pattern and not pattern.fullmatch(words):
        return says
    return _out_of_range(element, Decimal(words)) if element["type"] == "number_input" else ""


def _out_of_range(element: Element, value: Decimal) -> str:
    if value % 1 and not element.get("is_decimal_allowed", True):
        return "Enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least and value < Decimal(least):
        return f"Must be at least {least}."
    return f"Must be no more than {most}." if most and value > Decimal(most) else ""


def _listed(given: FieldInput) -> list[str]:
    return [given] if isinstance(given, str) else given or []


def _rich(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
