"""How an object of Block Kit is checked: its fields, their values, and the place of what is wrong."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Object = Mapping[str, Any]
Check = Callable[[Any, str], None]


class Invalid(Exception):
    """What is wrong, and where."""


def need(right: bool, where: str, says: str) -> None:
    """Raise Invalid unless it is right."""
    if not right:
        raise Invalid(f"{says} [json-pointer:{where}]")


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that an object must and may have, and the rules between them. There are no others."""

    must: Mapping[str, Check] = field(default_factory=dict)
    may: Mapping[str, Check] = field(default_factory=dict)
    rules: tuple[Check, ...] = ()

    def __call__(self, thing: Any, where: str) -> None:
        need(isinstance(thing, Mapping), where, "must be an object")
        fields = {**self.must, **self.may}
        unknown, missing = sorted(thing.keys() - fields.keys()), sorted(self.must.keys() - thing.keys())
        need(not unknown, where, f"unknown keys {unknown}")
        need(not missing, where, f"missing keys {missing}")
        for name, value in thing.items():
            fields[name](value, f"{where}/{name}")
        for rule in self.rules:
            rule(thing, where)


def kinds(shapes: Mapping[str, Check]) -> Check:
    """Check an object by the shape that its type names."""

    def check(thing: Any, where: str) -> None:
        need(isinstance(thing, Mapping), where, "must be an object")
        kind = thing.get("type")
        need(isinstance(kind, str) and kind in shapes, where, f"unsupported type {kind}")
        shapes[str(kind)]({name: value for name, value in thing.items() if name != "type"}, where)

    return check


def several(check: Check, least: int = 0, most: int | None = None) -> Check:
    """Check an array and all that is in it."""

    def check_all(things: Any, where: str) -> None:
        need(isinstance(things, list), where, "must be an array")
        need(len(things) >= least, where, f"no fewer than {least} items")
        need(most is None or len(things) <= most, where, f"no more than {most} items")
        for number, thing in enumerate(things):
            check(thing, f"{where}/{number}")

    return check_all


def string(most: int | None = None, least: int = 1) -> Check:
    """Check a string by its length."""

    def check(value: Any, where: str) -> None:
        need(isinstance(value, str), where, "must be a string")
        need(len(value) >= least, where, f"must be at least {least} characters")
        need(most is None or len(value) <= most, where, f"must be at most {most} characters")

    return check


def like(pattern: str, says: str) -> Check:
    """Check a string by a pattern for the whole of it."""

    def check(value: Any, where: str) -> None:
        need(
            isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None,
            where,
            f"must be {says}",
        )

    return check


def one_of(*words: str) -> Check:
    """Check a string that can only be one of these."""

    def check(value: Any, where: str) -> None:
        need(isinstance(value, str) and value in words, where, f"must be one of {', '.join(words)}")

    return check


def whole(least: int, most: int | None = None) -> Check:
    """Check a whole number and its range."""

    def check(value: Any, where: str) -> None:
        need(isinstance(value, int) and not isinstance(value, bool), where, "must be a whole number")
        need(value >= least, where, f"must be at least {least}")
        need(most is None or value <= most, where, f"must be at most {most}")

    return check


def flag(value: Any, where: str) -> None:
    """Check true or false."""
    need(isinstance(value, bool), where, "must be true or false")


def number(value: Any, where: str) -> None:
    """Check a finite number."""
    right = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    need(right, where, "must be a number")


def exactly_one(*names: str) -> Check:
    """Return the rule that an object has one of these fields, not several."""

    def rule(thing: Object, where: str) -> None:
        need(sum(name in thing for name in names) == 1, where, f"exactly one of {', '.join(names)}")

    return rule


def at_most_one(*names: str) -> Check:
    """Return the rule that these fields exclude each other."""

    def rule(thing: Object, where: str) -> None:
        need(sum(name in thing for name in names) <= 1, where, f"at most one of {', '.join(names)}")

    return rule


def at_least_one(*names: str) -> Check:
    """Return the rule that an object has one of these fields or several."""

    def rule(thing: Object, where: str) -> None:
        need(any(name in thing for name in names), where, f"at least one of {', '.join(names)}")

    return rule


def ordered(lower: str, upper: str) -> Check:
    """Return the rule that one field is not above another, where both are there."""

    def rule(thing: Object, where: str) -> None:
        if lower in thing and upper in thing:
            need(thing[lower] <= thing[upper], f"{where}/{lower}", f"must not be above {upper}")

    return rule


def distinct(values: Sequence[str], where: str, what: str) -> None:
    """Check that nothing comes twice."""
    need(len(set(values)) == len(values), where, f"{what} twice")


def distinct_in(things: Iterable[Object], name: str, where: str) -> None:
    """Check that no two objects of an array have the same value of a field; some may lack it."""
    seen: set[str] = set()
    for place, thing in enumerate(things):
        need(thing.get(name) not in seen, f"{where}/{place}/{name}", f"{name} twice")
        seen |= {thing[name]} if name in thing else set()
