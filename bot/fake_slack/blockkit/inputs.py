"""The input elements: text, numbers, dates, times and files.

The limits are those of https://docs.slack.dev/reference/block-kit/block-elements (one page an element).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from bot.fake_slack.blockkit.checks import (
    Check,
    JsonObject,
    ObjectSchema,
    array_of,
    boolean,
    by_type,
    in_order,
    integer,
    matching,
    one_of,
    require,
    string,
)
from bot.fake_slack.blockkit.objects import CONFIRM, plain_text
from bot.fake_slack.blockkit.rich_text import RICH_TEXT

MAX_INPUT_CHARACTERS = 3000
ACTION: dict[str, Check] = {"action_id": string(255)}
FOCUSABLE: dict[str, Check] = {**ACTION, "focus_on_load": boolean}
FIELD: dict[str, Check] = {**FOCUSABLE, "placeholder": plain_text(150)}
PICKER: dict[str, Check] = {**FIELD, "confirm": CONFIRM}
_DISPATCH = ObjectSchema(
    {"trigger_actions_on": array_of(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)
_TEXT_FIELD: dict[str, Check] = {
    **FIELD,
    "initial_value": string(min_length=0),
    "dispatch_action_config": _DISPATCH,
}
_NUMBER_STRING = matching(r"-?\d+(\.\d+)?", "a number in a string")
_LINES = integer(1, 100)


def _check_date(value: Any, pointer: str) -> None:
    matching(r"\d{4}-\d\d-\d\d", "a date YYYY-MM-DD")(value, pointer)
    require(_is_calendar_date(value), pointer, "must be a day of the calendar")


def _is_calendar_date(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _check_initial_length(element: JsonObject, pointer: str) -> None:
    max_length = element.get("max_length", MAX_INPUT_CHARACTERS)
    is_short = len(element.get("initial_value", "")) <= max_length
    require(is_short, f"{pointer}/initial_value", f"must be at most {max_length} characters")


def _check_decimals(element: JsonObject, pointer: str) -> None:
    for name in ("initial_value", "min_value", "max_value"):
        is_allowed = element["is_decimal_allowed"] or "." not in element.get(name, "")
        require(is_allowed, f"{pointer}/{name}", "decimals are not allowed")


def _check_range(element: JsonObject, pointer: str) -> None:
    names = ("min_value", "initial_value", "max_value")
    values = {name: Decimal(element[name]) for name in names if name in element}
    for lower, upper in combinations(names, 2):
        in_order(lower, upper)(values, pointer)


INPUTS: Mapping[str, ObjectSchema] = {
    "datepicker": ObjectSchema(optional={**PICKER, "initial_date": _check_date}),
    "timepicker": ObjectSchema(
        optional={
            **PICKER,
            "initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "a time HH:MM"),
            "timezone": string(),
        }
    ),
    # Slack takes a Unix time of exactly ten digits: seconds, not milliseconds.
    "datetimepicker": ObjectSchema(
        optional={**FOCUSABLE, "confirm": CONFIRM, "initial_date_time": integer(10**9, 10**10 - 1)}
    ),
    "plain_text_input": ObjectSchema(
        optional={
            **_TEXT_FIELD,
            "multiline": boolean,
            "min_length": integer(0, MAX_INPUT_CHARACTERS),
            "max_length": integer(1, MAX_INPUT_CHARACTERS),
        },
        rules=(in_order("min_length", "max_length"), _check_initial_length),
    ),
    "email_text_input": ObjectSchema(optional=_TEXT_FIELD),
    "url_text_input": ObjectSchema(optional=_TEXT_FIELD),
    "number_input": ObjectSchema(
        {"is_decimal_allowed": boolean},
        {
            **_TEXT_FIELD,
            "initial_value": _NUMBER_STRING,
            "min_value": _NUMBER_STRING,
            "max_value": _NUMBER_STRING,
        },
        (_check_decimals, _check_range),
    ),
    "rich_text_input": ObjectSchema(
        optional={
            **_TEXT_FIELD,
            "initial_value": by_type({"rich_text": RICH_TEXT}),
            "min_lines": _LINES,
            "max_lines": _LINES,
        },
        rules=(in_order("min_lines", "max_lines"),),
    ),
    "file_input": ObjectSchema(
        optional={**ACTION, "filetypes": array_of(string(), 1), "max_files": integer(1, 10)}
    ),
}
