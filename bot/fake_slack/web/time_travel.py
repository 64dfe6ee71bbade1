"""The times to which a visitor can move the workspace's clock."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

NINE_O_CLOCK = {"hour": 9, "minute": 0, "second": 0, "microsecond": 0}


def _add_twenty_minutes(local: datetime) -> datetime:
    return local + timedelta(minutes=20)


def _find_tomorrow_nine(local: datetime) -> datetime:
    return local.replace(**NINE_O_CLOCK) + timedelta(days=1)  # type: ignore[arg-type]  # mypy sees fold and tzinfo too


def _find_monday_nine(local: datetime) -> datetime:
    monday = local.replace(**NINE_O_CLOCK) - timedelta(days=local.weekday())  # type: ignore[arg-type]  # as above
    return monday if monday > local else monday + timedelta(days=7)


# By the label of the menu item. A day is added to the wall clock, so that nine o'clock stays nine o'clock in
# the night in which the clocks change: Python's arithmetic on local times does so.
TIME_JUMPS: Mapping[str, Callable[[datetime], datetime]] = {
    "20 minutes on": _add_twenty_minutes,
    "To tomorrow 09:00": _find_tomorrow_nine,
    "To next Monday 09:00": _find_monday_nine,
}
