"""Modals and Home: what is filled in is sent as Slack sends it, checked first, and never lost."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.app import App, Payload
from tests.browser.exhibits import (
    FIELDS,
    actions,
    asked,
    button,
    element,
    home,
    modal,
    option,
    options,
    plain,
    section,
)
from tests.browser.visitor import Visitor

LINE = {"type": "plain_text_input"}


async def test_a_modal_of_every_field_is_sent_as_from_slack(app: App, guest: Visitor) -> None:
    app.answers["/gallery"] = app.opens(modal("Order", *FIELDS))
    app.answers["given"] = lambda heard: {"options": options(f"{heard['value']}ee", "Marc")}
    await guest.says("/gallery hall")
    assert (await app.hears("command"))["text"] == "hall"
    dialog = guest.dialog
    await guest.fills("Line", "Sunflowers & <b>tulips</b>")
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
    await guest.fills("Hour", "08:05")
    await guest.fills("Moment", "2026-07-01T12:00")
    await guest.fills("Price", "12.5")
    await guest.fills("Email", "ana@example.com")
    await guest.fills("Site", "https://example.com/?a=b")
    await expect(dialog.get_by_text("In your own words")).to_be_visible()
    await guest.fills("Story", "Once")
    file = {"name": "sketch.txt", "mimeType": "text/plain", "buffer": b"a line"}
    await dialog.get_by_label("Sketch").set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    await guest.submits("Submit")
    await expect(dialog).to_be_hidden()

    heard = await app.hears("view_submission")
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
    app: App, guest: Visitor
) -> None:
    fields = [one for one in FIELDS if one["block_id"] in {"line", "school", "price", "email", "site"}]
    short = asked("Title", {**LINE, "min_length": 3, "max_length": 10})
    app.answers["/gallery"] = app.opens(modal("Order", *fields, short))
    await guest.says("/gallery")
    await guest.submits("Submit")
    await guest.fails("Line", "Please complete this required field.")
    await guest.fails("School", "Please complete this required field.")
    await expect(guest.dialog.get_by_label("Line")).to_be_focused()
    await guest.fills("Line", "Sunflowers")
    await guest.dialog.get_by_label("School").select_option("Dada")
    await guest.fills("Price", "100")
    await guest.fills("Email", "ana")
    await guest.fills("Site", "example")
    await guest.fills("Title", "Me")
    await guest.submits("Submit")
    await guest.fails("Price", "Must be no more than 99.")
    await guest.fails("Email", "Enter a valid email address.")
    await guest.fails("Site", "Enter a valid URL.")
    await guest.fails("Title", "Must be at least 3 characters.")
    await expect(guest.dialog.get_by_label("Line")).to_have_accessible_description("")
    assert not app.has_heard("view_submission")
    await guest.fills("Price", "99")
    await guest.fills("Email", "ana@example.com")
    await guest.fills("Site", "https://example.com")
    await guest.fills("Title", "Sun")
    await guest.submits("Submit")
    await expect(guest.dialog).to_be_hidden()
    await app.hears("view_submission")


async def test_errors_of_the_app_stand_at_their_fields(app: App, guest: Visitor) -> None:
    app.answers["/gallery"] = app.opens(modal("Order", asked("Line", LINE), asked("Other", LINE)))
    app.answers["order"] = lambda _: {"response_action": "errors", "errors": {"other": "Not <b>this</b>"}}
    await guest.says("/gallery")
    await guest.fills("Line", "One")
    await guest.fills("Other", "Two")
    await guest.submits("Submit")
    await guest.fails("Other", "Not <b>this</b>")
    await expect(guest.dialog.get_by_label("Other")).to_be_focused()
    await expect(guest.dialog.get_by_label("Other")).to_have_value("Two")
    app.answers["order"] = lambda _: None
    await guest.submits("Submit")
    await expect(guest.dialog).to_be_hidden()


async def test_an_update_keeps_what_was_typed(app: App, guest: Visitor) -> None:
    before = modal("Order", *FIELDS[:4], actions("more", button("More")))
    after = modal("Order", section("There is more"), *FIELDS[:4], asked("New", LINE))
    app.answers["/gallery"] = app.opens(before)
    app.answers["more"] = app.updates(after)
    await guest.says("/gallery")
    await guest.fills("Line", "Sunflowers")
    await guest.dialog.get_by_label("School").select_option("Dada")
    await guest.chooses("Colours", "Red")
    await guest.submits("More")
    await expect(guest.dialog.get_by_text("There is more")).to_be_visible()
    await expect(guest.dialog.get_by_label("Line", exact=True)).to_have_value("Sunflowers")
    await expect(guest.dialog.get_by_label("School")).to_have_value("DADA")
    await expect(guest.dialog.get_by_role("group", name="Colours").last).to_contain_text("Red")
    heard = await app.hears("block_actions")
    assert heard["container"] == {"type": "view", "view_id": heard["view"]["id"]}
    assert heard["view"]["state"]["values"]["line"]["given"]["value"] == "Sunflowers"


async def test_a_field_can_tell_the_app_of_each_character_or_of_enter(app: App, guest: Visitor) -> None:
    each = {**LINE, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    app.answers["/gallery"] = app.opens(
        modal(
            "Order",
            asked("Search", {**each, "action_id": "search"}, dispatch_action=True),
            asked("Code", {**LINE, "action_id": "code"}, dispatch_action=True),
            asked(
                "School", {"type": "radio_buttons", "options": options("Old", "New")}, dispatch_action=True
            ),
        )
    )
    app.answers["given"] = app.updates(modal("Order", section("New schools are these")))
    await guest.says("/gallery")
    await guest.fills("Search", "Sun")
    [action] = (await app.hears("block_actions"))["actions"]
    assert (action["action_id"], action["value"]) == ("search", "Sun")
    await guest.fills("Code", "42")
    await guest.dialog.get_by_label("Code").press("Enter")
    [action] = (await app.hears("block_actions"))["actions"]
    assert (action["action_id"], action["value"]) == ("code", "42")
    assert not app.has_heard("view_submission")
    await guest.dialog.get_by_label("New").click()
    await expect(guest.dialog.get_by_text("New schools are these")).to_be_visible()
    assert not app.has_heard("view_submission")


async def test_modals_are_pushed_three_high_and_left_one_by_one(app: App, guest: Visitor) -> None:
    def floor(number: int) -> dict[str, Any]:
        line, up = asked(f"Line {number}", LINE), actions("up", button("Up"))
        return modal(f"Floor {number}", line, up, notify_on_close=True)

    def climb(heard: Payload) -> Any:
        return app.pushes(floor(int(heard["view"]["title"]["text"][-1]) + 1))(heard)

    app.answers["/gallery"] = app.opens(floor(1))
    app.answers["up"] = climb
    await guest.says("/gallery")
    for number in (1, 2):
        await guest.fills(f"Line {number}", f"typed on {number}")
        await guest.submits("Up")
    await expect(guest.dialog).to_have_accessible_name("Floor 3")
    with pytest.raises(AssertionError, match="push_limit_reached"):
        app.calls("views.push", trigger_id=app.slack.trigger(app.ana.id), view=floor(4))

    await guest.page.keyboard.press("Escape")
    await expect(guest.dialog).to_have_accessible_name("Floor 2")
    closed = await app.hears("view_closed")
    assert (closed["view"]["callback_id"], closed["is_cleared"]) == ("floor 3", False)
    await expect(guest.dialog.get_by_label("Line 2")).to_have_value("typed on 2")
    await guest.page.keyboard.press("Escape")
    await expect(guest.dialog).to_have_accessible_name("Floor 1")
    await expect(guest.dialog.get_by_label("Line 1")).to_have_value("typed on 1")
    await guest.submits("Up")
    await guest.dialog.get_by_role("button", name="Back").click()
    await expect(guest.dialog).to_have_accessible_name("Floor 1")
    await guest.submits("Up")
    await guest.dialog.get_by_role("button", name="Close this dialog").click()
    await expect(guest.dialog).to_be_hidden()
    cleared = [await app.hears("view_closed") for _ in range(4)][-2:]
    assert [(one["view"]["callback_id"], one["is_cleared"]) for one in cleared] == [
        ("floor 2", True),
        ("floor 1", True),
    ]


async def test_a_submission_is_answered_by_a_push_an_update_and_the_end_of_all(
    app: App, guest: Visitor
) -> None:
    app.answers["/gallery"] = app.opens(modal("First", asked("Line", LINE)))
    app.answers["first"] = lambda _: {"response_action": "push", "view": modal("Second", section("Two"))}
    app.answers["second"] = lambda _: {"response_action": "update", "view": modal("Third", section("Three"))}
    app.answers["third"] = lambda _: {"response_action": "clear"}
    await guest.says("/gallery")
    await guest.fills("Line", "Sunflowers")
    await guest.submits("Submit")
    for title in ("Second", "Third"):
        await expect(guest.dialog).to_have_accessible_name(title)
        await guest.submits("Submit")
    await expect(guest.dialog).to_be_hidden()


async def test_a_modal_can_be_left_as_a_whole_stack_and_without_telling(app: App, guest: Visitor) -> None:
    below = modal("Below", section("Down here"), actions("up", button("Up")))
    app.answers["/gallery"] = app.opens(below)
    app.answers["up"] = app.pushes(modal("Above", section("Up here"), clear_on_close=True, close=plain("Go")))
    await guest.says("/gallery")
    await guest.submits("Up")
    await expect(guest.dialog).to_have_accessible_name("Above")
    await guest.submits("Go")
    await expect(guest.dialog).to_be_hidden()
    assert not app.has_heard("view_closed")


async def test_a_confirmation_within_a_modal_leaves_the_modal_open(app: App, guest: Visitor) -> None:
    sure = {
        "title": plain("Really?"),
        "text": plain("All of it"),
        "confirm": plain("Do it"),
        "deny": plain("No"),
    }
    app.answers["/gallery"] = app.opens(modal("Order", actions("b", button("Burn", confirm=sure))))
    await guest.says("/gallery")
    await guest.page.get_by_role("dialog", name="Order").get_by_role("button", name="Burn").click()
    asking = guest.page.get_by_role("dialog", name="Really?")
    await asking.get_by_role("button", name="No").press("Escape")
    await expect(asking).to_be_hidden()
    await expect(guest.page.get_by_role("dialog", name="Order")).to_be_visible()
    await guest.page.get_by_role("button", name="Burn").click()
    await asking.get_by_role("button", name="Do it").click()
    assert (await app.hears("block_actions"))["actions"][0]["action_id"] == "burn"


async def test_home_is_pressed_and_changes(app: App, guest: Visitor) -> None:
    def publish(words: str) -> None:
        pick = element("static_select", options=options("Oil", "Ink"), placeholder=plain("Paint"))
        view = home(section(words), actions("b", button("Refresh"), pick))
        app.calls("views.publish", user_id=app.ana.id, view=view)

    app.answers["app_home_opened"] = lambda heard: publish("Welcome") if heard["tab"] == "home" else None
    app.answers["refresh"] = lambda _: publish("Welcome back")
    await guest.page.get_by_role("navigation").get_by_role("link", name="gallery").last.click()
    await guest.page.get_by_role("tab", name="Home").click()
    shown = guest.page.get_by_role("region", name="App Home")
    await expect(shown).to_contain_text("Welcome")
    await shown.get_by_role("button", name="Refresh").click()
    await expect(shown).to_contain_text("Welcome back")
    heard = await app.hears("block_actions")
    assert (heard["view"]["type"], heard["container"]["type"]) == ("home", "view")
    await shown.get_by_label("Paint").select_option("Ink")
    heard = await app.hears("block_actions")
    assert heard["actions"][0]["selected_option"] == option("Ink")
    assert heard["view"]["state"]["values"]["b"]["static_select"]["selected_option"] == option("Ink")


async def test_a_shortcut_on_a_message_opens_a_modal(app: App, guest: Visitor) -> None:
    app.posts(text="A picture")
    app.answers["frame"] = app.opens(modal("Frame it", section("In gold?")))
    await guest.takes_action(await guest.reads("A picture"), "Frame")
    await expect(guest.dialog.get_by_text("In gold?")).to_be_visible()
    await guest.dialog.get_by_role("button", name=re.compile("Cancel")).click()
    await expect(guest.dialog).to_be_hidden()
