"""Format metrics as text. Halves are rounded away from zero."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction

from bot.method.ranking import RankedEntry

# Writes an instant with a zone for where it is read: in mrkdwn, or as plain text.
MomentFormatter = Callable[[datetime], str]
NO_BREAK_SPACE = "\u00a0"
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def format_decimals(value: Fraction | float) -> str:
    """Return a score, weight, agreement, coverage or relevance with two decimals: 2.625 is 2.63."""
    hundredths = _round_to_hundredths(value)
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def format_score(ranked: RankedEntry, format_moment: MomentFormatter) -> str:
    """Return an entry's score with two decimals, or why it has none: it waits for votes, or is sealed."""
    if ranked.entry.seal:
        return f"sealed until {format_moment(ranked.entry.seal.until)}"
    return "waits for votes" if ranked.score is None else format_decimals(ranked.score)


def format_rank(rank: int | None) -> str:
    """Return a rank as the start of a line, "2."; a dash for an entry that waits for votes."""
    return "–" if rank is None else f"{rank}."


def format_levels(levels: Iterable[int]) -> str:
    """Return how often each of these levels was voted, the highest first: "two 5s, one 1"."""
    by_level = Counter(levels)
    return ", ".join(_count_level(by_level[level], level) for level in sorted(by_level, reverse=True))


def format_percent(share: Fraction | None) -> str:
    """Return a share as a whole percentage, 0.375 as 38 %; None means that no need has votes.

    No line of a message is broken before the sign.
    """
    return "nothing to fit yet" if share is None else f"{round_percent(share)}{NO_BREAK_SPACE}%"


def round_percent(share: Fraction) -> int:
    """Return a share as a whole number of percent, 0.375 as 38; also a difference of two shares."""
    return _round_to_hundredths(share)


def format_points(points: int) -> str:
    """Return a difference of two percentages as they are shown, with a sign: +4, −4 or ±0."""
    return f"{points:+}".replace("-", "−") if points else "±0"


def format_shift(shift: Fraction) -> str:
    """Return a difference of two means with two decimals and a sign: +0.50, −0.25 or ±0.00."""
    hundredths = _round_to_hundredths(shift)
    sign = "−" if hundredths < 0 else "+" if hundredths else "±"
    return f"{sign}{format_decimals(abs(shift))}"


def _count_level(number: int, level: int) -> str:
    if number < len(NUMBER_WORDS):
        return f"{NUMBER_WORDS[number]} {level}{'s' if number > 1 else ''}"
    return f"{number} × {level}"  # "12 5s" would read like another number


def _round_to_hundredths(value: Fraction | float) -> int:
    """Return the hundredths of a value; halves are rounded away from zero."""
    # Python's round() rounds halves to the even neighbour.
    numerator, denominator = value.as_integer_ratio()
    rounded = (200 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator > 0 else -rounded
