"""Every limit of Block Kit: at the limit passes, one over it is refused, and the refusal says where."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bot.fake_slack.blockkit import InvalidBlocks, check_blocks, check_view, count_characters

Object = dict[str, Any]
Blocks = list[Object]
Make = Callable[[int], Blocks]

URL = "https://example.com/"


def text(words: str = "x", kind: str = "plain_text") -> Object:
    return {"type": kind, "text": words}


def xs(length: int) -> Object:
    return text("x" * length)


def url(length: int) -> str:
    return URL + "x" * (length - len(URL))


def section(**more: Any) -> Blocks:
    return [{"type": "section", "text": text("x", "mrkdwn"), **more}]


def actions(*elements: Object) -> Blocks:
    return [{"type": "actions", "elements": list(elements)}]


def field(kind: str = "plain_text_input", **more: Any) -> Blocks:
    return [{"type": "input", "label": text(), "element": {"type": kind, "action_id": "a", **more}}]


def context(*elements: Object) -> Blocks:
    return [{"type": "context", "elements": list(elements)}]


def act(kind: str, **more: Any) -> Blocks:
    return actions({"type": kind, "action_id": "a", **more})


def button(label: str = "Go", action: str = "go", **more: Any) -> Object:
    return {"type": "button", "text": text(label), "action_id": action, **more}


def option(value: str = "0", **more: Any) -> Object:
    return {"text": text(), "value": value, **more}


def options(count: int) -> list[Object]:
    return [option(str(number)) for number in range(count)]


def groups(count: int, each: int = 1, label: int = 1) -> list[Object]:
    return [
        {"label": xs(label), "options": [option(f"{group}.{number}") for number in range(each)]}
        for group in range(count)
    ]


def select(count: int = 1, **more: Any) -> Blocks:
    return act("static_select", options=options(count), **more)


def confirm(**more: Any) -> Blocks:
    words = {"title": text(), "text": text(), "confirm": text(), "deny": text()}
    return actions(button(confirm={**words, **more}))


def image(**more: Any) -> Object:
    return {"type": "image", "image_url": URL, "alt_text": "x", **more}


def number(**more: Any) -> Blocks:
    return field("number_input", **{"is_decimal_allowed": False, **more})


def rich(*frames: Object) -> Object:
    return {"type": "rich_text", "elements": list(frames)}


def part(kind: str, **more: Any) -> Blocks:
    return [rich({"type": "rich_text_section", "elements": [{"type": kind, **more}]})]


def listed(**more: Any) -> Blocks:
    lines = [{"type": "rich_text_section", "elements": [text(kind="text")]}]
    return [rich({"type": "rich_text_list", "style": "bullet", "elements": lines, **more})]


RICH_CELL = rich({"type": "rich_text_section", "elements": [text(kind="text")]})


def cell(length: int = 1) -> Object:
    return {"type": "raw_text", "text": "x" * length}


def rows(count: int, columns: int = 1) -> list[list[Object]]:
    return [[cell()] * columns for _ in range(count)]


def table(cells: list[list[Object]] | None = None, **more: Any) -> Object:
    return {"type": "table", "rows": rows(1) if cells is None else cells, **more}


def data_table(cells: list[list[Object]] | None = None, **more: Any) -> Object:
    return {"type": "data_table", "caption": "x", "rows": cells or rows(2), **more}


def chart(title: str = "x", **chart: Any) -> Object:
    return {"type": "data_visualization", "title": title, "chart": chart}


def pie(segments: int = 1, label: int = 1, value: float = 1) -> Object:
    return chart(type="pie", segments=[{"label": "x" * label, "value": value}] * segments)


def line(names: list[str] | None = None, categories: list[str] | None = None, **axes: Any) -> Object:
    labels = ["Jan"] if categories is None else categories
    data = [{"label": label, "value": -1.5} for label in labels]
    series = [{"name": name, "data": data} for name in (["A"] if names is None else names)]
    return chart(type="line", series=series, axis_config={"categories": labels, **axes})


def numerals(count: int) -> list[str]:
    return [str(one) for one in range(count)]


def card(**more: Any) -> Blocks:
    return [{"type": "card", "title": text(), **more}]


def container(**more: Any) -> Blocks:
    return [{"type": "container", "title": text(), "child_blocks": section(), **more}]


def numbered(count: int) -> list[Object]:
    return [button(action=str(one)) for one in range(count)]


MOST: Mapping[str, tuple[Make, int, str]] = {
    "blocks of a message": (lambda n: [{"type": "divider"}] * n, 50, "/blocks"),
    "block_id": (lambda n: [{"type": "divider", "block_id": "x" * n}], 255, "/blocks/0/block_id"),
    "text of a section": (lambda n: section(text=xs(n)), 3000, "/blocks/0/text/text"),
    "fields of a section": (lambda n: section(fields=[text()] * n), 10, "/blocks/0/fields"),
    "a field of a section": (lambda n: section(fields=[xs(n)]), 2000, "/blocks/0/fields/0/text"),
    "header": (lambda n: [{"type": "header", "text": xs(n)}], 150, "/blocks/0/text/text"),
    "level of a header": (
        lambda n: [{"type": "header", "text": text(), "level": n}],
        4,
        "/blocks/0/level",
    ),
    "elements of a context": (lambda n: context(*[text()] * n), 10, "/blocks/0/elements"),
    "text of a context": (lambda n: context(xs(n)), 3000, "/blocks/0/elements/0/text"),
    "elements of actions": (lambda n: actions(*numbered(n)), 25, "/blocks/0/elements"),
    "alt_text": (lambda n: [image(alt_text="x" * n)], 2000, "/blocks/0/alt_text"),
    "image_url": (lambda n: [image(image_url=url(n))], 3000, "/blocks/0/image_url"),
    "title of an image": (lambda n: [image(title=xs(n))], 2000, "/blocks/0/title/text"),
    "alt_text of an image element": (
        lambda n: section(accessory=image(alt_text="x" * n)),
        2000,
        "/blocks/0/accessory/alt_text",
    ),
    "image_url of an image element": (
        lambda n: context(image(image_url=url(n))),
        3000,
        "/blocks/0/elements/0/image_url",
    ),
    "label of an input": (lambda n: [{**field()[0], "label": xs(n)}], 2000, "/blocks/0/label/text"),
    "hint of an input": (lambda n: [{**field()[0], "hint": xs(n)}], 2000, "/blocks/0/hint/text"),
    "action_id": (lambda n: actions(button(action="x" * n)), 255, "/blocks/0/elements/0/action_id"),
    "text of a button": (lambda n: actions(button("x" * n)), 75, "/blocks/0/elements/0/text/text"),
    "value of a button": (lambda n: actions(button(value="x" * n)), 2000, "/blocks/0/elements/0/value"),
    "url of a button": (lambda n: actions(button(url=url(n))), 3000, "/blocks/0/elements/0/url"),
    "accessibility_label": (
        lambda n: actions(button(accessibility_label="x" * n)),
        75,
        "/blocks/0/elements/0/accessibility_label",
    ),
    "agent_prompt": (
        lambda n: actions(button(agent_prompt="x" * n)),
        4000,
        "/blocks/0/elements/0/agent_prompt",
    ),
    "title of a confirmation": (
        lambda n: confirm(title=xs(n)),
        100,
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "text of a confirmation": (lambda n: confirm(text=xs(n)), 300, "/blocks/0/elements/0/confirm/text/text"),
    "confirm of a confirmation": (
        lambda n: confirm(confirm=xs(n)),
        30,
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "deny of a confirmation": (lambda n: confirm(deny=xs(n)), 30, "/blocks/0/elements/0/confirm/deny/text"),
    "placeholder": (lambda n: select(placeholder=xs(n)), 150, "/blocks/0/elements/0/placeholder/text"),
    "options of a select": (select, 100, "/blocks/0/elements/0/options"),
    "option_groups": (
        lambda n: act("static_select", option_groups=groups(n)),
        100,
        "/blocks/0/elements/0/option_groups",
    ),
    "options of a group": (
        lambda n: act("multi_static_select", option_groups=groups(1, n)),
        100,
        "/blocks/0/elements/0/option_groups/0/options",
    ),
    "label of a group": (
        lambda n: act("static_select", option_groups=groups(1, label=n)),
        75,
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    "text of an option": (
        lambda n: act("static_select", options=[option(text=xs(n))]),
        75,
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "value of an option": (
        lambda n: act("static_select", options=[option("x" * n)]),
        150,
        "/blocks/0/elements/0/options/0/value",
    ),
    "text of a formatted option": (
        lambda n: act("checkboxes", options=[option(text=xs(n))]),
        75,
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "description of an option": (
        lambda n: act("static_select", options=[option(description=xs(n))]),
        75,
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "description of a formatted option": (
        lambda n: act("radio_buttons", options=[option(description=xs(n))]),
        75,
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "url of an option": (
        lambda n: act("overflow", options=[option(url=url(n))]),
        3000,
        "/blocks/0/elements/0/options/0/url",
    ),
    "options of an overflow": (
        lambda n: act("overflow", options=options(n)),
        5,
        "/blocks/0/elements/0/options",
    ),
    "checkboxes": (lambda n: act("checkboxes", options=options(n)), 10, "/blocks/0/elements/0/options"),
    "radio buttons": (lambda n: field("radio_buttons", options=options(n)), 10, "/blocks/0/element/options"),
    "min_length": (lambda n: field(min_length=n), 3000, "/blocks/0/element/min_length"),
    "max_length": (lambda n: field(max_length=n), 3000, "/blocks/0/element/max_length"),
    "initial_value": (
        lambda n: field(initial_value="x" * n, max_length=7),
        7,
        "/blocks/0/element/initial_value",
    ),
    "initial_value without max_length": (
        lambda n: field(initial_value="x" * n),
        3000,
        "/blocks/0/element/initial_value",
    ),
    "min_length against max_length": (
        lambda n: field(min_length=n, max_length=9),
        9,
        "/blocks/0/element/min_length",
    ),
    "min_value against max_value": (
        lambda n: number(min_value=str(n), max_value="10"),
        10,
        "/blocks/0/element/min_value",
    ),
    "a number against max_value": (
        lambda n: number(initial_value=str(n), max_value="10"),
        10,
        "/blocks/0/element/initial_value",
    ),
    "lines of formatted text": (
        lambda n: field("rich_text_input", max_lines=n),
        100,
        "/blocks/0/element/max_lines",
    ),
    "indent of a list": (lambda n: listed(indent=n), 8, "/blocks/0/elements/0/indent"),
    "blocks of a container": (
        lambda n: container(child_blocks=[{"type": "divider"}] * n),
        10,
        "/blocks/0/child_blocks",
    ),
    "title of a container": (lambda n: container(title=xs(n)), 150, "/blocks/0/title/text"),
    "subtitle of a container": (lambda n: container(subtitle=xs(n)), 150, "/blocks/0/subtitle/text"),
    "rows of a table": (lambda n: [table(rows(n))], 100, "/blocks/0/rows"),
    "cells of a row": (lambda n: [table(rows(1, n))], 20, "/blocks/0/rows/0"),
    "block_id of a cell": (
        lambda n: [table([[{**RICH_CELL, "block_id": "x" * n}]])],
        255,
        "/blocks/0/rows/0/0/block_id",
    ),
    "column_settings": (lambda n: [table(column_settings=[None] * n)], 20, "/blocks/0/column_settings"),
    "characters of a table": (lambda n: [table([[cell(n - 5), cell(5)]])], 10_000, "/blocks/0/rows"),
    "rows of a data table": (lambda n: [data_table(rows(n))], 201, "/blocks/0/rows"),
    "columns of a data table": (lambda n: [data_table(rows(2, n))], 20, "/blocks/0/rows/0"),
    "page_size": (lambda n: [data_table(page_size=n)], 100, "/blocks/0/page_size"),
    "row_header_column_index": (
        lambda n: [data_table(rows(2, 3), row_header_column_index=n)],
        2,
        "/blocks/0/row_header_column_index",
    ),
    "characters of all data tables": (
        lambda n: [data_table([[cell()], [cell(9999)]]), data_table([[cell()], [cell(n - 10_001)]])],
        20_000,
        "/blocks/1/rows",
    ),
    "charts of a message": (lambda n: [pie()] * n, 2, "/blocks/2"),
    "title of a chart": (lambda n: [{**pie(), "title": "x" * n}], 50, "/blocks/0/title"),
    "segments": (lambda n: [pie(n)], 12, "/blocks/0/chart/segments"),
    "label of a segment": (lambda n: [pie(label=n)], 20, "/blocks/0/chart/segments/0/label"),
    "series": (lambda n: [line(numerals(n))], 12, "/blocks/0/chart/series"),
    "name of a series": (lambda n: [line(["x" * n])], 20, "/blocks/0/chart/series/0/name"),
    "points": (lambda n: [line(categories=numerals(n))], 20, "/blocks/0/chart/series/0/data"),
    "label of a point": (
        lambda n: [line(categories=["x" * n])],
        20,
        "/blocks/0/chart/series/0/data/0/label",
    ),
    "x_label": (lambda n: [line(x_label="x" * n)], 50, "/blocks/0/chart/axis_config/x_label"),
    "y_label": (lambda n: [line(y_label="x" * n)], 50, "/blocks/0/chart/axis_config/y_label"),
    "title of a card": (lambda n: card(title=xs(n)), 150, "/blocks/0/title/text"),
    "subtitle of a card": (lambda n: card(subtitle=xs(n)), 150, "/blocks/0/subtitle/text"),
    "body of a card": (lambda n: card(body=xs(n)), 200, "/blocks/0/body/text"),
    "subtext of a card": (lambda n: card(subtext=xs(n)), 200, "/blocks/0/subtext/text"),
    "buttons of a card": (lambda n: card(actions=numbered(n)), 3, "/blocks/0/actions"),
}
MOST_IN_A_MODAL: Mapping[str, tuple[Make, int, str]] = {
    "blocks of a view": (lambda n: [{"type": "divider"}] * n, 100, "/blocks"),
    "text of an alert": (lambda n: [{"type": "alert", "text": xs(n)}], 200, "/blocks/0/text/text"),
    "files": (lambda n: field("file_input", max_files=n), 10, "/blocks/0/element/max_files"),
}
LEAST: Mapping[str, tuple[Make, int, str]] = {
    "block_id": (lambda n: [{"type": "divider", "block_id": "x" * n}], 1, "/blocks/0/block_id"),
    "text of a section": (lambda n: section(text=xs(n)), 1, "/blocks/0/text/text"),
    "level of a header": (
        lambda n: [{"type": "header", "text": text(), "level": n}],
        1,
        "/blocks/0/level",
    ),
    "elements of a context": (lambda n: context(*[text()] * n), 1, "/blocks/0/elements"),
    "elements of actions": (lambda n: actions(*numbered(n)), 1, "/blocks/0/elements"),
    "alt_text": (lambda n: [image(alt_text="x" * n)], 1, "/blocks/0/alt_text"),
    "action_id": (lambda n: actions(button(action="x" * n)), 1, "/blocks/0/elements/0/action_id"),
    "options of a select": (select, 1, "/blocks/0/elements/0/options"),
    "option_groups": (
        lambda n: act("static_select", option_groups=groups(n)),
        1,
        "/blocks/0/elements/0/option_groups",
    ),
    "options of an overflow": (
        lambda n: act("overflow", options=options(n)),
        1,
        "/blocks/0/elements/0/options",
    ),
    "checkboxes": (lambda n: act("checkboxes", options=options(n)), 1, "/blocks/0/elements/0/options"),
    "boxes checked at first": (
        lambda n: act("checkboxes", options=options(2), initial_options=options(n)),
        1,
        "/blocks/0/elements/0/initial_options",
    ),
    "initial_options": (
        lambda n: act("multi_external_select", initial_options=options(n)),
        1,
        "/blocks/0/elements/0/initial_options",
    ),
    "max_selected_items": (
        lambda n: act("multi_users_select", max_selected_items=n),
        1,
        "/blocks/0/elements/0/max_selected_items",
    ),
    "min_query_length": (
        lambda n: act("external_select", min_query_length=n),
        0,
        "/blocks/0/elements/0/min_query_length",
    ),
    "seconds, not milliseconds or years": (
        lambda n: act("datetimepicker", initial_date_time=n),
        1_000_000_000,
        "/blocks/0/elements/0/initial_date_time",
    ),
    "min_length": (lambda n: field(min_length=n), 0, "/blocks/0/element/min_length"),
    "max_length": (lambda n: field(max_length=n), 1, "/blocks/0/element/max_length"),
    "a number against min_value": (
        lambda n: number(initial_value=str(n), min_value="-2", max_value="2"),
        -2,
        "/blocks/0/element/min_value",
    ),
    "lines of formatted text": (
        lambda n: field("rich_text_input", min_lines=n),
        1,
        "/blocks/0/element/min_lines",
    ),
    "indent of a list": (lambda n: listed(indent=n), 0, "/blocks/0/elements/0/indent"),
    "offset of a list": (lambda n: listed(offset=n), 0, "/blocks/0/elements/0/offset"),
    "border of a list": (lambda n: listed(border=n), 0, "/blocks/0/elements/0/border"),
    "tone of an emoji": (
        lambda n: part("emoji", name="wave", skin_tone=n),
        0,
        "/blocks/0/elements/0/elements/0/skin_tone",
    ),
    "time of a date": (
        lambda n: part("date", timestamp=n, format="{date}"),
        0,
        "/blocks/0/elements/0/elements/0/timestamp",
    ),
    "rows of a table": (lambda n: [table(rows(n))], 1, "/blocks/0/rows"),
    "cells of a row": (lambda n: [table(rows(1, n))], 1, "/blocks/0/rows/0"),
    "rows of a data table": (lambda n: [data_table(rows(n))], 2, "/blocks/0/rows"),
    "columns of a data table": (lambda n: [data_table(rows(2, n))], 1, "/blocks/0/rows/0"),
    "caption": (lambda n: [data_table(caption="x" * n)], 1, "/blocks/0/caption"),
    "page_size": (lambda n: [data_table(page_size=n)], 1, "/blocks/0/page_size"),
    "row_header_column_index": (
        lambda n: [data_table(row_header_column_index=n)],
        0,
        "/blocks/0/row_header_column_index",
    ),
    "title of a chart": (lambda n: [{**pie(), "title": "x" * n}], 1, "/blocks/0/title"),
    "segments": (lambda n: [pie(n)], 1, "/blocks/0/chart/segments"),
    "value of a segment": (lambda n: [pie(value=n)], 1, "/blocks/0/chart/segments/0/value"),
    "series": (lambda n: [line(numerals(n))], 1, "/blocks/0/chart/series"),
    "points": (lambda n: [line(categories=numerals(n))], 1, "/blocks/0/chart/series/0/data"),
}

RIGHT: Mapping[str, Blocks] = {
    "nothing": [],
    "a section of fields only": [{"type": "section", "fields": [text()]}],
    "a section that expands": section(expand=True, block_id="b"),
    "an image beside a section": section(accessory=image()),
    "text and image in a context": context(text("x", "mrkdwn"), image()),
    "an image by its id": [{"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}],
    "an image by its link": [{"type": "image", "alt_text": "x", "slack_file": {"url": URL}}],
    "buttons without action_id": actions(
        {"type": "button", "text": text()}, {"type": "button", "text": text()}
    ),
    "the same action_id in two blocks": actions(button()) * 2,
    "a button without a value": actions(button(value="")),
    "a button asking back": confirm(style="danger", text=text("x", "mrkdwn")),
    "an option chosen at first": select(2, initial_option=option("1")),
    "an option of a group chosen at first": act(
        "multi_static_select", option_groups=groups(2), initial_options=[option("1.0")]
    ),
    "options with links": act("overflow", options=[option(url=URL)]),
    "formatted checkboxes": act(
        "checkboxes", options=[{"text": text("*x*", "mrkdwn"), "value": "0"}], focus_on_load=True
    ),
    "a radio button chosen at first": act("radio_buttons", options=options(2), initial_option=option("1")),
    "options from elsewhere": act("external_select", min_query_length=0, initial_option=option()),
    "a person": act("users_select", initial_user="U1"),
    "people": act("multi_users_select", initial_users=["U1", "U2"], max_selected_items=2),
    "a conversation": act("conversations_select", filter={"include": ["im"], "exclude_bot_users": True}),
    "conversations": act("multi_conversations_select", default_to_current_conversation=True),
    "a channel": act("channels_select", initial_channel="C1", response_url_enabled=True),
    "channels": act("multi_channels_select", initial_channels=["C1"]),
    "a leap day": act("datepicker", initial_date="2028-02-29"),
    "a minute to midnight": act("timepicker", initial_time="23:59", timezone="Europe/Berlin"),
    "a moment": act("datetimepicker", initial_date_time=9_999_999_999),
    "writing that is sent as it goes on": [
        {
            **field(multiline=True, dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]})[0],
            "dispatch_action": True,
            "optional": True,
        }
    ],
    "an address": field("email_text_input", initial_value="a@example.com", placeholder=text()),
    "a link": field("url_text_input", initial_value=""),
    "a number with decimals": number(is_decimal_allowed=True, initial_value="-0.5", min_value="-1"),
    "formatted writing": field("rich_text_input", initial_value=RICH_CELL, min_lines=2, max_lines=2),
    "styled text": part("text", text="x", style={"bold": True, "code": False}),
    "an emoji": part("emoji", name="wave", skin_tone=2),
    "a link in text": part("link", url=URL, text="x"),
    "a person in text": part("user", user_id="U1"),
    "a channel in text": part("channel", channel_id="C1"),
    "a group in text": part("usergroup", usergroup_id="S1"),
    "a team in text": part("team", team_id="T1"),
    "everyone here": part("broadcast", range="here"),
    "a date in text": part("date", timestamp=1, format="{date}", fallback="x"),
    "a colour in text": part("color", value="#ffffff"),
    "a list": listed(style="ordered", offset=3, border=1),
    "a quote": [rich({"type": "rich_text_quote", "elements": [text(kind="text")]})],
    "preformatted text": [rich({"type": "rich_text_preformatted", "elements": [text(kind="text")]})],
    "a table of every cell": [
        table(
            [[cell(), {"type": "raw_number", "value": 1.5, "text": "1.5"}], [RICH_CELL]],
            column_settings=[None, {"align": "right", "is_wrapped": True}],
        )
    ],
    "a data table of every cell": [
        data_table([[cell()] * 2, [{"type": "raw_number", "value": 1, "text": "1"}, RICH_CELL]], page_size=5)
    ],
    "a table of each kind": [table([[cell(10_000)]]), data_table([[cell()], [cell(19_999)]])],
    "points in another order": [
        chart(
            type="area",
            series=[{"name": "A", "data": [{"label": "b", "value": 0}, {"label": "a", "value": 1}]}],
            axis_config={"categories": ["a", "b"]},
        )
    ],
    "a folded container": container(is_collapsible=True, default_collapsed=True, width="full"),
    "a container with a line below its head": container(has_header_divider=True),
    "a card of buttons": [{"type": "card", "actions": [button()]}],
    "a card of a picture": [{"type": "card", "hero_image": image(), "icon": image()}],
    "a card with Slack's icon": card(slack_icon={"type": "icon", "name": "star"}, subtext=text()),
}
WRONG: Mapping[str, tuple[Blocks, str]] = {
    "an unknown block": ([{"type": "diagram"}], "/blocks/0"),
    "a block without a type": ([{}], "/blocks/0"),
    "an unknown key": ([{"type": "divider", "colour": "red"}], "/blocks/0"),
    "a block_id twice": ([{"type": "divider", "block_id": "b"}] * 2, "/blocks/1/block_id"),
    "a section of nothing": ([{"type": "section"}], "/blocks/0"),
    "a bare string for a text": (section(text="x"), "/blocks/0/text"),
    "emoji in mrkdwn": (section(text={**text("x", "mrkdwn"), "emoji": True}), "/blocks/0/text"),
    "expand in words": (section(expand="yes"), "/blocks/0/expand"),
    "a header in mrkdwn": ([{"type": "header", "text": text("x", "mrkdwn")}], "/blocks/0/text"),
    "a header of half a level": ([{"type": "header", "text": text(), "level": 1.5}], "/blocks/0/level"),
    "a button in a context": (context(button()), "/blocks/0/elements/0"),
    "an image without words": ([{"type": "image", "image_url": URL}], "/blocks/0"),
    "an image from nowhere": ([{"type": "image", "alt_text": "x"}], "/blocks/0"),
    "an image from two places": ([image(slack_file={"id": "F1"})], "/blocks/0"),
    "a file by id and link": (
        [{"type": "image", "alt_text": "x", "slack_file": {"id": "F1", "url": URL}}],
        "/blocks/0/slack_file",
    ),
    "an image element with an action_id": (
        section(accessory=image(action_id="a")),
        "/blocks/0/accessory",
    ),
    "an input without a label": ([{"type": "input", "element": field()[0]["element"]}], "/blocks/0"),
    "an unknown element": (act("slider"), "/blocks/0/elements/0"),
    "an unknown key of an element": (actions(button(colour="red")), "/blocks/0/elements/0"),
    "an action_id twice": (actions(button(), button()), "/blocks/0/elements/1/action_id"),
    "an action_id twice in a card": (
        card(actions=[button(), button()]),
        "/blocks/0/actions/1/action_id",
    ),
    "a style of one's own": (actions(button(style="blue")), "/blocks/0/elements/0/style"),
    "a button without text": (act("button"), "/blocks/0/elements/0"),
    "a confirmation without deny": (
        actions(button(confirm={"title": text(), "text": text(), "confirm": text()})),
        "/blocks/0/elements/0/confirm",
    ),
    "a confirmation's title in mrkdwn": (
        confirm(title=text("x", "mrkdwn")),
        "/blocks/0/elements/0/confirm/title",
    ),
    "a confirmation in another colour": (confirm(style="blue"), "/blocks/0/elements/0/confirm/style"),
    "options and groups": (select(option_groups=groups(1)), "/blocks/0/elements/0"),
    "neither options nor groups": (act("static_select"), "/blocks/0/elements/0"),
    "a value twice": (act("static_select", options=[option(), option()]), "/blocks/0/elements/0"),
    "a value twice in two groups": (
        act("static_select", option_groups=[{"label": text(), "options": [option()]}] * 2),
        "/blocks/0/elements/0",
    ),
    "a link of an option outside an overflow": (
        act("static_select", options=[option(url=URL)]),
        "/blocks/0/elements/0/options/0",
    ),
    "a formatted option of a select": (
        act("static_select", options=[option(text=text("x", "mrkdwn"))]),
        "/blocks/0/elements/0/options/0/text",
    ),
    "an option without a value": (
        act("overflow", options=[{"text": text()}]),
        "/blocks/0/elements/0/options/0",
    ),
    "an initial option from elsewhere": (
        select(initial_option=option("7")),
        "/blocks/0/elements/0/initial_option",
    ),
    "initial options from elsewhere": (
        act("checkboxes", options=options(2), initial_options=[option("1"), option("2")]),
        "/blocks/0/elements/0/initial_options",
    ),
    "one initial option for many": (
        act("multi_static_select", options=options(1), initial_option=option()),
        "/blocks/0/elements/0",
    ),
    "a filter by something else": (
        act("conversations_select", filter={"include": ["friends"]}),
        "/blocks/0/elements/0/filter/include/0",
    ),
    "a day that is none": (
        act("datepicker", initial_date="2027-02-29"),
        "/blocks/0/elements/0/initial_date",
    ),
    "a day written otherwise": (
        act("datepicker", initial_date="20270228"),
        "/blocks/0/elements/0/initial_date",
    ),
    "midnight as 24:00": (act("timepicker", initial_time="24:00"), "/blocks/0/elements/0/initial_time"),
    "a minute without its zero": (
        act("timepicker", initial_time="9:5"),
        "/blocks/0/elements/0/initial_time",
    ),
    "a moment in milliseconds": (
        act("datetimepicker", initial_date_time=10_000_000_000),
        "/blocks/0/elements/0/initial_date_time",
    ),
    "a moment with a placeholder": (act("datetimepicker", placeholder=text()), "/blocks/0/elements/0"),
    "a length in words": (field(max_length="9"), "/blocks/0/element/max_length"),
    "a length that is true": (field(max_length=True), "/blocks/0/element/max_length"),
    "sent upon something else": (
        field(dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "/blocks/0/element/dispatch_action_config/trigger_actions_on/0",
    ),
    "sent upon too much": (
        field(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"] * 3}),
        "/blocks/0/element/dispatch_action_config/trigger_actions_on",
    ),
    "a number that does not say whether": (field("number_input"), "/blocks/0/element"),
    "a number that is one": (number(min_value=1), "/blocks/0/element/min_value"),
    "a number in letters": (number(max_value="ten"), "/blocks/0/element/max_value"),
    "decimals where there are none": (number(initial_value="1.5"), "/blocks/0/element/initial_value"),
    "more lines than at most": (
        field("rich_text_input", min_lines=3, max_lines=2),
        "/blocks/0/element/min_lines",
    ),
    "formatted writing from a string": (
        field("rich_text_input", initial_value="x"),
        "/blocks/0/element/initial_value",
    ),
    "an unknown frame": ([rich({"type": "rich_text_table", "elements": []})], "/blocks/0/elements/0"),
    "an unknown part": (part("video"), "/blocks/0/elements/0/elements/0"),
    "an unknown key of a part": (
        part("text", text="x", colour="red"),
        "/blocks/0/elements/0/elements/0",
    ),
    "an unknown style of a part": (
        part("text", text="x", style={"blink": True}),
        "/blocks/0/elements/0/elements/0/style",
    ),
    "an empty part": (part("text", text=""), "/blocks/0/elements/0/elements/0/text"),
    "an unknown broadcast": (
        part("broadcast", range="world"),
        "/blocks/0/elements/0/elements/0/range",
    ),
    "a list of text": (listed(elements=[text(kind="text")]), "/blocks/0/elements/0/elements/0"),
    "a list in another style": (listed(style="roman"), "/blocks/0/elements/0/style"),
    "a person in preformatted text": (
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})],
        "/blocks/0/elements/0/elements/0",
    ),
    "two tables": ([table()] * 2, "/blocks/1"),
    "a cell of mrkdwn": ([table([[text("x", "mrkdwn")]])], "/blocks/0/rows/0/0"),
    "a number without words": ([table([[{"type": "raw_number", "value": 1}]])], "/blocks/0/rows/0/0"),
    "a column aligned to nothing": (
        [table(column_settings=[{"align": "top"}])],
        "/blocks/0/column_settings/0/align",
    ),
    "a data table without a caption": ([{"type": "data_table", "rows": rows(2)}], "/blocks/0"),
    "rows of different lengths": ([data_table([[cell()], [cell(), cell()]])], "/blocks/0/rows/1"),
    "a formatted header": ([data_table([[RICH_CELL], [cell()]])], "/blocks/0/rows/0/0"),
    "an unknown chart": ([chart(type="radar", series=[])], "/blocks/0/chart"),
    "a segment of nothing": ([pie(value=0)], "/blocks/0/chart/segments/0/value"),
    "a value in words": (
        [chart(type="pie", segments=[{"label": "x", "value": "1"}])],
        "/blocks/0/chart/segments/0/value",
    ),
    "a value beyond numbers": ([pie(value=float("inf"))], "/blocks/0/chart/segments/0/value"),
    "a series twice": ([line(["A", "A"])], "/blocks/0/chart/series/1/name"),
    "a category twice": ([line(categories=["a", "a"])], "/blocks/0/chart/axis_config/categories"),
    "more categories than points": (
        [
            chart(
                type="bar",
                series=[{"name": "A", "data": [{"label": "0", "value": 1}]}],
                axis_config={"categories": numerals(21)},
            )
        ],
        "/blocks/0/chart/axis_config/categories",
    ),
    "points beside the categories": (
        [
            chart(
                type="bar",
                series=[{"name": "A", "data": [{"label": "a", "value": 1}]}],
                axis_config={"categories": ["a", "b"]},
            )
        ],
        "/blocks/0/chart/series/0/data",
    ),
    "a line without axes": ([chart(type="line", series=[])], "/blocks/0/chart"),
    "a container without a title": (
        [{"type": "container", "child_blocks": section()}],
        "/blocks/0",
    ),
    "an empty container": (container(child_blocks=[]), "/blocks/0/child_blocks"),
    "a chart in a container": (container(child_blocks=[pie()]), "/blocks/0/child_blocks/0"),
    "a container in a container": (container(child_blocks=container()), "/blocks/0/child_blocks/0"),
    "a line below the head of a folded container": (
        container(is_collapsible=True, has_header_divider=True),
        "/blocks/0/has_header_divider",
    ),
    "a container that is folded for good": (container(default_collapsed=True), "/blocks/0/default_collapsed"),
    "a card of nothing but a subtitle": ([{"type": "card", "subtitle": text()}], "/blocks/0"),
    "a card with two icons": (card(icon=image(), slack_icon={"type": "icon", "name": "star"}), "/blocks/0"),
    "a card titled by a string": (card(title="x"), "/blocks/0/title"),
    "a menu in a card": (card(actions=select()[0]["elements"]), "/blocks/0/actions/0"),
}


@pytest.mark.parametrize(("make", "most", "where"), MOST.values(), ids=MOST.keys())
def test_at_the_limit_passes_and_one_more_is_invalid(make: Make, most: int, where: str) -> None:
    check_blocks(make(most), "message")
    refused(make(most + 1), "message", where)


@pytest.mark.parametrize(("make", "most", "where"), MOST_IN_A_MODAL.values(), ids=MOST_IN_A_MODAL.keys())
def test_modals_have_limits_of_their_own(make: Make, most: int, where: str) -> None:
    check_blocks(make(most), "modal")
    refused(make(most + 1), "modal", where)


@pytest.mark.parametrize(("make", "least", "where"), LEAST.values(), ids=LEAST.keys())
def test_the_least_passes_and_one_less_is_invalid(make: Make, least: int, where: str) -> None:
    check_blocks(make(least), "message")
    refused(make(least - 1), "message", where)


@pytest.mark.parametrize("blocks", RIGHT.values(), ids=RIGHT.keys())
def test_what_slack_takes_passes(blocks: Blocks) -> None:
    check_blocks(blocks, "message")


@pytest.mark.parametrize(("blocks", "where"), WRONG.values(), ids=WRONG.keys())
def test_what_slack_refuses_is_invalid(blocks: Blocks, where: str) -> None:
    refused(blocks, "message", where)


def refused(blocks: Any, surface: str, where: str) -> str:
    with pytest.raises(InvalidBlocks) as error:
        check_blocks(blocks, surface)
    assert f"[json-pointer:{where}]" in str(error.value)
    return str(error.value)


SURFACES: Mapping[str, tuple[Blocks, set[str]]] = {
    "section": (section(), {"message", "modal", "home"}),
    "header": ([{"type": "header", "text": text()}], {"message", "modal", "home"}),
    "context": (context(text()), {"message", "modal", "home"}),
    "divider": ([{"type": "divider"}], {"message", "modal", "home"}),
    "actions": (actions(button()), {"message", "modal", "home"}),
    "image": ([image()], {"message", "modal", "home"}),
    "input": (field(), {"message", "modal", "home"}),
    "rich_text": ([RICH_CELL], {"message", "modal", "home"}),
    "card": (card(), {"message", "modal", "home"}),
    "table": ([table()], {"message", "home"}),
    "data_table": ([data_table()], {"message", "home"}),
    "data_visualization": ([pie()], {"message", "home"}),
    "alert": ([{"type": "alert", "text": text(), "level": "info"}], {"modal"}),
    "container": (container(), {"message", "home"}),
}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize(("blocks", "surfaces"), SURFACES.values(), ids=SURFACES.keys())
def test_blocks_stand_on_their_surfaces(blocks: Blocks, surfaces: set[str], surface: str) -> None:
    if surface in surfaces:
        check_blocks(blocks, surface)
    else:
        assert f"not allowed on a {surface}" in refused(blocks, surface, "/blocks/0")


CHOICE = {"options": options(1)}
PLACES: Mapping[str, tuple[Object, set[str]]] = {
    "button": ({"text": text()}, {"section", "actions"}),
    "overflow": (CHOICE, {"section", "actions"}),
    "image": ({"image_url": URL, "alt_text": "x"}, {"section"}),
    "static_select": (CHOICE, {"section", "actions", "input"}),
    "multi_static_select": (CHOICE, {"section", "actions", "input"}),
    "external_select": ({}, {"section", "actions", "input"}),
    "multi_external_select": ({}, {"section", "actions", "input"}),
    "users_select": ({}, {"section", "actions", "input"}),
    "multi_users_select": ({}, {"section", "actions", "input"}),
    "conversations_select": ({}, {"section", "actions", "input"}),
    "multi_conversations_select": ({}, {"section", "actions", "input"}),
    "channels_select": ({}, {"section", "actions", "input"}),
    "multi_channels_select": ({}, {"section", "actions", "input"}),
    "checkboxes": (CHOICE, {"section", "actions", "input"}),
    "radio_buttons": (CHOICE, {"section", "actions", "input"}),
    "datepicker": ({}, {"section", "actions", "input"}),
    "timepicker": ({}, {"section", "actions", "input"}),
    "datetimepicker": ({}, {"actions", "input"}),
    "plain_text_input": ({}, {"input"}),
    "email_text_input": ({}, {"input"}),
    "url_text_input": ({}, {"input"}),
    "number_input": ({"is_decimal_allowed": True}, {"input"}),
    "rich_text_input": ({}, {"input"}),
    "file_input": ({}, {"input"}),
}
PUT: Mapping[str, tuple[Callable[[Object], Blocks], str]] = {
    "section": (lambda element: section(accessory=element), "/blocks/0/accessory"),
    "actions": (actions, "/blocks/0/elements/0"),
    "input": (lambda element: [{**field()[0], "element": element}], "/blocks/0/element"),
}


@pytest.mark.parametrize("place", PUT)
@pytest.mark.parametrize("kind", PLACES)
def test_elements_stand_in_their_blocks(kind: str, place: str) -> None:
    fields, places = PLACES[kind]
    put, where = PUT[place]
    blocks = put({"type": kind, **fields})
    if place in places:
        check_blocks(blocks, "modal")
    else:
        refused(blocks, "modal", where)


def test_blocks_are_an_array_of_objects() -> None:
    refused({"type": "divider"}, "message", "/blocks")
    refused(["divider"], "message", "/blocks/0")


def test_one_table_a_message_but_several_on_a_home() -> None:
    assert "only_one_table_allowed" in refused([table(), table()], "message", "/blocks/1")
    check_blocks([table([[cell(5000)]])] * 2, "home")
    refused([table([[cell(5000)]]), table([[cell(5001)]])], "home", "/blocks/1/rows")


def test_files_are_sent_with_the_form_of_a_modal() -> None:
    upload = field("file_input", filetypes=["json"])[0]
    refused([upload], "message", "/blocks/0/element")
    refused([upload], "home", "/blocks/0/element")
    refused(field("file_input", filetypes=[]), "modal", "/blocks/0/element/filetypes")
    refused(field("file_input", max_files=0), "modal", "/blocks/0/element/max_files")
    check_blocks([{**upload, "dispatch_action": False}], "modal")
    refused([{**upload, "dispatch_action": True}], "modal", "/blocks/0/dispatch_action")


def test_alerts_have_five_levels() -> None:
    for level in ("default", "info", "warning", "error", "success"):
        check_blocks([{"type": "alert", "text": text("x", "mrkdwn"), "level": level}], "modal")
    refused([{"type": "alert", "text": text(), "level": "fatal"}], "modal", "/blocks/0/level")


def test_the_characters_of_a_message_are_those_of_its_texts() -> None:
    assert (
        count_characters(section(text=xs(7), fields=[xs(2)]) + actions(button("four", value="x" * 99))) == 13
    )


MODAL = {"type": "modal", "title": text(), "blocks": [{"type": "divider"}]}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}
MOST_OF_A_VIEW: Mapping[str, tuple[Callable[[int], Object], int, str]] = {
    "title": (lambda n: {"title": xs(n)}, 24, "/title/text"),
    "submit": (lambda n: {"submit": xs(n)}, 24, "/submit/text"),
    "close": (lambda n: {"close": xs(n)}, 24, "/close/text"),
    "private_metadata": (lambda n: {"private_metadata": "x" * n}, 3000, "/private_metadata"),
    "callback_id": (lambda n: {"callback_id": "x" * n}, 255, "/callback_id"),
    "external_id": (lambda n: {"external_id": "x" * n}, 255, "/external_id"),
    "blocks": (lambda n: {"blocks": [{"type": "divider"}] * n}, 100, "/blocks"),
}
WRONG_VIEWS: Mapping[str, tuple[Object, str]] = {
    "another type": ({**MODAL, "type": "dialog"}, ""),
    "no type": ({"blocks": MODAL["blocks"]}, ""),
    "no blocks": ({**MODAL, "blocks": []}, "/blocks"),
    "no blocks at all": ({"type": "home"}, ""),
    "a modal without a title": ({"type": "modal", "blocks": MODAL["blocks"]}, ""),
    "a title in mrkdwn": ({**MODAL, "title": text("x", "mrkdwn")}, "/title"),
    "an input without submit": ({**MODAL, "blocks": field()}, "/submit"),
    "an unknown key": ({**MODAL, "colour": "red"}, ""),
    "clear_on_close in words": ({**MODAL, "clear_on_close": "yes"}, "/clear_on_close"),
    "notify_on_close in words": ({**HOME, "notify_on_close": 1}, "/notify_on_close"),
    "a chart in a modal": ({**MODAL, "blocks": [pie()]}, "/blocks/0"),
    "an alert on a home": ({**HOME, "blocks": [{"type": "alert", "text": text()}]}, "/blocks/0"),
}


@pytest.mark.parametrize(("make", "most", "where"), MOST_OF_A_VIEW.values(), ids=MOST_OF_A_VIEW.keys())
def test_views_have_limits_too(make: Callable[[int], Object], most: int, where: str) -> None:
    for view in (MODAL, HOME):
        check_view({**view, **make(most)})
        view_refused({**view, **make(most + 1)}, where)


@pytest.mark.parametrize(("view", "where"), WRONG_VIEWS.values(), ids=WRONG_VIEWS.keys())
def test_views_that_slack_refuses_are_invalid(view: Object, where: str) -> None:
    view_refused(view, where)


def view_refused(view: Object, where: str) -> None:
    with pytest.raises(InvalidBlocks) as error:
        check_view(view)
    assert f"[json-pointer:{where}]" in str(error.value)


def test_a_home_needs_blocks_only() -> None:
    check_view({**HOME, "private_metadata": "", "callback_id": "", "external_id": ""})
    check_view({**HOME, "blocks": field()})
    check_view(
        {**MODAL, "blocks": field(), "submit": text(), "clear_on_close": True, "notify_on_close": False}
    )


def test_a_view_of_more_than_a_quarter_of_a_megabyte_is_too_large() -> None:
    def view(last: int) -> Object:
        return {**MODAL, "blocks": [*section(text=xs(2900)) * 84, *section(text=xs(last))]}

    room = 250_000 - len(json.dumps(view(0)))
    check_view(view(room))
    with pytest.raises(InvalidBlocks, match="view_too_large"):
        check_view(view(room + 1))
