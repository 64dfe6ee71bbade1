"""Splitting typed text into days, times, periods and frequencies."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, strategies as st

from bot.times.clock import format_moment, format_short_moment, zone_or_utc
from bot.times.errors import InvalidTime
from bot.times.grammar import MAX_TYPED_CHARACTERS, split_parts
from bot.times.parts import (
    Every,
    Frequency,
    MonthDate,
    Number,
    RelativeDay,
    Unknown,
    Value,
    Weekdays,
    Zone,
)
from bot.times.periods import Period, PeriodUnit
from bot.times.zones import load_zone

MON, FRI = Weekdays(("mon",)), Weekdays(("fri",))
WORKDAYS = Weekdays(("mon", "tue", "wed", "thu", "fri"))


def read_values(typed: str) -> list[Value]:
    return [part.value for part in split_parts(typed)]


@pytest.mark.parametrize(
    ("typed", "time_of_day"),
    [
        ("9:30", time(9, 30)),
        ("9.30", time(9, 30)),
        ("9h30", time(9, 30)),
        ("0930", time(9, 30)),
        ("17.05", time(17, 5)),
        ("17h", time(17)),
        ("9am", time(9)),
        ("9 AM", time(9)),
        ("9 a.m.", time(9)),
        ("9:30 p.m", time(21, 30)),
        ("5 in the afternoon", time(17)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("12 noon", time(12)),
        ("9：30", time(9, 30)),
    ],
)
def test_a_time_is_read_in_every_usual_writing(typed: str, time_of_day: time) -> None:
    assert read_values(typed) == read_values(f"at {typed},") == read_values(f"({typed})") == [time_of_day]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("Mon", [MON]),
        ("mondays", [MON]),
        ("Monday.", [MON]),
        ("monda", [MON]),
        ("tues, weds & thurs", [Weekdays(("tue",)), Weekdays(("wed",)), Weekdays(("thu",))]),
        ("mon/fri", [MON, FRI]),
        ("on Mondays and FRIDAYS", [MON, FRI]),
        ("mon-fri", [WORKDAYS]),
        ("Mon – Fri", [WORKDAYS]),
        ("monday through friday", [WORKDAYS]),
        ("every weekday", [WORKDAYS]),
        ("working days", [WORKDAYS]),
        ("fri to mon", [Weekdays(("fri", "sat", "sun", "mon"))]),
        ("weekends", [Weekdays(("sat", "sun"))]),
        ("last friday", [Weekdays(("fri",), "last")]),
        ("every friday", [Every(), FRI]),
        ("each day", [Frequency.DAILY]),
        ("once a week", [Frequency.WEEKLY]),
        ("every month", [Frequency.MONTHLY]),
        ("tmrw", [RelativeDay.TOMORROW]),
        ("in 90min", [Period(90, PeriodUnit.MINUTE)]),
        ("for half an hour", [Period(30, PeriodUnit.MINUTE)]),
        ("in 1.5 hours", [Period(90, PeriodUnit.MINUTE)]),
        ("within two weeks", [Period(2, PeriodUnit.WEEK)]),
        ("4 Dec", [MonthDate(12, 4)]),
        ("December 4th, 2026", [date(2026, 12, 4)]),
        ("29 Feb", [MonthDate(2, 29)]),
        ("2026-12-4", [date(2026, 12, 4)]),
        ("1st", [Number(1, is_month_day=True)]),
        ("day 1", [Number(1, is_month_day=True)]),
        ("at 9", [Number(9, follows_at=True)]),
        ("9 o'clock", [Number(9)]),
        ("09:00-0500", [time(9), Zone("UTC-5")]),
        ("9am (CET)", [time(9), Zone("CET")]),
        ("9am New York time", [time(9), Zone("America/New_York")]),
        ("someday soon 9am", [Unknown(), time(9)]),
        ("9:3", [Unknown()]),
        ("t f", [Unknown()]),
        (" , () ", []),
    ],
)
def test_text_is_split_into_its_parts(typed: str, values: list[Value]) -> None:
    assert read_values(typed) == values
    assert read_values(typed.upper()) == values


@pytest.mark.parametrize(
    "typed",
    ["24:00", "25:00", "9:60", "0am", "13pm", "32nd", "2026-02-30", "31 Nov", "1/2/2026", "02.11.2026"],
)
def test_a_part_without_a_single_valid_value_is_refused_as_it_was_typed(typed: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        split_parts(f"mon {typed} fri")
    assert raised.value.typed == (typed,)


@pytest.mark.parametrize(
    "typed", ["midnight", "9:00-10:00", "9 to 5pm", "hourly", "every other week", "in 2 fortnights"]
)
def test_what_is_not_supported_is_refused_as_it_was_typed(typed: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        split_parts(typed)
    assert raised.value.typed == (typed,)


def test_an_unknown_text_keeps_what_was_typed_for_it() -> None:
    parts = split_parts("mon some–day <b>soon</b>, 9am")
    assert [part.typed for part in parts] == ["mon", "some–day <b>soon</b>", "9am"]


def test_text_that_is_longer_than_any_time_is_refused() -> None:
    with pytest.raises(InvalidTime):
        split_parts("mon " * MAX_TYPED_CHARACTERS)


@given(st.text(max_size=60) | st.text(alphabet="evry montuhfrily0123456789:.,/+-()apUTC", max_size=40))
def test_any_text_is_split_or_refused_and_each_part_is_a_piece_of_it(typed: str) -> None:
    quoted: tuple[str, ...]
    try:
        quoted = tuple(part.typed for part in split_parts(typed))
    except InvalidTime as error:
        quoted = error.typed
    assert all(piece in typed for piece in quoted)


@pytest.mark.parametrize("name", ["", "Nowhere/Town", "../etc", "\x00", "Europe"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone_or_utc(name).key == "UTC"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "Fri 16 Oct 17:00 CEST"),
        ("UTC", "Fri 16 Oct 15:00 UTC"),
        ("America/Sao_Paulo", "Fri 16 Oct 12:00 UTC-3"),
        ("Asia/Kathmandu", "Fri 16 Oct 20:45 UTC+5:45"),
    ],
)
def test_a_moment_in_a_picture_has_its_zone_in_short(zone: str, shown: str) -> None:
    moment = datetime(2026, 10, 16, 15, tzinfo=UTC)
    assert format_short_moment(moment.astimezone(zone_or_utc(zone))) == shown


def test_a_moment_has_a_date_token_for_slack_and_a_fallback_in_its_own_zone() -> None:
    moment = datetime(2026, 10, 16, 15, tzinfo=UTC)
    token = "<!date^1792162800^{date_short_pretty} {time}|"
    assert format_moment(moment.astimezone(zone_or_utc("Europe/Berlin"))) == (
        f"{token}Fri 16 Oct 17:00 (Europe/Berlin)>"
    )
    assert format_moment(moment.astimezone(load_zone("UTC+5:30"))) == f"{token}Fri 16 Oct 20:30 (UTC+5:30)>"
