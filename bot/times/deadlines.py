"""Read the deadline of `/valuemap vote`, by the wall clock of the member who starts the round. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.times.clock import WEEKDAYS, format_moment, to_utc
from bot.times.errors import TYPED_TEXT_PLACEHOLDER, InvalidTime, add_advice
from bot.times.readers import read_date, read_period, read_time, read_weekday, tokenize

DEADLINE_EXAMPLES = "`until friday 17:00`, `until tomorrow 9:00`, `until in 2 hours` or `until 2026-12-04`"
DEFAULT_TIME = time(17)  # for a day without a time
MAX_DEADLINE_DELAY = timedelta(days=30)
# A later day is replaced by this one, which is too late as well, because date arithmetic overflows in 9999.
_FAR_OFF_DELAY = 2 * MAX_DEADLINE_DELAY
_FILLERS = frozenset({"at", "on"})
_UNTIL = re.compile(r"(?:^|\s)until\b", re.IGNORECASE)
_PERIOD_START = re.compile(r"(?:^|\s)(?=(?:in|for)\s+(?:an?|[0-9]+)\b)", re.IGNORECASE)


def split_at_deadline(text: str) -> tuple[str, str | None]:
    """Split "pains until friday" into the text before the deadline and the deadline; None without one."""
    match = _UNTIL.search(text) or _PERIOD_START.search(text)
    if not match:
        return text.strip(), None
    return text[: match.start()].strip(), text[match.end() :].strip()


def read_deadline(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Read "friday 17:00", "tomorrow" or "in 2 hours"; None means tomorrow at 17:00.

    Return an instant in UTC, at most MAX_DEADLINE_DELAY after `now`. Raises InvalidTime.
    """
    if text is None:
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return to_utc(datetime.combine(tomorrow, DEFAULT_TIME), zone)
    with add_advice(f"type for example {DEADLINE_EXAMPLES}."):
        deadline = _read_moment(text, now, zone)
        if deadline is None:
            raise InvalidTime(f"I can't read “{TYPED_TEXT_PLACEHOLDER}” as a day or time", typed=text)
        if deadline <= now:
            raise InvalidTime(f"{format_moment(deadline, zone)} is over already")
        if deadline - now > MAX_DEADLINE_DELAY:
            raise InvalidTime(f"A round lasts {MAX_DEADLINE_DELAY.days} days at most, or it is forgotten")
        return deadline


def _read_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    if period := read_period(text):
        return period.add_to(now, zone, max_days=_FAR_OFF_DELAY.days)
    return _read_day_and_time(tokenize(text.lower().replace(",", " "), _FILLERS), now, zone)


def _read_day_and_time(words: list[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a day, a time, or both in either order. A time without a day, or a weekday, means the next one."""
    if not 1 <= len(words) <= 2:
        return None
    today = now.astimezone(zone).date()
    if len(words) == 2 and _read_coming_day(words[0], today)[0] is None:
        words.reverse()  # "17:00 friday"
    day, repeats_after_days = _read_coming_day(words[0], today)
    if day is None and len(words) == 2:
        return None
    has_time = day is None or len(words) == 2
    time_of_day = _read_unambiguous_time(words[-1]) if has_time else DEFAULT_TIME
    if time_of_day is None:
        return None
    if day is None:
        day, repeats_after_days = today, 1
    day = max(today - _FAR_OFF_DELAY, min(day, today + _FAR_OFF_DELAY))
    moment = to_utc(datetime.combine(day, time_of_day), zone)
    if moment <= now and repeats_after_days:
        next_day = day + timedelta(days=repeats_after_days)
        moment = to_utc(datetime.combine(next_day, time_of_day), zone)
    return moment


def _read_coming_day(word: str, today: date) -> tuple[date | None, int]:
    """Return the day that a word names, and after how many days it repeats: 7 for a weekday, else 0."""
    if word == "today":
        return today, 0
    if word == "tomorrow":
        return today + timedelta(days=1), 0
    if weekday := read_weekday(word):
        return today + timedelta(days=(WEEKDAYS.index(weekday) - today.weekday()) % 7), 7
    return read_date(word), 0


def _read_unambiguous_time(word: str) -> time | None:
    """Read "9:00" or "9am", but not "9", which could also mean the evening."""
    return None if word.isdigit() else read_time(word)
