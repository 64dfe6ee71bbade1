"""Compute score, weight, agreement and rank of the entries of a box."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, log2

from bot.method.exact import exact_sort_key, make_fraction
from bot.method.model import Entry

# Imaginary votes keep the score of an entry with few votes near the middle of the scale.
IMAGINARY_VOTES = 2
IMAGINARY_LEVEL = 3
MUST_HAVE_MIN_SCORE = 4
MUST_HAVE_MIN_VOTES = 3
DIVISIVE_BELOW_AGREEMENT = 0.5
LEVEL_SPAN = 4  # from the bottom of the scale, 1, to its top, 5


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """An entry with its score and its rank in its box. Without votes it has neither: it waits for votes."""

    entry: Entry
    score: Fraction | None  # 1..5; None without votes
    rank: int | None  # from 1, the best; None without votes
    weight: Fraction | None  # how much it counts in the fit, 0..1; None without votes
    agreement: float | None  # 0..1; None below two votes
    must_have: bool  # a need with a high score from enough members

    @property
    def vote_count(self) -> int:
        return len(self.entry.votes)

    @property
    def waits_for_votes(self) -> bool:
        """Whether nobody has voted on it; of a sealed entry that is not known."""
        return self.score is None and self.entry.seal is None

    @property
    def divisive(self) -> bool:
        """Whether the votes differ so much that the team should talk about the entry."""
        return self.agreement is not None and self.agreement < DIVISIVE_BELOW_AGREEMENT


def compute_must_have_min_votes(entries: Iterable[Entry]) -> int:
    """Return how many votes make a need with a high score a must-have.

    That is MUST_HAVE_MIN_VOTES, or the number of members who voted on any of these entries, if it is less.
    """
    voter_ids = {user_id for entry in entries for user_id in entry.votes}
    return min(MUST_HAVE_MIN_VOTES, len(voter_ids))


def rank_box(
    entries: Iterable[Entry], must_have_min_votes: int = MUST_HAVE_MIN_VOTES
) -> tuple[RankedEntry, ...]:
    """Rank the entries of one box, given in order of creation: by score, then by number of votes.

    Entries equal in both share a rank (1, 2, 2, 4) and stay in order of creation. Entries without votes stand
    after all others, in order of creation.
    """
    scored = [(compute_score(entry.votes.values()), len(entry.votes), entry) for entry in entries]
    voted = sorted(
        ((score, count, entry) for score, count, entry in scored if score is not None),
        key=lambda each: (exact_sort_key(each[0]), each[1]),
        reverse=True,
    )
    box: list[RankedEntry] = []
    for position, (score, vote_count, entry) in enumerate(voted, start=1):
        previous = box[-1] if box else None
        tied = previous is not None and (previous.score, previous.vote_count) == (score, vote_count)
        rank = previous.rank if previous is not None and tied else position
        must_have = entry.kind.is_need and score >= MUST_HAVE_MIN_SCORE and vote_count >= must_have_min_votes
        agreement = compute_agreement(entry.votes.values())
        box.append(RankedEntry(entry, score, rank, compute_weight(score), agreement, must_have))
    waiting = (
        RankedEntry(entry, None, None, None, None, must_have=False)
        for score, _, entry in scored
        if score is None
    )
    return (*box, *waiting)


def compute_score(levels: Collection[int]) -> Fraction | None:
    """Return the mean of the votes and two imaginary votes of 3, 1..5; None without votes."""
    if not levels:
        return None
    return make_fraction(IMAGINARY_LEVEL * IMAGINARY_VOTES + sum(levels), IMAGINARY_VOTES + len(levels))


def compute_weight(score: Fraction) -> Fraction:
    """Return (score − 1) / 4, 0..1."""
    return make_fraction(score.numerator - score.denominator, LEVEL_SPAN * score.denominator)


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
