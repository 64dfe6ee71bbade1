"""Compare a payload with one that was written down from Slack's documentation: keys and JSON types."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
TS = re.compile(r"\d{10}\.\d{6}")
# What a form holds and the blocks of a message or view are the app's own, and are checked as Block Kit.
OPAQUE = re.compile(r"(.*\.)?(blocks|state\.values)")


def load_recorded(name: str) -> dict[str, Any]:
    """Return a file: the `sources` are the pages of Slack's documentation that the `payload` is from."""
    recorded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return recorded


def find_differences(recorded: Any, built: Any, path: str = "") -> Iterator[str]:
    """Yield "-key" for each key that is missing, "+key" for each that is new, "key: …" for another type."""
    types = (_type_name(recorded), _type_name(built))
    if types[0] != types[1] and types != ("string", "ts"):  # some examples write a ts without its point
        yield f"{path}: {types[1]} instead of {types[0]}"
    elif OPAQUE.fullmatch(path):
        return
    elif isinstance(recorded, Mapping):
        for key in sorted(recorded.keys() | built.keys()):
            inner = f"{path}.{key}".removeprefix(".")
            if key not in built:
                yield f"-{inner}"
            elif key not in recorded:
                yield f"+{inner}"
            else:
                yield from find_differences(recorded[key], built[key], inner)
    elif isinstance(recorded, list) and recorded and built:
        for each in built:
            yield from find_differences(recorded[0], each, f"{path}[]")


def _type_name(value: Any) -> str:
    if isinstance(value, str):
        return "ts" if TS.fullmatch(value) else "string"
    return {bool: "boolean", int: "number", float: "number", type(None): "null", list: "array"}.get(
        type(value), "object"
    )
