"""Read the fields of the export format `valuemap/1`. Raise InvalidFieldError for a wrong one. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.features.evidence.model import MAX_COUNT
from bot.features.imports.parsed import quote_text
from bot.method.kinds import Kind
from bot.method.model import Grade

# Slack's user ids begin with U, on Enterprise Grid also with W.
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")


class InvalidFieldError(Exception):
    """A field of the file has the wrong type or value."""


@dataclass(frozen=True, slots=True)
class EntryReference:
    """An entry that other parts of the file refer to by its id."""

    index: int  # among the file's entries
    kind: Kind | None  # None if the file names no valid kind


def read_text(entry: Mapping[str, Any], name: str) -> str:
    """Return a text; "" where the file has none."""
    text = entry.get(name)
    require_field(text is None or isinstance(text, str), f"its “{name}” is no text")
    return text or ""


def is_user_id(text: str) -> bool:
    """Return whether a text may be the id of a user."""
    return _USER_ID.fullmatch(text) is not None


def read_time(item: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time in UTC; None where the file has none."""
    text = read_text(item, name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidFieldError(f"its “{name}”, {quote_text(text)}, is no time") from error


def read_day(item: Mapping[str, Any], name: str) -> date:
    """Return a day."""
    text = read_text(item, name)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidFieldError(f"its day, {quote_text(text)}, is none such as 2026-11-02") from error


def read_grade(item: Mapping[str, Any]) -> Grade:
    """Return a grade by its word."""
    grade = read_text(item, "grade").upper()
    require_field(
        grade in Grade.__members__, f"its grade {quote_text(grade.lower())} is none of said, told, did, paid"
    )
    return Grade[grade]


def read_count(item: Mapping[str, Any]) -> int:
    """Return the number of people or cases, 1 where the file has none."""
    count = item.get("n", 1)
    is_count = isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MAX_COUNT
    require_field(is_count, f"its “n” is {quote_text(str(count))}, and should be a number from 1")
    return int(count)


def find_index(
    key: Any, references: Mapping[str, EntryReference], kinds: tuple[Kind, ...], expected: str
) -> int:
    """Return the index of the entry that an id names.

    An entry of an invalid kind is accepted: its own line of the file reports that error.
    """
    reference = references.get(key) if isinstance(key, str) else None
    is_expected = reference is not None and reference.kind in {None, *kinds}
    require_field(is_expected, f"no {expected} has the id {quote_text(str(key))}")
    assert reference is not None
    return reference.index


def require_field(condition: Any, problem: str) -> None:
    """Raise InvalidFieldError with this problem unless the condition holds."""
    if not condition:
        raise InvalidFieldError(problem)
