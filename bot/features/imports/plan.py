"""What an import would do to a canvas: what is new, what is known already, what is wrong. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.features.entries.drafts import ENTRIES
from bot.features.imports.parsed import Found, FoundReview, Reading, key_of
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.slack.blockkit.text import cut


@dataclass(frozen=True, slots=True)
class Plan:
    """Entries are named by their place in the file. Where anything is wrong, nothing may be added."""

    reading: Reading
    known: Mapping[int, int] = field(default_factory=dict)  # to the entry of the canvas that says the same
    products: Mapping[str, int] = field(default_factory=dict)  # of the canvas, by the key of their text
    wrong: tuple[str, ...] = ()

    @property
    def new(self) -> dict[int, Found]:
        return {place: found for place, found in enumerate(self.reading.entries) if place not in self.known}

    @property
    def reviews(self) -> tuple[FoundReview, ...]:
        """The reviews that come along: those of new offers."""
        return tuple(review for review in self.reading.reviews if review.offer not in self.known)

    @property
    def votes(self) -> int:
        return sum(len(found.votes) for found in self.new.values())

    @property
    def members(self) -> frozenset[str]:
        """Whose votes and reviews come along."""
        voters = {member for found in self.new.values() for member in found.votes}
        return frozenset(voters | {review.member for review in self.reviews})

    @property
    def digest(self) -> str:
        """The same for plans that do the same, so that what is added is what was shown."""
        does = (self.reading, sorted(self.known.items()), sorted(self.products.items()), self.wrong)
        return hashlib.sha256(repr(does).encode("utf-8", "backslashreplace")).hexdigest()[:32]

    def deliveries(self, ids: Mapping[int, int]) -> set[tuple[int, int]]:
        """Return offers and the products that deliver them, once each entry of the file has its id."""
        places = _products_in(self.reading)
        return {
            (ids[place], ids[named] if isinstance(named, int) else self._product(named, places, ids))
            for place, found in self.new.items()
            for named in found.products
        }

    def _product(self, text: str, places: Mapping[str, int], ids: Mapping[int, int]) -> int:
        key = key_of(text)
        return ids[places[key]] if key in places else self.products[key]


def plan(reading: Reading, there: Sequence[Entry]) -> Plan:
    """Compare what was read with the entries of a canvas. An entry that says the same is left as it is."""
    by_key: dict[tuple[Kind, str], int] = {}
    for entry in there:
        by_key.setdefault((entry.kind, key_of(entry.text)), entry.id)
    known = {place: by_key[found.key] for place, found in enumerate(reading.entries) if found.key in by_key}
    named = {key_of(each) for found in reading.entries for each in found.products if isinstance(each, str)}
    products = {key: by_key[Kind.PRODUCT, key] for key in named if (Kind.PRODUCT, key) in by_key}
    wrong = [*reading.wrong, *_undelivered(reading, products)]
    total = len(there) + len(reading.entries) - len(known)
    if total > ENTRIES:
        wrong.append(f"The canvas would have {total:,} entries, and it holds {ENTRIES:,} at most.")
    return Plan(reading, known, products, tuple(wrong))


def _undelivered(reading: Reading, products: Mapping[str, int]) -> Iterable[str]:
    """Yield what is wrong with the products that offers name by their text."""
    there = {*products, *_products_in(reading)}
    for found in reading.entries:
        for named in found.products:
            if isinstance(named, str) and key_of(named) not in there:
                says = "no product says that, neither here nor on the canvas"
                yield f"{found.place}: it is delivered by “{cut(named, 60)}”, but {says}."


def _products_in(reading: Reading) -> dict[str, int]:
    """Return the places of the products in a file, by the key of their text."""
    found: dict[str, int] = {}
    for place, entry in enumerate(reading.entries):
        if entry.kind is Kind.PRODUCT:
            found.setdefault(entry.key[1], place)
    return found
