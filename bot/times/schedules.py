"""Read the schedule of `/valuemap digest SCHEDULE` and compute when it is due. Pure.

APScheduler does the cron arithmetic on wall-clock times, which are passed to it as UTC; each result is then
converted with the zone. A trigger in a zone with daylight saving time would lose and repeat runs when the
clocks change. With this conversion a time that clocks skip is due once, right after the gap, and a time that
clocks show twice is due once, the first time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.times.clock import WEEKDAY_NAMES, WEEKDAYS, to_utc
from bot.times.errors import InvalidTime, add_advice
from bot.times.readers import read_time, read_weekday, read_zone, tokenize

SCHEDULE_EXAMPLES = "`weekly mon 09:00`, `daily 17:30`, `weekdays 9:00` or `monthly 1 09:00 Europe/Berlin`"
DEFAULT_TIME = time(9)
MAX_SCHEDULE_CHARACTERS = 200
_MONTH_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?")


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    WEEKDAYS = "weekdays"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Slot:
    """One time at which a schedule is due."""

    local_time: datetime  # the wall-clock time without a zone, which identifies the slot
    due_at: datetime  # the same instant in UTC


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring time, such as every Monday at 09:00 in Europe/Berlin."""

    frequency: Frequency
    time_of_day: time
    time_zone: str
    # Weekly: "mon".."sun". Monthly: 1..31, or the last day of a month that is shorter.
    day: str | int | None = None

    def __str__(self) -> str:
        """Return the schedule in the form that `read_schedule` reads: "weekly mon 09:00 Europe/Berlin"."""
        day = "" if self.day is None else f"{self.day} "
        return f"{self.frequency} {day}{self.time_of_day:%H:%M} {self.time_zone}"

    def describe(self) -> str:
        """Return for example "every Monday at 09:00 (Europe/Berlin)"."""
        match self.frequency:
            case Frequency.WEEKLY:
                days = f"every {WEEKDAY_NAMES[WEEKDAYS.index(str(self.day))]}"
            case Frequency.MONTHLY:
                days = f"on day {self.day} of each month"
            case Frequency.WEEKDAYS:
                days = "every weekday"
            case Frequency.DAILY:
                days = "every day"
            case _:
                assert_never(self.frequency)
        return f"{days} at {self.time_of_day:%H:%M} ({self.time_zone})"

    def next_slot(self, after: datetime) -> Slot:
        """Return the first slot that is due strictly after this instant."""
        zone = ZoneInfo(self.time_zone)
        # The search starts a day earlier: around a change of clocks, an earlier time can be a later instant.
        yesterday = (after.astimezone(zone) - timedelta(days=1)).replace(tzinfo=None)
        for local_time in self._local_times(yesterday):
            due_at = to_utc(local_time, zone)
            if due_at > after:
                return Slot(local_time, due_at)
        raise AssertionError("a schedule has no end")

    def _local_times(self, since: datetime) -> Iterator[datetime]:
        """Yield the wall-clock times of the schedule in order; the first monthly one may precede `since`."""
        fields: dict[str, object] = {"hour": self.time_of_day.hour, "minute": self.time_of_day.minute}
        if self.frequency is Frequency.WEEKLY:
            fields["day_of_week"] = self.day
        elif self.frequency is Frequency.WEEKDAYS:
            fields["day_of_week"] = "mon-fri"
        elif self.frequency is Frequency.MONTHLY:
            fields["day"] = "last"  # one run in each month, moved to the wanted day below
        trigger = CronTrigger(timezone=UTC, **fields)
        fired = since.replace(tzinfo=UTC)
        while True:
            # The trigger returns its start time if that matches, so that the search starts one minute later.
            fired = trigger.get_next_fire_time(None, fired + timedelta(minutes=1))
            is_monthly = self.frequency is Frequency.MONTHLY
            day = min(int(self.day or 1), fired.day) if is_monthly else fired.day
            yield fired.replace(day=day, tzinfo=None)


def read_schedule(text: str, time_zone: str) -> Schedule:
    """Read "weekly mon 09:00 Europe/Berlin"; `time_zone` is the default zone. Raises InvalidTime."""
    with add_advice(f"type for example {SCHEDULE_EXAMPLES}."):
        return _read_schedule(tokenize(text.strip()[:MAX_SCHEDULE_CHARACTERS]), time_zone)


def _read_schedule(words: list[str], time_zone: str) -> Schedule:
    first, *rest = words or [""]
    try:
        frequency = Frequency(first.lower())
    except ValueError:
        raise InvalidTime("I don't know how often that is") from None
    time_of_day: time | None = None
    month_day: int | None = None
    weekday = "mon"
    for word in rest:
        if frequency is Frequency.WEEKLY and (parsed_weekday := read_weekday(word)):
            weekday = parsed_weekday
        # The first number of a monthly schedule is its day and the second its hour: "monthly 1 9".
        elif frequency is Frequency.MONTHLY and month_day is None and (number := _read_month_day(word)):
            month_day = number
        elif time_of_day is None and (parsed_time := read_time(word)) is not None:
            time_of_day = parsed_time
        else:
            time_zone = read_zone(word)
    day: str | int | None = None
    if frequency is Frequency.WEEKLY:
        day = weekday
    elif frequency is Frequency.MONTHLY:
        day = month_day or 1
    return Schedule(frequency, DEFAULT_TIME if time_of_day is None else time_of_day, time_zone, day)


def _read_month_day(word: str) -> int | None:
    """Read "1", "1st" or "1.". Raises InvalidTime for a day that no month has."""
    match = _MONTH_DAY.fullmatch(word)
    if not match:
        return None
    number = int(match[1])
    if not 1 <= number <= 31:
        raise InvalidTime(f"A month has no day {number}")
    return number
