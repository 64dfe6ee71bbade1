"""Parse and check the names of a canvas and of its customer segment. Pure."""

import re

from bot.slack.blockkit.text import count_noun, sanitize
from bot.slack.errors import UserError

MAX_NAME_LENGTH = 80  # characters
MAX_SEGMENT_LENGTH = 120  # characters
_FOR = re.compile(r"\s+for\s+", re.IGNORECASE)


def parse_names(text: str) -> tuple[str, str]:
    """Parse "NAME for SEGMENT". Raises UserError if the name is missing or either is too long."""
    name, *segment = _FOR.split(sanitize(text), maxsplit=1)
    return check_name(name), check_segment("".join(segment))


def check_name(text: str) -> str:
    """Return a canvas's name, sanitized. Raises UserError if it is empty or too long."""
    name = sanitize(text)
    if not name:
        raise UserError("A canvas needs a name: type for example `/valuemap new Reports for small shops`.")
    return _check_length(name, MAX_NAME_LENGTH, "A canvas's name")


def check_segment(text: str) -> str:
    """Return a customer segment's name, sanitized; it may be empty. Raises UserError if it is too long."""
    return _check_length(sanitize(text), MAX_SEGMENT_LENGTH, "A customer segment's name")


def find_name_errors(name: str, segment: str) -> dict[str, str]:
    """Return the error messages about the name and the segment in a form, by block id."""
    errors: dict[str, str] = {}
    for block_id, check, text in (("name", check_name, name), ("segment", check_segment, segment)):
        try:
            check(text)
        except UserError as error:
            errors[block_id] = error.text
    return errors


def _check_length(text: str, max_length: int, label: str) -> str:
    if len(text) > max_length:
        limit = count_noun(max_length, "character")
        raise UserError(f"{label} has up to {limit}, and this one has {len(text)}: shorten it.")
    return text
