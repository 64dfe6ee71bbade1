"""Blocks: each kind is shown, and whatever is in it stays text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from bot.fake_slack import web as page
from bot.fake_slack.web.html import blocks as module
from bot.fake_slack.web.html.blocks import render_blocks
from bot.fake_slack.web.html.element_context import ElementContext
from bot.fake_slack.web.html.elements import render_element
from bot.fake_slack.web.html.reader import Reader
from tests.fake_slack.web.html.parsed_html import ParsedHtml

READER = Reader("U1", ZoneInfo("Europe/Berlin"), {"U1": "Ana"}, {"C1": "team"})
TEXT = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "time",
    "ul",
}
FRAME = {"dialog", "div", "figcaption", "figure", "h2", "h3", "hr", "img"}
FORM = {
    "button",
    "details",
    "fieldset",
    "input",
    "label",
    "legend",
    "optgroup",
    "option",
    "select",
    "summary",
}
TABLE = {"caption", "table", "tbody", "td", "th", "thead", "tr"}
DRAWN = {"circle", "g", "line", "path", "rect", "svg", "text", "title"}
ALLOWED = TEXT | FRAME | FORM | TABLE | DRAWN | {"textarea"}
ASKED = (
    *("static_select", "multi_static_select", "external_select", "multi_external_select", "users_select"),
    *("overflow", "radio_buttons", "checkboxes", "datepicker", "file_input"),
    *("plain_text_input", "email_text_input", "number_input"),
)


def words(said: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": said}


def marked(said: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": said}


def section(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(parts)}


def run(said: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": said, **({"style": style} if style else {})}


def samples(x: str) -> list[dict[str, Any]]:
    """Return every kind of block with a text of somebody's wherever there can be one."""
    option = {"text": words(x), "value": x, "description": words(x), "url": x}
    button = {"type": "button", "action_id": x, "text": words(x), "url": x, "value": x, "style": x}
    image = {"type": "image", "image_url": x, "alt_text": x, "title": words(x)}
    confirm = {"title": words(x), "text": marked(x), "confirm": words(x), "deny": words(x), "style": x}
    more = {"placeholder": words(x), "options": [option], "initial_value": x, "confirm": confirm}
    asked = [
        {"type": kind, "action_id": x, **more, "initial_option": option, "initial_options": [option]}
        for kind in ASKED
    ]
    leaves = [
        run(x, bold=True, italic=True, strike=True, code=True),
        {"type": "link", "url": x, "text": x},
        {"type": "emoji", "name": x},
        {"type": "user", "user_id": x},
        {"type": "channel", "channel_id": x},
        {"type": "usergroup", "usergroup_id": x},
        {"type": "broadcast", "range": x},
        {"type": "date", "timestamp": 0, "format": x, "fallback": x, "url": x},
        {"type": "color", "value": x},
        {"type": x, "text": x},
    ]
    point = {"label": x, "value": 1}
    rows = [[{"type": "raw_text", "text": x}], [{"type": "rich_text", "elements": [section(*leaves)]}]]
    axis = {"categories": [x, "b"], "x_label": x, "y_label": x}
    series = [{"name": x, "data": [point]}, {"name": x, "data": [point]}]
    charts: list[dict[str, Any]] = [
        {"type": "pie", "segments": [point, {"label": x, "value": 2}]},
        *({"type": kind, "series": series, "axis_config": axis} for kind in ("line", "bar", "area", x)),
    ]
    return [
        {"type": "section", "text": marked(x), "fields": [marked(x), words(x)], "accessory": button},
        {"type": "header", "text": words(x), "level": 2},
        {"type": "context", "elements": [marked(x), image]},
        {"type": "divider", "block_id": x},
        {"type": "actions", "elements": [button, *asked]},
        image,
        *({"type": "input", "label": words(x), "hint": words(x), "element": one} for one in asked),
        {
            "type": "rich_text",
            "elements": [
                section(*leaves),
                {"type": "rich_text_list", "style": x, "elements": [section(*leaves)]},
                {"type": "rich_text_quote", "elements": leaves},
                {"type": "rich_text_preformatted", "elements": leaves},
            ],
        },
        {"type": "table", "rows": rows},
        {"type": "data_table", "rows": rows * 4, "caption": x},
        *({"type": "data_visualization", "title": x, "chart": one} for one in charts),
        {
            "type": "card",
            "title": marked(x),
            "body": x,
            "icon": image,
            "hero_image": image,
            "actions": [button],
        },
        {"type": "alert", "text": words(x), "level": x},
        {
            "type": "container",
            "title": words(x),
            "subtitle": marked(x),
            "child_blocks": [{"type": "section", "text": marked(x)}],
        },
        {"type": "markdown", "text": x},
        {"type": x},
    ]


def shown(*given: Mapping[str, Any]) -> ParsedHtml:
    return ParsedHtml(str(render_blocks(given, READER, container_id="m1")))


PIECES = st.sampled_from(
    [*"<>\"'&` \n*:/", "<script>", "javascript:", "https://", "</textarea>", "-->", "onload=", "nan", "]]>"]
)


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)))
def test_no_text_in_any_block_becomes_markup(said: str) -> None:
    page = shown(*samples(said))
    assert page.tags <= ALLOWED
    assert all(link.lower().startswith(("http://", "https://", "mailto:", "/")) for link in page.links)
    assert not {name for _, has in page.elements for name in has if name.startswith("on") or name == "style"}


def test_every_kind_of_block_is_among_the_samples() -> None:
    assert {one["type"] for one in samples("x")} - {"x"} == set(module._RENDERERS)


@pytest.mark.parametrize("given", samples("x"), ids=lambda given: str(given["type"]))
def test_every_block_is_wrapped(given: dict[str, Any]) -> None:
    kind = "unknown" if given["type"] == "x" else given["type"]
    tag, has = shown({**given, "block_id": "b1"}).elements[0]
    assert (tag, has) == ("div", {"class": f"block block-{kind}", "data-block-id": "b1"})


def test_blocks_can_be_rendered_twice() -> None:
    node = render_blocks(samples("x"), READER)
    first = str(node)
    assert str(node) == first


def test_a_section() -> None:
    accessory = {"type": "button", "action_id": "go", "text": words("Go")}
    page = shown({"type": "section", "text": marked("*a*"), "fields": [words("*b*")], "accessory": accessory})
    assert page.text == "a*b*Go"
    assert "data-dispatch" in page.find_one("button")
    assert page.find_one("div", class_="fields")
    assert page.find_one("div", class_="accessory")


def test_a_header_has_a_level() -> None:
    assert shown({"type": "header", "text": words("A")}).find_one("h3")["class"] == "level-1"
    assert shown({"type": "header", "text": words("A"), "level": 3}).find_one("h3")["class"] == "level-3"


def test_a_picture_has_a_title() -> None:
    given = {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "A", "title": words("T")}
    page = shown(given)
    assert (page.text, page.find_one("img")["class"], page.find_one("img")["alt"]) == ("T", "picture", "A")


def test_rich_text_is_formatted_and_never_parsed() -> None:
    page = shown(
        {"type": "rich_text", "elements": [section(run("*a* &amp; <@U1>\n"), run("b", bold=True, code=True))]}
    )
    assert page.text == "*a* &amp; <@U1>\nb"
    assert page.tags == {"div", "p", "br", "strong", "code"}


def test_rich_text_lists() -> None:
    items = [section(run("x"))]
    page = shown(
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": items},
                {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": items},
            ],
        }
    )
    assert page.find_one("ul") == {"class": "indent-1"}
    assert page.find_one("ol") == {"class": "indent-0", "start": "3"}


LEAVES: list[tuple[dict[str, Any], str]] = [
    ({"type": "link", "url": "https://x.org"}, "https://x.org"),
    ({"type": "link", "url": "https://x.org", "text": "there"}, "there"),
    ({"type": "link", "url": "javascript:x", "text": "there"}, "there (javascript:x)"),
    ({"type": "emoji", "name": "wave", "skin_tone": 2}, "👋🏻"),
    ({"type": "emoji", "name": "nope"}, ":nope:"),
    ({"type": "user", "user_id": "U1"}, "@Ana"),
    ({"type": "channel", "channel_id": "C1"}, "#team"),
    ({"type": "usergroup", "usergroup_id": "S1"}, "@S1"),
    ({"type": "broadcast", "range": "here"}, "@here"),
    ({"type": "date", "timestamp": 1760256000, "format": "{date_short} {time}"}, "Oct 12, 2025 10:00"),
    ({"type": "date", "timestamp": "x", "format": "{date}", "fallback": "then"}, "then"),
    ({"type": "color", "value": "#e01e5a"}, "#e01e5a"),
]


@pytest.mark.parametrize(("leaf", "said"), LEAVES)
def test_what_stands_in_rich_text(leaf: dict[str, Any], said: str) -> None:
    assert shown({"type": "rich_text", "elements": [section(leaf)]}).text == said


def test_a_colour_is_shown_only_if_it_is_one() -> None:
    def colours(value: str) -> list[dict[str, str]]:
        leaf = {"type": "color", "value": value}
        return shown({"type": "rich_text", "elements": [section(leaf)]}).find_all("rect")

    assert colours("#e01e5a")[0]["fill"] == "#e01e5a"
    assert colours("url(//x.org)") == []


def test_an_alert_has_a_level() -> None:
    assert shown({"type": "alert", "text": words("A"), "level": "error"}).find_one(class_="alert alert-error")
    assert shown({"type": "alert", "text": words("A"), "level": "x"}).find_one(class_="alert alert-default")


def test_a_card() -> None:
    page = shown(
        {
            "type": "card",
            "title": marked("*T*"),
            "subtitle": "S",
            "body": marked("B"),
            "subtext": marked("small"),
            "actions": [{"type": "button", "action_id": "go", "text": words("Go")}],
        }
    )
    assert page.text == "TSBsmallGo"


def test_a_container_folds_what_is_in_it() -> None:
    block = {"type": "container", "title": words("More"), "child_blocks": [{"type": "divider"}]}
    assert shown(block).find_one(class_="container-head")
    folded = shown({**block, "is_collapsible": True, "default_collapsed": True})
    assert "open" not in folded.find_one("details")
    assert "open" in shown({**block, "is_collapsible": True}).find_one("details")


def test_an_unknown_block_is_said_to_be_one() -> None:
    assert shown({"type": "hologram"}).text == "a block of type hologram, which this stand-in cannot show"


def test_the_look_names_what_is_rendered() -> None:
    """A class that is rendered and styled nowhere is a slip of the pen in one of the two."""
    styles = Path(page.__file__).parent / "static"
    css = "".join((styles / name).read_text() for name in ("blocks.css", "dialogs.css"))
    bare = {"block", "level-1", "indent-0", "alert-default", "hero", "wrapped", "card-body"}
    rendered = {name for _, has in shown(*samples("x")).elements for name in has.get("class", "").split()}
    assert not {name for name in rendered - bare if not name.startswith("block-") and f".{name}" not in css}


def test_an_element_can_stand_alone() -> None:
    given = {"type": "button", "action_id": "go", "text": words("Go")}
    assert ParsedHtml(str(render_element(given, ElementContext(READER)))).text == "Go"
