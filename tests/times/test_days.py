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
    ],
)
def test_a_day_is_read_as_people_type_it(words: str, day: date) -> None:
    assert read_day(words, TODAY) == day


@pytest.mark.parametrize(
    "words", ["2026-02-30", "2026-13-01", "02.11.2026", "pains", "٢٠٢٦-١١-٠٢", "2026-11-26"]
)
def test_text_that_is_no_past_day_is_rejected_with_an_example(words: str) -> None:
    with pytest.raises(InvalidTime, match="type for example"):
        read_day(words, TODAY)


def test_a_day_ends_by_the_wall_clock_of_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert end_of_day(date(2026, 10, 25), berlin) == datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC)
    assert end_of_day(date(2026, 10, 24), berlin) == datetime(2026, 10, 24, 21, 59, 59, 999999, tzinfo=UTC)
