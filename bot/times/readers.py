"""Split text into words and read each as a weekday, time, date, period or time zone. Pure.

A reader returns None for a word of another form, so that the caller can try the next reader. It raises
InvalidTime for a word of its form without a valid value, such as 25:00.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.times.clock import WEEKDAY_NAMES, WEEKDAYS, to_utc
from bot.times.errors import InvalidTime

_SPACE_BEFORE_MERIDIEM = re.compile(r"(\d)\s+([ap]m)\b", re.IGNORECASE)
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?([ap]m)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_PERIOD = re.compile(r"(?:in|for)\s+(an?|[0-9]{1,5})\s*(minute|min|hour|h|day|week)s?", re.IGNORECASE)
_UNITS = {"min": "minute", "h": "hour"}
MAX_ZONE_CHARACTERS = 60  # of a word that is compared with all zones, which takes time


class PeriodUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time, such as 2 hours. A day is a calendar day, which is not always 24 hours long."""

    number: int
    unit: PeriodUnit

    def add_to(self, start: datetime, zone: ZoneInfo, max_days: int) -> datetime:
        """Return the end of the period in UTC. Days and weeks end after `max_days` at the latest.

        Days and weeks end at the wall-clock time of `start`, even if the clocks change in between.
        """
        match self.unit:
            case PeriodUnit.MINUTE:
                return start + timedelta(minutes=self.number)
            case PeriodUnit.HOUR:
                return start + timedelta(hours=self.number)
            case PeriodUnit.DAY | PeriodUnit.WEEK:
                days = min(self.number * (7 if self.unit is PeriodUnit.WEEK else 1), max_days)
                local_start = start.astimezone(zone).replace(tzinfo=None)
                return to_utc(local_start + timedelta(days=days), zone)


def tokenize(text: str, fillers: Container[str] = ()) -> list[str]:
    """Split text into words without the fillers; "9 am" is one word."""
    joined = _SPACE_BEFORE_MERIDIEM.sub(r"\1\2", text)
    return [word for word in joined.split() if word not in fillers]


def read_weekday(word: str) -> str | None:
    """Return "mon" for "Mon", "monda" or "Monday,"; None if the word is no weekday."""
    prefix = word.lower().rstrip(",")
    if len(prefix) < 3:
        return None  # "t" and "s" are ambiguous
    matches = (
        day for day, name in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True) if name.lower().startswith(prefix)
    )
    return next(matches, None)


def read_time(word: str) -> time | None:
    """Read "9", "9:30", "17.30" or "5pm". Raises InvalidTime for a time that does not exist."""
    match = _TIME.fullmatch(word.lower())
    if not match:
        return None
    hour, minute, meridiem = int(match[1]), int(match[2] or 0), match[3]
    if meridiem and not 1 <= hour <= 12:
        raise InvalidTime(f"There is no time {word}")
    if meridiem:
        hour = hour % 12 + (12 if meridiem == "pm" else 0)
    if hour > 23 or minute > 59:
        raise InvalidTime(f"There is no time {word}")
    return time(hour, minute)


def read_date(word: str) -> date | None:
    """Read "2026-12-04" or "2026-12-4". Raises InvalidTime for a day that the calendar lacks."""
    if not _DATE.fullmatch(word):
        return None
    year, month, day = map(int, word.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidTime(f"The calendar has no {word}") from None


def read_period(text: str) -> Period | None:
    """Read "in 2 hours", "for an hour" or "in 90min"."""
    match = _PERIOD.fullmatch(text.strip())
    if not match:
        return None
    number = int(match[1]) if match[1].isdigit() else 1  # "a" and "an" mean 1
    unit = match[2].lower()
    return Period(number, PeriodUnit(_UNITS.get(unit, unit)))


def read_zone(word: str) -> str:
    """Return the name of a time zone in its official case. Raises InvalidTime with similar names."""
    zone = _zone_names().get(word.lower())
    if zone is None:
        similar = get_close_matches(word.lower()[:MAX_ZONE_CHARACTERS], _zone_names(), n=2)
        names = " or ".join(_zone_names()[name] for name in similar)
        advice = f"did you mean {names}?" if names else "name it like Europe/Berlin."
        # Without markup characters the word needs no escaping.
        plain_word = re.sub(r"[^\w/+-]", "", word)[:40]
        raise InvalidTime(f"I don't know “{plain_word}” as a time or time zone", advice=advice)
    return zone


@cache
def _zone_names() -> dict[str, str]:
    """Return the name of each time zone by its lower-case form."""
    return {name.lower(): name for name in available_timezones()}
