"""Days and times as people type them, and as Slack shows them. Pure."""

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class NoSuchTime(ValueError):
    """Words that look like a time but name none, such as 25:00."""


def weekday(word: str) -> str | None:
    """Return "mon" for "Mon", "monda" or "Monday," and None for what is no weekday."""
    short = word.lower().rstrip(",")
    found = (day for day, name in zip(DAYS, DAY_NAMES, strict=True) if name.lower().startswith(short))
    return next(found, None) if len(short) > 2 else None


def time_of(word: str) -> time | None:
    """Read "9", "9:30", "17.30" or "5pm"; None for what is no time. Raises NoSuchTime."""
    said = re.fullmatch(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?([ap]m)?", word.lower())
    if not said:
        return None
    hour, minute = int(said[1]), int(said[2] or 0)
    if said[3]:
        hour = hour % 12 + (12 if said[3] == "pm" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise NoSuchTime(word)
    return time(hour, minute)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a wall clock shows this, in UTC.

    What the gap of spring leaves out comes right after it; what autumn repeats counts at its first pass.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone as Slack names it; UTC where nobody knows it here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def shown(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant for mrkdwn: Slack shows it in the reader's zone, words alone in this one."""
    stamp, local = int(at.timestamp()), at.astimezone(zone)
    words = f"{DAY_NAMES[local.weekday()]} {local:%Y-%m-%d %H:%M} ({zone.key})"
    return f"<!date^{stamp}^{{date_short_pretty}} {{time}}|{words}>"
