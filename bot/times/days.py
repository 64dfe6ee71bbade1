"""Which day is meant by what follows `show`. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.slack.blockkit.text import cut, esc
from bot.slack.errors import Refusal
from bot.times.clock import DAYS, instant, weekday

EXAMPLES = "`/valuemap show 2026-11-02`, `/valuemap show yesterday` or `/valuemap show monday`"


def day_named(words: str, today: date) -> date:
    """Read "2026-11-02", "yesterday" or "monday", the last one before today. Raises Refusal."""
    said = words.lower().removeprefix("on ").removeprefix("last ").strip()
    if said in {"today", "now"}:
        return today
    if said == "yesterday":
        return today - timedelta(days=1)
    if day := weekday(said):
        back = (today.weekday() - DAYS.index(day) - 1) % 7 + 1
        return today - timedelta(days=back)
    found = _iso(said)
    if found is None:
        raise Refusal(f"I can't read “{esc(cut(words, 50))}” as a day: type for example {EXAMPLES}.")
    if found > today:
        raise Refusal(f"{found} has not come yet: type for example {EXAMPLES}.")
    return found


def _iso(said: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", said):
        return None
    year, month, day = map(int, said.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last moment of a day, in UTC."""
    return instant(datetime.combine(day + timedelta(days=1), time()), zone) - timedelta(microseconds=1)
