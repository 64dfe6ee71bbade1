"""The steps of a member's fit review, and their order. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from bot.method.fit import NeedFit, OfferFit
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry, Mark, Review
from bot.slack.blockkit.builders import MAX_OPTIONS

SortKey = tuple[Fraction, int, int]  # of a need: −score, 0 without votes; index of its kind; id
ReviewerNames = Mapping[str, str]  # user id to name


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One form of a review: an offer, and a page of needs to mark for it."""

    offer: OfferFit
    offer_number: int  # from 1
    reviewed: tuple[bool, ...]  # which offers the member has reviewed; in a repeat, in this pass
    needs: tuple[NeedFit, ...]  # of this page, by kind and in rank order
    need_numbers: Mapping[int, int]  # need id to its number in its box, from 1
    page: int  # from 0
    page_count: int
    last_sort_key: (
        SortKey | None
    )  # of the page's last need, after which the next page starts; None on the last
    own_review: Review | None  # the member's saved review, with the marks of all pages
    is_first: bool  # no step comes before
    is_last: bool  # saving it ends the review

    @property
    def entry(self) -> Entry:
        """The offer's entry."""
        return self.offer.ranked.entry

    @property
    def offer_count(self) -> int:
        return len(self.reviewed)

    @property
    def offers_left(self) -> int:
        """How many offers the member still has to review."""
        return self.reviewed.count(False)

    @property
    def own_marks(self) -> Mapping[int, Mark]:
        """The member's saved marks on the offer, by need id."""
        return self.own_review.marks if self.own_review else {}


class ReviewSession:
    """The steps of one member through all offers.

    Offers are sorted by kind and creation, so that votes during the review do not change their order. Needs
    are sorted by score and split into pages, so that the first page has the must-haves of all kinds.
    `is_repeat` means that the member had reviewed every offer before and now reviews all of them again; None
    computes it.
    """

    def __init__(self, metrics: CanvasMetrics, user_id: str, *, is_repeat: bool | None = None) -> None:
        self.offers: Sequence[OfferFit] = sorted(
            metrics.offers.values(), key=lambda offer: (OFFER_KINDS.index(_kind(offer)), _entry_id(offer))
        )
        self.needs: Sequence[NeedFit] = sorted(metrics.needs.values(), key=need_sort_key)
        self._need_numbers = {
            ranked.entry.id: number
            for kind in NEED_KINDS
            for number, ranked in enumerate(metrics.boxes[kind], start=1)
        }
        self._own_reviews = {
            review.offer_id: review for review in metrics.canvas.reviews if review.user_id == user_id
        }
        self.is_repeat = bool(self.offers) and not self.unreviewed_offers if is_repeat is None else is_repeat

    @property
    def unreviewed_offers(self) -> Sequence[OfferFit]:
        """The offers that the member has not reviewed."""
        return [offer for offer in self.offers if _entry_id(offer) not in self._own_reviews]

    def first_step(self) -> ReviewStep | None:
        """Return the step to start or resume at: the first unreviewed offer, else the first offer."""
        return self._find_first_page(next(iter([*self.unreviewed_offers, *self.offers]), None))

    def step_at(self, offer_id: int, page: int = 0) -> ReviewStep | None:
        """Return the step at an offer and page, or its last page; None if the offer does not exist."""
        index = self._find_offer_index(offer_id)
        if index is None:
            return None
        needs, skipped_pages = self.needs, 0
        while skipped_pages < page and len(needs) > len(take_first_page(needs)):
            needs, skipped_pages = needs[len(take_first_page(needs)) :], skipped_pages + 1
        return self._build_step(index, needs, skipped_pages)

    def step_after_page(self, offer_id: int, page: int, last_sort_key: SortKey | None) -> ReviewStep | None:
        """Return the step with the needs after those of a page; None if there are none.

        The sort key decides where the next page starts, because scores may change while the form is open.
        """
        index = self._find_offer_index(offer_id)
        if last_sort_key is None:
            return None
        needs = [need for need in self.needs if need_sort_key(need) > last_sort_key]
        return self._build_step(index, needs, page + 1) if needs and index is not None else None

    def step_after_offer(self, offer_id: int) -> ReviewStep | None:
        """Return the step after an offer whose review was saved; None at the end."""
        return self._find_first_page(self._find_next_offer(offer_id))

    def step_after_skip(self, offer_id: int) -> ReviewStep | None:
        """Return the step of the next offer, whether it is reviewed or not.

        The last offer is followed by the first unreviewed offer; None if there is none.
        """
        later = self._list_later_offers(offer_id)
        return self._find_first_page(next(iter([*later, *self._list_other_unreviewed(offer_id)]), None))

    def step_before(self, offer_id: int, page: int) -> ReviewStep | None:
        """Return the previous page, or the first page of the previous offer; None at the first step."""
        if page > 0:
            return self.step_at(offer_id, page - 1)
        index = self._find_offer_index(offer_id)
        return self._find_first_page(self.offers[index - 1]) if index else None  # 0 has no offer before it

    def _find_next_offer(self, offer_id: int) -> OfferFit | None:
        later, unreviewed = self._list_later_offers(offer_id), self._list_other_unreviewed(offer_id)
        if self.is_repeat:
            return next(iter([*later, *unreviewed]), None)
        return next((offer for offer in later if offer in unreviewed), next(iter(unreviewed), None))

    def _list_later_offers(self, offer_id: int) -> Sequence[OfferFit]:
        index = self._find_offer_index(offer_id)
        return self.offers if index is None else self.offers[index + 1 :]

    def _list_other_unreviewed(self, offer_id: int) -> Sequence[OfferFit]:
        return [offer for offer in self.unreviewed_offers if _entry_id(offer) != offer_id]

    def _find_offer_index(self, offer_id: int) -> int | None:
        return next((index for index, offer in enumerate(self.offers) if _entry_id(offer) == offer_id), None)

    def _find_first_page(self, offer: OfferFit | None) -> ReviewStep | None:
        return self.step_at(_entry_id(offer)) if offer else None

    def _build_step(self, index: int, needs: Sequence[NeedFit], page: int) -> ReviewStep:
        """Return the step at an offer with the first page of these needs, which is page number `page`."""
        offer, shown = self.offers[index], take_first_page(needs)
        page_count = page + max(1, ceil(len(needs) / MAX_OPTIONS))
        ordered = sorted(
            shown, key=lambda need: (NEED_KINDS.index(_kind(need)), self._need_numbers[_entry_id(need)])
        )
        return ReviewStep(
            offer=offer,
            offer_number=index + 1,
            reviewed=tuple(
                position < index if self.is_repeat else _entry_id(each) in self._own_reviews
                for position, each in enumerate(self.offers)
            ),
            needs=tuple(ordered),
            need_numbers=self._need_numbers,
            page=page,
            page_count=page_count,
            last_sort_key=need_sort_key(shown[-1]) if len(shown) < len(needs) else None,
            own_review=self._own_reviews.get(_entry_id(offer)),
            is_first=index == 0 and page == 0,
            is_last=page + 1 == page_count and self._find_next_offer(_entry_id(offer)) is None,
        )


def need_sort_key(need: NeedFit) -> SortKey:
    """Return the key that sorts needs by score, those without votes last.

    It is unique, so that a page can start after it.
    """
    return -(need.ranked.score or Fraction(0)), NEED_KINDS.index(_kind(need)), _entry_id(need)


def take_first_page(needs: Sequence[NeedFit]) -> Sequence[NeedFit]:
    """Return the needs of the first page.

    Pages are as few and as equal in size as possible. The first page has all must-haves, up to the number of
    options that a menu can have.
    """
    if not needs:
        return needs
    page_count = ceil(len(needs) / MAX_OPTIONS)
    must_have_count = sum(need.ranked.must_have for need in needs)
    return needs[: max(ceil(len(needs) / page_count), min(must_have_count, MAX_OPTIONS))]


def _kind(fit: NeedFit | OfferFit) -> Kind:
    return fit.ranked.entry.kind


def _entry_id(fit: NeedFit | OfferFit) -> int:
    return fit.ranked.entry.id
