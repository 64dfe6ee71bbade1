"""Read an item of evidence of a file, as the json and the csv of an export have it. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.features.evidence.model import MAX_QUOTE_CHARACTERS, MAX_SOURCE_CHARACTERS
from bot.features.imports.json_fields import (
    EntryReference,
    find_index,
    is_user_id,
    read_count,
    read_day,
    read_grade,
    read_text,
    require_field,
)
from bot.features.imports.parsed import ParsedEvidence
from bot.method.kinds import Kind
from bot.slack.blockkit.text import is_web_address


def read_item(item: Any, references: Mapping[str, EntryReference]) -> ParsedEvidence:
    """Return an item of evidence. Raises InvalidFieldError."""
    require_field(isinstance(item, dict), "it is no object")
    quote, source, link = (read_text(item, name).strip() for name in ("quote", "source", "link"))
    require_field(quote and source, "it has no quote or no source")
    require_field(
        len(quote) <= MAX_QUOTE_CHARACTERS, f"its quote has more than {MAX_QUOTE_CHARACTERS} characters"
    )
    require_field(len(source) <= MAX_SOURCE_CHARACTERS, "its source is too long")
    require_field(not link or is_web_address(link), "its “link” is no https address")
    grade, count = read_grade(item), read_count(item)
    recorder_id = read_text(item, "by")
    return ParsedEvidence(
        quote,
        source,
        grade,
        count,
        read_day(item, "at"),
        link,
        recorder_id if is_user_id(recorder_id) else None,
        *(_read_entry_indexes(item, name, references) for name in ("supports", "contradicts")),
    )


def _read_entry_indexes(
    item: Mapping[str, Any], name: str, references: Mapping[str, EntryReference]
) -> tuple[int, ...]:
    keys = item.get(name) or []
    require_field(isinstance(keys, list), f"its “{name}” is no list")
    return tuple(dict.fromkeys(find_index(key, references, tuple(Kind), "entry") for key in keys))
