"""The state of a canvas: entries, votes, reviews, evidence, tests. All metrics are computed from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

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
class Seal:
    """A sealed round that an entry is in: nobody sees its votes until the end."""

    round_id: int
    until: datetime  # in the time zone of the member who started the round


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
    votes: Mapping[str, int] = field(default_factory=dict)  # user id to level 1..5; none while it is sealed
    seal: Seal | None = None


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


class Bound(StrEnum):
    """Which side of a test's number is right."""

    AT_LEAST = ">="
    AT_MOST = "<="

    @property
    def sign(self) -> str:
        """The sign that people read: ≥ or ≤."""
        return "≥" if self is Bound.AT_LEAST else "≤"


class Outcome(StrEnum):
    """What the result of a test says about its entry."""

    MET = "met"
    NOT_MET = "not met"
    UNCLEAR = "unclear"  # no evidence comes of it


class Choice(StrEnum):
    """What a team does with an entry after a test."""

    KEEP = "keep"
    CHANGE = "change"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a test is locked to before anybody knows its result."""

    check: str  # to check it we …
    measure: str  # we measure …
    bound: Bound
    value: Decimal
    unit: str
    until: date  # the last day, in the canvas's time zone
    owner_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a test showed."""

    value: Decimal
    count: int  # of people or cases, from 1
    grade: Grade
    quote: str
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What the team does with an entry after a test, and why."""

    choice: Choice
    reason: str
    decider_id: str
    at: datetime


NO_ENTRY = 0  # of a test that came from a file without its entry


@dataclass(frozen=True, slots=True)
class AssumptionTest:
    """A test of what the team believes about one entry."""

    id: int  # in order of their start
    entry_id: int  # the entry may be deleted; NO_ENTRY for none
    belief: str  # the entry's text when the test was started
    terms: Terms
    starter_id: str
    started_at: datetime
    earlier_terms: tuple[Terms, ...] = ()  # before each change, the first ones first
    result: Result | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    """One canvas with its active entries, their reviews, evidence and tests, at one time."""

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
    tests: tuple[AssumptionTest, ...] = ()  # in order of their start; also those of deleted entries
    to_be_tested: frozenset[int] = frozenset()  # ids of entries that no further discussion may settle

    @property
    def title(self) -> str:
        return canvas_title(self.name, self.segment)


def canvas_title(name: str, segment: str) -> str:
    """Return the title of a canvas: "NAME for SEGMENT", or "NAME" without a segment."""
    return f"{name} for {segment}" if segment else name
