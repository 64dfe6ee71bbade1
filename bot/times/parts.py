"""The parts that typed days, times, zones and periods consist of. Pure."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bot.times.errors import TYPED, InvalidTime
from bot.times.periods import Period

LAST_MONTH_DAY = 31  # in a shorter month, its last day
MAX_DAYS_TO_DATE = 9 * 366  # from any day to 29 February, across a century without a leap year


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class RelativeDay(StrEnum):
    NOW = "now"
    TODAY = "today"
    TOMORROW = "tomorrow"
    YESTERDAY = "yesterday"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """One day of the week, or a group of them such as "mon-fri" or "weekdays"."""

    names: tuple[str, ...]  # of WEEKDAYS
    which: str = ""  # "next", "this" or "last", where that was typed


@dataclass(frozen=True, slots=True)
class MonthDate:
    """A date without a year, such as 4 December."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Zone:
    name: str  # as `find_zone` returns it


@dataclass(frozen=True, slots=True)
class Number:
    """A number alone: an hour, or a day of a month."""

    value: int
    is_month_day: bool = False  # "1st", "day 1", "last day"
    follows_at: bool = False  # "at 9" is an hour
    is_joined: bool = False  # "1 and 15", "1, 15"


@dataclass(frozen=True, slots=True)
class Every:
    """The word "every" before a day."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Text that is no part."""


Value = (
    Frequency | RelativeDay | Every | Weekdays | MonthDate | Zone | Number | Unknown | Period | date | time
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part, and its text for error messages."""

    typed: str  # exactly as it was typed
    value: Value


def make_date(year: int, month: int, day: int) -> date | None:
    """Return a date; None if that month has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_hour(part: Part, hour: int) -> time:
    """Return the time of a number that is an hour. Raises InvalidTime above 23."""
    if hour > 23:
        raise InvalidTime(f"There is no time “{TYPED}”", part.typed)
    return time(hour)
