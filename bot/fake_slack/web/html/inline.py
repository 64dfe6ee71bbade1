"""Render what mrkdwn and rich text have in common: links, mentions, emoji and dates."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import htpy as h

from bot.emoji_names import find_emoji as find_emoji  # noqa: PLC0414 - the modules beside this one use it too
from bot.fake_slack.web.html.reader import Reader

EMOJI_NAME_PATTERN = r"[a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?"

_DATE_TOKEN = re.compile(r"\{([a-z_]+)\}")
_ALLOWED_PREFIXES = ("http://", "https://", "mailto:", "/archives/")


def render_link(url: str, label: h.Node = None) -> h.Node:
    """Return a link;

    the URL as text if it could run a script or leave the web, as javascript: and file: do.
    """
    if not url.lower().startswith(_ALLOWED_PREFIXES):
        return [label, f" ({url})"] if label else url
    return h.a(href=url, target="_blank", rel="noopener noreferrer")[label or url.removeprefix("mailto:")]


def is_allowed_link(url: str) -> bool:
    return url.lower().startswith(_ALLOWED_PREFIXES)


def is_web_url(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def render_user_mention(user_id: str, reader: Reader, label: str = "") -> h.Node:
    name = reader.user_names.get(user_id) or label.removeprefix("@") or user_id
    return h.span(class_=["mention", {"mention-me": user_id == reader.user_id}])[f"@{name}"]


def render_channel_mention(channel_id: str, reader: Reader, label: str = "") -> h.Node:
    """Return a mention of a channel, with a link if the reader is in the channel."""
    name = f"#{reader.channel_names.get(channel_id) or label.removeprefix('#') or channel_id}"
    if channel_id in reader.channel_names:
        return h.a(".mention", href=f"/archives/{channel_id}")[name]
    return h.span(".mention")[name]


def render_group_mention(name: str) -> h.Node:
    """Return a mention of several people: @here or a user group."""
    return h.span(".mention")[f"@{name.removeprefix('@')}"]


def render_emoji(name_with_tone: str) -> h.Element | None:
    """Return the emoji with a name such as "tada" or "wave::skin-tone-3"; None if there is no such name."""
    emoji = find_emoji(name_with_tone)
    if emoji is None:
        return None
    return h.span(".emoji", role="img", aria_label=f":{name_with_tone.partition('::')[0]}:")[emoji]


def render_date(epoch: str, template: str, fallback: str, reader: Reader) -> h.Node:
    """Return a Unix time in Slack's date formats and the reader's time zone;

    the fallback if it is no time.
    """
    moment = parse_timestamp(epoch, reader)
    if moment is None:
        return fallback

    def format_token(token: re.Match[str]) -> str:
        # Slack's "_pretty" formats write "today" for some dates. A page that is rendered once cannot.
        format_moment = _DATE_FORMATS.get(token[1].removesuffix("_pretty"))
        return format_moment(moment) if format_moment else token[0]

    return h.time(datetime=moment.isoformat(), title=f"{_format_long_date(moment)}, {_format_time(moment)}")[
        _DATE_TOKEN.sub(format_token, template)
    ]


def parse_timestamp(epoch: object, reader: Reader) -> datetime | None:
    """Return a Unix time in the reader's time zone; None if it is no time."""
    try:
        return datetime.fromtimestamp(int(str(epoch)), reader.time_zone)
    except (ValueError, OverflowError, OSError):
        return None


def _format_short_date(moment: datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment.year}"


def _format_date(moment: datetime) -> str:
    return f"{moment:%B} {_format_ordinal(moment.day)}, {moment.year}"


def _format_long_date(moment: datetime) -> str:
    return f"{moment:%A}, {_format_date(moment)}"


def _format_time(moment: datetime, *, seconds: bool = False) -> str:
    # The page shows all times with 24 hours, as Slack does for members who prefer that.
    return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


def _format_ordinal(day: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{day}{'th' if day in {11, 12, 13} else endings.get(day % 10, 'th')}"


_DATE_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "date_num": "{:%Y-%m-%d}".format,
    "date_slash": lambda moment: f"{moment.month}/{moment.day}/{moment.year}",
    "date": _format_date,
    "date_short": _format_short_date,
    "date_long": _format_long_date,
    "date_long_full": _format_long_date,
    "day_divider": _format_long_date,
    "time": _format_time,
    "time_secs": lambda moment: _format_time(moment, seconds=True),
    "ago": lambda moment: f"{_format_short_date(moment)}, {_format_time(moment)}",
}


def join_lines(nodes: Iterable[h.Node]) -> list[h.Node]:
    """Put a line break between the nodes."""
    joined: list[h.Node] = []
    for node in nodes:
        joined += [h.br, node]
    return joined[1:]
