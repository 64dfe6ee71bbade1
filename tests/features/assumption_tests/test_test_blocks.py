"""Lists, questions and forms of tests stay within Slack's limits, and what is typed is checked whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, check_view, count_characters
from bot.features.assumption_tests.blocks import (
    build_changed_message,
    build_decided_message,
    build_question,
    build_recorded_message,
    build_started_message,
    build_test_list,
)
from bot.features.assumption_tests.forms import (
    build_change_form,
    build_decision_form,
    build_result_form,
    build_start_form,
)
from bot.features.assumption_tests.model import (
    MAX_CHECK_CHARACTERS,
    MAX_MEASURE_CHARACTERS,
    MAX_REASON_CHARACTERS,
    MAX_UNIT_CHARACTERS,
    ListedTests,
    TypedResult,
    TypedTerms,
    check_reason,
    check_result,
    check_terms,
    draft_evidence,
)
from bot.method.kinds import Kind
from bot.method.model import AssumptionTest, Bound, Choice, Decision, Grade, Outcome, Terms
from bot.slack.blockkit.builders import MAX_FALLBACK_CHARACTERS, Message, View
from bot.slack.forms import InvalidInput
from bot.store.model import CanvasInfo, Card
from tests.method.build import STARTED_AT, CanvasBuilder, build_result, build_terms, build_test

INFO = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, "1.0")
TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LONG_TEXTS = ["x" * 300, "<&>" * 100, "*so* " * 60, "長" * 300, "👩‍👩‍👧‍👦" * 40]
TYPED = TypedTerms("call five", "how many wait", ">=", "3", "of 5", TODAY, "U1")
RESULT = TypedResult("3", 5, Grade.TOLD, "I wait", is_unclear=False)


def build_long_terms(text: str, until: date) -> Terms:
    return Terms(
        text[:MAX_CHECK_CHARACTERS],
        text[:MAX_MEASURE_CHARACTERS],
        Bound.AT_MOST,
        Decimal("-999999999999.999"),
        text[:MAX_UNIT_CHARACTERS],
        until,
        "U1",
    )


def build_view(text: str, number: int) -> ListedTests:
    """Return a canvas with this number of tests that are due, that run, that wait and that are decided."""
    canvas = CanvasBuilder()
    pain = canvas.add(Kind.PAIN, 5, 5, 5, text=text)
    canvas.add(Kind.PAIN, 4, 4, 4, text=text)
    decision = Decision(Choice.CHANGE, text[:MAX_REASON_CHARACTERS], "U1", NOW)
    result = build_result(Outcome.NOT_MET, Decimal("-0.5"))
    for index in range(number):
        until = TODAY + timedelta(days=index - 1)
        terms = build_long_terms(text, until)
        earlier = tuple(replace(terms, value=Decimal(each)) for each in range(5))
        test = replace(build_test(index, pain, terms), belief=text, earlier_terms=earlier)
        canvas.tests += [
            test,
            replace(test, terms=replace(terms, until=TODAY - timedelta(days=3))),
            replace(test, result=result),
            replace(test, result=result, decision=decision),
        ]
    return ListedTests(INFO, canvas.compute_metrics(), {"U1": text}, TODAY, "U0")


def build_card(view: ListedTests) -> Card:
    entry = view.metrics.canvas.entries[0]
    return Card(
        entry, 1, "C1", 1, None, None, "1.1", "", None, None, frozenset({entry.id}), is_imported=False
    )


@pytest.mark.parametrize("text", LONG_TEXTS)
@pytest.mark.parametrize("number", [1, 12, 200])
def test_any_number_and_length_of_tests_fits_into_slack(number: int, text: str) -> None:
    view = build_view(text, number)
    test, _, done, decided = view.metrics.canvas.tests[:4]
    assert done.result
    assert decided.decision
    messages: list[Message] = [
        build_test_list(view),
        build_test_list(replace(view, entry_id=test.entry_id)),
        build_started_message(INFO, test.terms, text, 1),
        build_changed_message(INFO, test),
        build_recorded_message(INFO, done, done.result, text),
        build_decided_message(INFO, Choice.DROP, decided.decision.reason, text),
        build_question(INFO, test, build_card(view)),
    ]
    for message in messages:
        for blocks in (list(message.blocks), list(message.plain_blocks)):
            check_blocks(blocks, "message")
            assert count_characters(blocks) <= MAX_MESSAGE_CHARACTERS
        assert len(message.text) <= MAX_FALLBACK_CHARACTERS
    views: list[View] = [
        build_start_form(INFO, build_card(view), "watch or measure it", "U0", TODAY, text),
        build_change_form(INFO, test, TODAY, text),
        build_result_form(INFO, test, done.result),
        build_decision_form(INFO, done),
    ]
    for form in views:
        check_view(form)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"check": "\u200b"}, "check"),
        ({"measure": ""}, "measure"),
        ({"bound": "="}, "bound"),
        ({"value": "10¹²"}, "value"),
        ({"unit": " "}, "unit"),
        ({"until": None}, "until"),
        ({"until": TODAY - timedelta(days=1)}, "until"),
        ({"until": date.max}, "until"),
        ({"owner_id": ""}, "owner"),
    ],
)
def test_what_is_missing_or_wrong_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_terms(replace(TYPED, **changes), TODAY)
    assert raised.value.field == field


@given(st.text(), st.text(), st.text())
def test_texts_of_any_script_and_length_are_cut_and_cleaned(check: str, measure: str, unit: str) -> None:
    typed = replace(TYPED, check=f"a{check * 50}", measure=f"a{measure * 50}", unit=f"a{unit * 50}")
    terms = check_terms(typed, TODAY)
    assert len(terms.check) <= MAX_CHECK_CHARACTERS
    assert len(terms.measure) <= MAX_MEASURE_CHARACTERS
    assert len(terms.unit) <= MAX_UNIT_CHARACTERS
    assert all("\n" not in text and "\0" not in text for text in (terms.check, terms.measure, terms.unit))


def test_a_percent_sign_after_the_number_belongs_to_the_unit() -> None:
    for typed, unit in (("of users", "% of users"), ("", "%"), ("% of users", "% of users")):
        assert check_terms(replace(TYPED, value="30 %", unit=typed), TODAY).unit == unit


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"seen": "many"}, "seen"), ({"count": 0}, "count"), ({"quote": " \u200b"}, "quote")],
)
def test_a_result_that_is_missing_or_wrong_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_result(replace(RESULT, **changes), build_terms(), NOW)
    assert raised.value.field == field


@pytest.mark.parametrize(("choice", "reason", "field"), [("", "why", "choice"), ("keep", " ", "reason")])
def test_a_decision_needs_a_choice_and_a_reason(choice: str, reason: str, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_reason(choice, reason)
    assert raised.value.field == field


def read_sides(test: AssumptionTest, typed: TypedResult) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the entries that the evidence of a result supports and contradicts; None without evidence."""
    item = draft_evidence(test, check_result(typed, test.terms, NOW), TODAY)
    return (item.supports, item.contradicts) if item else None


def test_a_met_result_supports_one_that_is_not_met_contradicts_and_an_unclear_one_does_neither() -> None:
    test = build_test(1, 7)
    assert read_sides(test, RESULT) == ((7,), ())
    assert read_sides(test, replace(RESULT, seen="2.99")) == ((), (7,))
    assert read_sides(test, replace(RESULT, is_unclear=True)) is None


def test_the_source_of_the_evidence_names_the_test_within_the_limit_of_a_source() -> None:
    test = build_test(1, 7, build_terms(check="call " * 50))
    item = draft_evidence(test, check_result(RESULT, test.terms, NOW), TODAY)
    assert item
    assert item.source.startswith("Test: call call")
    assert len(item.source) == 80
    assert (item.grade, item.count, item.quote, item.day) == (Grade.TOLD, 5, "I wait", TODAY)
