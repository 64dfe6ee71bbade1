"""Tests of assumptions: their outcome, the next rung of the ladder of evidence, and which are open. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from bot.method.evidence import EntryEvidence, Risk
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Bound, Grade, Outcome, Result, Terms
from bot.method.numbers import format_number

# What to try next, by the best grade of the evidence on an entry; after money there is no next rung.
NEXT_RUNGS = {
    None: "ask for the last time that it happened",
    Grade.SAID: "ask for the last time that it happened",
    Grade.TOLD: "watch or measure it",
    Grade.DID: "ask for a commitment",
}


def decide_outcome(terms: Terms, value: Decimal) -> Outcome:
    """Return whether a number meets the terms of a test."""
    is_met = value >= terms.value if terms.bound is Bound.AT_LEAST else value <= terms.value
    return Outcome.MET if is_met else Outcome.NOT_MET


def find_next_rung(evidence: EntryEvidence) -> str:
    """Return what to try next, as a clause; "" where a customer has paid."""
    best = max((item.grade for item in evidence.counted), default=None)
    return NEXT_RUNGS.get(best, "")


def is_overdue(test: AssumptionTest, today: date) -> bool:
    """Return whether a test has no result and its last day is over; `today` is in the canvas's zone."""
    return test.result is None and test.terms.until < today


def list_open_tests(metrics: CanvasMetrics) -> list[AssumptionTest]:
    """Return the tests of active entries that have no result yet, the first to end first."""
    open_tests = (
        test for test in metrics.canvas.tests if test.result is None and test.entry_id in metrics.ranked
    )
    return sorted(open_tests, key=lambda test: test.terms.until)


def list_overdue_tests(metrics: CanvasMetrics, today: date) -> list[AssumptionTest]:
    """Return the open tests whose last day is over; `today` is in the canvas's time zone."""
    return [test for test in list_open_tests(metrics) if is_overdue(test, today)]


def find_open_tests(metrics: CanvasMetrics) -> dict[int, AssumptionTest]:
    """Return the open test of each entry that has one, by entry id; of several the first to end."""
    return {test.entry_id: test for test in reversed(list_open_tests(metrics))}


def find_untested(risks: Iterable[Risk], open_tests: Mapping[int, AssumptionTest]) -> Risk | None:
    """Return the first of these risks that no open test is about."""
    return next((risk for risk in risks if risk.ranked.entry.id not in open_tests), None)


def describe_number(terms: Terms) -> str:
    """Return what is right: "≥ 30 %"; it is plain text, and its unit is not escaped."""
    return f"{terms.bound.sign} {format_number(terms.value)} {terms.unit}"


def describe_seen(result: Result, terms: Terms) -> str:
    """Return what was seen, and what was needed: "met: 35, needed ≥ 30 %"; plain text, not escaped."""
    return f"{result.outcome}: {format_number(result.value)}, needed {describe_number(terms)}"
