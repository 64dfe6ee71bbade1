"""All metrics of one canvas, computed once from its state."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.method.fit import (
    Fit,
    NeedFit,
    OfferFit,
    Strengths,
    compute_fit,
    compute_need_fits,
    compute_offer_fits,
    compute_strengths,
)
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, PRODUCT_KINDS, Kind
from bot.method.model import Canvas, Entry, Review
from bot.method.ranking import RankedEntry, compute_must_have_min_votes, rank_box


@dataclass(frozen=True, slots=True)
class CanvasMetrics:
    """The metrics of a canvas. The keys of `ranked`, `needs` and `offers` are entry ids."""

    canvas: Canvas
    boxes: Mapping[Kind, tuple[RankedEntry, ...]]  # in rank order
    ranked: Mapping[int, RankedEntry]
    needs: Mapping[int, NeedFit]  # in order of creation
    offers: Mapping[int, OfferFit]  # by kind and in rank order
    strengths: Strengths  # a missing pair has the strength 0
    fit: Fit
    must_have_min_votes: int  # how many votes make a need with a high score a must-have

    @property
    def divisive(self) -> tuple[RankedEntry, ...]:
        """The divisive entries of all boxes, the most divisive first."""
        divisive = (ranked for box in self.boxes.values() for ranked in box if ranked.divisive)
        return tuple(sorted(divisive, key=lambda ranked: ranked.agreement or 0))

    @property
    def undelivered(self) -> tuple[RankedEntry, ...]:
        """The products that no offer names."""
        named_ids = {
            product_id for offer in self.offers.values() for product_id in offer.ranked.entry.delivered_by
        }
        products = (ranked for kind in PRODUCT_KINDS for ranked in self.boxes[kind])
        return tuple(ranked for ranked in products if ranked.entry.id not in named_ids)

    @property
    def fits_nothing(self) -> tuple[OfferFit, ...]:
        """The offers that members have reviewed and that none of them marked for any need."""
        return tuple(offer for offer in self.offers.values() if offer.fits_nothing)

    @property
    def over_rated(self) -> tuple[OfferFit, ...]:
        """The offers that are ranked high, but little relevant."""
        return tuple(offer for offer in self.offers.values() if offer.over_rated)

    @property
    def unreviewed(self) -> tuple[OfferFit, ...]:
        """The offers that no member has reviewed."""
        return tuple(offer for offer in self.offers.values() if not offer.reviewer_count)

    def reviews_of_offer(self, offer_id: int) -> Iterator[Review]:
        """Return all members' reviews of an offer."""
        return (review for review in self.canvas.reviews if review.offer_id == offer_id)


def compute_metrics(canvas: Canvas) -> CanvasMetrics:
    """Compute the ranking of every box, what each offer does for each need, and the fit."""
    entries_by_kind: defaultdict[Kind, list[Entry]] = defaultdict(list)
    for entry in canvas.entries:
        entries_by_kind[entry.kind].append(entry)
    min_votes = compute_must_have_min_votes(canvas.entries)
    boxes = {kind: rank_box(entries_by_kind[kind], min_votes) for kind in Kind}
    ranked = {each.entry.id: each for box in boxes.values() for each in box}
    # A mark on an entry that was deleted or moved to another kind since does not count.
    need_ids = frozenset(entry.id for kind in NEED_KINDS for entry in entries_by_kind[kind])
    offer_ids = frozenset(entry.id for kind in OFFER_KINDS for entry in entries_by_kind[kind])
    strengths = compute_strengths(canvas.reviews, offer_ids, need_ids)
    needs = compute_need_fits((ranked[entry.id] for entry in canvas.entries if entry.kind.is_need), strengths)
    reviewer_counts = Counter(review.offer_id for review in canvas.reviews)
    offers: dict[int, OfferFit] = {}
    for kind in OFFER_KINDS:
        offers |= compute_offer_fits(boxes[kind], needs, strengths, reviewer_counts)
    fit = compute_fit(list(needs.values()))
    return CanvasMetrics(canvas, boxes, ranked, needs, offers, strengths, fit, min_votes)
