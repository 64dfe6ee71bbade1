"""What fields hold and how Slack's client looks at it."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.fake_slack.client.form_state import build_state
from bot.fake_slack.client.form_validation import REQUIRED_MESSAGE, find_input_errors

BERLIN = ZoneInfo("Europe/Berlin")
RED, BLUE = ({"text": {"type": "plain_text", "text": name}, "value": name} for name in ("red", "blue"))
COLOURS = {"options": [RED, BLUE]}


def block(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": "b", "element": {"type": kind, "action_id": "a", **more}}


def held(given: Any, kind: str, **more: Any) -> dict[str, Any]:
    state = build_state([block(kind, **more)], {"b": {"a": given}}, {"green": {"value": "green"}}, BERLIN)
    assert state["values"]["b"]["a"].pop("type") == kind
    found: dict[str, Any] = state["values"]["b"]["a"]
    return found


@pytest.mark.parametrize(
    ("kind", "given", "holds"),
    [
        ("plain_text_input", "hi", {"value": "hi"}),
        ("plain_text_input", "", {"value": None}),
        ("number_input", "7", {"value": "7"}),
        ("datepicker", "2026-11-24", {"selected_date": "2026-11-24"}),
        ("timepicker", "09:00", {"selected_time": "09:00"}),
        ("datetimepicker", "2026-11-24T09:00", {"selected_date_time": 1795507200}),
        ("users_select", "U1", {"selected_user": "U1"}),
        ("multi_users_select", ["U1"], {"selected_users": ["U1"]}),
        ("multi_users_select", [], {"selected_users": []}),
        ("file_input", ["F1"], {"files": [{"id": "F1"}]}),
        ("external_select", "green", {"selected_option": {"value": "green"}}),
        ("external_select", "never suggested", {"selected_option": None}),
    ],
)
def test_what_is_given_is_sent_as_slack_sends_it(kind: str, given: Any, holds: dict[str, Any]) -> None:
    assert held(given, kind) == holds


def test_options_are_sent_whole() -> None:
    assert held("red", "static_select", **COLOURS) == {"selected_option": RED}
    assert held(["blue"], "checkboxes", **COLOURS) == {"selected_options": [BLUE]}
    groups = {"option_groups": [{"options": [RED]}, {"options": [BLUE]}]}
    assert held(["blue", "red"], "multi_static_select", **groups) == {"selected_options": [BLUE, RED]}


def test_rich_text_is_sent_as_rich_text() -> None:
    text = {"type": "text", "text": "hi"}
    section = {"type": "rich_text_section", "elements": [text]}
    assert held("hi", "rich_text_input") == {"rich_text_value": {"type": "rich_text", "elements": [section]}}


def test_what_nobody_touched_holds_what_the_app_gave_it() -> None:
    blocks = [block("plain_text_input", initial_value="was"), block("static_select", **COLOURS)]
    blocks[1]["block_id"] = "c"
    values = build_state(blocks, {}, {}, BERLIN)["values"]
    assert values["b"]["a"]["value"] == "was"
    assert values["c"]["a"]["selected_option"] is None


@pytest.mark.parametrize(
    ("given", "kind", "more", "says"),
    [
        ("", "plain_text_input", {}, REQUIRED_MESSAGE),
        ([], "checkboxes", COLOURS, REQUIRED_MESSAGE),
        ("abc", "plain_text_input", {"max_length": 2}, "Must be no more than 2 characters."),
        ("a", "plain_text_input", {"min_length": 2}, "Must be at least 2 characters."),
        ("ana", "email_text_input", {}, "Enter a valid email address."),
        ("ana.example", "url_text_input", {}, "Enter a valid URL."),
        ("seven", "number_input", {}, "Enter a number."),
        ("ana@x.example", "email_text_input", {}, ""),
        ("https://x.example", "url_text_input", {}, ""),
        ("-7.5", "number_input", {}, ""),
    ],
)
def test_the_client_refuses_what_it_does_not_send(given: Any, kind: str, more: Any, says: str) -> None:
    blocks = [block(kind, **more)]
    state = build_state(blocks, {"b": {"a": given}}, {}, BERLIN)
    assert find_input_errors(blocks, state).get("b", "") == says


def test_an_optional_field_may_stay_empty() -> None:
    blocks = [{**block("plain_text_input"), "optional": True}]
    assert find_input_errors(blocks, build_state(blocks, {}, {}, BERLIN)) == {}
