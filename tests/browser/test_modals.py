"""Modals and Home: what is filled in is sent as Slack sends it, checked first, and never lost."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.block_kit_app import BlockKitApp, Payload
from tests.browser.block_kit_samples import (
    FIELDS,
    actions,
    button,
    element,
    home,
    input_block,
    modal,
    option,
    options,
    plain,
    section,
)
from tests.browser.visitor import Visitor

LINE = {"type": "plain_text_input"}


async def test_a_modal_of_every_field_is_sent_as_from_slack(app: BlockKitApp, guest: Visitor) -> None:
    app.answers["/gallery"] = app.opening_view(modal("Order", *FIELDS))
    app.answers["given"] = lambda heard: {"options": options(f"{heard['value']}ee", "Marc")}
    await guest.send_message("/gallery hall")
    assert (await app.wait_for_payload("command"))["text"] == "hall"
    dialog = guest.dialog
    await guest.fill_field("Line", "Sunflowers & <b>tulips</b>")
    await expect(dialog.get_by_label("Paragraph")).to_have_value("As\nit was")
    await expect(dialog.get_by_placeholder("One line")).to_be_visible()
    await dialog.get_by_label("School").select_option("Dada")
    colours = dialog.get_by_role("group", name="Colours").last
    await colours.locator("summary").click()
    await colours.get_by_role("searchbox").fill("re")
    await expect(colours.get_by_role("checkbox")).to_have_count(2)  # Red and Green, not Blue
    await colours.get_by_label("Green").check()
    await colours.get_by_role("searchbox").fill("")
    await colours.get_by_label("Blue").check()
    await expect(colours.get_by_label("Red")).to_be_disabled()
    await guest.page.keyboard.press("Escape")
    await expect(colours).to_contain_text("Green, Blue")
    painters = dialog.get_by_role("group", name="Painters").last
    await painters.locator("summary").click()
    await painters.get_by_role("searchbox").fill("Kl")
    await painters.get_by_label("Klee").check()
    await painters.get_by_role("searchbox").fill("Ma")
    await painters.get_by_label("Marc").check()
    await guest.page.keyboard.press("Escape")
    await dialog.get_by_label("Guide").select_option("Kofi")
    await dialog.get_by_label("Large").check()
    await dialog.get_by_label("Frame").check()
    await dialog.get_by_label("Nail").check()
    await guest.fill_field("Hour", "08:05")
    await guest.fill_field("Moment", "2026-07-01T12:00")
    await guest.fill_field("Price", "12.5")
    await guest.fill_field("Email", "ana@example.com")
    await guest.fill_field("Site", "https://example.com/?a=b")
    await expect(dialog.get_by_text("In your own words")).to_be_visible()
    await guest.fill_field("Story", "Once")
    file = {"name": "sketch.txt", "mimeType": "text/plain", "buffer": b"a line"}
    await dialog.get_by_label("Sketch").set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    await guest.submit_form("Submit")
    await expect(dialog).to_be_hidden()

    heard = await app.wait_for_payload("view_submission")
    [shared] = app.slack.files
    assert shared.content == b"a line"
    values = {block: holds["given"] for block, holds in heard["view"]["state"]["values"].items()}
    [sent] = values.pop("sketch")["files"]
    assert (sent["id"], sent["name"], sent["mimetype"]) == (shared.id, "sketch.txt", "text/plain")
    assert values == {
        "line": {"type": "plain_text_input", "value": "Sunflowers & <b>tulips</b>"},
        "paragraph": {"type": "plain_text_input", "value": "As\nit was"},
        "school": {"type": "static_select", "selected_option": option("Dada")},
        "colours": {"type": "multi_static_select", "selected_options": options("Green", "Blue")},
        "painters": {"type": "multi_external_select", "selected_options": options("Klee", "Marc")},
        "guide": {"type": "users_select", "selected_user": app.kofi.id},
        "size": {"type": "radio_buttons", "selected_option": option("Large")},
        "extras": {"type": "checkboxes", "selected_options": options("Frame", "Nail")},
        "day": {"type": "datepicker", "selected_date": "2026-11-24"},
        "hour": {"type": "timepicker", "selected_time": "08:05"},
        "moment": {"type": "datetimepicker", "selected_date_time": 1782900000},  # 12:00 in Berlin
        "price": {"type": "number_input", "value": "12.5"},
        "email": {"type": "email_text_input", "value": "ana@example.com"},
        "site": {"type": "url_text_input", "value": "https://example.com/?a=b"},
        "story": {
            "type": "rich_text_input",
            "rich_text_value": {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "Once"}]},
                ],
            },
        },
    }
    assert heard["user"]["id"] == app.ana.id
    assert heard["view"]["callback_id"] == "order"


async def test_what_is_missing_or_wrong_is_said_at_its_field_before_the_app_hears_of_it(
    app: BlockKitApp, guest: Visitor
) -> None:
    fields = [one for one in FIELDS if one["block_id"] in {"line", "school", "price", "email", "site"}]
    short = input_block("Title", {**LINE, "min_length": 3, "max_length": 10})
    app.answers["/gallery"] = app.opening_view(modal("Order", *fields, short))
    await guest.send_message("/gallery")
    await guest.submit_form("Submit")
    await guest.expect_field_error("Line", "Please complete this required field.")
    await guest.expect_field_error("School", "Please complete this required field.")
    await expect(guest.dialog.get_by_label("Line")).to_be_focused()
    await guest.fill_field("Line", "Sunflowers")
    await guest.dialog.get_by_label("School").select_option("Dada")
    await guest.fill_field("Price", "100")
    await guest.fill_field("Email", "ana")
    await guest.fill_field("Site", "example")
    await guest.fill_field("Title", "Me")
    await guest.submit_form("Submit")
    await guest.expect_field_error("Price", "Must be no more than 99.")
    await guest.expect_field_error("Email", "Enter a valid email address.")
    await guest.expect_field_error("Site", "Enter a valid URL.")
    await guest.expect_field_error("Title", "Must be at least 3 characters.")
    await expect(guest.dialog.get_by_label("Line")).to_have_accessible_description("")
    assert not app.has_payload("view_submission")
    await guest.fill_field("Price", "99")
    await guest.fill_field("Email", "ana@example.com")
    await guest.fill_field("Site", "https://example.com")
    await guest.fill_field("Title", "Sun")
    await guest.submit_form("Submit")
    await expect(guest.dialog).to_be_hidden()
    await app.wait_for_payload("view_submission")


async def test_errors_of_the_app_stand_at_their_fields(app: BlockKitApp, guest: Visitor) -> None:
    app.answers["/gallery"] = app.opening_view(
        modal("Order", input_block("Line", LINE), input_block("Other", LINE))
    )
    app.answers["order"] = lambda _: {"response_action": "errors", "errors": {"other": "Not <b>this</b>"}}
    await guest.send_message("/gallery")
    await guest.fill_field("Line", "One")
    await guest.fill_field("Other", "Two")
    await guest.submit_form("Submit")
    await guest.expect_field_error("Other", "Not <b>this</b>")
    await expect(guest.dialog.get_by_label("Other")).to_be_focused()
    await expect(guest.dialog.get_by_label("Other")).to_have_value("Two")
    app.answers["order"] = lambda _: None
    await guest.submit_form("Submit")
    await expect(guest.dialog).to_be_hidden()


async def test_an_update_keeps_what_was_typed(app: BlockKitApp, guest: Visitor) -> None:
    before = modal("Order", *FIELDS[:4], actions("more", button("More")))
    after = modal("Order", section("There is more"), *FIELDS[:4], input_block("New", LINE))
    app.answers["/gallery"] = app.opening_view(before)
    app.answers["more"] = app.updating_view(after)
    await guest.send_message("/gallery")
    await guest.fill_field("Line", "Sunflowers")
    await guest.dialog.get_by_label("School").select_option("Dada")
    await guest.choose_options("Colours", "Red")
    await guest.submit_form("More")
    await expect(guest.dialog.get_by_text("There is more")).to_be_visible()
    await expect(guest.dialog.get_by_label("Line", exact=True)).to_have_value("Sunflowers")
    await expect(guest.dialog.get_by_label("School")).to_have_value("DADA")
    await expect(guest.dialog.get_by_role("group", name="Colours").last).to_contain_text("Red")
    heard = await app.wait_for_payload("block_actions")
    assert heard["container"] == {"type": "view", "view_id": heard["view"]["id"]}
    assert heard["view"]["state"]["values"]["line"]["given"]["value"] == "Sunflowers"


async def test_a_field_can_tell_the_app_of_each_character_or_of_enter(
    app: BlockKitApp, guest: Visitor
) -> None:
    each = {**LINE, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    app.answers["/gallery"] = app.opening_view(
        modal(
            "Order",
            input_block("Search", {**each, "action_id": "search"}, dispatch_action=True),
            input_block("Code", {**LINE, "action_id": "code"}, dispatch_action=True),
            input_block(
                "School", {"type": "radio_buttons", "options": options("Old", "New")}, dispatch_action=True
            ),
        )
    )
    app.answers["given"] = app.updating_view(modal("Order", section("New schools are these")))
    await guest.send_message("/gallery")
    await guest.fill_field("Search", "Sun")
    [action] = (await app.wait_for_payload("block_actions"))["actions"]
    assert (action["action_id"], action["value"]) == ("search", "Sun")
    await guest.fill_field("Code", "42")
    await guest.dialog.get_by_label("Code").press("Enter")
    [action] = (await app.wait_for_payload("block_actions"))["actions"]
    assert (action["action_id"], action["value"]) == ("code", "42")
    assert not app.has_payload("view_submission")
    await guest.dialog.get_by_label("New").click()
    await expect(guest.dialog.get_by_text("New schools are these")).to_be_visible()
    assert not app.has_payload("view_submission")


async def test_modals_are_pushed_three_high_and_left_one_by_one(app: BlockKitApp, guest: Visitor) -> None:
    def floor(number: int) -> dict[str, Any]:
        line, up = input_block(f"Line {number}", LINE), actions("up", button("Up"))
        return modal(f"Floor {number}", line, up, notify_on_close=True)

    def climb(heard: Payload) -> Any:
        return app.pushing_view(floor(int(heard["view"]["title"]["text"][-1]) + 1))(heard)

    app.answers["/gallery"] = app.opening_view(floor(1))
    app.answers["up"] = climb
    await guest.send_message("/gallery")
    for number in (1, 2):
        await guest.fill_field(f"Line {number}", f"typed on {number}")
        await guest.submit_form("Up")
    await expect(guest.dialog).to_have_accessible_name("Floor 3")
    with pytest.raises(AssertionError, match="push_limit_reached"):
        app.call_method("views.push", trigger_id=app.slack.new_trigger_id(app.ana.id), view=floor(4))

    await guest.page.keyboard.press("Escape")
    await expect(guest.dialog).to_have_accessible_name("Floor 2")
    closed = await app.wait_for_payload("view_closed")
    assert (closed["view"]["callback_id"], closed["is_cleared"]) == ("floor 3", False)
    await expect(guest.dialog.get_by_label("Line 2")).to_have_value("typed on 2")
    await guest.page.keyboard.press("Escape")
    await expect(guest.dialog).to_have_accessible_name("Floor 1")
    await expect(guest.dialog.get_by_label("Line 1")).to_have_value("typed on 1")
    await guest.submit_form("Up")
    await guest.dialog.get_by_role("button", name="Back").click()
    await expect(guest.dialog).to_have_accessible_name("Floor 1")
    await guest.submit_form("Up")
    await guest.dialog.get_by_role("button", name="Close this dialog").click()
    await expect(guest.dialog).to_be_hidden()
    cleared = [await app.wait_for_payload("view_closed") for _ in range(4)][-2:]
    assert [(one["view"]["callback_id"], one["is_cleared"]) for one in cleared] == [
        ("floor 2", True),
        ("floor 1", True),
    ]


async def test_a_submission_is_answered_by_a_push_an_update_and_the_end_of_all(
    app: BlockKitApp, guest: Visitor
) -> None:
    app.answers["/gallery"] = app.opening_view(modal("First", input_block("Line", LINE)))
    app.answers["first"] = lambda _: {"response_action": "push", "view": modal("Second", section("Two"))}
    app.answers["second"] = lambda _: {"response_action": "update", "view": modal("Third", section("Three"))}
    app.answers["third"] = lambda _: {"response_action": "clear"}
    await guest.send_message("/gallery")
    await guest.fill_field("Line", "Sunflowers")
    await guest.submit_form("Submit")
    for title in ("Second", "Third"):
        await expect(guest.dialog).to_have_accessible_name(title)
        await guest.submit_form("Submit")
    await expect(guest.dialog).to_be_hidden()


async def test_a_modal_can_be_left_as_a_whole_stack_and_without_telling(
    app: BlockKitApp, guest: Visitor
) -> None:
    below = modal("Below", section("Down here"), actions("up", button("Up")))
    app.answers["/gallery"] = app.opening_view(below)
    app.answers["up"] = app.pushing_view(
        modal("Above", section("Up here"), clear_on_close=True, close=plain("Go"))
    )
    await guest.send_message("/gallery")
    await guest.submit_form("Up")
    await expect(guest.dialog).to_have_accessible_name("Above")
    await guest.submit_form("Go")
    await expect(guest.dialog).to_be_hidden()
    assert not app.has_payload("view_closed")


async def test_a_confirmation_within_a_modal_leaves_the_modal_open(app: BlockKitApp, guest: Visitor) -> None:
    sure = {
        "title": plain("Really?"),
        "text": plain("All of it"),
        "confirm": plain("Do it"),
        "deny": plain("No"),
    }
    app.answers["/gallery"] = app.opening_view(modal("Order", actions("b", button("Burn", confirm=sure))))
    await guest.send_message("/gallery")
    await guest.page.get_by_role("dialog", name="Order").get_by_role("button", name="Burn").click()
    asking = guest.page.get_by_role("dialog", name="Really?")
    await asking.get_by_role("button", name="No").press("Escape")
    await expect(asking).to_be_hidden()
    await expect(guest.page.get_by_role("dialog", name="Order")).to_be_visible()
    await guest.page.get_by_role("button", name="Burn").click()
    await asking.get_by_role("button", name="Do it").click()
    assert (await app.wait_for_payload("block_actions"))["actions"][0]["action_id"] == "burn"


async def test_home_is_pressed_and_changes(app: BlockKitApp, guest: Visitor) -> None:
    def publish(words: str) -> None:
        pick = element("static_select", options=options("Oil", "Ink"), placeholder=plain("Paint"))
        view = home(section(words), actions("b", button("Refresh"), pick))
        app.call_method("views.publish", user_id=app.ana.id, view=view)

    app.answers["app_home_opened"] = lambda heard: publish("Welcome") if heard["tab"] == "home" else None
    app.answers["refresh"] = lambda _: publish("Welcome back")
    await guest.page.get_by_role("navigation").get_by_role("link", name="gallery").last.click()
    await guest.page.get_by_role("tab", name="Home").click()
    shown = guest.page.get_by_role("region", name="App Home")
    await expect(shown).to_contain_text("Welcome")
    await shown.get_by_role("button", name="Refresh").click()
    await expect(shown).to_contain_text("Welcome back")
    heard = await app.wait_for_payload("block_actions")
    assert (heard["view"]["type"], heard["container"]["type"]) == ("home", "view")
    await shown.get_by_label("Paint").select_option("Ink")
    heard = await app.wait_for_payload("block_actions")
    assert heard["actions"][0]["selected_option"] == option("Ink")
    assert heard["view"]["state"]["values"]["b"]["static_select"]["selected_option"] == option("Ink")


async def test_a_shortcut_on_a_message_opens_a_modal(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(text="A picture")
    app.answers["frame"] = app.opening_view(modal("Frame it", section("In gold?")))
    await guest.choose_message_action(await guest.find_message("A picture"), "Frame")
    await expect(guest.dialog.get_by_text("In gold?")).to_be_visible()
    await guest.dialog.get_by_role("button", name=re.compile("Cancel")).click()
    await expect(guest.dialog).to_be_hidden()
