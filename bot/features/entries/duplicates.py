"""Find the entry that a new one repeats: in another word order, case, number or spelling. Pure."""

import re
from collections.abc import Iterable

from bot.method.kinds import Kind
from bot.method.model import Entry

# Of 100. Pairs of texts that people take for the same entry score more, the other pairs less: see the tests.
MIN_SIMILARITY = 88

_WORD = re.compile(r"\w+")
_PLURAL_ENDING = re.compile(r"(?<=\w{3})(?:ies|es|s|y)$")


def find_similar(kind: Kind, text: str, entries: Iterable[Entry]) -> Entry | None:
    """Return the most similar entry of the same box, of equals the oldest; None if none is similar enough."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - its import would add 5 ms to the start of every process

    words = _normalize_words(text)
    numbers = _find_numbers(words)
    scored = [
        (fuzz.token_sort_ratio(words, other_words), -entry.id, entry)
        for entry in entries
        if entry.kind is kind and _find_numbers(other_words := _normalize_words(entry.text)) == numbers
    ]
    similarity, _, entry = max(scored, default=(0.0, 0, None))
    return entry if similarity >= MIN_SIMILARITY else None


def _normalize_words(text: str) -> str:
    """Return a text without case, punctuation and plural endings."""
    return " ".join(_PLURAL_ENDING.sub("", word) for word in _WORD.findall(text.casefold()))


def _find_numbers(words: str) -> list[str]:
    """Return the numbers in a text. Texts with different numbers differ: "2 hours" is not "3 hours"."""
    return sorted(word for word in words.split() if word.isdecimal())
