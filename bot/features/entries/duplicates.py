"""Find the entry that a draft duplicates, despite other word order, case, number or spelling. Pure."""

import re
from collections.abc import Iterable
from typing import TypeVar

from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.store.model import EntryText

E = TypeVar("E", Entry, EntryText)

# From 0 to 100. The tests list pairs of texts: those that people consider the same entry score at least this.
MIN_SIMILARITY = 88

_WORD = re.compile(r"\w+")
_PLURAL_ENDING = re.compile(r"(?<=\w{3})(?:ies|es|s|y)$")


def find_similar(kind: Kind, text: str, entries: Iterable[E]) -> E | None:
    """Return the most similar entry of the same box, or None if none is similar enough."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - its import would add 5 ms to the start of every process

    words = _normalize_words(text)
    numbers = _find_numbers(words)
    # Of equal scores max() takes the lowest id, the oldest entry. Ids are unique: it compares no entries.
    candidates = [
        (fuzz.token_sort_ratio(words, other_words), -entry.id, entry)
        for entry in entries
        if entry.kind is kind and _find_numbers(other_words := _normalize_words(entry.text)) == numbers
    ]
    similarity, _, entry = max(candidates, default=(0.0, 0, None))
    return entry if similarity >= MIN_SIMILARITY else None


def _normalize_words(text: str) -> str:
    """Return a text without case, punctuation and plural endings."""
    return " ".join(_PLURAL_ENDING.sub("", word) for word in _WORD.findall(text.casefold()))


def _find_numbers(words: str) -> list[str]:
    """Return the numbers in a text. Texts with different numbers differ: "2 hours" is not "3 hours"."""
    return sorted(word for word in words.split() if word.isdecimal())
