"""What stands within a line, in mrkdwn and in rich text alike: links, mentions, emoji, dates."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache

import htpy as h
from emoji import emojize

from bot.fake_slack.web.html.reader import Reader

EMOJI = r"[a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?"

_TONES = {str(number): chr(0x1F3F9 + number) for number in range(2, 7)}
_FLAG = re.compile(r"flag-([a-z])([a-z])")
_DATE_TOKEN = re.compile(r"\{([a-z_]+)\}")
_LINKED = ("http://", "https://", "mailto:", "/archives/")


def link(url: str, label: h.Node = None) -> h.Node:
    """Return a link, or the address as text where a browser must not follow it."""
    if not url.lower().startswith(_LINKED):
        return [label, f" ({url})"] if label else url
    return h.a(href=url, target="_blank", rel="noopener noreferrer")[label or url.removeprefix("mailto:")]


def is_link(url: str) -> bool:
    return url.lower().startswith(_LINKED)


def is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def user(user_id: str, reader: Reader, label: str = "") -> h.Node:
    name = reader.names.get(user_id) or label.removeprefix("@") or user_id
    return h.span(class_=["mention", {"mention-me": user_id == reader.id}])[f"@{name}"]


def channel(channel_id: str, reader: Reader, label: str = "") -> h.Node:
    """Return a mention of a channel, which leads there if the reader can go there."""
    name = f"#{reader.channels.get(channel_id) or label.removeprefix('#') or channel_id}"
    if channel_id in reader.channels:
        return h.a(".mention", href=f"/archives/{channel_id}")[name]
    return h.span(".mention")[name]


def group(name: str) -> h.Node:
    """Return a mention of many: @here, or a user group."""
    return h.span(".mention")[f"@{name.removeprefix('@')}"]


def emoji(written: str) -> h.Element | None:
    """Return the picture of an emoji written as name or name::skin-tone-3; None if there is no such name."""
    picture = glyph(written)
    if picture is None:
        return None
    return h.span(".emoji", role="img", aria_label=f":{written.partition('::')[0]}:")[picture]


@lru_cache(maxsize=2048)
def glyph(written: str) -> str | None:
    name, _, tone = written.partition("::skin-tone-")
    picture = _flag(name) or _named(name) or _named(name.replace("-", "_").removeprefix("large_"))
    if picture and tone in _TONES:
        return picture[0] + _TONES[tone] + picture[1:].removeprefix("\ufe0f")
    return picture


def _named(name: str) -> str | None:
    written = f":{name}:"
    found = emojize(written, language="alias")
    return found if found != written else None


def _flag(name: str) -> str | None:
    letters = _FLAG.fullmatch(name)
    return "".join(chr(ord(letter) - ord("a") + 0x1F1E6) for letter in letters.groups()) if letters else None


def date(epoch: str, form: str, fallback: str, reader: Reader) -> h.Node:
    """Return a moment as Slack's date formats write it in the reader's zone; the fallback if it is none."""
    moment = moment_of(epoch, reader)
    if moment is None:
        return fallback

    def written(token: re.Match[str]) -> str:
        write = _DATES.get(
            token[1].removesuffix("_pretty")
        )  # "today" depends on a clock, which a page has not
        return write(moment) if write else token[0]

    return h.time(datetime=moment.isoformat(), title=f"{_long(moment)}, {_time(moment)}")[
        _DATE_TOKEN.sub(written, form)
    ]


def moment_of(epoch: object, reader: Reader) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(epoch)), reader.zone)
    except (ValueError, OverflowError, OSError):
        return None


def _short(moment: datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment.year}"


def _middle(moment: datetime) -> str:
    return f"{moment:%B} {_ordinal(moment.day)}, {moment.year}"


def _long(moment: datetime) -> str:
    return f"{moment:%A}, {_middle(moment)}"


def _time(moment: datetime, *, seconds: bool = False) -> str:
    past = f":{moment:%S}" if seconds else ""
    return f"{moment.hour % 12 or 12}:{moment:%M}{past} {'AM' if moment.hour < 12 else 'PM'}"


def _ordinal(day: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{day}{'th' if day in {11, 12, 13} else endings.get(day % 10, 'th')}"


_DATES: Mapping[str, Callable[[datetime], str]] = {
    "date_num": "{:%Y-%m-%d}".format,
    "date_slash": lambda moment: f"{moment.month}/{moment.day}/{moment.year}",
    "date": _middle,
    "date_short": _short,
    "date_long": _long,
    "date_long_full": _long,
    "day_divider": _long,
    "time": _time,
    "time_secs": lambda moment: _time(moment, seconds=True),
    "ago": lambda moment: f"{_short(moment)}, {_time(moment)}",
}


def lines(nodes: Iterable[h.Node]) -> list[h.Node]:
    """Put a line break between the nodes."""
    broken: list[h.Node] = []
    for node in nodes:
        broken += [h.br, node]
    return broken[1:]
