"""What a person reads about typed parts that are unknown or do not go together. Pure."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

from bot.times.clock import WEEKDAY_NAMES
from bot.times.errors import TYPED, InvalidTime
from bot.times.parts import Frequency, Part, RelativeDay, Unknown
from bot.times.zones import MAX_COMPARED_CHARACTERS, suggest_zones

MIN_SIMILARITY = 0.75  # difflib's ratio of a mistyped word to a suggested one, from 0 to 1
_WORDS = {word.lower(): word for word in (*WEEKDAY_NAMES, *Frequency, *RelativeDay)}
T = TypeVar("T")


def reject_unknown(parts: Iterable[Part]) -> None:
    """Raise InvalidTime for the first part that is unknown, with words that are spelled similarly."""
    for part in parts:
        if isinstance(part.value, Unknown):
            typed = part.typed.lower()[:MAX_COMPARED_CHARACTERS]
            similar = [_WORDS[word] for word in get_close_matches(typed, _WORDS, 1, MIN_SIMILARITY)]
            names = similar or suggest_zones(part.typed)
            advice = f"did you mean {' or '.join(names)}?" if names else ""
            raise InvalidTime(
                f"I can't read “{TYPED}” as a day, a time or a time zone", part.typed, advice=advice
            )


def build_contradiction(first: Part, second: Part) -> InvalidTime:
    """Return the error about two parts that contradict each other."""
    return InvalidTime(f"“{TYPED}” and “{TYPED}” don't go together", first.typed, second.typed)


def require_one(found: Sequence[tuple[Part, T]], plural: str, why_one: str) -> T | None:
    """Return the only value of its sort, None without one. Raises InvalidTime for two that differ."""
    for part, value in found[1:]:
        if value != found[0][1]:
            raise InvalidTime(
                f"“{TYPED}” and “{TYPED}” are two {plural}, and {why_one}", found[0][0].typed, part.typed
            )
    return found[0][1] if found else None
