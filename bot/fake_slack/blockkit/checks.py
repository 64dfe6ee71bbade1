"""How an object of Block Kit is checked: its fields, their values, and a pointer to the first fault.

A check is a function of a value and its JSON pointer that raises InvalidBlocks. Slack's errors name the place
in the same way: `must be more than 0 characters [json-pointer:/blocks/0/text/text]`.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JsonObject = Mapping[str, Any]
Check = Callable[[Any, str], None]


class InvalidBlocks(Exception):
    """Slack would refuse these blocks or this view; the message says why and where."""


def require(condition: bool, pointer: str, message: str) -> None:
    """Raise InvalidBlocks unless the condition holds."""
    if not condition:
        raise InvalidBlocks(f"{message} [json-pointer:{pointer}]")


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """The required and optional fields of an object, and the rules between them. Other fields are errors."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    rules: tuple[Check, ...] = ()

    def __call__(self, value: Any, pointer: str) -> None:
        require(isinstance(value, Mapping), pointer, "must be an object")
        fields = {**self.required, **self.optional}
        unknown, missing = sorted(value.keys() - fields.keys()), sorted(self.required.keys() - value.keys())
        require(not unknown, pointer, f"unknown keys {unknown}")
        require(not missing, pointer, f"missing keys {missing}")
        for name, content in value.items():
            fields[name](content, f"{pointer}/{name}")
        for rule in self.rules:
            rule(value, pointer)


def by_type(schemas: Mapping[str, Check]) -> Check:
    """Check an object by the schema that its `type` names."""

    def check_typed_object(value: Any, pointer: str) -> None:
        require(isinstance(value, Mapping), pointer, "must be an object")
        type_name = value.get("type")
        is_known = isinstance(type_name, str) and type_name in schemas
        require(is_known, pointer, f"unsupported type {type_name}")
        schemas[str(type_name)]({name: each for name, each in value.items() if name != "type"}, pointer)

    return check_typed_object


def array_of(check: Check, min_items: int = 0, max_items: int | None = None) -> Check:
    """Check an array and each of its items."""

    def check_array(values: Any, pointer: str) -> None:
        require(isinstance(values, list), pointer, "must be an array")
        require(len(values) >= min_items, pointer, f"no fewer than {min_items} items")
        require(max_items is None or len(values) <= max_items, pointer, f"no more than {max_items} items")
        for index, value in enumerate(values):
            check(value, f"{pointer}/{index}")

    return check_array


def string(max_length: int | None = None, min_length: int = 1) -> Check:
    """Check a string and its length in characters."""

    def check_string(value: Any, pointer: str) -> None:
        require(isinstance(value, str), pointer, "must be a string")
        require(len(value) >= min_length, pointer, f"must be at least {min_length} characters")
        is_short = max_length is None or len(value) <= max_length
        require(is_short, pointer, f"must be at most {max_length} characters")

    return check_string


def matching(pattern: str, description: str) -> Check:
    """Check that a whole string matches a pattern."""

    def check_pattern(value: Any, pointer: str) -> None:
        matches = isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None
        require(matches, pointer, f"must be {description}")

    return check_pattern


def one_of(*words: str) -> Check:
    """Check that a string is one of these words."""

    def check_word(value: Any, pointer: str) -> None:
        require(isinstance(value, str) and value in words, pointer, f"must be one of {', '.join(words)}")

    return check_word


def integer(minimum: int, maximum: int | None = None) -> Check:
    """Check an integer and its range."""

    def check_integer(value: Any, pointer: str) -> None:
        # bool is a subclass of int in Python, but not in JSON.
        require(isinstance(value, int) and not isinstance(value, bool), pointer, "must be a whole number")
        require(value >= minimum, pointer, f"must be at least {minimum}")
        require(maximum is None or value <= maximum, pointer, f"must be at most {maximum}")

    return check_integer


def boolean(value: Any, pointer: str) -> None:
    """Check true or false."""
    require(isinstance(value, bool), pointer, "must be true or false")


def number(value: Any, pointer: str) -> None:
    """Check a finite number. Python's JSON reader lets NaN and Infinity through; Slack's does not."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    require(is_number, pointer, "must be a number")


def exactly_one_of(*names: str) -> Check:
    """Return the rule that an object has one of these fields and no more."""

    def check_fields(value: JsonObject, pointer: str) -> None:
        require(sum(name in value for name in names) == 1, pointer, f"exactly one of {', '.join(names)}")

    return check_fields


def at_most_one_of(*names: str) -> Check:
    """Return the rule that these fields exclude each other."""

    def check_fields(value: JsonObject, pointer: str) -> None:
        require(sum(name in value for name in names) <= 1, pointer, f"at most one of {', '.join(names)}")

    return check_fields


def at_least_one_of(*names: str) -> Check:
    """Return the rule that an object has one or more of these fields."""

    def check_fields(value: JsonObject, pointer: str) -> None:
        require(any(name in value for name in names), pointer, f"at least one of {', '.join(names)}")

    return check_fields


def in_order(lower: str, upper: str) -> Check:
    """Return the rule that one field is not above another, where the object has both."""

    def check_order(value: JsonObject, pointer: str) -> None:
        if lower in value and upper in value:
            require(value[lower] <= value[upper], f"{pointer}/{lower}", f"must not be above {upper}")

    return check_order


def require_unique(values: Sequence[str], pointer: str, what: str) -> None:
    """Raise InvalidBlocks where a value comes twice."""
    require(len(set(values)) == len(values), pointer, f"{what} twice")


def require_unique_field(objects: Iterable[JsonObject], name: str, pointer: str) -> None:
    """Raise InvalidBlocks where two objects of an array have the same value of a field; some may lack it."""
    seen: set[str] = set()
    for index, each in enumerate(objects):
        require(each.get(name) not in seen, f"{pointer}/{index}/{name}", f"{name} twice")
        seen |= {each[name]} if name in each else set()
