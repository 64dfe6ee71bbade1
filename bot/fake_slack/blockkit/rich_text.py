"""The rich_text block: sections, lists, quotes and preformatted text, and their inline elements.

Limits: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Mapping

from bot.fake_slack.blockkit.checks import (
    Check,
    ObjectSchema,
    array_of,
    boolean,
    by_type,
    integer,
    one_of,
    string,
)

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
_STYLE: dict[str, Check] = {"style": ObjectSchema(optional=dict.fromkeys(_STYLES, boolean))}

INLINE_ELEMENTS: Mapping[str, ObjectSchema] = {
    "text": ObjectSchema({"text": string()}, _STYLE),
    "link": ObjectSchema({"url": string()}, {**_STYLE, "text": string(), "unsafe": boolean}),
    "emoji": ObjectSchema(
        {"name": string()}, {**_STYLE, "skin_tone": integer(0), "unicode": string(), "url": string()}
    ),
    "user": ObjectSchema({"user_id": string()}, _STYLE),
    "channel": ObjectSchema({"channel_id": string()}, _STYLE),
    "usergroup": ObjectSchema({"usergroup_id": string()}, _STYLE),
    "team": ObjectSchema({"team_id": string()}, _STYLE),
    "broadcast": ObjectSchema({"range": one_of("here", "channel", "everyone")}, _STYLE),
    "date": ObjectSchema(
        {"timestamp": integer(0), "format": string()},
        {**_STYLE, "timezone": string(), "url": string(), "fallback": string()},
    ),
    "color": ObjectSchema({"value": string()}, _STYLE),
}
_INLINE_CONTENT = {"elements": array_of(by_type(INLINE_ELEMENTS))}
_BORDER = {"border": integer(0)}
_SECTION = ObjectSchema(_INLINE_CONTENT)

CONTAINERS: Mapping[str, ObjectSchema] = {
    "rich_text_section": _SECTION,
    "rich_text_list": ObjectSchema(
        {
            "style": one_of("bullet", "ordered"),
            "elements": array_of(by_type({"rich_text_section": _SECTION})),
        },
        {**_BORDER, "indent": integer(0, 8), "offset": integer(0)},
    ),
    "rich_text_quote": ObjectSchema(_INLINE_CONTENT, _BORDER),
    "rich_text_preformatted": ObjectSchema(
        {"elements": array_of(by_type({name: INLINE_ELEMENTS[name] for name in ("text", "link")}))}, _BORDER
    ),
}
RICH_TEXT = ObjectSchema({"elements": array_of(by_type(CONTAINERS))}, {"block_id": string(255)})
