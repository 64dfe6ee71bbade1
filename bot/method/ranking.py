"""Score, weight, agreement and rank of the entries of a box."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, log2

from bot.method.model import Entry

IMAGINARY_VOTES = 2
IMAGINARY_LEVEL = 3
MUST_HAVE_MIN_SCORE = 4
DIVISIVE_BELOW_AGREEMENT = 0.5
LEVEL_SPAN = 4  # from the bottom of the scale, 1, to its top, 5


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """An entry with its place in its box."""

    entry: Entry
    score: Fraction  # 1..5
    rank: int
    agreement: float | None  # 0..1; None below two votes

    @property
    def vote_count(self) -> int:
        return len(self.entry.votes)

    @property
    def weight(self) -> Fraction:
        return compute_weight(self.score)

    @property
    def must_have(self) -> bool:
        return self.entry.kind.is_need and self.score >= MUST_HAVE_MIN_SCORE

    @property
    def divisive(self) -> bool:
        return self.agreement is not None and self.agreement < DIVISIVE_BELOW_AGREEMENT


def rank_box(entries: Iterable[Entry]) -> tuple[RankedEntry, ...]:
    """Rank the entries of one box, given in order of creation: by score, then by number of votes.

    Entries equal in both share a rank (1, 2, 2, 4) and stay in order of creation.
    """
    scored = [(compute_score(entry.votes.values()), len(entry.votes), entry) for entry in entries]
    scored.sort(key=lambda each: each[:2], reverse=True)
    box: list[RankedEntry] = []
    for position, (score, vote_count, entry) in enumerate(scored, start=1):
        previous = box[-1] if box else None
        tied = previous is not None and (previous.score, previous.vote_count) == (score, vote_count)
        rank = previous.rank if previous is not None and tied else position
        box.append(RankedEntry(entry, score, rank, compute_agreement(entry.votes.values())))
    return tuple(box)


def compute_score(levels: Collection[int]) -> Fraction:
    """Return the mean of the votes, pulled to 3 by two imaginary votes: 1..5."""
    return Fraction(IMAGINARY_LEVEL * IMAGINARY_VOTES + sum(levels), IMAGINARY_VOTES + len(levels))


def compute_weight(score: Fraction) -> Fraction:
    """Return how much an entry with this score counts: 0..1."""
    return (score - 1) / LEVEL_SPAN


def compute_agreement(levels: Collection[int]) -> float | None:
    """Return the consensus of the votes, 0..1; None below two votes.

    Source: W. J. Tastle, M. J. Wierman, "Consensus and dissention: a measure of ordinal dispersion",
    International Journal of Approximate Reasoning 45 (2007).
    """
    n = len(levels)
    if n < 2:
        return None
    # 1 − |level − mean| ÷ span, times span · n: whole numbers, so that floating point rounds only once.
    total, whole = sum(levels), LEVEL_SPAN * n
    return 1 + fsum(m * log2((whole - abs(n * x - total)) / whole) for x, m in Counter(levels).items()) / n
