"""Read the day of `/valuemap show DAY`. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.times.checks import reject_unknown, require_one
from bot.times.clock import WEEKDAYS, format_day
from bot.times.errors import TYPED, InvalidTime, add_advice
from bot.times.grammar import split_parts
from bot.times.parts import MAX_DAYS_TO_DATE, MonthDate, Number, Part, RelativeDay, Weekdays

DAY_EXAMPLES = "`/valuemap show 2026-11-02`, `/valuemap show yesterday` or `/valuemap show monday`"


def read_day(text: str, today: date) -> date:
    """Read "2026-11-02", "2 Nov", "yesterday" or "monday", the last one before today. Raises InvalidTime."""
    with add_advice(f"type for example {DAY_EXAMPLES}."):
        parts = split_parts(text)
        reject_unknown(parts)
        day = require_one(_read_days(parts, today), "days", "I show one")
        if day is None:
            raise InvalidTime(f"I can't read “{TYPED}” as a day", text)
        if day > today:
            raise InvalidTime(f"{format_day(day)} has not come yet")
        return day


def _read_days(parts: Sequence[Part], today: date) -> list[tuple[Part, date]]:
    """Return the days, weekdays last. Raises InvalidTime for a part that is no single day."""
    days: list[tuple[Part, date]] = []
    for part in sorted(parts, key=lambda part: isinstance(part.value, Weekdays)):
        match part.value:
            case date() as day:
                days.append((part, day))
            case RelativeDay.TODAY | RelativeDay.NOW:
                days.append((part, today))
            case RelativeDay.YESTERDAY:
                days.append((part, today - timedelta(days=1)))
            case MonthDate(month, day_number):
                days.append((part, _find_past_date(today, day_number, month)))
            case Number(day_number, is_month_day=True):
                days.append((part, _find_past_date(today, day_number)))
            case Weekdays([name], "" | "last" | "this"):
                known_day = days[0][1] if days else None
                days.append((part, _find_past_weekday(name, today, known_day)))
            case _:
                raise InvalidTime(f"“{TYPED}” is no day of the past", part.typed)
    return days


def _find_past_date(today: date, day_number: int, month: int | None = None) -> date:
    """Return the last date up to today with this day, in this month if that is given."""
    past = (today - timedelta(days=days) for days in range(MAX_DAYS_TO_DATE))
    return next(each for each in past if each.day == day_number and month in {None, each.month})


def _find_past_weekday(name: str, today: date, known_day: date | None) -> date:
    """Return the last day before today with this name, or the known date if that has it."""
    weekday = WEEKDAYS.index(name)
    if known_day is not None and known_day.weekday() == weekday:
        return known_day
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
