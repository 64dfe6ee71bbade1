"""The state of a canvas: its entries, votes, reviews and evidence. All metrics are computed from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

from bot.method.kinds import Kind


class Mark(IntEnum):
    """How well an offer fits a need: the value counts halves. A need without a mark counts 0."""

    PARTIAL = 1
    STRONG = 2


class Grade(IntEnum):
    """What a customer gave as evidence; the value is the grade's points."""

    SAID = 1  # an opinion, a wish, a survey answer, an expert's word
    TOLD = 2  # something lived, told by who lived it
    DID = 4  # behaviour that was seen or measured
    PAID = 8  # money, a contract, a switch, weeks of own time

    @property
    def label(self) -> str:
        """The grade's word: "said", "told", "did" or "paid"."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Entry:
    """An active entry: neither deleted nor merged into another."""

    id: int
    kind: Kind
    text: str
    author_id: str
    created_at: datetime
    category: str | None = None
    delivered_by: tuple[int, ...] = ()  # ids of products; only offers have them
    votes: Mapping[str, int] = field(default_factory=dict)  # user id to level 1..5


@dataclass(frozen=True, slots=True)
class Review:
    """One member's review of one offer. A review without marks means "fits nothing"."""

    offer_id: int
    user_id: str
    marks: Mapping[int, Mark]  # by need id


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item of evidence: what a customer gave that speaks for or against entries."""

    id: int  # in order of recording
    quote: str
    source: str  # who or what gave it
    grade: Grade
    count: int  # of people or cases, from 1
    day: date
    supports: tuple[int, ...]  # entry ids
    contradicts: tuple[int, ...]  # entry ids
    link: str = ""
    recorder_id: str = ""  # the user who recorded it

    @property
    def sides(self) -> tuple[tuple[tuple[int, ...], bool], ...]:
        """The ids of the entries on each side, each with whether the item supports them."""
        return (self.supports, True), (self.contradicts, False)


@dataclass(frozen=True, slots=True)
class Canvas:
    """One canvas with its active entries, their reviews and evidence, at one time."""

    id: int
    channel_id: str
    name: str
    segment: str
    starter_id: str
    time_zone: str
    created_at: datetime
    entries: tuple[Entry, ...] = ()  # in order of creation
    reviews: tuple[Review, ...] = ()
    evidence: tuple[Evidence, ...] = ()  # in order of recording; an item may be linked to no active entry

    @property
    def title(self) -> str:
        return canvas_title(self.name, self.segment)


def canvas_title(name: str, segment: str) -> str:
    """Return the title of a canvas: "NAME for SEGMENT", or "NAME" without a segment."""
    return f"{name} for {segment}" if segment else name
