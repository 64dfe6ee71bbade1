"""Going through a fit review, comparing marks, and finding the entry that is meant. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fractions import Fraction

from bot.method.fit import Fit, Need, Offer
from bot.method.kinds import NEEDS, OFFERS, Kind
from bot.method.metrics import Figures, figures
from bot.method.model import Entry, Mark, Review
from bot.method.ranking import Ranked
from bot.slack.blockkit.builders import OPTIONS

ALIKE = 0.6
TOTALS_FROM = 2  # others: the total of a single one would say who marked what
DIFFERS_FROM = Fraction(1, 2)  # between one's own mark and the mean of the others, each 0..1

Place = tuple[Fraction, int, int]  # of a need among all: the weightiest first, then by kind and creation


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody is in their review: one offer, and one part of the needs."""

    offer: Offer
    number: int  # of the offer among all, from 1
    offers: int
    left: int  # offers that still wait for the member
    needs: tuple[Need, ...]  # of this part, by kind and in rank order
    numbers: Mapping[int, int]  # need to its number in its box, from 1
    page: int  # from 0
    pages: int
    until: Place | None  # of its last need: the next part goes on after it; None where this is the last
    own: Review | None  # the member's own, of all parts; None where there is none yet
    first: bool  # nothing to go back to
    last: bool  # saving it ends the review

    @property
    def entry(self) -> Entry:
        return self.offer.ranked.entry

    @property
    def marks(self) -> Mapping[int, Mark]:
        return self.own.marks if self.own else {}


class Walk:
    """One member's way through the offers, by kind and in order of creation, so that it is stable.

    `again`: everything was reviewed before, so the way leads through all of it once more. Needs come in
    parts of as many as a menu holds, the weightiest first, so that the must-haves of all kinds lead.
    """

    def __init__(self, now: Figures, member: str, *, again: bool | None = None) -> None:
        self.offers: Sequence[Offer] = sorted(
            now.offers.values(), key=lambda offer: (OFFERS.index(_kind(offer)), _id(offer))
        )
        self.needs: Sequence[Need] = sorted(now.needs.values(), key=place_of)
        self._numbers = {
            place.entry.id: number for kind in NEEDS for number, place in enumerate(now.boxes[kind], start=1)
        }
        self._own = {review.offer: review for review in now.canvas.reviews if review.member == member}
        self.again = bool(self.offers) and not self.open if again is None else again

    @property
    def open(self) -> Sequence[Offer]:
        """The offers that the member has not reviewed."""
        return [offer for offer in self.offers if _id(offer) not in self._own]

    def first(self) -> Stop | None:
        """Return where to begin or resume: the first offer not reviewed, or the very first."""
        return self._stop(next(iter([*self.open, *self.offers]), None))

    def at(self, offer: int, page: int = 0) -> Stop | None:
        """Return this stop; None where the offer is gone."""
        there = self._index(offer)
        if there is None:
            return None
        rest, skipped = list(self.needs), 0
        while skipped < page and len(rest) > len(part_of(rest)):
            rest, skipped = rest[len(part_of(rest)) :], skipped + 1
        return self._made(there, rest, skipped)

    def next_part(self, offer: int, page: int, until: Place | None) -> Stop | None:
        """Return the stop with the needs after those of a page; None where that was the last of them."""
        there = self._index(offer)
        if until is None:
            return None
        rest = [need for need in self.needs if place_of(need) > until]
        return self._made(there, rest, page + 1) if rest and there is not None else None

    def after(self, offer: int) -> Stop | None:
        """Return the stop after an offer that was saved; None at the end."""
        return self._stop(self._next(offer))

    def skip(self, offer: int) -> Stop | None:
        """Return the next offer, reviewed or not; after the last, one that still waits; None at the end."""
        later = self._later(offer)
        return self._stop(next(iter([*later, *self._open_but(offer)]), None))

    def back(self, offer: int, page: int) -> Stop | None:
        """Return the part before, or the offer before; None at the very beginning."""
        if page > 0:
            return self.at(offer, page - 1)
        there = self._index(offer)
        return self._stop(self.offers[there - 1]) if there else None

    def _next(self, offer: int) -> Offer | None:
        later, waiting = self._later(offer), self._open_but(offer)
        if self.again:
            return next(iter([*later, *waiting]), None)
        return next((each for each in later if each in waiting), next(iter(waiting), None))

    def _later(self, offer: int) -> Sequence[Offer]:
        there = self._index(offer)
        return self.offers if there is None else self.offers[there + 1 :]

    def _open_but(self, offer: int) -> Sequence[Offer]:
        return [each for each in self.open if _id(each) != offer]

    def _index(self, offer: int) -> int | None:
        return next((index for index, each in enumerate(self.offers) if _id(each) == offer), None)

    def _stop(self, offer: Offer | None) -> Stop | None:
        return self.at(_id(offer)) if offer else None

    def _made(self, there: int, rest: Sequence[Need], page: int) -> Stop:
        offer, part = self.offers[there], part_of(rest)
        pages = page + max(1, -(-len(rest) // OPTIONS))
        ordered = sorted(part, key=lambda need: (NEEDS.index(_kind(need)), self._numbers[_id(need)]))
        return Stop(
            offer=offer,
            number=there + 1,
            offers=len(self.offers),
            left=len(self.offers) - there if self.again else len(self.open),
            needs=tuple(ordered),
            numbers=self._numbers,
            page=page,
            pages=pages,
            until=place_of(part[-1]) if len(part) < len(rest) else None,
            own=self._own.get(_id(offer)),
            first=there == 0 and page == 0,
            last=page + 1 == pages and self._next(_id(offer)) is None,
        )


def place_of(need: Need) -> Place:
    return -need.ranked.score, NEEDS.index(_kind(need)), _id(need)


def part_of(rest: Sequence[Need]) -> Sequence[Need]:
    """Return the first of as few and as equal parts as menus hold; it has the must-haves, if they fit."""
    if not rest:
        return rest
    parts = -(-len(rest) // OPTIONS)
    must_haves = sum(need.ranked.must_have for need in rest)
    return rest[: max(-(-len(rest) // parts), min(must_haves, OPTIONS))]


@dataclass(frozen=True, slots=True)
class Difference:
    """One need of an offer on which a member and the others differ."""

    offer: Entry
    need: Ranked
    own: Mark | None  # None: marked as nothing
    others: Mapping[Mark | None, int]  # how many of them marked what
    by: Fraction  # 0..1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A member's review of an offer beside the others' reviews of it."""

    offer: Entry
    own: Review
    others: tuple[str, ...]  # who else reviewed it
    differences: tuple[Difference, ...]  # the greatest first

    @property
    def with_totals(self) -> bool:
        """Whether the others are so many that their marks can be told as totals."""
        return len(self.others) >= TOTALS_FROM


def compared(now: Figures, offer: int, member: str) -> Comparison | None:
    """Compare a member's marks on an offer with the others'; None before they have marked it themselves."""
    return _compared(now, offer, member, now.reviews_of(offer))


def differences(now: Figures, member: str) -> list[Difference]:
    """Return where a member differs most on each offer, as far as totals may be told; the greatest first."""
    by_offer: defaultdict[int, list[Review]] = defaultdict(list)
    for review in now.canvas.reviews:
        by_offer[review.offer].append(review)
    comparisons = (_compared(now, offer, member, given) for offer, given in by_offer.items())
    told = (each for each in comparisons if each and each.with_totals)
    return sorted((each.differences[0] for each in told if each.differences), key=_greatest)


def _compared(now: Figures, offer: int, member: str, given: Iterable[Review]) -> Comparison | None:
    reviews = {review.member: review for review in given}
    own = reviews.pop(member, None)
    if own is None or offer not in now.offers:
        return None
    marked = own.marks.keys() | {need for review in reviews.values() for need in review.marks}
    made = [
        _difference(now, offer, need, own, reviews.values())
        for need in sorted(marked & now.needs.keys())
        if reviews
    ]
    told = sorted((each for each in made if each.by >= DIFFERS_FROM), key=_greatest)
    return Comparison(now.ranked[offer].entry, own, tuple(sorted(reviews)), tuple(told))


def _difference(now: Figures, offer: int, need: int, own: Review, reviews: Collection[Review]) -> Difference:
    mine = own.marks.get(need)
    others = Counter(review.marks.get(need) for review in reviews)
    mean = Fraction(sum((mark or 0) * number for mark, number in others.items()), len(reviews))
    by = abs((mine or 0) - mean) / Mark.STRONG
    return Difference(now.ranked[offer].entry, now.ranked[need], mine, others, by)


def without(now: Figures, member: str) -> Fit:
    """Return what the fit would be without a member's reviews."""
    others = tuple(review for review in now.canvas.reviews if review.member != member)
    return figures(replace(now.canvas, reviews=others)).fit


def _greatest(difference: Difference) -> tuple[Fraction, Fraction]:
    return -difference.by, -difference.need.weight


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


def _id(of: Need | Offer) -> int:
    return of.ranked.entry.id
