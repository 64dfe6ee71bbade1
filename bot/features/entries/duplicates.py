"""Which entry a new one is close to: the same words in another order, case, number or spelling. Pure."""

import re
from collections.abc import Iterable

from bot.method.kinds import Kind
from bot.method.model import Entry

CLOSE = 88  # of 100; what people take for the same lies above, what they do not below
_WORD = re.compile(r"\w+")
_PLURAL = re.compile(r"(?<=\w{3})(?:ies|es|s|y)$")


def close_to(kind: Kind, text: str, entries: Iterable[Entry]) -> Entry | None:
    """Return the entry of the same box that a text is closest to, if it is close to any."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - 5 ms of a start that nobody adds anything in

    words = _words(text)
    likeness = [
        (fuzz.token_sort_ratio(words, other), -entry.id, entry)
        for entry in entries
        if entry.kind is kind and _numbers(other := _words(entry.text)) == _numbers(words)
    ]
    ratio, _, entry = max(likeness, default=(0.0, 0, None))
    return entry if ratio >= CLOSE else None


def _words(text: str) -> str:
    """Return a text without case, marks and plural endings."""
    return " ".join(_PLURAL.sub("", word) for word in _WORD.findall(text.casefold()))


def _numbers(words: str) -> list[str]:
    """Return the numbers in a text: a week and two weeks are not the same."""
    return sorted(word for word in words.split() if word.isdecimal())
