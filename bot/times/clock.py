"""Convert wall-clock times to instants, and format instants for Slack. Pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def to_utc(local_time: datetime, zone: tzinfo) -> datetime:
    """Return the instant at which the wall clock of a zone shows this time, in UTC.

    Clocks that go forward skip some times: such a time becomes one right after the gap. Clocks that go back
    show some times twice: such a time means the first of the two instants.
    """
    # PEP 495: fold=0 is the first of two instants, and in a gap the UTC offset before it.
    return local_time.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_microseconds(moment: datetime) -> int:
    """Return an instant in whole microseconds since 1970, without the rounding of a float."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a day, in UTC."""
    return to_utc(datetime.combine(day + timedelta(days=1), time()), zone) - timedelta(microseconds=1)


def zone_or_utc(name: str) -> ZoneInfo:
    """Return the time zone of this name; UTC if the time zone database lacks it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def format_moment(moment: datetime) -> str:
    """Return an instant as mrkdwn: Slack shows it in the reader's zone, and as a fallback in its own.

    Where Slack shows no mrkdwn, and in pictures and files, `format_plain_moment` takes its place. A day
    without an hour is no instant: Slack would show some readers the day before (`format_day`).

    See https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
    """
    timestamp = int(moment.timestamp())
    return f"<!date^{timestamp}^{{date_short_pretty}} {{time}}|{format_plain_moment(moment)}>"


def format_plain_moment(moment: datetime) -> str:
    """Return an instant in its own zone as "Fri 4 Dec 17:00 (Europe/Berlin)".

    There is no year: deadlines are at most a month away.
    """
    return f"{_format_local_time(moment)} ({moment.tzinfo})"


def format_short_moment(moment: datetime) -> str:
    """Return an instant as "Fri 4 Dec 17:00 CET", where the name of its zone has no room: in pictures.

    The time zone database has no letters for some zones, but "-03" or "+0545": UTC-3, UTC+5:45.
    """
    zone = f"{moment:%Z}"
    if zone.startswith(("+", "-")):
        hours, minutes = int(zone[:3]), zone[3:]
        zone = f"UTC{hours:+}{minutes and ':' + minutes}"
    return f"{_format_local_time(moment)} {zone}"


def format_day(day: date) -> str:
    """Return a day as "2 Nov 2026"."""
    return f"{format_short_day(day)} {day.year}"


def format_short_day(day: date) -> str:
    """Return a day of the last or the next months as "2 Nov"."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def format_weekday(day: date) -> str:
    """Return a day as "Mon 2 Nov 2026"."""
    return f"{_shorten_weekday(day)} {format_day(day)}"


def _shorten_weekday(day: date) -> str:
    return WEEKDAY_NAMES[day.weekday()][:3]


def _format_local_time(local_time: datetime) -> str:
    """Return a time by its own clock as "Mon 2 Nov 09:00"."""
    return f"{_shorten_weekday(local_time)} {format_short_day(local_time)} {local_time:%H:%M}"
