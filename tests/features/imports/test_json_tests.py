"""Tests of assumptions in a json file are read whole, or the file says which one is wrong and why."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.features.imports.parsed import ParsedTest
from bot.features.imports.parsing import parse_content
from bot.features.imports.plan import plan_import
from bot.method.kinds import Kind
from bot.method.model import Bound, Choice, Decision, Grade, Outcome, Result, Terms
from tests.method.build import build_canvas, build_entry, build_test

RESULT = {
    "value": 2.5,
    "n": 5,
    "grade": "told",
    "quote": "I wait",
    "outcome": "not met",
    "at": "2026-11-03T10:00:00Z",
}
DECISION = {"what": "drop", "reason": "nobody waits", "by": "U012", "at": "2026-11-04T10:00:00Z"}
TEST = {
    "id": "1",
    "entry": "7",
    "believe": "slow",
    "check": "call five customers",
    "measure": "how many wait",
    "right_if": {"op": ">=", "value": 3, "unit": "of 5"},
    "until": "2026-11-02",
    "owner": "U034",
    "result": RESULT,
    "decision": DECISION,
}


def parse(**changes: Any) -> Any:
    file = {
        "format": "valuemap/1",
        "entries": [{"id": "7", "kind": "pain", "text": "slow"}],
        "tests": [{**TEST, **changes}],
    }
    return parse_content(json.dumps(file).encode())


def test_a_test_is_read_with_its_result_and_decision() -> None:
    assert parse().tests == (
        ParsedTest(
            0,
            "slow",
            Terms(
                "call five customers",
                "how many wait",
                Bound.AT_LEAST,
                Decimal(3),
                "of 5",
                date(2026, 11, 2),
                "U034",
            ),
            Result(
                Decimal("2.5"),
                5,
                Grade.TOLD,
                "I wait",
                Outcome.NOT_MET,
                datetime(2026, 11, 3, 10, tzinfo=UTC),
            ),
            Decision(Choice.DROP, "nobody waits", "U012", datetime(2026, 11, 4, 10, tzinfo=UTC)),
        ),
    )
    (running,) = parse(result=None, decision=None, owner="somebody").tests
    assert (running.result, running.decision, running.terms.owner_id) == (None, None, "")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"entry": "8"}, "no entry has the id “8”"),
        ({"believe": " "}, "it has no “believe”"),
        ({"check": None}, "it has no “check”"),
        ({"measure": "x" * 201}, "its “measure” has more than 200 characters"),
        ({"right_if": 3}, "its “right_if” is no object"),
        ({"right_if": {"op": "=", "value": 3, "unit": "x"}}, "is neither >= nor <="),
        ({"right_if": {"op": ">=", "value": "3", "unit": "x"}}, "should be a number"),
        ({"right_if": {"op": ">=", "value": True, "unit": "x"}}, "should be a number"),
        ({"right_if": {"op": ">=", "value": 1e13, "unit": "x"}}, "is too large or too precise"),
        ({"right_if": {"op": ">=", "value": float("nan"), "unit": "x"}}, "is too large or too precise"),
        ({"right_if": {"op": ">=", "value": 0.0001, "unit": "x"}}, "is too large or too precise"),
        ({"right_if": {"op": ">=", "value": 3}}, "it has no “unit”"),
        ({"until": "soon"}, "is none such as 2026-11-02"),
        ({"until": "9999-12-31"}, "is no day of a test"),
        ({"result": {**RESULT, "n": 0}}, "should be a number from 1"),
        ({"result": {**RESULT, "grade": "felt"}}, "is none of said, told, did, paid"),
        ({"result": {**RESULT, "outcome": "maybe"}}, "is none of met, not met, unclear"),
        ({"result": {**RESULT, "at": ""}}, "its result has no “at”"),
        ({"result": {**RESULT, "at": "noon"}}, "is no time"),
        ({"result": []}, "its “result” is no object"),
        ({"decision": {**DECISION, "what": "wait"}}, "is none of keep, change, drop"),
        ({"decision": {**DECISION, "reason": ""}}, "it has no “reason”"),
        ({"decision": {**DECISION, "at": None}}, "its decision has no “at”"),
        ({"decision": "drop"}, "its “decision” is no object"),
        ({"result": None}, "it has a decision and no result"),
    ],
)
def test_what_is_wrong_in_a_test_is_said_with_its_number(changes: dict[str, Any], error: str) -> None:
    (found,) = parse(**changes).errors
    assert found.startswith("Test 1: ")
    assert error in found


def test_tests_come_with_new_entries_and_those_of_deleted_entries_where_the_canvas_has_them_not() -> None:
    known, empty = build_canvas([build_entry(5, Kind.PAIN, {}, "slow")]), build_canvas(())
    assert len(plan_import(parse(), empty).tests) == 1
    assert plan_import(parse(), known).tests == ()
    of_deleted_entry = parse(entry=None)
    (parsed,) = of_deleted_entry.tests
    assert plan_import(of_deleted_entry, known).tests == (parsed,)
    stored = replace(build_test(9), belief="Slow", terms=parsed.terms)
    has_it = replace(stored, result=parsed.result, decision=parsed.decision)
    assert plan_import(of_deleted_entry, replace(known, tests=(has_it,))).tests == ()
    undecided = replace(stored, result=parsed.result)
    for other in (stored, undecided):
        assert plan_import(of_deleted_entry, replace(known, tests=(other,))).tests == (parsed,)


def test_a_file_with_a_test_of_a_deleted_entry_alone_can_be_imported() -> None:
    file = {"format": "valuemap/1", "entries": [], "tests": [{**TEST, "entry": None}]}
    plan = plan_import(parse_content(json.dumps(file).encode()), build_canvas(()))
    assert (plan.errors, len(plan.tests), plan.is_ready) == ((), 1, True)
