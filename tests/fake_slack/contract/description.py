"""What Slack says about the arguments of its methods, and what is wrong with a call.

`openapi.json` is Slack's own description of 2020 (see extract.py). `newer.json` holds what the page of each
method in Slack's reference has had since, written by hand: whole methods, further arguments, arguments that
are required or have another type, and `one_of`: groups of arguments of which a call needs at least one.
The JSON types `array` and `object` stand for arguments that the reference calls JSON text.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
# With the token of a whole organisation, Slack's SDKs name the workspace in each call.
COMMON_ARGUMENTS = {"team_id": "string"}
TIMESTAMP = re.compile(r"\d{1,10}(\.\d{1,6})?")
# Forms send numbers and booleans as text.
CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int or (isinstance(value, str) and value.isdecimal()),
    "boolean": lambda value: isinstance(value, bool) or value in ("0", "1", "true", "false"),
    "timestamp": lambda value: isinstance(value, str) and TIMESTAMP.fullmatch(value) is not None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


@dataclass(frozen=True, slots=True)
class MethodDescription:
    """The arguments of a method: the type of each, and which ones a call needs."""

    types: Mapping[str, str]
    required: frozenset[str]
    one_of: tuple[frozenset[str], ...]


@cache
def load_descriptions() -> Mapping[str, MethodDescription]:
    """Return the description of each method that the fake Slack plays."""
    openapi = json.loads((FOLDER / "openapi.json").read_text())
    newer = json.loads((FOLDER / "newer.json").read_text())
    return {name: _merge(openapi.get(name, []), newer.get(name, {})) for name in {*openapi, *newer}}


def _merge(parameters: list[dict[str, Any]], newer: Mapping[str, Any]) -> MethodDescription:
    merged = {each["name"]: each for each in parameters}
    for each in newer.get("parameters", ()):
        merged[each["name"]] = {**merged.get(each["name"], {}), **each}
    return MethodDescription(
        {name: each["type"] for name, each in merged.items()},
        frozenset(name for name, each in merged.items() if each.get("required")),
        tuple(map(frozenset, newer.get("one_of", ()))),
    )


def find_faults(method_name: str, args: Mapping[str, Any]) -> list[str]:
    """Return in words what Slack's description has against a call; nothing for a right one."""
    description = load_descriptions().get(method_name)
    if description is None:
        return [f"{method_name} is not described"]
    types = {**COMMON_ARGUMENTS, **description.types}
    given = {name for name, value in args.items() if value not in ("", None)}
    faults = [f"unknown argument {name}" for name in args if name not in types]
    faults += [
        f"{name} is not of type {types[name]}: {value!r:.80}"
        for name, value in args.items()
        if name in types and not CHECKS[types[name]](value)
    ]
    faults += [f"missing argument {name}" for name in sorted(description.required - given)]
    faults += [f"none of {sorted(group)}" for group in description.one_of if not group & given]
    return [f"{method_name}: {fault}" for fault in faults]
