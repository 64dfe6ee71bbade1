"""Score, weight, agreement and rank of the entries of a box."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, log2

from bot.method.model import Entry

MUST_HAVE_SCORE = 4
DIVISIVE_BELOW = 0.5
SPAN = 4  # from the bottom of the scale, 1, to its top, 5


def score(levels: Collection[int]) -> Fraction:
    """Return the mean of the votes, pulled to 3 by two imaginary votes: 1..5."""
    return Fraction(3 * 2 + sum(levels), 2 + len(levels))


def weight(score: Fraction) -> Fraction:
    """Return how much an entry with this score counts: 0..1."""
    return (score - 1) / SPAN


def agreement(levels: Collection[int]) -> float | None:
    """Return Tastle and Wierman's consensus of the votes, 0..1; None below two votes."""
    n = len(levels)
    if n < 2:
        return None
    total, whole = sum(levels), SPAN * n  # in whole numbers: 1 − |level − mean| ÷ SPAN, rounded once
    return 1 + fsum(m * log2((whole - abs(n * x - total)) / whole) for x, m in Counter(levels).items()) / n


@dataclass(frozen=True, slots=True)
class Ranked:
    """One entry's place in its box."""

    entry: Entry
    score: Fraction
    rank: int
    agreement: float | None

    @property
    def votes(self) -> int:
        return len(self.entry.votes)

    @property
    def weight(self) -> Fraction:
        return weight(self.score)

    @property
    def must_have(self) -> bool:
        return self.entry.kind.is_need and self.score >= MUST_HAVE_SCORE

    @property
    def divisive(self) -> bool:
        return self.agreement is not None and self.agreement < DIVISIVE_BELOW


def rank_box(entries: Iterable[Entry]) -> tuple[Ranked, ...]:
    """Rank the entries of one box, given in order of creation: by score, then by number of votes.

    Entries equal in both share a rank (1, 2, 2, 4) and stay in order of creation.
    """
    placed = [(score(entry.votes.values()), len(entry.votes), entry) for entry in entries]
    placed.sort(key=lambda place: place[:2], reverse=True)
    ranked: list[Ranked] = []
    for position, (points, votes, entry) in enumerate(placed, start=1):
        last = ranked[-1] if ranked else None
        shares = last is not None and (last.score, last.votes) == (points, votes)
        rank = last.rank if last is not None and shares else position
        ranked.append(Ranked(entry, points, rank, agreement(entry.votes.values())))
    return tuple(ranked)
