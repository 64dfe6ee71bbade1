"""Formatted text: sections, lists, quotes and preformatted text, and the parts that they hold."""

from collections.abc import Mapping

from bot.fake_slack.blockkit.shapes import Check, Shape, flag, kinds, one_of, several, string, whole

_STYLES = (
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
)
_STYLE: dict[str, Check] = {"style": Shape(may=dict.fromkeys(_STYLES, flag))}

PARTS: Mapping[str, Shape] = {
    "text": Shape({"text": string()}, _STYLE),
    "link": Shape({"url": string()}, {**_STYLE, "text": string(), "unsafe": flag}),
    "emoji": Shape(
        {"name": string()}, {**_STYLE, "skin_tone": whole(0), "unicode": string(), "url": string()}
    ),
    "user": Shape({"user_id": string()}, _STYLE),
    "channel": Shape({"channel_id": string()}, _STYLE),
    "usergroup": Shape({"usergroup_id": string()}, _STYLE),
    "team": Shape({"team_id": string()}, _STYLE),
    "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, _STYLE),
    "date": Shape(
        {"timestamp": whole(0), "format": string()},
        {**_STYLE, "timezone": string(), "url": string(), "fallback": string()},
    ),
    "color": Shape({"value": string()}, _STYLE),
}
_PARTS = {"elements": several(kinds(PARTS))}
_BORDER = {"border": whole(0)}
_SECTION = Shape(_PARTS)

FRAMES: Mapping[str, Shape] = {
    "rich_text_section": _SECTION,
    "rich_text_list": Shape(
        {"style": one_of("bullet", "ordered"), "elements": several(kinds({"rich_text_section": _SECTION}))},
        {**_BORDER, "indent": whole(0, 8), "offset": whole(0)},
    ),
    "rich_text_quote": Shape(_PARTS, _BORDER),
    "rich_text_preformatted": Shape(
        {"elements": several(kinds({kind: PARTS[kind] for kind in ("text", "link")}))}, _BORDER
    ),
}
RICH_TEXT = Shape({"elements": several(kinds(FRAMES))}, {"block_id": string(255)})
