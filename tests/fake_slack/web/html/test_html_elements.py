"""Elements: what the page's script finds in each."""

from typing import Any
from zoneinfo import ZoneInfo

import htpy as h
import pytest

from bot.fake_slack.web.html.blocks import render_blocks
from bot.fake_slack.web.html.element_context import ElementContext
from bot.fake_slack.web.html.elements import render_element, render_options
from bot.fake_slack.web.html.reader import Reader
from tests.fake_slack.web.html.parsed_html import ParsedHtml

READER = Reader("U1", ZoneInfo("Europe/Berlin"), {"U1": "Ana", "U2": "Ben"}, {"C1": "team", "C2": "general"})
NATIVE = {
    "static_select": "select",
    "users_select": "select",
    "channels_select": "select",
    "conversations_select": "select",
    "plain_text_input": "input",
    "email_text_input": "input",
    "url_text_input": "input",
    "number_input": "input",
    "rich_text_input": "textarea",
    "datepicker": "input",
    "timepicker": "input",
    "datetimepicker": "input",
    "file_input": "input",
}
OTHERS = {
    "button": "button",
    "overflow": "span",
    "radio_buttons": "div",
    "checkboxes": "div",
    "external_select": "details",
    "multi_static_select": "details",
    "multi_external_select": "details",
    "multi_users_select": "details",
    "multi_channels_select": "details",
    "multi_conversations_select": "details",
}


def words(said: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": said}


def option(said: str, **more: Any) -> dict[str, Any]:
    return {"text": words(said), "value": said.lower(), **more}


def made(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "act", "text": words("Go"), "options": [option("Job")], **more}


def shown(kind: str, **more: Any) -> ParsedHtml:
    return ParsedHtml(str(h.fragment[render_element(made(kind, **more), ElementContext(READER, "b1", "v1"))]))


def asked(kind: str, more: dict[str, Any] | None = None, **block: Any) -> ParsedHtml:
    given = {
        "type": "input",
        "block_id": "b1",
        "label": words("Label"),
        "element": made(kind, **(more or {})),
    }
    return ParsedHtml(str(render_blocks([{**given, **block}], READER, container_id="v1")))


CONFIRM = {
    "title": words("Sure?"),
    "text": {"type": "mrkdwn", "text": "*gone*"},
    "confirm": words("Remove"),
    "deny": words("Keep"),
    "style": "danger",
}


@pytest.mark.parametrize(("kind", "tag"), [*NATIVE.items(), *OTHERS.items()])
def test_the_script_finds_an_element(kind: str, tag: str) -> None:
    found = shown(kind).find_one(data_action_id="act", data_element_type=kind)
    assert shown(kind).find_all(tag)[0] == found
    assert "data-dispatch" in found
    assert "data-confirm" not in found


@pytest.mark.parametrize("kind", [*NATIVE, *OTHERS])
def test_an_element_that_asks_first(kind: str) -> None:
    page = shown(kind, confirm=CONFIRM)
    assert page.elements[0] == ("span", {"class": "with-confirm"})
    assert "data-confirm" in page.find_one(data_action_id="act")
    assert page.text.endswith("Sure?goneKeepRemove")
    assert page.find_one("button", value="deny")["class"] == "button"
    assert page.find_one("button", value="confirm")["class"] == "button danger"


@pytest.mark.parametrize("kind", NATIVE)
def test_a_label_stands_around_a_native_control(kind: str) -> None:
    page = asked(kind, hint=words("Help"), optional=True)
    found = page.find_one(data_action_id="act")
    assert page.find_one("label")["class"] == "field"
    assert "aria-label" not in found
    assert found["aria-describedby"] == "v1-b1-hint v1-b1-error"
    assert page.text.startswith("Label (optional)")
    assert page.find_one("p", class_="hint")["id"] == "v1-b1-hint"
    assert page.find_one("p", class_="error") == {
        "class": "error",
        "id": "v1-b1-error",
        "role": "alert",
        "hidden": "",
    }


@pytest.mark.parametrize("kind", [kind for kind in OTHERS if kind not in {"button", "overflow"}])
def test_a_legend_stands_over_choices(kind: str) -> None:
    page = asked(kind)
    assert page.find_all("fieldset", class_="field")
    assert page.find_one("legend", class_="label")
    assert page.find_all(class_="hint") == []
    assert page.find_one(data_action_id="act")["aria-describedby"] == "v1-b1-error"
    assert page.find_one("p", class_="error")


def test_an_input_that_asks_first_has_no_label_around_its_dialog() -> None:
    assert asked("static_select", {"confirm": CONFIRM}).find_all("label") == []


def test_an_input_is_sent_at_once_only_if_it_says_so() -> None:
    assert "data-dispatch" not in asked("plain_text_input").find_one(data_action_id="act")
    config = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    found = asked("plain_text_input", config, dispatch_action=True).find_one(data_action_id="act")
    assert (found["data-dispatch"], found["data-dispatch-on"]) == ("", "on_character_entered")


def test_a_button() -> None:
    page = shown("button", style="primary", value="v", accessibility_label="Go on")
    assert page.find_one("button") == {
        "data-action-id": "act",
        "data-element-type": "button",
        "data-dispatch": "",
        "class": "button primary",
        "type": "button",
        "value": "v",
        "aria-label": "Go on",
    }
    assert page.text == "Go"


def test_a_button_with_an_address_is_a_link() -> None:
    link = shown("button", url="https://x.org").find_one("a")
    assert (link["href"], link["rel"], link["class"]) == ("https://x.org", "noopener noreferrer", "button")
    assert shown("button", url="javascript:alert(1)").tags == {"button"}


def test_a_select_begins_with_its_placeholder() -> None:
    groups = [{"label": words("One"), "options": [option("Job"), option("Pain")]}]
    page = shown(
        "static_select", placeholder=words("Pick"), option_groups=groups, initial_option=option("Pain")
    )
    assert page.find_all("option") == [{"value": ""}, {"value": "job"}, {"value": "pain", "selected": ""}]
    assert page.find_one("optgroup") == {"label": "One"}
    assert page.text == "PickJobPain"
    assert page.find_one("select")["aria-label"] == "Pick"


def test_people_and_channels_to_choose_from() -> None:
    assert shown("users_select", initial_user="U2").find_one("option", value="U2", selected="")
    assert shown("channels_select", initial_channel="C1").text == "Choose#team#general"
    page = shown("multi_users_select", initial_users=["U1", "U2"])
    assert [one["value"] for one in page.find_all("input", type="checkbox", checked="")] == ["U1", "U2"]
    assert page.text.startswith("Ana, Ben")
    assert shown("conversations_select", initial_conversation="C2").find_one(
        "option", value="C2", selected=""
    )


def test_a_picker() -> None:
    page = shown(
        "multi_static_select",
        placeholder=words("Kinds"),
        max_selected_items=2,
        option_groups=[
            {"label": words("One"), "options": [option("Job"), option("Pain", description=words("hurts"))]}
        ],
        initial_options=[option("Pain")],
    )
    found = page.find_one("details")
    assert (found["class"], found["data-placeholder"], found["data-max-selected"]) == ("picker", "Kinds", "2")
    assert page.find_one("input", type="search") == {
        "class": "filter",
        "type": "search",
        "placeholder": "Find",
        "aria-label": "Find in Kinds",
    }
    assert page.find_all("input", type="checkbox") == [
        {"type": "checkbox", "value": "job"},
        {"type": "checkbox", "value": "pain", "checked": ""},
    ]
    assert page.text == "PainOne Job Pain hurts"
    assert shown("multi_static_select").find_one("summary") == {"class": "placeholder"}


def test_an_external_picker_asks_the_bot() -> None:
    page = shown("external_select", initial_option=option("Slow"))
    found = page.find_one("details")
    assert (found["data-suggest"], found["data-min-query"]) == ("", "3")
    assert page.find_one("input", type="radio") == {
        "type": "radio",
        "name": "v1-b1-act",
        "value": "slow",
        "checked": "",
    }
    assert shown("multi_external_select", min_query_length=0).find_one("details")["data-min-query"] == "0"


def test_suggestions_are_listed_as_a_picker_lists_them() -> None:
    page = ParsedHtml(str(h.fragment[render_options([option("A"), option("B")], "radio", ["b"], name="n")]))
    assert page.find_all("input") == [
        {"type": "radio", "name": "n", "value": "a"},
        {"type": "radio", "name": "n", "value": "b", "checked": ""},
    ]
    grouped = ParsedHtml(
        str(h.fragment[render_options([{"label": words("G"), "options": [option("A")]}], "checkbox", {"a"})])
    )
    assert grouped.text == "G A"
    assert grouped.find_one("input") == {"type": "checkbox", "value": "a", "checked": ""}
    assert grouped.find_one("fieldset") == {}


def test_radio_buttons_and_checkboxes() -> None:
    first = option("Job", description={"type": "mrkdwn", "text": "*to do*"})
    page = shown("radio_buttons", options=[first, option("Pain")], initial_option=option("Pain"))
    assert page.find_one("div")["role"] == "radiogroup"
    assert {one["name"] for one in page.find_all("input")} == {"v1-b1-act"}
    assert [one["value"] for one in page.find_all("input", checked="")] == ["pain"]
    assert page.text == " Job to do Pain"
    boxes = shown("checkboxes", options=[first], focus_on_load=True)
    assert boxes.find_one("div")["role"] == "group"
    assert boxes.find_one("input", type="checkbox", value="job", autofocus="")


def test_names_tell_messages_apart() -> None:
    given = [{"type": "actions", "block_id": "a b", "elements": [made("radio_buttons")]}]
    names = [
        ParsedHtml(str(render_blocks(given, READER, container_id=one))).find_one("input", type="radio")[
            "name"
        ]
        for one in "12"
    ]
    assert names == ["1-a_b-act", "2-a_b-act"]


def test_an_overflow_is_a_menu() -> None:
    page = shown("overflow", options=[option("Edit"), option("Docs", url="https://x.org")])
    assert page.find_one("span", class_="overflow")
    assert page.find_one("button", aria_haspopup="menu")["data-menu"] == ""
    assert page.find_one("div", role="menu")["popover"] == ""
    assert page.find_one("button", role="menuitem")["value"] == "edit"
    assert page.find_one("a", role="menuitem") == {
        "role": "menuitem",
        "href": "https://x.org",
        "target": "_blank",
        "rel": "noopener noreferrer",
        "data-value": "docs",
    }


def test_text_inputs() -> None:
    limits = {"min_length": 1, "max_length": 9, "placeholder": words("Say"), "initial_value": "x"}
    found = shown("plain_text_input", **limits, focus_on_load=True).find_one("input")
    assert {name: found[name] for name in ("type", "minlength", "maxlength", "placeholder", "value")} == {
        "type": "text",
        "minlength": "1",
        "maxlength": "9",
        "placeholder": "Say",
        "value": "x",
    }
    assert "autofocus" in found
    area = shown("plain_text_input", multiline=True, initial_value="\na < b")
    assert area.find_one("textarea")["rows"] == "4"
    assert area.text == "\n\na < b"  # a browser drops the first line break
    assert shown("email_text_input").find_one("input")["type"] == "email"
    assert shown("url_text_input").find_one("input")["type"] == "url"


def test_numbers() -> None:
    found = shown("number_input", min_value="1", max_value="5", initial_value="3").find_one(
        "input", type="number"
    )
    assert (found["step"], found["min"], found["max"], found["value"]) == ("1", "1", "5", "3")
    assert shown("number_input", is_decimal_allowed=True).find_one("input")["step"] == "any"


def test_rich_text_is_written_without_its_formatting() -> None:
    section = [{"type": "text", "text": "a ", "style": {"bold": True}}, {"type": "user", "user_id": "U2"}]
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": one}]} for one in "xy"]
    value = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [*section, {"type": "emoji", "name": "tada"}]},
            {"type": "rich_text_list", "style": "bullet", "elements": items},
        ],
    }
    assert shown("rich_text_input", initial_value=value).text == "a @Ben🎉\nx\ny"


def test_dates_and_times() -> None:
    assert (
        shown("datepicker", initial_date="2026-10-12").find_one("input", type="date")["value"] == "2026-10-12"
    )
    assert shown("timepicker", initial_time="09:30").find_one("input", type="time")["value"] == "09:30"
    moment = shown("datetimepicker", initial_date_time=1760256000).find_one("input", type="datetime-local")
    assert moment["value"] == "2025-10-12T10:00"
    assert "value" not in shown("datetimepicker").find_one("input")


def test_files() -> None:
    found = shown("file_input", filetypes=["png", "pdf"]).find_one("input", type="file")
    assert (found["accept"], found["multiple"]) == (".png,.pdf", "")
    assert "multiple" not in shown("file_input", max_files=1).find_one("input")


@pytest.mark.parametrize(
    ("picture", "src"),
    [
        ({"image_url": "https://x.org/a.png"}, "https://x.org/a.png"),
        ({"image_url": "/page/a.png"}, "/page/a.png"),
        ({"slack_file": {"id": "F1"}}, "/page/files/F1"),
        ({"slack_file": {"url": "https://x.org/f"}}, "https://x.org/f"),
    ],
)
def test_pictures(picture: dict[str, Any], src: str) -> None:
    page = ParsedHtml(
        str(h.fragment[render_element({"type": "image", "alt_text": "A", **picture}, ElementContext(READER))])
    )
    assert page.elements == [("img", {"class": "thumb", "src": src, "alt": "A", "loading": "lazy"})]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:image/png,x", "//x.org/a.png", ""])
def test_a_picture_from_elsewhere_is_only_described(url: str) -> None:
    given = {"type": "image", "alt_text": "A", "image_url": url}
    assert ParsedHtml(str(h.fragment[render_element(given, ElementContext(READER))])).links == []


def test_an_unknown_element_is_said_to_be_one() -> None:
    assert shown("hologram").text == "an element of type hologram, which this stand-in cannot show"
