"""The figures of a canvas without its evidence: the ranking, and the fit on paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.method.fit import Fit, NeedFit, OfferFit, Strengths
from bot.method.kinds import PRODUCT_KINDS, Kind
from bot.method.model import Canvas, Review
from bot.method.ranking import RankedEntry


@dataclass(frozen=True, slots=True)
class PaperMetrics:
    """The metrics of a canvas without its evidence.

    The keys of `ranked`, `needs` and `offers` are entry ids.
    """

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
