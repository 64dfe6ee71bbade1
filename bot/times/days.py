"""Read the day of `/valuemap show DAY`. Pure."""

from datetime import date, timedelta

from bot.times.clock import WEEKDAYS
from bot.times.errors import TYPED_TEXT_PLACEHOLDER, InvalidTime, add_advice
from bot.times.readers import read_date, read_weekday, tokenize

DAY_EXAMPLES = "`/valuemap show 2026-11-02`, `/valuemap show yesterday` or `/valuemap show monday`"
_FILLERS = ("on", "last")  # words before a day that are ignored, in this order


def read_day(text: str, today: date) -> date:
    """Read "2026-11-02", "yesterday" or "monday", the last one before today. Raises InvalidTime."""
    with add_advice(f"type for example {DAY_EXAMPLES}."):
        day = _read_past_day(tokenize(text.lower()), today)
        if day is None:
            raise InvalidTime(f"I can't read “{TYPED_TEXT_PLACEHOLDER}” as a day", typed=text)
        if day > today:
            raise InvalidTime(f"{day} has not come yet")
        return day


def _read_past_day(words: list[str], today: date) -> date | None:
    for filler in _FILLERS:
        if words[:1] == [filler]:
            words = words[1:]
    if len(words) != 1:
        return None
    word = words[0]
    if word in {"today", "now"}:
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    if weekday := read_weekday(word):
        days_ago = (today.weekday() - WEEKDAYS.index(weekday) - 1) % 7 + 1
        return today - timedelta(days=days_ago)
    try:
        return read_date(word)
    except InvalidTime:
        return None  # a date that the calendar lacks, such as 2026-02-30: the caller describes the error
