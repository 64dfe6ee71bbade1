"""Read the schedule of `/valuemap digest SCHEDULE` and compute when it is due. Pure.

APScheduler does the cron arithmetic on wall-clock times, which are passed to it as UTC; each result is then
converted with the zone. A trigger in a zone with daylight saving time would lose and repeat runs when the
clocks change. With this conversion a time that clocks skip is due once, right after the gap, and a time that
clocks show twice is due once, the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import assert_never

from apscheduler.triggers.cron import CronTrigger

from bot.times.clock import WEEKDAY_NAMES, WEEKDAYS, to_utc
from bot.times.parts import LAST_MONTH_DAY, Frequency
from bot.times.zones import load_zone


@dataclass(frozen=True, slots=True)
class Slot:
    """One time at which a schedule is due."""

    local_time: datetime  # the wall-clock time without a zone, which identifies the slot
    due_at: datetime  # the same instant in UTC


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring time, such as every Monday and Thursday at 09:00 in Europe/Berlin."""

    frequency: Frequency
    time_of_day: time
    time_zone: str  # as `find_zone` returns it
    weekdays: tuple[str, ...] = ()  # of a weekly schedule, in the order of WEEKDAYS
    month_days: tuple[int, ...] = ()  # of a monthly schedule, ascending; a shorter month has its last day

    def __str__(self) -> str:
        """Return the schedule in the form that is stored: "weekly mon,thu 09:00 Europe/Berlin".

        `read_schedule` reads it back, as it reads what `describe` returns.
        """
        days = ",".join(map(str, self.weekdays or self.month_days))
        return f"{self.frequency} {days and days + ' '}{self.time_of_day:%H:%M} {self.time_zone}"

    def describe(self) -> str:
        """Return for example "every Monday and Thursday at 09:00 (Europe/Berlin)"."""
        return f"{self.describe_days()} at {self.time_of_day:%H:%M} ({self.time_zone})"

    def describe_days(self) -> str:
        """Return for example "every Monday and Thursday", "on day 1 of each month"."""
        match self.frequency:
            case Frequency.WEEKLY:
                names = [WEEKDAY_NAMES[WEEKDAYS.index(day)] for day in self.weekdays]
                return f"every {_join(names)}"
            case Frequency.MONTHLY:
                return f"on {_describe_month_days(self.month_days)} of each month"
            case Frequency.WEEKDAYS:
                return "every weekday"
            case Frequency.DAILY:
                return "every day"
            case _:
                assert_never(self.frequency)

    def next_slot(self, after: datetime) -> Slot:
        """Return the first slot that is due strictly after this instant."""
        zone = load_zone(self.time_zone)
        # The search starts a day earlier: around a change of clocks, an earlier time can be a later instant.
        yesterday = (after.astimezone(zone) - timedelta(days=1)).replace(tzinfo=None)
        for local_time in self._local_times(yesterday):
            due_at = to_utc(local_time, zone)
            if due_at > after:
                return Slot(local_time, due_at)
        raise AssertionError("a schedule has no end")

    def _local_times(self, since: datetime) -> Iterator[datetime]:
        """Yield the wall-clock times of the schedule in order; the first monthly ones may precede `since`."""
        fields: dict[str, object] = {"hour": self.time_of_day.hour, "minute": self.time_of_day.minute}
        if self.frequency is Frequency.WEEKLY:
            fields["day_of_week"] = ",".join(self.weekdays)
        elif self.frequency is Frequency.WEEKDAYS:
            fields["day_of_week"] = "mon-fri"
        elif self.frequency is Frequency.MONTHLY:
            fields["day"] = "last"  # one run in each month, moved to the wanted days below
        trigger = CronTrigger(timezone=UTC, **fields)
        fired = since.replace(tzinfo=UTC)
        while True:
            # The trigger returns its start time if that matches, so that the search starts one minute later.
            fired = trigger.get_next_fire_time(None, fired + timedelta(minutes=1))
            days = {min(day, fired.day) for day in self.month_days} or {fired.day}
            yield from (fired.replace(day=day, tzinfo=None) for day in sorted(days))


def build_weekly_schedule(weekdays: tuple[str, ...], time_of_day: time, time_zone: str) -> Schedule:
    """Return the schedule of these days; of all days or of Monday to Friday, under the name of that."""
    ordered = tuple(day for day in WEEKDAYS if day in weekdays)
    match ordered:
        case days if days == WEEKDAYS:
            return Schedule(Frequency.DAILY, time_of_day, time_zone)
        case days if days == WEEKDAYS[:5]:
            return Schedule(Frequency.WEEKDAYS, time_of_day, time_zone)
        case days:
            return Schedule(Frequency.WEEKLY, time_of_day, time_zone, weekdays=days)


def _describe_month_days(month_days: tuple[int, ...]) -> str:
    """Return "the last day", "day 1", "days 1 and 15" or "day 1 and the last day"."""
    days = [str(day) for day in month_days if day != LAST_MONTH_DAY]
    numbered = f"day{'s' if len(days) > 1 else ''} {_join(days)}" if days else ""
    last = "the last day" if LAST_MONTH_DAY in month_days else ""
    return " and ".join(filter(None, [numbered, last]))


def _join(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
