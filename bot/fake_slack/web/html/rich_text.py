"""Rich text, which is never parsed: its formatting stands beside the words."""

import re
from collections.abc import Callable, Mapping

import htpy as h

from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.place import Given
from bot.fake_slack.web.html.reader import Reader

_STYLES = {"code": h.code, "strike": h.s, "italic": h.em, "bold": h.strong, "underline": h.u}
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def rich_text(given: Given, reader: Reader) -> h.Node:
    """Return what a rich_text block or cell holds."""
    return h.fragment[[_part(part, reader) for part in given.get("elements", [])]]


def in_plain(given: Given, reader: Reader) -> str:
    """Return rich text without its formatting."""
    kind = given.get("type")
    if kind not in {"rich_text", "rich_text_list"} and "elements" in given:
        return "".join(in_plain(one, reader) for one in given["elements"])
    if "elements" in given:
        return "\n".join(in_plain(one, reader) for one in given["elements"])
    match kind:
        case "user":
            return f"@{reader.names.get(given['user_id'], given['user_id'])}"
        case "channel":
            return f"#{reader.channels.get(given['channel_id'], given['channel_id'])}"
        case "emoji":
            return inline.glyph(given.get("name", "")) or f":{given.get('name', '')}:"
    return str(given.get("text") or given.get("url") or given.get("fallback") or given.get("value") or "")


def _part(given: Given, reader: Reader) -> h.Node:
    match given.get("type"):
        case "rich_text_list":
            return _list(given, reader)
        case "rich_text_quote":
            return h.blockquote[_inside(given, reader)]
        case "rich_text_preformatted":
            return h.pre[_inside(given, reader)]
        case _:
            return h.p[_inside(given, reader)]


def _list(given: Given, reader: Reader) -> h.Node:
    indent = min(max(int(given.get("indent") or 0), 0), 8)
    items = [h.li[_inside(one, reader)] for one in given.get("elements", [])]
    if given.get("style") == "ordered":
        offset = int(given.get("offset") or 0)
        return h.ol(f".indent-{indent}", start=offset + 1 if offset else None)[items]
    return h.ul(f".indent-{indent}")[items]


def _inside(given: Given, reader: Reader) -> list[h.Node]:
    return [_styled(one, _leaf(one, reader)) for one in given.get("elements", [])]


def _leaf(given: Given, reader: Reader) -> h.Node:
    show = _LEAVES.get(str(given.get("type")))
    return show(given, reader) if show else _lines(str(given.get("text", "")))


def _styled(given: Given, shown: h.Node) -> h.Node:
    styles = given.get("style")
    if isinstance(styles, Mapping):
        for style, tag in _STYLES.items():
            shown = tag[shown] if styles.get(style) else shown
    return shown


def _lines(text: str) -> h.Node:
    return inline.lines(text.split("\n"))


def _link(given: Given, _reader: Reader) -> h.Node:
    return inline.link(str(given.get("url", "")), _lines(given["text"]) if given.get("text") else None)


def _emoji(given: Given, _reader: Reader) -> h.Node:
    tone = f"::skin-tone-{given['skin_tone']}" if given.get("skin_tone") else ""
    name = str(given.get("name", ""))
    return inline.emoji(name + tone) or f":{name}:"


def _date(given: Given, reader: Reader) -> h.Node:
    fallback = str(given.get("fallback") or given.get("timestamp", ""))
    shown = inline.date(str(given.get("timestamp")), str(given.get("format", "{date}")), fallback, reader)
    return inline.link(given["url"], shown) if inline.is_link(given.get("url") or "") else shown


def _colour(given: Given, _reader: Reader) -> h.Node:
    value = str(given.get("value", ""))
    if not _COLOUR.fullmatch(value):
        return value
    swatch = h.svg(".swatch", {"viewBox": "0 0 10 10"}, aria_hidden="true")
    return h.span(".colour")[swatch[h.rect(width=10, height=10, fill=value)], value]


_LEAVES: Mapping[str, Callable[[Given, Reader], h.Node]] = {
    "link": _link,
    "emoji": _emoji,
    "user": lambda given, reader: inline.user(given["user_id"], reader),
    "channel": lambda given, reader: inline.channel(given["channel_id"], reader),
    "usergroup": lambda given, _: inline.group(given["usergroup_id"]),
    "broadcast": lambda given, _: inline.group(given["range"]),
    "date": _date,
    "color": _colour,
}
