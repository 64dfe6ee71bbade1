"""The end that follows `vote`, by the wall clock of whoever starts the round. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.times.clock import WEEKDAYS, format_moment, to_utc
from bot.times.errors import TYPED, InvalidTime, with_advice
from bot.times.readers import read_date, read_period, read_time, read_weekday, tokenize

DEADLINE_EXAMPLES = "`until friday 17:00`, `until tomorrow 9:00`, `until in 2 hours` or `until 2026-12-04`"
DEFAULT_TIME = time(17)  # of a day that is named without a time
MAX_DEADLINE_DELAY = timedelta(days=30)
# Days further off are taken as this far off, which is too far anyway: date arithmetic overflows in 9999.
_FAR_OFF_DELAY = 2 * MAX_DEADLINE_DELAY
_FILLERS = frozenset({"at", "on"})
_UNTIL = re.compile(r"(?:^|\s)until\b", re.IGNORECASE)
_PERIOD_START = re.compile(r"(?:^|\s)(?=(?:in|for)\s+(?:an?|[0-9]+)\b)", re.IGNORECASE)


def split_at_deadline(text: str) -> tuple[str, str | None]:
    """Split "pains until friday" into what stands before the deadline and the deadline, None without one."""
    found = _UNTIL.search(text) or _PERIOD_START.search(text)
    if not found:
        return text.strip(), None
    return text[: found.start()].strip(), text[found.end() :].strip()


def read_deadline(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Read "friday 17:00", "tomorrow" or "in 2 hours"; None is tomorrow at 17:00.

    Return an instant in UTC, at most MAX_DEADLINE_DELAY from now. Raises InvalidTime.
    """
    if text is None:
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return to_utc(datetime.combine(tomorrow, DEFAULT_TIME), zone)
    with with_advice(f"type for example {DEADLINE_EXAMPLES}."):
        deadline = _read_moment(text, now, zone)
        if deadline is None:
            raise InvalidTime(f"I can't read “{TYPED}” as a day or time", typed=text)
        if deadline <= now:
            raise InvalidTime(f"{format_moment(deadline, zone)} is over already")
        if deadline - now > MAX_DEADLINE_DELAY:
            raise InvalidTime(f"A round lasts {MAX_DEADLINE_DELAY.days} days at most, or it is forgotten")
        return deadline


def _read_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    if period := read_period(text):
        return period.after(now, zone, max_days=_FAR_OFF_DELAY.days)
    return _read_day_and_time(tokenize(text.lower().replace(",", " "), _FILLERS), now, zone)


def _read_day_and_time(words: list[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a day, a time, or both in either order. A time alone, or a weekday, is the next one to come."""
    if not 1 <= len(words) <= 2:
        return None
    today = now.astimezone(zone).date()
    if len(words) == 2 and _read_coming_day(words[0], today)[0] is None:
        words.reverse()  # "17:00 friday"
    day, repeats_after_days = _read_coming_day(words[0], today)
    if day is None and len(words) == 2:
        return None
    at = DEFAULT_TIME if day is not None and len(words) == 1 else _read_clear_time(words[-1])
    if at is None:
        return None
    if day is None:
        day, repeats_after_days = today, 1
    day = max(today - _FAR_OFF_DELAY, min(day, today + _FAR_OFF_DELAY))
    moment = to_utc(datetime.combine(day, at), zone)
    if moment <= now and repeats_after_days:
        moment = to_utc(datetime.combine(day + timedelta(days=repeats_after_days), at), zone)
    return moment


def _read_coming_day(word: str, today: date) -> tuple[date | None, int]:
    """Return the day that a word names, and after how many days it comes again: 7 for a weekday, else 0."""
    if word == "today":
        return today, 0
    if word == "tomorrow":
        return today + timedelta(days=1), 0
    if weekday := read_weekday(word):
        return today + timedelta(days=(WEEKDAYS.index(weekday) - today.weekday()) % 7), 7
    return read_date(word), 0


def _read_clear_time(word: str) -> time | None:
    """Read "9:00" or "9am", but no bare "9": it may be meant in the evening."""
    return None if word.isdigit() else read_time(word)
