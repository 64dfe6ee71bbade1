"""Going through a fit review, and finding the entry that is meant. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.kit.blocks import OPTIONS
from bot.method.figures import Figures
from bot.method.fit import Need, Offer
from bot.method.kinds import NEEDS, OFFERS, Kind
from bot.method.model import Entry, Mark

ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody is in their review: one offer, and one page of the needs."""

    offer: Offer
    number: int  # of the offer among all, from 1
    offers: int
    needs: tuple[Need, ...]  # of this page
    page: int  # from 0
    pages: int
    marks: dict[int, Mark]  # the member's own, on all pages
    reviewed: int  # how many offers the member has reviewed

    @property
    def entry(self) -> Entry:
        return self.offer.ranked.entry


class Walk:
    """One member's way through the offers, by kind and in order of creation, so that it is stable."""

    def __init__(self, figures: Figures, member: str) -> None:
        self.offers: Sequence[Offer] = sorted(
            figures.offers.values(), key=lambda offer: (OFFERS.index(_kind(offer)), offer.ranked.entry.id)
        )
        ranks = {kind: {place.entry.id: i for i, place in enumerate(figures.boxes[kind])} for kind in NEEDS}
        self.needs: Sequence[Need] = sorted(
            figures.needs.values(),
            key=lambda need: (NEEDS.index(_kind(need)), ranks[_kind(need)][need.ranked.entry.id]),
        )
        self._own = {review.offer: review for review in figures.canvas.reviews if review.member == member}

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.needs) // OPTIONS))

    @property
    def finished(self) -> bool:
        return all(offer.ranked.entry.id in self._own for offer in self.offers)

    def at(self, offer: int, page: int = 0) -> Stop | None:
        """Return this stop; None where the offer is gone."""
        for number, found in enumerate(self.offers, start=1):
            if found.ranked.entry.id == offer:
                page = min(max(page, 0), self.pages - 1)
                own = self._own.get(offer)
                return Stop(
                    found,
                    number,
                    len(self.offers),
                    tuple(self.needs[page * OPTIONS : (page + 1) * OPTIONS]),
                    page,
                    self.pages,
                    dict(own.marks) if own else {},
                    len(self._own.keys() & {each.ranked.entry.id for each in self.offers}),
                )
        return None

    def first(self) -> Stop | None:
        """Return where to begin or resume: the first offer not reviewed, or the very first."""
        return self._first_open(self.offers) or (self._stop(self.offers[0]) if self.offers else None)

    def after(self, offer: int, page: int, *, again: bool) -> Stop | None:
        """Return the stop after saving one; None at the end.

        `again`: everything was reviewed before, so the way leads through all offers.
        """
        if page + 1 < self.pages and (stop := self.at(offer, page + 1)):
            return stop
        later = self._later(offer)
        if again:
            return self._stop(later[0]) if later else None
        return self._first_open(later) or self._first_open(self.offers)

    def skip(self, offer: int) -> Stop | None:
        """Return the next offer, reviewed or not; the first after the last."""
        later = self._later(offer) or self.offers
        return self._stop(later[0]) if later else None

    def back(self, offer: int, page: int) -> Stop | None:
        """Return the page before, or the offer before; the last before the first."""
        if page > 0 and (stop := self.at(offer, page - 1)):
            return stop
        ids = [each.ranked.entry.id for each in self.offers]
        place = ids.index(offer) if offer in ids else 0
        return self._stop(self.offers[place - 1]) if self.offers else None

    def _later(self, offer: int) -> Sequence[Offer]:
        ids = [each.ranked.entry.id for each in self.offers]
        return self.offers[ids.index(offer) + 1 :] if offer in ids else self.offers

    def _first_open(self, offers: Iterable[Offer]) -> Stop | None:
        return next((self._stop(each) for each in offers if each.ranked.entry.id not in self._own), None)

    def _stop(self, offer: Offer) -> Stop | None:
        return self.at(offer.ranked.entry.id)


def meant(words: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that a few words may mean: those that have all the words, else the most alike."""
    wanted = words.casefold().split()
    there = list(entries)
    exact = [entry for entry in there if entry.text.casefold() == words.casefold().strip()]
    having = [entry for entry in there if all(word in entry.text.casefold() for word in wanted)]
    return exact or having or _alike(words, there)


def _alike(words: str, entries: Iterable[Entry]) -> list[Entry]:
    scored = [
        (SequenceMatcher(None, words.casefold()[:200], entry.text.casefold()).ratio(), entry)
        for entry in entries
    ]
    return [entry for ratio, entry in sorted(scored, key=lambda each: -each[0]) if ratio >= ALIKE]


def _kind(of: Need | Offer) -> Kind:
    return of.ranked.entry.kind
