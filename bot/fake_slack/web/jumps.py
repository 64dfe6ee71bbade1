"""Where a visitor can move the workspace's clock to. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

NINE = {"hour": 9, "minute": 0, "second": 0, "microsecond": 0}


def _twenty_minutes_on(local: datetime) -> datetime:
    return local + timedelta(minutes=20)


def _tomorrow(local: datetime) -> datetime:
    return local.replace(**NINE) + timedelta(days=1)  # type: ignore[arg-type]  # mypy sees fold and tzinfo too


def _next_monday(local: datetime) -> datetime:
    monday = local.replace(**NINE) - timedelta(days=local.weekday())  # type: ignore[arg-type]  # as above
    return monday if monday > local else monday + timedelta(days=7)


JUMPS: Mapping[str, Callable[[datetime], datetime]] = {
    "20 minutes on": _twenty_minutes_on,
    "To tomorrow 09:00": _tomorrow,
    "To next Monday 09:00": _next_monday,
}
