"""What follows `vote`: on which box, and until when by the wall clock of whoever starts the round. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.method.kinds import ABOUT, Kind, kind_named
from bot.slack.blockkit.text import cut, esc
from bot.slack.errors import Refusal
from bot.times.clock import DAYS, NoSuchTime, instant, shown, time_of, weekday

EVENING = time(17)  # a day without a time
LONGEST = timedelta(days=30)
EXAMPLES = "`until friday 17:00`, `until tomorrow 9:00`, `until in 2 hours` or `until 2026-12-04`"
EVERYTHING = {"", "all", "all boxes", "everything"}

_UNTIL = re.compile(r"(?:^|\s)until\b", re.IGNORECASE)
_SPAN = re.compile(r"(?:^|\s)(?=(?:in|for)\s+(?:an?|[0-9]+)\b)", re.IGNORECASE)
_IN = re.compile(r"(?:(?:in|for)\s+)(an?|[0-9]{1,5})\s*(minute|min|hour|h|day|week)s?", re.IGNORECASE)


def split(words: str) -> tuple[str, str | None]:
    """Split "pains until friday" into what names the box and what names the end, None where nothing does."""
    if found := _UNTIL.search(words):
        return words[: found.start()].strip(), words[found.end() :].strip()
    if found := _SPAN.search(words):
        return words[: found.start()].strip(), words[found.end() :].strip()
    return words.strip(), None


def box_named(words: str) -> Kind | None:
    """Return the kind that is named, None for all of them. Raises Refusal."""
    if " ".join(words.lower().split()) in EVERYTHING:
        return None
    kind = kind_named(words)
    if kind is None:
        known = ", ".join(f"`{about.word}`" for about in ABOUT.values())
        raise Refusal(
            f"I know no kind “{esc(cut(words, 50))}”: there are {known}, and an end is set with {EXAMPLES}."
        )
    return kind


def deadline(words: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a round ends, in UTC; tomorrow at 17:00 where nobody said. Raises Refusal."""
    wall = now.astimezone(zone).replace(tzinfo=None)
    if words is None:
        return instant(datetime.combine(wall.date() + timedelta(days=1), EVENING), zone)
    at = _span(words, now, zone) or _moment(_pieces(words), now, zone)
    if at is None:
        raise Refusal(f"I can't read “{esc(cut(words, 50))}” as a day or time: type for example {EXAMPLES}.")
    if at <= now:
        raise Refusal(f"{shown(at, zone)} is over already: type for example {EXAMPLES}.")
    if at - now > LONGEST:
        raise Refusal(
            f"A round lasts {LONGEST.days} days at most, or it is forgotten: type for example {EXAMPLES}."
        )
    return at


def _span(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read "in 2 hours". Days are the calendar's: the same time by the wall clock."""
    said = _IN.fullmatch(words.strip())
    if not said:
        return None
    number, unit = int(said[1]) if said[1].isdigit() else 1, said[2].lower()
    if unit.startswith("m"):
        return now + timedelta(minutes=number)
    if unit.startswith("h"):
        return now + timedelta(hours=number)
    days = min(number * (7 if unit == "week" else 1), 2 * LONGEST.days)
    return instant(now.astimezone(zone).replace(tzinfo=None) + timedelta(days=days), zone)


def _pieces(words: str) -> list[str]:
    joined = re.sub(r"([0-9])\s+([ap]m)\b", r"\1\2", words.lower())
    return [word for word in joined.replace(",", " ").split() if word not in {"at", "on"}]


def _moment(pieces: list[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a day, a time, or a day and a time. A time alone, and a weekday, are the next ones to come."""
    if not 1 <= len(pieces) <= 2:
        return None
    today = now.astimezone(zone).date()
    if len(pieces) == 2 and _day(pieces[0], today)[0] is None:
        pieces.reverse()  # "17:00 friday"
    day, every = _day(pieces[0], today)
    if day is None and len(pieces) == 2:
        return None
    at = EVENING if day is not None and len(pieces) == 1 else _time(pieces[-1])
    if at is None:
        return None
    if day is None:
        day, every = today, 1
    if not abs(day - today) <= 2 * LONGEST:  # far from where the calendar ends
        day = today + (2 * LONGEST if day > today else -2 * LONGEST)
    found = instant(datetime.combine(day, at), zone)
    if found <= now and every:
        found = instant(datetime.combine(day + timedelta(days=every), at), zone)
    return found


def _day(word: str, today: date) -> tuple[date | None, int]:
    """Return the day that a word names, and after how many days it comes again: 7 for a weekday, else 0."""
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow"), 0
    if name := weekday(word):
        return today + timedelta(days=(DAYS.index(name) - today.weekday()) % 7), 7
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        try:
            return date.fromisoformat(word), 0
        except ValueError:
            raise Refusal(f"The calendar has no {word}: type for example {EXAMPLES}.") from None
    return None, 0


def _time(word: str) -> time | None:
    """Read a time that can be nothing else: "9:00" or "9am"; a bare 9 may be meant in the evening."""
    if word.isdigit():
        return None
    try:
        return time_of(word)
    except NoSuchTime:
        raise Refusal(f"There is no time {esc(word)}: type for example {EXAMPLES}.") from None
