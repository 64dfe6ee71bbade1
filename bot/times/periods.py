"""Lengths of time, such as 2 hours. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction

from bot.times.clock import to_utc
from bot.times.errors import TYPED, InvalidTime

_NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve"),
)
# "a week" is how often something happens, and "17h" is a time: both are periods after one of the words of
# PERIOD_START and before "from now".
PERIOD_START = r"(?:in|for|within)\s+"
PERIOD_NUMBER = rf"(?:half\s+an?\b|[0-9]{{1,5}}(?:[.,][0-9]{{1,2}})?|(?:{'|'.join(_NUMBER_WORDS)})\b|an?\b)"
_LONG_UNIT = r"min(?:ute)?s?|hrs?|hours?|days?|wks?|weeks?"
_FROM_NOW = r"(?:\s+from\s+now|['’]?\s+time)"
PERIOD_PATTERN = re.compile(
    rf"(?:{PERIOD_START}(?P<number>{PERIOD_NUMBER})\s*(?P<unit>[mhdw]|{_LONG_UNIT})(?:{_FROM_NOW})?"
    rf"|(?P<coming_number>{PERIOD_NUMBER})\s*(?P<coming_unit>[mhdw]|{_LONG_UNIT}){_FROM_NOW}"
    rf"|(?!an?\b)(?P<bare_number>{PERIOD_NUMBER})\s*(?P<bare_unit>{_LONG_UNIT}))"
    r"(?![^\W_])",
    re.IGNORECASE,
)


class PeriodUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


_UNITS = {unit.value[0]: unit for unit in PeriodUnit}  # by first letter


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time, such as 2 hours. A day is a calendar day, which is not always 24 hours long."""

    number: int
    unit: PeriodUnit

    @property
    def has_days(self) -> bool:
        """Whether it is counted in days, so that it ends at the wall-clock time at which it starts."""
        return self.unit in {PeriodUnit.DAY, PeriodUnit.WEEK}

    def add_to(self, start: datetime, zone: tzinfo, max_days: int) -> datetime:
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


def read_period(match: re.Match[str], typed: str) -> Period:
    """Return the period of a match of PERIOD_PATTERN. Raises InvalidTime for half a day or half a minute."""
    number = _read_number((match["number"] or match["coming_number"] or match["bare_number"]).lower())
    unit = _UNITS[(match["unit"] or match["coming_unit"] or match["bare_unit"])[0].lower()]
    if number.denominator == 1:
        return Period(int(number), unit)
    minutes = number * 60
    if unit is not PeriodUnit.HOUR or minutes.denominator != 1:
        raise InvalidTime(f"I can't count “{TYPED}”", typed, advice="type whole minutes, hours or days.")
    return Period(int(minutes), PeriodUnit.MINUTE)


def _read_number(word: str) -> Fraction:
    if word in _NUMBER_WORDS:
        return Fraction(_NUMBER_WORDS.index(word))
    if word.startswith("half"):
        return Fraction(1, 2)
    return Fraction(1) if word in {"a", "an"} else Fraction(word.replace(",", "."))
