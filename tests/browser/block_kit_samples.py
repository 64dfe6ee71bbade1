"""Block Kit to show: small makers, a message of every block, a modal of every field."""

from collections.abc import Mapping
from typing import Any

from bot.fake_slack.web.html.element_context import BlockKitJson

Made = dict[str, Any]
PICTURE = "/static/icon.svg"


def plain(text: str) -> Made:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Made:
    return {"type": "mrkdwn", "text": text}


def option(text: str) -> Made:
    """Return an option whose value is its text in capitals."""
    return {"text": plain(text), "value": text.upper()}


def options(*texts: str) -> list[Made]:
    return [option(text) for text in texts]


def section(text: str, **more: Any) -> Made:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str, **more: Any) -> Made:
    return {"type": "button", "text": plain(text), "action_id": text.lower(), **more}


def actions(block_id: str, *elements: BlockKitJson) -> Made:
    return {"type": "actions", "block_id": block_id, "elements": [*elements]}


def element(kind: str, **more: Any) -> Made:
    return {"type": kind, "action_id": kind, **more}


def input_block(label: str, asking: BlockKitJson, **more: Any) -> Made:
    """Return an input block, whose id is its label in small letters."""
    return {
        "type": "input",
        "block_id": label.lower(),
        "label": plain(label),
        "element": {"action_id": "given", **asking},
        **more,
    }


def modal(title: str, *blocks: BlockKitJson, **more: Any) -> Made:
    """Return a modal with Submit; its callback id is its title in small letters."""
    return {
        "type": "modal",
        "callback_id": title.lower(),
        "title": plain(title),
        "submit": plain("Submit"),
        "blocks": [*blocks],
        **more,
    }


def home(*blocks: BlockKitJson) -> Made:
    return {"type": "home", "blocks": [*blocks]}


def image(alt: str) -> Made:
    return {"type": "image", "image_url": PICTURE, "alt_text": alt}


def raw(text: str) -> Made:
    return {"type": "raw_text", "text": text}


def _rich(*elements: BlockKitJson) -> Made:
    return {"type": "rich_text_section", "elements": [*elements]}


def _row(number: int) -> list[Made]:
    return [raw(f"Picture {number}"), {"type": "raw_number", "value": number, "text": f"{number} €"}]


CARD = {
    "type": "card",
    "block_id": "card",
    "hero_image": image("A wide view"),
    "icon": image("A stamp"),
    "title": plain("A card"),
    "subtitle": mrkdwn("with a *subtitle*"),
    "body": plain("and a body"),
    "subtext": plain("and a subtext"),
    "actions": [button("Admire", value="card-7")],
}
RICH_TEXT = {
    "type": "rich_text",
    "elements": [
        _rich(
            {"type": "text", "text": "Rich "},
            {"type": "text", "text": "and bold", "style": {"bold": True}},
            {"type": "link", "url": "https://example.com/", "text": "a link"},
            {"type": "emoji", "name": "tada"},
            {"type": "user", "user_id": "U0001"},
        ),
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [_rich({"type": "text", "text": words}) for words in ("First", "Second")],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "A quotation"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
    ],
}
EVERY_BLOCK = (
    {"type": "header", "text": plain("A header :tada:")},
    section(
        "A *bold* section with <https://example.com|a reference>",
        fields=[mrkdwn("*First* field"), plain("Second field")],
        accessory=button("Look"),
    ),
    {"type": "context", "elements": [image("A small picture"), mrkdwn("In a _small_ voice")]},
    {"type": "divider"},
    actions("actions", button("Admit", style="primary"), button("Reject", style="danger")),
    {**image("A large picture"), "title": plain("Its title")},
    RICH_TEXT,
    {
        "type": "table",
        "rows": [[raw("Name"), raw("Year")], [raw("Guernica"), raw("1937")]],
        "column_settings": [None, {"align": "right"}],
    },
    {
        "type": "data_table",
        "caption": "Prices",
        "page_size": 5,
        "rows": [[raw("What"), raw("Price")], *(_row(number) for number in range(1, 13))],
    },
    CARD,
)


def _visitors(kind: str) -> Mapping[str, Any]:
    days = {"Mon": 3, "Tue": 5}
    series = [
        {"name": name, "data": [{"label": day, "value": count * times} for day, count in days.items()]}
        for name, times in (("Adults", 1), ("Children", 2))
    ]
    return {"type": kind, "series": series, "axis_config": {"categories": [*days], "x_label": "Day"}}


def chart(kind: str) -> Made:
    slices = [{"label": "Oil", "value": 3}, {"label": "Ink", "value": 1}]
    drawn = {"type": kind, "segments": slices} if kind == "pie" else _visitors(kind)
    return {"type": "data_visualization", "title": f"Visitors, {kind}", "chart": drawn}


FIELDS = (
    input_block("Line", element("plain_text_input", action_id="given", placeholder=plain("One line"))),
    input_block("Paragraph", {"type": "plain_text_input", "multiline": True, "initial_value": "As\nit was"}),
    input_block(
        "School",
        {
            "type": "static_select",
            "option_groups": [
                {"label": plain("Old"), "options": options("Baroque", "Gothic")},
                {"label": plain("New"), "options": options("Cubism", "Dada")},
            ],
        },
    ),
    input_block(
        "Colours",
        {"type": "multi_static_select", "options": options("Red", "Green", "Blue"), "max_selected_items": 2},
    ),
    input_block("Painters", {"type": "multi_external_select", "min_query_length": 2}),
    input_block("Guide", {"type": "users_select"}),
    input_block("Size", {"type": "radio_buttons", "options": options("Small", "Large")}),
    input_block("Extras", {"type": "checkboxes", "options": options("Frame", "Glass", "Nail")}),
    input_block("Day", {"type": "datepicker", "initial_date": "2026-11-24"}),
    input_block("Hour", {"type": "timepicker"}),
    input_block("Moment", {"type": "datetimepicker"}),
    input_block(
        "Price", {"type": "number_input", "is_decimal_allowed": True, "min_value": "1", "max_value": "99"}
    ),
    input_block("Email", {"type": "email_text_input"}),
    input_block("Site", {"type": "url_text_input"}),
    input_block("Story", {"type": "rich_text_input"}, optional=True, hint=plain("In your own words")),
    input_block("Sketch", {"type": "file_input", "filetypes": ["txt"], "max_files": 1}),
)
