"""Wall clocks and instants: from one to the other, and as Slack shows them. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def to_utc(local_time: datetime, zone: ZoneInfo) -> datetime:
    """Return when the wall clock of a zone shows this time, in UTC.

    A time in the gap of spring, which no clock shows, comes right after the gap. A time in the overlap of
    autumn, which clocks show twice, counts at its first pass.
    """
    return local_time.replace(tzinfo=zone, fold=0).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a day, in UTC."""
    return to_utc(datetime.combine(day + timedelta(days=1), time()), zone) - timedelta(microseconds=1)


def zone_or_utc(name: str) -> ZoneInfo:
    """Return the time zone that Slack names; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def format_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant for mrkdwn: Slack shows it in the reader's zone, and plain text in this one.

    See https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
    """
    timestamp, local = int(at.timestamp()), at.astimezone(zone)
    fallback = f"{WEEKDAY_NAMES[local.weekday()]} {local:%Y-%m-%d %H:%M} ({zone.key})"
    return f"<!date^{timestamp}^{{date_short_pretty}} {{time}}|{fallback}>"
