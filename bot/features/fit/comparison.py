"""Compare a member's marks on an offer with those of its other reviewers. Pure.

The marks of others are shown only as totals and only if there are two others or more, because the total of a
single other reviewer would reveal that member's marks.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from bot.method.fit import Fit
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Entry, Mark, Review
from bot.method.ranking import RankedEntry

MIN_OTHERS_FOR_TOTALS = 2
MIN_DIFFERENCE = Fraction(1, 2)  # between the member's mark and the mean of the others' marks, both 0..1


@dataclass(frozen=True, slots=True)
class Difference:
    """A need that a member marked differently for an offer than the others did."""

    offer: Entry
    need: RankedEntry
    own_mark: Mark | None  # None if the member left the need unmarked
    other_marks: Mapping[Mark | None, int]  # mark to the number of others who gave it; None is unmarked
    size: Fraction  # 0..1


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of a member's review of an offer with the others' reviews of it."""

    offer: Entry
    own_review: Review
    other_reviewer_ids: tuple[str, ...]
    differences: tuple[Difference, ...]  # the greatest first

    @property
    def shows_totals(self) -> bool:
        """Whether there are enough others to show their marks as totals."""
        return len(self.other_reviewer_ids) >= MIN_OTHERS_FOR_TOTALS


def compare_with_others(metrics: CanvasMetrics, offer_id: int, user_id: str) -> Comparison | None:
    """Compare a member's marks on an offer with the others'; None if the member has not reviewed it."""
    return _compare(metrics, offer_id, user_id, metrics.reviews_of_offer(offer_id))


def list_greatest_differences(metrics: CanvasMetrics, user_id: str) -> list[Difference]:
    """Return the greatest difference on each offer whose totals may be shown, the greatest first."""
    by_offer: defaultdict[int, list[Review]] = defaultdict(list)
    for review in metrics.canvas.reviews:
        by_offer[review.offer_id].append(review)
    comparisons = (_compare(metrics, offer_id, user_id, reviews) for offer_id, reviews in by_offer.items())
    shown = (each for each in comparisons if each and each.shows_totals)
    return sorted((each.differences[0] for each in shown if each.differences), key=_difference_sort_key)


def compute_fit_without(metrics: CanvasMetrics, user_id: str) -> Fit:
    """Return what the fit would be without a member's reviews."""
    other_reviews = tuple(review for review in metrics.canvas.reviews if review.user_id != user_id)
    return compute_metrics(replace(metrics.canvas, reviews=other_reviews)).fit


def _compare(
    metrics: CanvasMetrics, offer_id: int, user_id: str, reviews: Iterable[Review]
) -> Comparison | None:
    others = {review.user_id: review for review in reviews}
    own = others.pop(user_id, None)
    if own is None or offer_id not in metrics.offers:
        return None
    marked_ids = own.marks.keys() | {need_id for review in others.values() for need_id in review.marks}
    differences = [
        _compute_difference(metrics, offer_id, need_id, own, others.values())
        for need_id in sorted(marked_ids & metrics.needs.keys())
        if others
    ]
    large = sorted((each for each in differences if each.size >= MIN_DIFFERENCE), key=_difference_sort_key)
    return Comparison(metrics.ranked[offer_id].entry, own, tuple(sorted(others)), tuple(large))


def _compute_difference(
    metrics: CanvasMetrics, offer_id: int, need_id: int, own: Review, others: Collection[Review]
) -> Difference:
    own_mark = own.marks.get(need_id)
    other_marks = Counter(review.marks.get(need_id) for review in others)
    mean = Fraction(sum((mark or 0) * number for mark, number in other_marks.items()), len(others))
    size = abs((own_mark or 0) - mean) / Mark.STRONG
    return Difference(metrics.ranked[offer_id].entry, metrics.ranked[need_id], own_mark, other_marks, size)


def _difference_sort_key(difference: Difference) -> tuple[Fraction, Fraction]:
    return -difference.size, -(difference.need.weight or Fraction(0))
