"""Reading the day of `/valuemap show DAY`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.times.clock import end_of_day
from bot.times.days import read_day
from bot.times.errors import InvalidTime

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("on 2026-1-2", date(2026, 1, 2)),
        ("Yesterday", date(2026, 11, 24)),
        ("today", TODAY),
        ("monday", date(2026, 11, 23)),
        ("last Wed", date(2026, 11, 18)),
        ("thursday", date(2026, 11, 19)),
        ("on Mondays", date(2026, 11, 23)),
        ("2 Nov", date(2026, 11, 2)),
        ("Nov 2nd, 2026", date(2026, 11, 2)),
        ("the 30th", date(2026, 10, 30)),
        ("Wednesday 2026-11-18", date(2026, 11, 18)),
    ],
)
def test_a_day_is_read_as_people_type_it(words: str, day: date) -> None:
    assert read_day(words, TODAY) == day


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("2026-02-30", "The calendar has no 2026-02-30: type for example"),
        ("2026-13-01", "The calendar has no 2026-13-01: type for example"),
        ("02.11.2026", "“02.11.2026” could have the day or the month first: type the year first"),
        ("pains", "I can't read “pains” as a day, a time or a time zone: type for example"),
        ("٢٠٢٦-١١-٠٢", "I can't read “٢٠٢٦-١١-٠٢” as a day"),
        ("2026-11-26", "26 Nov 2026 has not come yet: type for example"),
        ("Tomorrow", "“Tomorrow” is no day of the past: type for example"),
        ("monday 9:00", "“9:00” is no day of the past: type for example"),
        ("mon, tue", "“mon” and “tue” are two days, and I show one: type for example"),
        ("tusday", "I can't read “tusday” as a day, a time or a time zone: did you mean Tuesday?"),
        ("on the", "I can't read “on the” as a day, a time or a time zone: type for example"),
    ],
)
def test_text_that_is_no_past_day_is_rejected_as_it_was_typed(words: str, problem: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        read_day(words, TODAY)
    assert problem in str(raised.value)


def test_a_day_ends_by_the_wall_clock_of_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert end_of_day(date(2026, 10, 25), berlin) == datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC)
    assert end_of_day(date(2026, 10, 24), berlin) == datetime(2026, 10, 24, 21, 59, 59, 999999, tzinfo=UTC)
