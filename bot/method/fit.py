"""Compute how well the offers fit the needs: strength, coverage, relevance and fit."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.method.exact import (
    combine_products,
    combine_shares,
    compute_weighted_mean,
    exact_sort_key,
    make_fraction,
    take_remainder,
)
from bot.method.kinds import NEED_KINDS, Kind
from bot.method.model import Mark, Review
from bot.method.ranking import RankedEntry

ADDRESSED_MIN_COVERAGE = Fraction(1, 2)
OVER_RATED_FRACTION = Fraction(1, 3)  # of the offers of a box that have votes


class Cover(StrEnum):
    """How far the offers serve a need, in the words that every message uses."""

    ADDRESSED = "addressed"
    PARTLY = "partly addressed"
    NOT = "not addressed"

    @property
    def mark(self) -> str:
        """The sign that stands before the words, or in their place where there is no room."""
        return {Cover.ADDRESSED: "✓", Cover.PARTLY: "◐", Cover.NOT: "✗"}[self]

    @property
    def label(self) -> str:
        """The sign and the words: "✓ addressed"."""
        return f"{self.mark} {self}"


Strengths = Mapping[tuple[int, int], Fraction]  # (offer id, need id) to 0..1


@dataclass(frozen=True, slots=True)
class NeedFit:
    """What the offers do for one need."""

    ranked: RankedEntry
    coverage: Fraction  # 0..1

    @property
    def addressed(self) -> bool:
        """Whether the coverage is at least ADDRESSED_MIN_COVERAGE."""
        return self.coverage >= ADDRESSED_MIN_COVERAGE

    @property
    def cover(self) -> Cover:
        """The same on the scale that people read."""
        return find_cover(self.coverage)

    @property
    def uncovered_weight(self) -> Fraction:
        """The part of the need's weight that no offer covers, 0..1; 0 without votes."""
        return take_remainder(self.ranked.weight or Fraction(0), self.coverage)


@dataclass(frozen=True, slots=True)
class OfferFit:
    """What one offer does for the needs."""

    ranked: RankedEntry
    relevance: Fraction  # 0..1, to the needs that have votes
    reviewer_count: int
    fits_nothing: bool  # members have reviewed it and marked no need
    over_rated: bool  # ranked high, but little relevant


@dataclass(frozen=True, slots=True)
class MustHaveCount:
    """How many of the must-haves of one kind are addressed."""

    addressed: int
    total: int

    def __str__(self) -> str:
        return f"{self.addressed}/{self.total}"


@dataclass(frozen=True, slots=True)
class Fit:
    """The fit of a canvas. A share is 0..1, and None while no need has votes."""

    shares: Mapping[Kind, Fraction | None]  # by kind of need
    overall: Fraction | None
    must_haves: Mapping[Kind, MustHaveCount]  # by kind of need
    gaps: tuple[NeedFit, ...]  # needs with votes; must-haves first, then by uncovered weight

    @property
    def must_have_total(self) -> MustHaveCount:
        """The counts of all kinds together."""
        counts = self.must_haves.values()
        return MustHaveCount(sum(count.addressed for count in counts), sum(count.total for count in counts))

    @property
    def achieved(self) -> bool:
        """Whether there is a must-have and all of them are addressed."""
        counts = self.must_haves.values()
        return any(count.total for count in counts) and all(
            count.addressed == count.total for count in counts
        )


def find_cover(coverage: Fraction) -> Cover:
    """Return how far a need with this coverage is served."""
    if coverage >= ADDRESSED_MIN_COVERAGE:
        return Cover.ADDRESSED
    return Cover.PARTLY if coverage else Cover.NOT


def compute_strengths(
    reviews: Iterable[Review], offer_ids: Collection[int], need_ids: Collection[int]
) -> dict[tuple[int, int], Fraction]:
    """Return the strength of each marked pair of these offers and needs, 0..1.

    A strength is the mean mark of all members who reviewed the offer; a need that a review leaves unmarked
    counts 0.
    """
    halves: defaultdict[tuple[int, int], int] = defaultdict(int)
    reviewer_counts: Counter[int] = Counter()
    for review in reviews:
        if review.offer_id not in offer_ids:
            continue
        reviewer_counts[review.offer_id] += 1
        for need_id, mark in review.marks.items():
            if need_id in need_ids:
                halves[review.offer_id, need_id] += mark
    wholes = {offer_id: int(Mark.STRONG) * count for offer_id, count in reviewer_counts.items()}
    return {pair: make_fraction(total, wholes[pair[0]]) for pair, total in halves.items()}


def compute_need_fits(ranked_needs: Iterable[RankedEntry], strengths: Strengths) -> dict[int, NeedFit]:
    """Return the coverage of each of these needs, by the need's id."""
    by_need: defaultdict[int, list[Fraction]] = defaultdict(list)
    for (_, need_id), strength in strengths.items():
        by_need[need_id].append(strength)
    return {
        ranked.entry.id: NeedFit(ranked, combine_shares(by_need[ranked.entry.id])) for ranked in ranked_needs
    }


def compute_offer_fits(
    box: Sequence[RankedEntry],
    needs: Mapping[int, NeedFit],
    strengths: Strengths,
    reviewer_counts: Mapping[int, int],
) -> dict[int, OfferFit]:
    """Return the relevance of each offer of one box, by the offer's id.

    `needs` is keyed by need id, and `reviewer_counts` by offer id.
    """
    weights = {need_id: need.ranked.weight or Fraction(0) for need_id, need in needs.items()}
    by_offer: defaultdict[int, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for (offer_id, need_id), strength in strengths.items():
        by_offer[offer_id].append((strength, weights[need_id]))
    relevance = {ranked.entry.id: combine_products(by_offer.get(ranked.entry.id, ())) for ranked in box}
    keys = {entry_id: exact_sort_key(each) for entry_id, each in relevance.items()}
    voted_keys = sorted(keys[ranked.entry.id] for ranked in box if ranked.rank is not None)
    third = int(len(voted_keys) * OVER_RATED_FRACTION)
    return {
        ranked.entry.id: OfferFit(
            ranked,
            relevance[ranked.entry.id],
            reviewer_count := reviewer_counts.get(ranked.entry.id, 0),
            fits_nothing=reviewer_count > 0 and ranked.entry.id not in by_offer,
            # In the box's top third by rank, and in its bottom third by relevance.
            over_rated=reviewer_count > 0
            and ranked.rank is not None
            and ranked.rank <= third
            and bisect_right(voted_keys, keys[ranked.entry.id]) <= third,
        )
        for ranked in box
    }


def compute_fit(needs: Sequence[NeedFit]) -> Fit:
    """Return the fit over these needs, given in order of creation."""
    by_kind = {kind: [need for need in needs if need.ranked.entry.kind is kind] for kind in NEED_KINDS}
    gaps = [need for need in needs if need.ranked.weight is not None and not need.addressed]
    return Fit(
        shares={kind: compute_share(by_kind[kind]) for kind in NEED_KINDS},
        overall=compute_share(needs),
        must_haves={kind: _count_must_haves(by_kind[kind]) for kind in NEED_KINDS},
        gaps=tuple(sorted(gaps, key=_gap_sort_key, reverse=True)),
    )


def compute_share(needs: Iterable[NeedFit]) -> Fraction | None:
    """Return the mean coverage of the needs that have votes, weighted, 0..1; None if no need has votes."""
    return compute_weighted_mean(
        (need.ranked.weight, need.coverage) for need in needs if need.ranked.weight is not None
    )


def _gap_sort_key(need: NeedFit) -> tuple[bool, float, Fraction]:
    return need.ranked.must_have, *exact_sort_key(need.uncovered_weight)


def _count_must_haves(needs: Iterable[NeedFit]) -> MustHaveCount:
    addressed = [need.addressed for need in needs if need.ranked.must_have]
    return MustHaveCount(sum(addressed), len(addressed))
