"""Compute score, weight, agreement and rank of the entries of a box."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, log2

from bot.method.model import Entry

# Imaginary votes keep the score of an entry with few votes near the middle of the scale.
IMAGINARY_VOTES = 2
IMAGINARY_LEVEL = 3
MUST_HAVE_MIN_SCORE = 4
DIVISIVE_BELOW_AGREEMENT = 0.5
LEVEL_SPAN = 4  # from the bottom of the scale, 1, to its top, 5


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """An entry with its score and its rank in its box."""

    entry: Entry
    score: Fraction  # 1..5
    rank: int  # from 1, the best
    agreement: float | None  # 0..1; None below two votes

    @property
    def vote_count(self) -> int:
        return len(self.entry.votes)

    @property
    def weight(self) -> Fraction:
        """How much the entry counts in the fit, 0..1."""
        return compute_weight(self.score)

    @property
    def must_have(self) -> bool:
        """Whether the entry is a need with a score of at least MUST_HAVE_MIN_SCORE."""
        return self.entry.kind.is_need and self.score >= MUST_HAVE_MIN_SCORE

    @property
    def divisive(self) -> bool:
        """Whether the votes differ so much that the team should talk about the entry."""
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
    """Return the mean of the votes and two imaginary votes of 3, 1..5."""
    return Fraction(IMAGINARY_LEVEL * IMAGINARY_VOTES + sum(levels), IMAGINARY_VOTES + len(levels))


def compute_weight(score: Fraction) -> Fraction:
    """Return how much an entry with this score counts in the fit, 0..1."""
    return (score - 1) / LEVEL_SPAN


def compute_agreement(levels: Collection[int]) -> float | None:
    """Return the consensus of the votes, 0..1; None below two votes.

    Source: W. J. Tastle, M. J. Wierman, "Consensus and dissention: a measure of ordinal dispersion",
    International Journal of Approximate Reasoning 45 (2007).
    """
    vote_count = len(levels)
    if vote_count < 2:
        return None
    # Each term is log2(1 − |level − mean| ÷ span). Expanding that fraction by span · vote_count makes its
    # numerator and denominator integers, so that floating point rounds only their quotient.
    total, denominator = sum(levels), LEVEL_SPAN * vote_count
    terms = (
        count * log2((denominator - abs(vote_count * level - total)) / denominator)
        for level, count in Counter(levels).items()
    )
    return 1 + fsum(terms) / vote_count
