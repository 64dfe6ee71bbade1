"""When a canvas's digest is due. Pure.

APScheduler does the cron arithmetic on wall-clock time taken as if it were UTC; the result is then mapped to
the zone. Its own trigger with a daylight-saving zone loses and doubles runs around the change of clocks. A
time in the gap of spring comes once, right after it; one in the overlap of autumn once, at its first pass.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.triggers.cron import CronTrigger

from bot.times.clock import DAY_NAMES, DAYS, NoSuchTime, instant, time_of, weekday

HINT = (
    "type for example `weekly mon 09:00`, `daily 17:30`, `weekdays 9:00` or `monthly 1 09:00 Europe/Berlin`"
)


class Every(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    WEEKDAYS = "weekdays"
    MONTHLY = "monthly"


class NotASchedule(ValueError):
    """The words are no schedule; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Schedule:
    every: Every
    at: time
    time_zone: str
    on: str | int | None = None  # weekly: "mon".."sun"; monthly: 1..31, the last day where a month is shorter

    def __str__(self) -> str:
        on = "" if self.on is None else f"{self.on} "
        return f"{self.every} {on}{self.at:%H:%M} {self.time_zone}"

    def in_words(self) -> str:
        match self.every:
            case Every.WEEKLY:
                day = f"every {DAY_NAMES[DAYS.index(str(self.on))]}"
            case Every.MONTHLY:
                day = f"on day {self.on} of each month"
            case Every.WEEKDAYS:
                day = "every weekday"
            case _:
                day = "every day"
        return f"{day} at {self.at:%H:%M} ({self.time_zone})"


@dataclass(frozen=True, slots=True)
class Slot:
    local: datetime  # by the wall clock, without a zone: it names the slot
    at: datetime  # UTC


def parse(words: str, time_zone: str) -> Schedule:
    """Read "weekly mon 09:00 Europe/Berlin"; the zone may be left out. Raises NotASchedule."""
    text = re.sub(r"(\d)\s+([ap]m)\b", r"\1\2", words.strip()[:200], flags=re.IGNORECASE)
    first, *rest = text.split() or [""]
    try:
        every = Every(first.lower())
    except ValueError:
        raise NotASchedule(f"I don't know how often that is: {HINT}.") from None
    at: time | None = None
    on: str | int | None = "mon" if every is Every.WEEKLY else 1 if every is Every.MONTHLY else None
    day_said = False
    for word in rest:
        if every is Every.WEEKLY and (day := weekday(word)):
            on = day
        elif (
            every is Every.MONTHLY
            and not day_said
            and (number := re.fullmatch(r"(\d{1,2})(st|nd|rd|th|\.)?", word))
        ):
            on, day_said = _month_day(int(number[1])), True
        elif at is None and (said := _time(word)):
            at = said
        else:
            time_zone = _zone(word)
    return Schedule(every, at or time(9), time_zone, on)


def next_slot(schedule: Schedule, after: datetime) -> Slot:
    """Return the first slot that is due strictly after this instant."""
    zone = ZoneInfo(schedule.time_zone)
    yesterday = (after.astimezone(zone) - timedelta(days=1)).replace(tzinfo=None)
    for local in _walls(schedule, yesterday):
        at = instant(local, zone)
        if at > after:
            return Slot(local, at)
    raise AssertionError("a schedule has no end")


def _walls(schedule: Schedule, since: datetime) -> Iterator[datetime]:
    """Yield the wall-clock times of a schedule from a day or more before this on."""
    fields: dict[str, object] = {"hour": schedule.at.hour, "minute": schedule.at.minute}
    if schedule.every is Every.WEEKLY:
        fields["day_of_week"] = schedule.on
    elif schedule.every is Every.WEEKDAYS:
        fields["day_of_week"] = "mon-fri"
    elif schedule.every is Every.MONTHLY:
        fields["day"] = "last"
    trigger = CronTrigger(timezone=UTC, **fields)
    fired = since.replace(tzinfo=UTC)
    while True:
        fired = trigger.get_next_fire_time(None, fired + timedelta(minutes=1))
        day = min(int(schedule.on or 1), fired.day) if schedule.every is Every.MONTHLY else fired.day
        yield fired.replace(day=day, tzinfo=None)


def _month_day(number: int) -> int:
    if not 1 <= number <= 31:
        raise NotASchedule(f"A month has no day {number}: {HINT}.")
    return number


def _time(word: str) -> time | None:
    try:
        return time_of(word)
    except NoSuchTime:
        raise NotASchedule(f"There is no time {word[:10]}: {HINT}.") from None


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _zone(word: str) -> str:
    found = _zones().get(word.lower())
    if found is None:
        near = [_zones()[name] for name in get_close_matches(word.lower()[:60], _zones(), n=2)]
        meant = f"did you mean {' or '.join(near)}?" if near else "name it like Europe/Berlin."
        said = re.sub(r"[^\w/+-]", "", word)[:40]
        raise NotASchedule(f"I don't know “{said}” as a time or time zone: {meant}")
    return found
