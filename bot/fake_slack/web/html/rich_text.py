"""Render rich text. Its texts are never parsed: their formatting comes as data beside them."""

import re
from collections.abc import Callable, Mapping

import htpy as h

from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.element_context import BlockKitJson
from bot.fake_slack.web.html.reader import Reader

_STYLE_ELEMENTS = {"code": h.code, "strike": h.s, "italic": h.em, "bold": h.strong, "underline": h.u}
_HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def render_rich_text(element: BlockKitJson, reader: Reader) -> h.Node:
    """Return the content of a rich_text block or cell."""
    return h.fragment[[_render_part(part, reader) for part in element.get("elements", [])]]


def rich_text_to_plain(element: BlockKitJson, reader: Reader) -> str:
    """Return rich text without its formatting."""
    kind = element.get("type")
    if kind not in {"rich_text", "rich_text_list"} and "elements" in element:
        return "".join(rich_text_to_plain(one, reader) for one in element["elements"])
    if "elements" in element:
        return "\n".join(rich_text_to_plain(one, reader) for one in element["elements"])
    match kind:
        case "user":
            return f"@{reader.user_names.get(element['user_id'], element['user_id'])}"
        case "channel":
            return f"#{reader.channel_names.get(element['channel_id'], element['channel_id'])}"
        case "emoji":
            return inline.find_emoji(element.get("name", "")) or f":{element.get('name', '')}:"
    return str(
        element.get("text") or element.get("url") or element.get("fallback") or element.get("value") or ""
    )


def _render_part(element: BlockKitJson, reader: Reader) -> h.Node:
    match element.get("type"):
        case "rich_text_list":
            return _render_list(element, reader)
        case "rich_text_quote":
            return h.blockquote[_render_content(element, reader)]
        case "rich_text_preformatted":
            return h.pre[_render_content(element, reader)]
        case _:
            return h.p[_render_content(element, reader)]


def _render_list(element: BlockKitJson, reader: Reader) -> h.Node:
    indent = min(max(int(element.get("indent") or 0), 0), 8)
    items = [h.li[_render_content(one, reader)] for one in element.get("elements", [])]
    if element.get("style") == "ordered":
        offset = int(element.get("offset") or 0)
        return h.ol(f".indent-{indent}", start=offset + 1 if offset else None)[items]
    return h.ul(f".indent-{indent}")[items]


def _render_content(element: BlockKitJson, reader: Reader) -> list[h.Node]:
    return [_apply_styles(one, _render_leaf(one, reader)) for one in element.get("elements", [])]


def _render_leaf(element: BlockKitJson, reader: Reader) -> h.Node:
    render = _LEAF_RENDERERS.get(str(element.get("type")))
    return render(element, reader) if render else _render_lines(str(element.get("text", "")))


def _apply_styles(element: BlockKitJson, shown: h.Node) -> h.Node:
    styles = element.get("style")
    if isinstance(styles, Mapping):
        for style, tag in _STYLE_ELEMENTS.items():
            shown = tag[shown] if styles.get(style) else shown
    return shown


def _render_lines(text: str) -> h.Node:
    return inline.join_lines(text.split("\n"))


def _render_link(element: BlockKitJson, _reader: Reader) -> h.Node:
    return inline.render_link(
        str(element.get("url", "")), _render_lines(element["text"]) if element.get("text") else None
    )


def _render_emoji_element(element: BlockKitJson, _reader: Reader) -> h.Node:
    tone = f"::skin-tone-{element['skin_tone']}" if element.get("skin_tone") else ""
    name = str(element.get("name", ""))
    return inline.render_emoji(name + tone) or f":{name}:"


def _render_date_element(element: BlockKitJson, reader: Reader) -> h.Node:
    fallback = str(element.get("fallback") or element.get("timestamp", ""))
    shown = inline.render_date(
        str(element.get("timestamp")), str(element.get("format", "{date}")), fallback, reader
    )
    return (
        inline.render_link(element["url"], shown)
        if inline.is_allowed_link(element.get("url") or "")
        else shown
    )


def _render_colour(element: BlockKitJson, _reader: Reader) -> h.Node:
    value = str(element.get("value", ""))
    if not _HEX_COLOUR.fullmatch(value):
        return value
    swatch = h.svg(".swatch", {"viewBox": "0 0 10 10"}, aria_hidden="true")
    return h.span(".colour")[swatch[h.rect(width=10, height=10, fill=value)], value]


_LEAF_RENDERERS: Mapping[str, Callable[[BlockKitJson, Reader], h.Node]] = {
    "link": _render_link,
    "emoji": _render_emoji_element,
    "user": lambda element, reader: inline.render_user_mention(element["user_id"], reader),
    "channel": lambda element, reader: inline.render_channel_mention(element["channel_id"], reader),
    "usergroup": lambda element, _: inline.render_group_mention(element["usergroup_id"]),
    "broadcast": lambda element, _: inline.render_group_mention(element["range"]),
    "date": _render_date_element,
    "color": _render_colour,
}
