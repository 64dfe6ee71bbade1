"""What changed the fit since the last digest: causes whose effects add up to the whole change. Pure.

The changes are applied one after the other to the canvas of the last digest: first what is gone, then what is
new, then votes, then marks. The effect of a change is the fit after it minus the fit before it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.method.fit import ADDRESSED_MIN_COVERAGE, combine_shares
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
    addressed: tuple[Entry, ...]  # the needs with votes that are addressed since this change
    unaddressed: tuple[Entry, ...]  # those that are not addressed since


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of one entry: the weights and the strengths that it sets."""

    kind: CauseKind
    entry: Entry
    weights: Mapping[int, Fraction | None]  # by need id
    strengths: Mapping[tuple[int, int], Fraction]  # by offer id and need id


class _RunningFit:
    """The overall fit while weights and strengths change one by one."""

    def __init__(self, metrics: CanvasMetrics) -> None:
        self._weights: dict[int, Fraction] = {}
        self._strengths: dict[int, dict[int, Fraction]] = {}  # by need id and offer id
        self._covered, self._total = NONE, NONE
        for (offer_id, need_id), strength in metrics.strengths.items():
            self._strengths.setdefault(need_id, {})[offer_id] = strength
        for need_id, need in metrics.needs.items():
            self._set_weight(need_id, need.ranked.weight)

    @property
    def overall(self) -> Fraction:
        """The fit, 0..1; 0 while no need has votes."""
        return self._covered / self._total if self._total else NONE

    def is_addressed(self, need_id: int) -> bool | None:
        """Return whether a need is addressed; None if it has no votes."""
        return self._compute_coverage(need_id) >= ADDRESSED_MIN_COVERAGE if need_id in self._weights else None

    def apply(self, change: _Change) -> None:
        """Apply a change."""
        for (offer_id, need_id), strength in change.strengths.items():
            weight = self._weights.get(need_id)
            self._set_weight(need_id, None)
            self._strengths.setdefault(need_id, {})[offer_id] = strength
            self._set_weight(need_id, weight)
        for need_id, weight in change.weights.items():
            self._set_weight(need_id, weight)

    def _set_weight(self, need_id: int, weight: Fraction | None) -> None:
        coverage = self._compute_coverage(need_id)
        old = self._weights.pop(need_id, NONE)
        if weight is not None:
            self._weights[need_id] = weight
        self._total += (weight or NONE) - old
        self._covered += ((weight or NONE) - old) * coverage

    def _compute_coverage(self, need_id: int) -> Fraction:
        return combine_shares(self._strengths.get(need_id, {}).values())


def find_causes(before: CanvasMetrics, after: CanvasMetrics) -> list[Cause]:
    """Return every change between two states of a canvas that changed the fit, the strongest effect first.

    The effects add up to the difference of the two fits, in which an undefined fit is 0.
    """
    running = _RunningFit(before)
    causes = []
    for change in _list_changes(before, after):
        touched = [*dict.fromkeys([*change.weights, *(need_id for _, need_id in change.strengths)])]
        fit_before, states_before = running.overall, [running.is_addressed(need_id) for need_id in touched]
        running.apply(change)
        states = zip(touched, states_before, map(running.is_addressed, touched), strict=True)
        flipped = [
            (need_id, now) for need_id, earlier, now in states if earlier is not now and now is not None
        ]
        effect = running.overall - fit_before
        if effect or flipped:
            addressed, unaddressed = (
                tuple(after.ranked[need_id].entry for need_id, now in flipped if now is wanted)
                for wanted in (True, False)
            )
            causes.append(Cause(change.kind, change.entry, effect, addressed, unaddressed))
    return sorted(causes, key=lambda cause: -abs(cause.effect))


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
            strengths = {
                (offer_id, need_id): after.strengths.get((offer_id, need_id), NONE)
                for need_id in sorted(kept_needs)
                if (offer_id, need_id) in after.strengths or (offer_id, need_id) in before.strengths
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
