"""What Slack's client checks in a form before it sends it, with the client's own words. Pure."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bot.fake_slack.client.form_state import FIELD_TYPES, Element, input_elements

REQUIRED_MESSAGE = "Please complete this required field."
MAX_TEXT_CHARACTERS, MAX_FILES = 3000, 10  # where the element sets no smaller limit
_PATTERNS = {
    "email_text_input": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Enter a valid email address."),
    "url_text_input": (re.compile(r"https?://\S+"), "Enter a valid URL."),
    "number_input": (re.compile(r"-?\d+(\.\d+)?"), "Enter a number."),
}


def find_input_errors(blocks: Iterable[Mapping[str, Any]], state: Mapping[str, Any]) -> dict[str, str]:
    """Return the error messages of a form by block id."""
    errors: dict[str, str] = {}
    for block, element in input_elements(blocks):
        if block["type"] == "input":
            content = state["values"][block["block_id"]][element["action_id"]]
            value = content[FIELD_TYPES[element["type"]].state_key]
            if error := _find_error(element, value, is_optional=bool(block.get("optional"))):
                errors[block["block_id"]] = error
    return errors


def _find_error(element: Element, value: Any, *, is_optional: bool) -> str:
    """Return the error message of a field; "" where its content is right."""
    if not value:
        return "" if is_optional else REQUIRED_MESSAGE
    if element["type"] == "file_input":
        limit = element.get("max_files", MAX_FILES)
        return f"Choose no more than {limit} files." if len(value) > limit else ""
    return _find_text_error(element, value) if isinstance(value, str) else ""


def _find_text_error(element: Element, text: str) -> str:
    limit = element.get("max_length", MAX_TEXT_CHARACTERS)
    if len(text) > limit:
        return f"Must be no more than {limit} characters."
    if len(text) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    pattern, error = _PATTERNS.get(element["type"], (None, ""))
    if pattern and not pattern.fullmatch(text):
        return error
    return _find_number_error(element, Decimal(text)) if element["type"] == "number_input" else ""


def _find_number_error(element: Element, value: Decimal) -> str:
    if value % 1 and not element.get("is_decimal_allowed", True):
        return "Enter a whole number."
    minimum, maximum = element.get("min_value"), element.get("max_value")
    if minimum and value < Decimal(minimum):
        return f"Must be at least {minimum}."
    return f"Must be no more than {maximum}." if maximum and value > Decimal(maximum) else ""
