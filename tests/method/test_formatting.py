from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.method.formatting import (
    format_decimals,
    format_levels,
    format_percent,
    format_points,
    format_rank,
    format_score,
    round_percent,
)
from bot.method.kinds import Kind
from bot.method.model import Bound, Entry, Grade, Seal
from bot.method.ranking import rank_box
from bot.times.clock import format_plain_moment, zone_or_utc

TINY = Fraction(1, 10**40)
FRIDAY = datetime(2026, 12, 4, 16, tzinfo=UTC)
ENTRY = Entry(1, Kind.PAIN, "slow", "U1", FRIDAY)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(4), "4.00"),
        (Fraction(8, 3), "2.67"),
        (Fraction(21, 8), "2.63"),  # 2.625
        (Fraction(5, 2), "2.50"),
        (Fraction(21, 8) - TINY, "2.62"),
        (Fraction(-21, 8), "-2.63"),
        (Fraction(0), "0.00"),
        (0.875, "0.88"),
        (0.0, "0.00"),
        (-0.0, "0.00"),
        (-1e-17, "0.00"),
    ],
)
def test_two_decimals_round_halves_away_from_zero(value: Fraction | float, shown: str) -> None:
    assert format_decimals(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(0), "0\u00a0%"),
        (Fraction(375, 1000), "38\u00a0%"),
        (Fraction(625, 1000), "63\u00a0%"),
        (Fraction(5, 1000), "1\u00a0%"),
        (Fraction(375, 1000) - TINY, "37\u00a0%"),
        (Fraction(2, 3), "67\u00a0%"),
        (Fraction(1), "100\u00a0%"),
    ],
)
def test_whole_percentages_round_halves_away_from_zero(share: Fraction, shown: str) -> None:
    assert format_percent(share) == shown


def test_no_share_is_shown_as_nothing_to_fit_yet() -> None:
    assert format_percent(None) == "nothing to fit yet"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Fraction(4, 100), "+4"),
        (Fraction(-4, 100), "−4"),
        (Fraction(25, 1000), "+3"),
        (Fraction(-25, 1000), "−3"),
        (Fraction(5, 1000), "+1"),
        (Fraction(-5, 1000), "−1"),
        (Fraction(4, 1000), "±0"),
        (Fraction(-1), "−100"),
    ],
)
def test_points_have_a_sign_and_halves_go_away_from_zero(change: Fraction, shown: str) -> None:
    assert format_points(round_percent(change)) == shown


def test_an_entry_without_votes_waits_for_votes_and_has_a_dash_for_its_rank() -> None:
    entries = [replace(ENTRY, votes={"U1": 2}), ENTRY]
    assert [format_score(ranked, format_plain_moment) for ranked in rank_box(entries)] == [
        "2.67",
        "waits for votes",
    ]
    assert [format_rank(None), format_rank(2)] == ["–", "2."]


@pytest.mark.parametrize(
    ("zone", "until", "shown"),
    [
        ("Europe/Berlin", FRIDAY, "sealed until Fri 4 Dec 17:00 (Europe/Berlin)"),
        ("Europe/Berlin", FRIDAY - timedelta(days=60), "sealed until Mon 5 Oct 18:00 (Europe/Berlin)"),
        ("Asia/Kathmandu", FRIDAY, "sealed until Fri 4 Dec 21:45 (Asia/Kathmandu)"),
        ("", FRIDAY, "sealed until Fri 4 Dec 16:00 (UTC)"),
    ],
)
def test_a_sealed_entry_says_until_when_in_the_zone_of_who_sealed_it(
    zone: str, until: datetime, shown: str
) -> None:
    entry = replace(ENTRY, seal=Seal(1, until.astimezone(zone_or_utc(zone))))
    assert [format_score(ranked, format_plain_moment) for ranked in rank_box([entry])] == [shown]


@given(st.fractions(-5, 5))
def test_a_shown_value_is_the_nearest_with_two_decimals(value: Fraction) -> None:
    shown = format_decimals(value)
    assert abs(Fraction(Decimal(shown)) - value) <= Fraction(1, 200)
    assert shown != "-0.00"


@given(st.fractions(-5, 5))
def test_a_value_and_its_opposite_are_rounded_alike(value: Fraction) -> None:
    assert format_decimals(value).lstrip("-") == format_decimals(-value).lstrip("-")
    assert round_percent(value) == -round_percent(-value)


def test_votes_are_counted_by_level_from_the_highest_on() -> None:
    assert format_levels([1, 5, 2, 5]) == "two 5s, one 2, one 1"
    assert format_levels([]) == ""


def test_grades_and_bounds_have_the_words_and_signs_of_people() -> None:
    assert [grade.label for grade in Grade] == ["said", "told", "did", "paid"]
    assert [bound.sign for bound in (Bound.AT_LEAST, Bound.AT_MOST)] == ["≥", "≤"]
