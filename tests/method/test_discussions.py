from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.method.discussions import (
    Direction,
    Discussion,
    DiscussionResult,
    DiscussionState,
    Reason,
    compare_votes,
    count_divided_in_a_row,
    find_directions,
    list_finished,
)
from bot.method.formatting import format_decimals, format_shift
from bot.method.kinds import Kind
from bot.method.model import Entry, Seal
from bot.method.ranking import rank_box

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
DIVIDED, SETTLED = compare_votes({}, {}, {"A": 5, "B": 1}), compare_votes({}, {}, {"A": 4, "B": 4})
UNKNOWN = compare_votes({}, {}, {"A": 4})
votes_of_members = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 5))


def build_discussion(result: DiscussionResult | None = None, *reasons: Reason) -> Discussion:
    state = DiscussionState.CLOSED if result else DiscussionState.ASKING
    return Discussion(1, 1, 7, "U1", "UTC", NOW, NOW, state, {}, reasons, result=result)


def test_the_worked_example_of_the_method() -> None:
    result = compare_votes({"A": 5, "B": 1}, {"A": 4, "B": 3}, {"A": 4, "B": 3})
    assert result.score is not None
    assert format_decimals(result.score) == "3.25"
    assert result.shift == Fraction(1, 2)
    assert format_shift(result.shift) == "+0.50"
    assert result.agreement is not None
    assert format_decimals(result.agreement) == "0.81"
    assert (result.moved_up, result.moved_down, result.stayed) == (1, 1, 0)
    assert (result.is_settled, result.is_divided) == (True, False)


def test_who_voted_once_counts_in_neither_shift_nor_moves() -> None:
    before, cast = {"A": 5, "B": 1, "C": 2}, {"B": 4, "C": 2, "D": 1}
    result = compare_votes(before, cast, before | cast)
    assert (result.shift, result.moved_up, result.moved_down, result.stayed) == (Fraction(3, 2), 1, 0, 1)
    assert (result.levels_before, result.levels_after) == ((5, 2, 1), (5, 4, 2, 1))


@pytest.mark.parametrize(
    ("result", "is_settled", "is_divided"),
    [(DIVIDED, False, True), (SETTLED, True, False), (UNKNOWN, False, False)],
)
def test_below_two_votes_nobody_knows_whether_the_team_agrees(
    result: DiscussionResult, is_settled: bool, is_divided: bool
) -> None:
    assert (result.is_settled, result.is_divided) == (is_settled, is_divided)


def test_an_agreement_of_one_half_is_settled() -> None:
    levels = {"A": 5, "B": 5, "C": 1, "D": 3, "E": 3}
    settled = compare_votes({}, {}, levels)
    assert settled.agreement is not None
    assert settled.is_settled is (settled.agreement >= 0.5)
    exactly = replace(settled, levels_after=(5, 1))
    assert exactly.agreement == 0
    assert exactly.is_divided


@given(votes_of_members)
def test_who_is_asked_lies_a_level_or_more_off_the_mean(votes: dict[str, int]) -> None:
    directions = find_directions(votes)
    for user_id, level in votes.items():
        distance = level - Fraction(sum(votes.values()), len(votes))
        expected = None if abs(distance) < 1 else Direction.HIGHER if distance > 0 else Direction.LOWER
        assert directions.get(user_id) == expected
    assert directions.keys() <= votes.keys()


@given(votes_of_members, votes_of_members, st.randoms())
def test_the_result_does_not_depend_on_the_order_of_the_votes(
    before: dict[str, int], cast: dict[str, int], random: object
) -> None:
    after = before | cast
    result = compare_votes(before, cast, after)
    both = before.keys() & cast.keys()
    assert result.moved_up + result.moved_down + result.stayed == len(both)
    if both:
        means = [Fraction(sum(votes[user_id] for user_id in both), len(both)) for votes in (before, cast)]
        assert result.shift == means[1] - means[0]
    else:
        assert result.shift is None
    shuffled = [dict(reversed(votes.items())) for votes in (before, cast, after)]
    assert compare_votes(*shuffled) == result


def test_reasons_are_ordered_by_their_random_place_and_empty_ones_left_out() -> None:
    reasons = (
        Reason("A", Direction.LOWER, "late", place=9),
        Reason("B", Direction.LOWER, "early", place=2),
        Reason("C", Direction.LOWER, "", place=1),
        Reason("D", Direction.LOWER, place=3),
        Reason("E", Direction.HIGHER, "other side", place=4),
    )
    discussion = build_discussion(None, *reasons)
    assert [reason.text for reason in discussion.list_reasons(Direction.LOWER)] == ["early", "late"]
    assert [reason.text for reason in discussion.list_reasons(Direction.HIGHER)] == ["other side"]
    assert discussion.unanswered == [reasons[3]]
    assert discussion.find_reason("E") == reasons[4]
    assert discussion.find_reason("F") is None


@pytest.mark.parametrize(
    ("results", "number"),
    [
        ([], 0),
        ([DIVIDED], 1),
        ([DIVIDED, DIVIDED], 2),
        ([DIVIDED, SETTLED], 0),
        ([DIVIDED, SETTLED, DIVIDED], 1),
        ([DIVIDED, None, DIVIDED], 1),
        ([DIVIDED, UNKNOWN], 0),
    ],
)
def test_what_ends_a_row_of_discussions_that_left_the_team_divided(
    results: list[DiscussionResult | None], number: int
) -> None:
    assert count_divided_in_a_row([build_discussion(result) for result in results]) == number


def test_results_of_entries_that_are_sealed_or_gone_are_not_shown() -> None:
    entry = Entry(7, Kind.PAIN, "slow", "U1", NOW)
    sealed = replace(entry, seal=Seal(1, NOW))
    running, finished = build_discussion(), build_discussion(DIVIDED)
    shown = {each.id: rank_box([each])[0] for each in (entry,)}
    assert list_finished([running, finished], shown) == [(finished, DIVIDED, entry)]
    assert list_finished([finished], {7: rank_box([sealed])[0]}) == []
    assert list_finished([finished], {}) == []


@pytest.mark.parametrize(
    ("shift", "text"),
    [
        (Fraction(1, 2), "+0.50"),
        (Fraction(-1, 3), "−0.33"),
        (Fraction(0), "±0.00"),
        (Fraction(1, 200), "+0.01"),
        (Fraction(-1, 201), "±0.00"),
        (Fraction(-4), "−4.00"),
    ],
)
def test_a_shift_has_a_sign(shift: Fraction, text: str) -> None:
    assert format_shift(shift) == text
