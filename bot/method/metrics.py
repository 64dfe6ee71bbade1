"""All figures of one canvas, computed once from its state."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from bot.method.fit import Fit, Need, Offer, fit_of, needs_of, offers_of, strengths
from bot.method.kinds import NEEDS, OFFERS, Kind
from bot.method.model import Canvas, Entry, Review
from bot.method.ranking import Ranked, rank_box


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a canvas; every mapping is by entry id."""

    canvas: Canvas
    boxes: Mapping[Kind, tuple[Ranked, ...]]  # in rank order
    ranked: Mapping[int, Ranked]
    needs: Mapping[int, Need]
    offers: Mapping[int, Offer]
    strength: Mapping[tuple[int, int], Fraction]  # (offer, need); 0 where the pair is missing
    fit: Fit

    @property
    def divisive(self) -> tuple[Ranked, ...]:
        """What divides the team, the most divisive first."""
        divided = (place for box in self.boxes.values() for place in box if place.divisive)
        return tuple(sorted(divided, key=lambda place: place.agreement or 0))

    @property
    def undelivered(self) -> tuple[Ranked, ...]:
        """The products that no offer names."""
        named = {product for offer in self.offers.values() for product in offer.ranked.entry.delivered_by}
        return tuple(place for place in self.boxes[Kind.PRODUCT] if place.entry.id not in named)

    @property
    def fits_nothing(self) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.offers.values() if offer.fits_nothing)

    @property
    def over_rated(self) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.offers.values() if offer.over_rated)

    @property
    def unreviewed(self) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.offers.values() if not offer.reviewers)

    def reviews_of(self, offer: int) -> Iterator[Review]:
        return (review for review in self.canvas.reviews if review.offer == offer)


def figures(canvas: Canvas) -> Figures:
    """Compute every figure that `method.md` defines, offers in rank order within their boxes."""
    entries: defaultdict[Kind, list[Entry]] = defaultdict(list)
    for entry in canvas.entries:
        entries[entry.kind].append(entry)
    boxes = {kind: rank_box(entries[kind]) for kind in Kind}
    ranked = {place.entry.id: place for box in boxes.values() for place in box}
    live_needs = frozenset(entry.id for kind in NEEDS for entry in entries[kind])
    live_offers = frozenset(entry.id for kind in OFFERS for entry in entries[kind])
    strength = strengths(canvas.reviews, live_offers, live_needs)
    needs = needs_of((ranked[entry.id] for entry in canvas.entries if entry.kind.is_need), strength)
    reviewers = Counter(review.offer for review in canvas.reviews)
    offers: dict[int, Offer] = {}
    for kind in OFFERS:
        offers |= offers_of(boxes[kind], needs, strength, reviewers)
    return Figures(canvas, boxes, ranked, needs, offers, strength, fit_of(list(needs.values())))
