"""Read the deadline of `/valuemap vote`, by the wall clock of the member who starts the round. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from bot.times.checks import build_contradiction, reject_unknown, require_one
from bot.times.clock import WEEKDAYS, format_moment, to_utc
from bot.times.errors import TYPED, InvalidTime, add_advice
from bot.times.grammar import split_parts
from bot.times.parts import (
    MAX_DAYS_TO_DATE,
    MonthDate,
    Number,
    Part,
    RelativeDay,
    Unknown,
    Weekdays,
    Zone,
    read_hour,
)
from bot.times.periods import PERIOD_NUMBER, PERIOD_PATTERN, PERIOD_START, Period
from bot.times.zones import load_zone

DEADLINE_EXAMPLES = "`until friday 17:00`, `until tomorrow 9:00`, `until in 2 hours` or `until 2026-12-04`"
DEFAULT_TIME = time(17)  # for a day without a time
MAX_DEADLINE_DELAY = timedelta(days=30)
# A later day is replaced by this one, which is too late as well, because date arithmetic overflows in 9999.
_FAR_OFF_DELAY = 2 * MAX_DEADLINE_DELAY
END_VALUES = (date, time, RelativeDay, Weekdays, MonthDate, Number, Period)  # with which an end may begin
DAYS_FROM_TODAY = {
    RelativeDay.YESTERDAY: timedelta(days=-1),
    RelativeDay.TODAY: timedelta(),
    RelativeDay.TOMORROW: timedelta(days=1),
}
# "2h" is as likely a length of time as an hour of the day, while "17h" is an hour of the day.
_UNCLEAR_HOURS = re.compile(r"(?P<hours>0?[1-9]|1[0-2])\s?h(?P<minutes>[0-9]{2})?", re.IGNORECASE)
_CLEAR_HOURS = re.compile(r"(?:1[3-9]|2[0-3])\s?h", re.IGNORECASE)
_LEADING_WORDS = re.compile(r"^(?:(?:on|at)\s+|@\s*)+", re.IGNORECASE)
_UNTIL = re.compile(r"(?:^|\s)(?:until|till?|by)(?![^\W_])", re.IGNORECASE)
_PERIOD_START = re.compile(rf"(?:^|\s)(?={PERIOD_START}{PERIOD_NUMBER})", re.IGNORECASE)


def split_at_deadline(text: str) -> tuple[str, str | None]:
    """Split "pains until friday" into the text before the deadline and the deadline; None without one."""
    match = _UNTIL.search(text) or _PERIOD_START.search(text)
    if not match:
        return text.strip(), None
    return text[: match.start()].strip(), text[match.end() :].strip()


def complete_end(text: str) -> str | None:
    """Return an end that was typed without the word before it with that word: "until friday", "for 2h".

    Return None for a text that begins with no day, time or length of time, and "" for one that does but that
    cannot be read.
    """
    text = _LEADING_WORDS.sub("", text)
    is_period = PERIOD_PATTERN.match(f"for {text}") and not _CLEAR_HOURS.match(text)
    try:
        parts = split_parts(f"for {text}" if is_period else text)
    except InvalidTime:
        first_word = text.split()[0]
        return "" if first_word == text or complete_end(first_word) is not None else None
    values = [part.value for part in parts]
    if not values or not isinstance(values[0], END_VALUES):
        return None
    if any(isinstance(value, Unknown | Number) for value in values):
        return ""
    return f"for {text}" if is_period else f"until {text}"


def read_deadline(text: str | None, now: datetime, zone: tzinfo) -> datetime:
    """Read "friday 17:00", "tomorrow 9am CET" or "in 2 hours"; None means tomorrow at 17:00.

    `zone` is the default time zone. Return an instant in UTC, at most MAX_DEADLINE_DELAY after `now`.
    Raises InvalidTime.
    """
    if text is None:
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return to_utc(datetime.combine(tomorrow, DEFAULT_TIME), zone)
    with add_advice(f"type for example {DEADLINE_EXAMPLES}."):
        parts = split_parts(text)
        reject_unknown(parts)
        _reject_unclear_hours(parts)
        zones = [(part, part.value.name) for part in parts if isinstance(part.value, Zone)]
        if zone_name := require_one(zones, "time zones", "a round ends once"):
            zone = load_zone(zone_name)
        deadline = _read_moment(parts, now, zone)
        if deadline <= now:
            raise InvalidTime(f"{format_moment(deadline.astimezone(zone))} is over already")
        if deadline - now > MAX_DEADLINE_DELAY:
            raise InvalidTime(f"A round lasts {MAX_DEADLINE_DELAY.days} days at most, or it is forgotten")
        return deadline


def _reject_unclear_hours(parts: Sequence[Part]) -> None:
    """Raise InvalidTime for "2h" alone; with a day or a time zone it is an hour of the day."""
    match = _UNCLEAR_HOURS.fullmatch(parts[0].typed) if len(parts) == 1 else None
    if match:
        hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
        length = f"{hours * 60 + minutes}min" if minutes else f"{hours}h"
        raise InvalidTime(
            f"“{TYPED}” could be a time or a length of time",
            parts[0].typed,
            advice=f"type `until {hours}:{minutes:02}` or `until in {length}`.",
        )


def _read_moment(parts: Sequence[Part], now: datetime, zone: tzinfo) -> datetime:
    """Return the instant that the parts name: a period, a day, a time, or a day and a time."""
    today = now.astimezone(zone).date()
    times = _read_times(parts)
    days = _read_days(parts, today)
    time_of_day = require_one(times, "times", "a round ends once")
    if periods := [(part, part.value) for part in parts if isinstance(part.value, Period)]:
        return _add_periods(periods, days, times, now, zone)
    day = require_one(days, "days", "a round ends once")
    if day is None and time_of_day is None:
        raise InvalidTime("There is no day and no time in that")
    moment = _combine(day or today, time_of_day, zone)
    if moment > now:
        return moment
    # A weekday or a time that has passed means the next one; a date, "today" and "tomorrow" do not repeat.
    is_weekday = all(isinstance(part.value, Weekdays) for part, _ in days)
    repeats_after_days = 1 if day is None else 7 if is_weekday else 0
    return _combine((day or today) + timedelta(days=repeats_after_days), time_of_day, zone)


def _combine(day: date, time_of_day: time | None, zone: tzinfo) -> datetime:
    return to_utc(datetime.combine(day, DEFAULT_TIME if time_of_day is None else time_of_day), zone)


def _read_times(parts: Sequence[Part]) -> list[tuple[Part, time]]:
    """Return the times of day. Raises InvalidTime for an hour that may be before or after noon."""
    times: list[tuple[Part, time]] = []
    for part in parts:
        if isinstance(part.value, time):
            times.append((part, part.value))
        elif isinstance(part.value, Number) and not part.value.is_month_day:
            times.append((part, _read_clear_hour(part, part.value)))
    return times


def _read_clear_hour(part: Part, number: Number) -> time:
    hour = number.value
    if hour > 23 or (hour > 12 and number.follows_at):
        return read_hour(part, hour)
    choices = f"`{hour}am` or `{hour}pm`" if 1 <= hour <= 12 else f"`{hour}:00`"
    raise InvalidTime(f"“{TYPED}” could mean several times", part.typed, advice=f"type {choices}.")


def _read_days(parts: Sequence[Part], today: date) -> list[tuple[Part, date]]:
    """Return the days, weekdays last. Raises InvalidTime for a part that is no single coming day."""
    days: list[tuple[Part, date]] = []
    for part in sorted(parts, key=lambda part: isinstance(part.value, Weekdays)):
        match part.value:
            case time() | Zone() | Period() | Number(is_month_day=False):
                pass
            case date() as day:
                days.append((part, max(min(day, today + _FAR_OFF_DELAY), today - _FAR_OFF_DELAY)))
            case RelativeDay() as relative_day if relative_day in DAYS_FROM_TODAY:
                days.append((part, today + DAYS_FROM_TODAY[relative_day]))
            case MonthDate(month, day_number):
                days.append((part, _find_coming_date(today, day_number, month)))
            case Number(day_number):
                days.append((part, _find_coming_date(today, day_number)))
            case Weekdays([name], which):
                known_day = days[0][1] if days and not which else None
                days.append((part, _find_coming_weekday(part, name, which, today, known_day)))
            case _:
                raise InvalidTime(f"“{TYPED}” is not one day, and a round ends once", part.typed)
    return days


def _find_coming_date(today: date, day_number: int, month: int | None = None) -> date:
    """Return the first date from today on with this day, in this month if that is given."""
    coming = (today + timedelta(days=days) for days in range(MAX_DAYS_TO_DATE))
    return next(each for each in coming if each.day == day_number and month in {None, each.month})


def _find_coming_weekday(part: Part, name: str, which: str, today: date, known_day: date | None) -> date:
    """Return the next day with this name, or the known date if that has it.

    Raises InvalidTime for "next friday" from Monday to Thursday: people disagree on which day that is.
    """
    weekday = WEEKDAYS.index(name)
    if known_day is not None and known_day.weekday() == weekday:
        return known_day
    coming = today + timedelta(days=(weekday - today.weekday()) % 7)
    if which == "last":
        raise InvalidTime(f"“{TYPED}” is over already", part.typed)
    if which != "next" or coming.weekday() < today.weekday():
        return coming
    a_week_later = coming + timedelta(days=7)
    if coming == today:
        return a_week_later
    raise InvalidTime(
        f"“{TYPED}” could be two days", part.typed, advice=f"type `until {coming}` or `until {a_week_later}`."
    )


def _add_periods(
    periods: Sequence[tuple[Part, Period]],
    days: Sequence[tuple[Part, date]],
    times: Sequence[tuple[Part, time]],
    now: datetime,
    zone: tzinfo,
) -> datetime:
    """Return the end of periods such as "1 hour 30 minutes" or, of whole days, at a time of day."""
    if days:
        raise build_contradiction(periods[0][0], days[0][0])
    for part, period in periods:
        if times and not period.has_days:
            raise build_contradiction(part, times[0][0])
        now = period.add_to(now, zone, max_days=_FAR_OFF_DELAY.days)
    return _combine(now.astimezone(zone).date(), times[0][1], zone) if times else now
