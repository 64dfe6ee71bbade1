"""A test is met or not by its number alone, and the next rung depends on the best evidence."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bot.method.assumption_tests import (
    decide_outcome,
    find_next_rung,
    find_open_tests,
    find_untested,
    is_overdue,
    list_open_tests,
    list_overdue_tests,
)
from bot.method.kinds import Kind
from bot.method.model import Bound, Grade, Outcome
from bot.method.numbers import MAX_DECIMALS, MAX_NUMBER
from tests.method.build import CanvasBuilder, build_result, build_terms, build_test

numbers = st.decimals(-MAX_NUMBER, MAX_NUMBER, places=MAX_DECIMALS)


@given(numbers, numbers)
def test_a_result_is_met_on_one_side_or_on_both_where_it_is_equal(needed: Decimal, seen: Decimal) -> None:
    at_least = decide_outcome(build_terms(value=needed), seen)
    at_most = decide_outcome(build_terms(value=needed, bound=Bound.AT_MOST), seen)
    assert (at_least is Outcome.MET) == (seen >= needed)
    assert (at_most is Outcome.MET) == (seen <= needed)
    assert (at_least is at_most) == (seen == needed)


@given(numbers, numbers, numbers)
def test_a_better_number_never_turns_a_met_test(needed: Decimal, seen: Decimal, more: Decimal) -> None:
    low, high = sorted([seen, more])
    terms = build_terms(value=needed)
    if decide_outcome(terms, low) is Outcome.MET:
        assert decide_outcome(terms, high) is Outcome.MET


def test_a_number_that_a_float_cannot_hold_is_compared_exactly() -> None:
    terms = build_terms(value=Decimal("0.3"))
    assert decide_outcome(terms, Decimal("0.1") + Decimal("0.2")) is Outcome.MET
    assert decide_outcome(terms, Decimal("0.299")) is Outcome.NOT_MET


@pytest.mark.parametrize(
    ("grades", "rung"),
    [
        ((), "ask for the last time that it happened"),
        ((Grade.SAID,), "ask for the last time that it happened"),
        ((Grade.SAID, Grade.TOLD), "watch or measure it"),
        ((Grade.DID, Grade.TOLD), "ask for a commitment"),
        ((Grade.PAID, Grade.SAID), ""),
    ],
)
def test_the_next_rung_follows_the_best_evidence(grades: tuple[Grade, ...], rung: str) -> None:
    canvas = CanvasBuilder()
    pain = canvas.add(Kind.PAIN, 5, 5, 5)
    for number, grade in enumerate(grades):
        canvas.record(*(((), [pain]) if number % 2 else ([pain],)), grade=grade)
    assert find_next_rung(canvas.compute_metrics().evidence.entries[pain]) == rung


def test_a_test_is_overdue_after_its_last_day_until_it_has_a_result() -> None:
    test = build_test(1)
    last_day = test.terms.until
    assert not is_overdue(test, last_day)
    assert is_overdue(test, last_day + timedelta(days=1))
    assert not is_overdue(replace(test, result=build_result()), last_day + timedelta(days=1))


def test_tests_without_a_result_on_active_entries_are_open_the_first_to_end_first() -> None:
    canvas = CanvasBuilder()
    slow, dear = canvas.add(Kind.PAIN, 5, 5, 5), canvas.add(Kind.PAIN, 4, 4, 4)
    late, soon = date(2026, 5, 2), date(2026, 4, 2)
    canvas.tests = [
        build_test(1, slow, build_terms(until=late)),
        build_test(2, slow, build_terms(until=soon)),
        build_test(3, 99),
        replace(build_test(4, dear), result=build_result()),
    ]
    metrics = canvas.compute_metrics()
    assert [test.id for test in list_open_tests(metrics)] == [2, 1]
    open_tests = find_open_tests(metrics)
    assert {entry_id: test.id for entry_id, test in open_tests.items()} == {slow: 2}
    untested = find_untested(metrics.evidence.riskiest, open_tests)
    assert untested is not None
    assert untested.ranked.entry.id == dear
    assert find_untested([], open_tests) is None


def test_open_tests_are_overdue_from_the_day_after_their_last() -> None:
    canvas = CanvasBuilder()
    entry = canvas.add(Kind.PAIN)
    days = [date(2026, 3, day) for day in (18, 16, 17)]
    canvas.tests = [build_test(n, entry, build_terms(until=day)) for n, day in enumerate(days, 1)]
    overdue = list_overdue_tests(canvas.compute_metrics(), date(2026, 3, 18))
    assert [test.id for test in overdue] == [2, 3]
