"""Build canvases for tests, entry by entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import (
    AssumptionTest,
    Bound,
    Canvas,
    Decision,
    Entry,
    Evidence,
    Grade,
    Mark,
    Outcome,
    Result,
    Review,
    Seal,
    Terms,
)

STARTED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def build_entry(
    entry_id: int, kind: Kind, votes: Mapping[str, int], text: str = "", delivered_by: Iterable[int] = ()
) -> Entry:
    created_at = STARTED_AT + timedelta(minutes=entry_id)
    return Entry(
        entry_id, kind, text or f"{kind} {entry_id}", "U0", created_at, None, tuple(delivered_by), votes
    )


def build_canvas(entries: Iterable[Entry], reviews: Iterable[Review] = ()) -> Canvas:
    return Canvas(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, tuple(entries), tuple(reviews))


def build_votes(*levels: int) -> dict[str, int]:
    """Return these votes, each by another member: U0, U1 and so on."""
    return {f"U{number}": level for number, level in enumerate(levels)}


def build_terms(
    *,
    check: str = "call five customers",
    measure: str = "how many have waited this week",
    bound: Bound = Bound.AT_LEAST,
    value: Decimal = Decimal(3),
    unit: str = "customers",
    until: date = date(2026, 3, 16),
) -> Terms:
    return Terms(check, measure, bound, value, unit, until, "U1")


def build_test(
    test_id: int,
    entry_id: int = 1,
    terms: Terms | None = None,
    *,
    result: Result | None = None,
    decision: Decision | None = None,
) -> AssumptionTest:
    terms = terms or build_terms()
    return AssumptionTest(
        test_id, entry_id, "it is slow", terms, "U0", STARTED_AT, result=result, decision=decision
    )


def build_result(outcome: Outcome = Outcome.MET, value: Decimal = Decimal(4)) -> Result:
    return Result(value, 5, Grade.TOLD, "I waited for an hour", outcome, STARTED_AT + timedelta(days=9))


@dataclass
class CanvasBuilder:
    """Builds a canvas: `add` returns the id of the new entry.

    Each review is by another member, and each item of evidence is of another source.
    """

    entries: list[Entry] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    tests: list[AssumptionTest] = field(default_factory=list)

    def add(self, kind: Kind, *levels: int, text: str = "", delivered_by: Iterable[int] = ()) -> int:
        self.entries.append(
            build_entry(len(self.entries) + 1, kind, build_votes(*levels), text, delivered_by)
        )
        return len(self.entries)

    def seal(self, entry_id: int, until: datetime, round_id: int = 1) -> None:
        """Put an entry into a sealed round that lasts until then: nobody sees its votes."""
        sealed = replace(self.entries[entry_id - 1], votes={}, seal=Seal(round_id, until))
        self.entries[entry_id - 1] = sealed

    def review(self, offer_id: int, marks: Mapping[int, Mark] | None = None) -> None:
        self.reviews.append(Review(offer_id, f"U{len(self.reviews)}", marks or {}))

    def record(
        self,
        supports: Iterable[int] = (),
        contradicts: Iterable[int] = (),
        *,
        grade: Grade = Grade.PAID,
        count: int = 10,
        quote: str = "it is so",
    ) -> None:
        number = len(self.evidence) + 1
        linked = tuple(supports), tuple(contradicts)
        day = STARTED_AT.date()
        self.evidence.append(Evidence(number, quote, f"Customer {number}", grade, count, day, *linked))

    def compute_metrics(self) -> CanvasMetrics:
        canvas = build_canvas(self.entries, self.reviews)
        return compute_metrics(replace(canvas, evidence=tuple(self.evidence), tests=tuple(self.tests)))
