"""What changed the fit since the last digest: causes whose effects add up to the whole change. Pure.

The changes are applied one after the other to the canvas of the last digest: first what is gone, then what is
new, then votes, then marks. The effect of a change is the fit after it minus the fit before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.method.exact import combine_shares
from bot.method.fit import Cover, find_cover
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry, Mark

NONE = Fraction(0)


class CauseKind(StrEnum):
    """What happened to an entry."""

    GONE = "gone"
    NEW = "new"
    VOTES = "votes"
    MARKS = "marks"


@dataclass(frozen=True, slots=True)
class Cause:
    """One change, and what it did to the fit."""

    kind: CauseKind
    entry: Entry
    effect: Fraction  # on the overall fit, −1..1
    flips: tuple[tuple[Entry, Cover], ...]  # the needs with votes that are addressed since, or no longer

    @property
    def addressed(self) -> tuple[Entry, ...]:
        """The needs that are addressed since this change."""
        return tuple(need for need, cover in self.flips if cover is Cover.ADDRESSED)

    @property
    def unaddressed(self) -> tuple[Entry, ...]:
        """The needs that are not addressed, or only partly, since this change."""
        return tuple(need for need, cover in self.flips if cover is not Cover.ADDRESSED)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of one entry: the weights and the strengths that it sets."""

    kind: CauseKind
    entry: Entry
    weights: Mapping[int, Fraction | None]  # by need id
    strengths: Mapping[tuple[int, int], Fraction]  # by offer id and need id

    @property
    def need_ids(self) -> Iterable[int]:
        """The needs that it touches."""
        return dict.fromkeys([*self.weights, *(need_id for _, need_id in self.strengths)])


class _RunningFit:
    """The overall fit while weights and strengths change one by one.

    A change computes the coverage of the needs that it touches, and of no other.
    """

    def __init__(self, metrics: CanvasMetrics) -> None:
        self._strengths: defaultdict[int, dict[int, Fraction]] = defaultdict(dict)  # by need and offer id
        for (offer_id, need_id), strength in metrics.strengths.items():
            self._strengths[need_id][offer_id] = strength
        self._coverage = {need_id: need.coverage for need_id, need in metrics.needs.items()}
        weights = ((need_id, need.ranked.weight) for need_id, need in metrics.needs.items())
        self._weights = {need_id: weight for need_id, weight in weights if weight is not None}
        self._total = sum(self._weights.values(), start=NONE)
        self._covered = self._sum_covered(self._weights)

    @property
    def overall(self) -> Fraction:
        """The fit, 0..1; 0 while no need has votes."""
        return self._covered / self._total if self._total else NONE

    def list_covers(self, need_ids: Iterable[int]) -> dict[int, Cover]:
        """Return how far each of these needs that has votes is served."""
        return {
            need_id: find_cover(self._coverage[need_id]) for need_id in need_ids if need_id in self._weights
        }

    def apply(self, change: _Change) -> None:
        """Apply a change."""
        covered_before = self._sum_covered(change.need_ids)
        for (offer_id, need_id), strength in change.strengths.items():
            self._strengths[need_id][offer_id] = strength
        for need_id in dict.fromkeys(need_id for _, need_id in change.strengths):
            self._coverage[need_id] = combine_shares(self._strengths[need_id].values())
        for need_id, weight in change.weights.items():
            self._coverage.setdefault(need_id, NONE)  # a new need without marks
            self._total += (weight or NONE) - self._weights.pop(need_id, NONE)
            if weight is not None:
                self._weights[need_id] = weight
        self._covered += self._sum_covered(change.need_ids) - covered_before

    def _sum_covered(self, need_ids: Iterable[int]) -> Fraction:
        """Return the sum of weight times coverage over the needs among these that have votes."""
        voted = (need_id for need_id in need_ids if need_id in self._weights)
        return sum((self._weights[need_id] * self._coverage[need_id] for need_id in voted), start=NONE)


def find_causes(before: CanvasMetrics, after: CanvasMetrics) -> list[Cause]:
    """Return every change between two states of a canvas that changed the fit, the strongest effect first.

    The effects add up to the difference of the two fits, in which an undefined fit is 0.
    """
    running = _RunningFit(before)
    fit_before, causes = running.overall, list[Cause]()
    for change in _list_changes(before, after):
        covers_before = running.list_covers(change.need_ids)
        running.apply(change)
        flips = tuple(
            (after.ranked[need_id].entry, cover)
            for need_id, cover in running.list_covers(change.need_ids).items()
            if _is_flip(covers_before.get(need_id), cover)
        )
        fit_after = running.overall
        effect, fit_before = fit_after - fit_before, fit_after
        if effect or flips:
            causes.append(Cause(change.kind, change.entry, effect, flips))
    return sorted(causes, key=lambda cause: -abs(cause.effect))


def _is_flip(earlier: Cover | None, later: Cover) -> bool:
    """Return whether a need is addressed later and was not, or the other way round; None had no votes."""
    return earlier is None or (earlier is Cover.ADDRESSED) is not (later is Cover.ADDRESSED)


def _list_changes(before: CanvasMetrics, after: CanvasMetrics) -> Iterator[_Change]:
    """Yield the changes in the order in which they are applied."""
    yield from _list_gone(before, after)
    yield from _list_new(before, after)
    for need_id in (each for each in after.needs if each in before.needs):
        ranked = after.ranked[need_id]
        if ranked.weight != before.ranked[need_id].weight:
            yield _Change(CauseKind.VOTES, ranked.entry, {need_id: ranked.weight}, {})
    kept_needs = before.needs.keys() & after.needs.keys()
    old_reviews, new_reviews = _group_reviews(before), _group_reviews(after)
    for offer_id in (each for each in after.offers if each in before.offers):
        if old_reviews.get(offer_id) != new_reviews.get(offer_id):
            pairs = [(offer_id, need_id) for need_id in sorted(kept_needs)]
            strengths = {
                pair: strength
                for pair in pairs
                if (strength := after.strengths.get(pair, NONE)) != before.strengths.get(pair, NONE)
            }
            yield _Change(CauseKind.MARKS, after.ranked[offer_id].entry, {}, strengths)


def _list_gone(before: CanvasMetrics, after: CanvasMetrics) -> Iterator[_Change]:
    """Yield what was deleted, merged, or moved to another kind."""
    for need_id in (each for each in before.needs if each not in after.needs):
        yield _Change(CauseKind.GONE, before.ranked[need_id].entry, {need_id: None}, {})
    for offer_id in (each for each in before.offers if each not in after.offers):
        strengths = {pair: NONE for pair in before.strengths if pair[0] == offer_id}
        yield _Change(CauseKind.GONE, before.ranked[offer_id].entry, {}, strengths)


def _list_new(before: CanvasMetrics, after: CanvasMetrics) -> Iterator[_Change]:
    """Yield what was added, restored, or moved from another kind.

    An offer comes with its marks on the needs of before, and then a need with all marks on it.
    """
    for offer_id in (each for each in after.offers if each not in before.offers):
        strengths = {
            pair: strength
            for pair, strength in after.strengths.items()
            if pair[0] == offer_id and pair[1] in before.needs
        }
        yield _Change(CauseKind.NEW, after.ranked[offer_id].entry, {}, strengths)
    for need_id in (each for each in after.needs if each not in before.needs):
        strengths = {pair: strength for pair, strength in after.strengths.items() if pair[1] == need_id}
        ranked = after.ranked[need_id]
        yield _Change(CauseKind.NEW, ranked.entry, {need_id: ranked.weight}, strengths)


def _group_reviews(metrics: CanvasMetrics) -> dict[int, dict[str, Mapping[int, Mark]]]:
    """Return the marks of each member by offer id."""
    by_offer: dict[int, dict[str, Mapping[int, Mark]]] = {}
    for review in metrics.canvas.reviews:
        by_offer.setdefault(review.offer_id, {})[review.user_id] = review.marks
    return by_offer
