"""How well the offers fit the needs: strength, coverage, relevance and the fit itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.method.kinds import NEEDS, Kind
from bot.method.model import Review
from bot.method.ranking import Ranked

ADDRESSED_FROM = Fraction(1, 2)
THIRD = 3

Strengths = Mapping[tuple[int, int], Fraction]  # (offer, need) to 0..1


def strengths(
    reviews: Iterable[Review], offers: frozenset[int], needs: frozenset[int]
) -> dict[tuple[int, int], Fraction]:
    """Return the strength of each marked pair among these offers and needs, each 0..1."""
    halves: Counter[tuple[int, int]] = Counter()
    reviewers: Counter[int] = Counter()
    for review in reviews:
        if review.offer not in offers:
            continue
        reviewers[review.offer] += 1
        for need, mark in review.marks.items():
            if need in needs:
                halves[review.offer, need] += mark
    return {pair: Fraction(total, 2 * reviewers[pair[0]]) for pair, total in halves.items()}


def together(shares: Iterable[Fraction]) -> Fraction:
    """Return 1 − Π (1 − share): what several shares reach together, 0..1."""
    missed, whole = 1, 1
    for share in shares:
        missed *= share.denominator - share.numerator
        whole *= share.denominator
    return 1 - Fraction(missed, whole)


@dataclass(frozen=True, slots=True)
class Need:
    """What the offers do for one need."""

    ranked: Ranked
    coverage: Fraction

    @property
    def addressed(self) -> bool:
        return self.coverage >= ADDRESSED_FROM

    @property
    def missing(self) -> Fraction:
        """How much of the fit this need leaves open."""
        return self.ranked.weight * (1 - self.coverage)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one offer does for the needs."""

    ranked: Ranked
    relevance: Fraction
    reviewers: int
    over_rated: bool = False

    @property
    def fits_nothing(self) -> bool:
        return self.reviewers > 0 and self.relevance == 0


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the must-haves of one kind are addressed."""

    addressed: int
    total: int

    def __str__(self) -> str:
        return f"{self.addressed}/{self.total}"


@dataclass(frozen=True, slots=True)
class Fit:
    """The fit of a canvas. A share is None where there is nothing to fit yet."""

    shares: Mapping[Kind, Fraction | None]  # of jobs, pains, gains
    all: Fraction | None
    must_haves: Mapping[Kind, Count]
    gaps: tuple[Need, ...]

    @property
    def achieved(self) -> bool:
        counts = self.must_haves.values()
        return any(count.total for count in counts) and all(c.addressed == c.total for c in counts)


def share(needs: Iterable[Need]) -> Fraction | None:
    """Return the weighted share of the needs that is covered, 0..1; None where there is no weight."""
    covered, whole = Fraction(0), Fraction(0)
    for need in needs:
        covered += need.ranked.weight * need.coverage
        whole += need.ranked.weight
    return covered / whole if whole else None


def fit_of(needs: Sequence[Need]) -> Fit:
    """Return the fit over these needs, which stand in order of creation."""
    of_kind = {kind: [need for need in needs if need.ranked.entry.kind is kind] for kind in NEEDS}
    open_needs = [need for need in needs if not need.addressed]
    return Fit(
        shares={kind: share(of_kind[kind]) for kind in NEEDS},
        all=share(needs),
        must_haves={kind: _count(of_kind[kind]) for kind in NEEDS},
        gaps=tuple(sorted(open_needs, key=lambda need: (not need.ranked.must_have, -need.missing))),
    )


def _count(needs: Iterable[Need]) -> Count:
    must_haves = [need.addressed for need in needs if need.ranked.must_have]
    return Count(sum(must_haves), len(must_haves))


def needs_of(ranked: Iterable[Ranked], strength: Strengths) -> dict[int, Need]:
    """Return what the offers do for each of these needs, by its id."""
    by_need: defaultdict[int, list[Fraction]] = defaultdict(list)
    for (_, need), value in strength.items():
        by_need[need].append(value)
    return {place.entry.id: Need(place, together(by_need[place.entry.id])) for place in ranked}


def offers_of(
    box: Sequence[Ranked], needs: Mapping[int, Need], strength: Strengths, reviewers: Mapping[int, int]
) -> dict[int, Offer]:
    """Return what each offer of one box does for the needs, by its id."""
    by_offer: defaultdict[int, list[Fraction]] = defaultdict(list)
    for (offer, need), value in strength.items():
        by_offer[offer].append(needs[need].ranked.weight * value)
    relevance = {place.entry.id: together(by_offer[place.entry.id]) for place in box}
    return {
        place.entry.id: Offer(
            place,
            relevance[place.entry.id],
            reviewers.get(place.entry.id, 0),
            over_rated=_over_rated(place, relevance, reviewers),
        )
        for place in box
    }


def _over_rated(place: Ranked, relevance: Mapping[int, Fraction], reviewers: Mapping[int, int]) -> bool:
    """Whether a voted and reviewed offer is in its box's top third by rank, bottom third by relevance."""
    if not (place.votes and reviewers.get(place.entry.id)):
        return False
    better = sum(value > relevance[place.entry.id] for value in relevance.values())
    return THIRD * place.rank <= len(relevance) and THIRD * better >= 2 * len(relevance)
