"""Reading times and weekdays, and formatting instants."""

from datetime import UTC, datetime, time

import pytest

from bot.times.clock import format_moment, zone_or_utc
from bot.times.errors import InvalidTime
from bot.times.readers import read_time, read_weekday


@pytest.mark.parametrize(
    ("word", "time_of_day"),
    [
        ("9", time(9)),
        ("9:30", time(9, 30)),
        ("17.05", time(17, 5)),
        ("5PM", time(17)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", None),
        ("9:3", None),
    ],
)
def test_a_time_is_read_as_people_type_it(word: str, time_of_day: time | None) -> None:
    assert read_time(word) == time_of_day


@pytest.mark.parametrize("word", ["24:00", "9:60", "0am", "13pm"])
def test_a_time_that_does_not_exist_is_rejected(word: str) -> None:
    with pytest.raises(InvalidTime):
        read_time(word)


def test_a_weekday_is_read_from_three_letters_on() -> None:
    assert [read_weekday(word) for word in ("Mon", "tues", "FRIDAY,", "fr", "m", "fridays")] == [
        "mon",
        "tue",
        "fri",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("name", ["", "Nowhere/Town", "../etc", "\x00", "Europe"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone_or_utc(name).key == "UTC"


def test_a_moment_has_a_date_token_for_slack_and_a_fallback_in_the_given_zone() -> None:
    moment = datetime(2026, 10, 16, 15, tzinfo=UTC)
    fallback = "Friday 2026-10-16 17:00 (Europe/Berlin)"
    assert (
        format_moment(moment, zone_or_utc("Europe/Berlin"))
        == f"<!date^1792162800^{{date_short_pretty}} {{time}}|{fallback}>"
    )
