"""Read the schedule that a person types: how often, on which days, when, and in which time zone. Pure."""

from collections.abc import Sequence
from datetime import date, time
from itertools import combinations

from bot.times.checks import build_contradiction, reject_unknown, require_one
from bot.times.errors import TYPED, InvalidTime, add_advice
from bot.times.grammar import split_parts
from bot.times.parts import (
    LAST_MONTH_DAY,
    Every,
    Frequency,
    MonthDate,
    Number,
    Part,
    RelativeDay,
    Weekdays,
    Zone,
    read_hour,
)
from bot.times.periods import Period
from bot.times.schedules import Schedule, build_weekly_schedule
from bot.times.zones import normalize_zone

SCHEDULE_EXAMPLES = (
    "`weekly mon 09:00`, `weekly mon, thu 9am`, `daily 17:30`, `weekdays 9:00` or "
    "`monthly 1 09:00 Europe/Berlin`"
)
DEFAULT_TIME = time(9)
DEFAULT_WEEKDAYS, DEFAULT_MONTH_DAYS = ("mon",), (1,)


def read_schedule(text: str, time_zone: str) -> Schedule:
    """Read "weekly mon, thu 09:00 Europe/Berlin"; `time_zone` is the default zone.

    Raises InvalidTime for text that is no schedule or that contradicts itself.
    """
    with add_advice(f"type for example {SCHEDULE_EXAMPLES}."):
        parts = split_parts(text)
        reject_unknown(parts)
        _reject_single_days(parts)
        zone = _read_zone(parts) or normalize_zone(time_zone)
        frequency = _read_frequency(parts)
        month_days, times = _split_numbers(parts, frequency)
        time_of_day = require_one(times, "times", "a digest comes at one time of day")
        time_of_day = DEFAULT_TIME if time_of_day is None else time_of_day
        if frequency is Frequency.DAILY:
            return Schedule(frequency, time_of_day, zone)
        if frequency is Frequency.MONTHLY:
            days = tuple(sorted(set(month_days))) or DEFAULT_MONTH_DAYS
            return Schedule(frequency, time_of_day, zone, month_days=days)
        return build_weekly_schedule(_read_weekdays(parts) or DEFAULT_WEEKDAYS, time_of_day, zone)


def _reject_single_days(parts: Sequence[Part]) -> None:
    """Raise InvalidTime for a date, a period, or a word such as "tomorrow" or "next"."""
    for part in parts:
        is_single_weekday = isinstance(part.value, Weekdays) and bool(part.value.which)
        if is_single_weekday or isinstance(part.value, RelativeDay | MonthDate | Period | date):
            raise InvalidTime(f"“{TYPED}” says when once, and a digest comes again and again", part.typed)


def _read_zone(parts: Sequence[Part]) -> str | None:
    zones = [(part, part.value.name) for part in parts if isinstance(part.value, Zone)]
    return require_one(zones, "time zones", "a schedule has one")


def _read_frequency(parts: Sequence[Part]) -> Frequency:
    """Return daily, weekly or monthly. Days of the week alone are weekly, and "every 1st" is monthly."""
    frequencies = [(part, part.value) for part in parts if isinstance(part.value, Frequency)]
    weekdays = [part for part in parts if isinstance(part.value, Weekdays)]
    month_days = [part for part in parts if isinstance(part.value, Number) and part.value.is_month_day]
    for part, frequency in frequencies[1:]:
        if frequency is not frequencies[0][1]:
            raise build_contradiction(frequencies[0][0], part)
    if frequencies:
        frequency = frequencies[0][1]
    elif weekdays:
        frequency = Frequency.WEEKLY
    elif month_days and any(isinstance(part.value, Every) for part in parts):
        frequency = Frequency.MONTHLY
    else:
        typed = " ".join(part.typed for part in parts)
        raise InvalidTime(
            f"I don't know how often “{TYPED}” is" if typed else "I don't know how often that is", typed
        )
    if frequency is not Frequency.WEEKLY and weekdays:
        raise build_contradiction(frequencies[0][0] if frequencies else month_days[0], weekdays[0])
    if frequency is not Frequency.MONTHLY and month_days:
        raise build_contradiction(frequencies[0][0] if frequencies else weekdays[0], month_days[0])
    return frequency


def _read_weekdays(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the days of the week. Raises InvalidTime for "weekdays" or a range with one of its days."""
    found = [(part, {*part.value.names}) for part in parts if isinstance(part.value, Weekdays)]
    for (first, first_days), (second, second_days) in combinations(found, 2):
        if first_days & second_days and len(first_days) + len(second_days) > 2:
            raise build_contradiction(first, second)
    return tuple(day for _, days in found for day in days)


def _split_numbers(parts: Sequence[Part], frequency: Frequency) -> tuple[list[int], list[tuple[Part, time]]]:
    """Return the days of the month and the times of day.

    A number alone is an hour. In a monthly schedule the first one is a day, unless a day is there already,
    and so is one that "and" or a comma joins to it: "monthly 1 9" and "monthly 1, 15 at 9".
    """
    month_days: list[int] = []
    times: list[tuple[Part, time]] = []
    has_named_day = any(isinstance(part.value, Number) and part.value.is_month_day for part in parts)
    for part in parts:
        if isinstance(part.value, time):
            times.append((part, part.value))
        elif isinstance(part.value, Number):
            number = part.value
            is_day = not number.follows_at and (number.is_joined or not (has_named_day or month_days))
            if number.is_month_day or (frequency is Frequency.MONTHLY and is_day):
                month_days.append(_check_month_day(part, number.value))
            else:
                times.append((part, read_hour(part, number.value)))
    return month_days, times


def _check_month_day(part: Part, day: int) -> int:
    if not 1 <= day <= LAST_MONTH_DAY:
        raise InvalidTime(f"A month has no day “{TYPED}”", part.typed)
    return day
