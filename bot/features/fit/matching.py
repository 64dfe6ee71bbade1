"""Find the entry that a member names by a few of its words. Pure."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from bot.method.model import Entry
from bot.slack.blockkit.text import escape, truncate
from bot.slack.errors import UserError

MIN_SIMILARITY_RATIO = 0.6  # difflib's ratio, 0..1
MAX_QUOTED_CHARACTERS = 60  # of the words, where nothing matches
MAX_COMPARED_CHARACTERS = 200  # the time that difflib takes grows with the square of the length


def match_entries(words: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries with exactly this text, else those with all of the words, else the similar ones.

    Raises UserError if there is none.
    """
    candidates = list(entries)
    folded_words = words.casefold().split()
    exact = [entry for entry in candidates if entry.text.casefold() == words.casefold().strip()]
    with_all_words = [
        entry for entry in candidates if all(word in entry.text.casefold() for word in folded_words)
    ]
    matches = exact or with_all_words or _find_similar(words, candidates)
    if not matches:
        text = escape(truncate(words, MAX_QUOTED_CHARACTERS))
        raise UserError(f"No entry contains “{text}”. `/valuemap show` has all entries.")
    return matches


def _find_similar(words: str, entries: Iterable[Entry]) -> list[Entry]:
    text = words.casefold()[:MAX_COMPARED_CHARACTERS]
    scored = [(SequenceMatcher(None, text, entry.text.casefold()).ratio(), entry) for entry in entries]
    scored.sort(key=lambda item: -item[0])
    return [entry for ratio, entry in scored if ratio >= MIN_SIMILARITY_RATIO]
