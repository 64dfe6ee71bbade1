"""Elements in which a person writes or picks a date, a time, a number or a file."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from bot.fake_slack.blockkit.rich_text import RICH_TEXT
from bot.fake_slack.blockkit.shapes import (
    Check,
    Object,
    Shape,
    flag,
    kinds,
    like,
    need,
    one_of,
    ordered,
    several,
    string,
    whole,
)
from bot.fake_slack.blockkit.texts import CONFIRM, plain

MOST_CHARACTERS = 3000
ACTION: dict[str, Check] = {"action_id": string(255)}
FOCUS: dict[str, Check] = {**ACTION, "focus_on_load": flag}
FIELD: dict[str, Check] = {**FOCUS, "placeholder": plain(150)}
PICKER: dict[str, Check] = {**FIELD, "confirm": CONFIRM}
_DISPATCH = Shape({"trigger_actions_on": several(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
_WRITTEN: dict[str, Check] = {
    **FIELD,
    "initial_value": string(least=0),
    "dispatch_action_config": _DISPATCH,
}
_NUMERAL = like(r"-?\d+(\.\d+)?", "a number in a string")
_LINES = whole(1, 100)


def _day(value: Any, where: str) -> None:
    like(r"\d{4}-\d\d-\d\d", "a date YYYY-MM-DD")(value, where)
    need(_in_calendar(value), where, "must be a day of the calendar")


def _in_calendar(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _fits(element: Object, where: str) -> None:
    most = element.get("max_length", MOST_CHARACTERS)
    fits = len(element.get("initial_value", "")) <= most
    need(fits, f"{where}/initial_value", f"must be at most {most} characters")


def _decimals(element: Object, where: str) -> None:
    for name in ("initial_value", "min_value", "max_value"):
        allowed = element["is_decimal_allowed"] or "." not in element.get(name, "")
        need(allowed, f"{where}/{name}", "decimals are not allowed")


def _in_range(element: Object, where: str) -> None:
    names = ("min_value", "initial_value", "max_value")
    values = {name: Decimal(element[name]) for name in names if name in element}
    for lower, upper in combinations(names, 2):
        ordered(lower, upper)(values, where)


INPUTS: Mapping[str, Shape] = {
    "datepicker": Shape(may={**PICKER, "initial_date": _day}),
    "timepicker": Shape(
        may={
            **PICKER,
            "initial_time": like(r"([01]\d|2[0-3]):[0-5]\d", "a time HH:MM"),
            "timezone": string(),
        }
    ),
    # ten digits: seconds, not milliseconds
    "datetimepicker": Shape(may={**FOCUS, "confirm": CONFIRM, "initial_date_time": whole(10**9, 10**10 - 1)}),
    "plain_text_input": Shape(
        may={
            **_WRITTEN,
            "multiline": flag,
            "min_length": whole(0, MOST_CHARACTERS),
            "max_length": whole(1, MOST_CHARACTERS),
        },
        rules=(ordered("min_length", "max_length"), _fits),
    ),
    "email_text_input": Shape(may=_WRITTEN),
    "url_text_input": Shape(may=_WRITTEN),
    "number_input": Shape(
        {"is_decimal_allowed": flag},
        {**_WRITTEN, "initial_value": _NUMERAL, "min_value": _NUMERAL, "max_value": _NUMERAL},
        (_decimals, _in_range),
    ),
    "rich_text_input": Shape(
        may={
            **_WRITTEN,
            "initial_value": kinds({"rich_text": RICH_TEXT}),
            "min_lines": _LINES,
            "max_lines": _LINES,
        },
        rules=(ordered("min_lines", "max_lines"),),
    ),
    "file_input": Shape(may={**ACTION, "filetypes": several(string(), 1), "max_files": whole(1, 10)}),
}
