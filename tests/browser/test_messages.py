"""Messages: every block is to be seen, and what is pressed or chosen arrives at the app as from Slack."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.block_kit_app import BlockKitApp, Payload
from tests.browser.block_kit_samples import (
    CARD,
    EVERY_BLOCK,
    actions,
    button,
    chart,
    element,
    image,
    input_block,
    mrkdwn,
    option,
    options,
    plain,
    section,
)
from tests.browser.visitor import Visitor

SURE = {
    "title": plain("Really?"),
    "text": mrkdwn("It *cannot* be undone."),
    "confirm": plain("Do it"),
    "deny": plain("Leave it"),
}


async def test_every_block_is_to_be_seen(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(*EVERY_BLOCK)
    message = await guest.find_message("A header")

    async def shows(role: Any, name: str) -> Locator:
        found = message.get_by_role(role, name=name)
        await expect(found).to_be_visible()
        return found

    header = await shows("heading", "A header")
    await expect(header).to_contain_text("🎉")
    await expect(message.get_by_text("First field")).to_be_visible()
    await expect(message.get_by_text("Second field")).to_be_visible()
    for label in ("Look", "Admit", "Reject", "Admire"):
        await shows("button", label)
    reference = await shows("link", "a reference")
    await expect(reference).to_have_attribute("href", "https://example.com")
    for alt in ("A small picture", "A large picture", "A wide view", "A stamp"):
        picture = await shows("img", alt)
        await picture.scroll_into_view_if_needed()
        await expect(picture).not_to_have_js_property("naturalWidth", 0)
    await expect(message.get_by_role("separator")).to_be_visible()
    await expect(message.get_by_role("emphasis")).to_have_text("small")
    await expect(message.get_by_role("figure", name="Its title")).to_be_visible()
    await expect(message.get_by_role("strong").filter(has_text="and bold")).to_be_visible()
    await expect(message.get_by_role("listitem")).to_have_text(["First", "Second"])
    await expect(message.get_by_role("blockquote")).to_have_text("A quotation")
    await expect(message.get_by_text("x = 1")).to_be_visible()
    await expect(message.get_by_text("@Ana")).to_be_visible()
    await expect(message.get_by_role("row", name="Guernica 1937")).to_be_visible()
    await expect(message.get_by_text("with a subtitle")).to_be_visible()
    await expect(message.get_by_text("and a subtext")).to_be_visible()


async def test_a_data_table_turns_its_pages(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(*EVERY_BLOCK)
    message = await guest.find_message("A header")
    table = message.get_by_role("table", name="Prices")
    back, onward = (message.get_by_role("button", name=name) for name in ("Back", "Next"))

    await expect(table.get_by_role("rowheader")).to_have_text([f"Picture {number}" for number in range(1, 6)])
    await expect(back).to_be_disabled()
    await onward.click()
    await onward.click()
    await expect(message.get_by_text("3 of 3")).to_be_visible()
    await expect(table.get_by_role("rowheader")).to_have_text(["Picture 11", "Picture 12"])
    await expect(onward).to_be_disabled()
    await back.click()
    await expect(table.get_by_role("row", name="Picture 6 6 €")).to_be_visible()


async def test_charts_are_drawn_and_told_in_words(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(chart("line"), chart("bar"))
    app.post_message(chart("area"), chart("pie"))
    told = "Adults: Mon 3, Tue 5; Children: Mon 6, Tue 10."
    for kind in ("Line", "Bar", "Area"):
        drawn = guest.channel.get_by_role("figure", name=f"Visitors, {kind.lower()}")
        await expect(drawn.get_by_role("img", name=f"{kind} chart. {told}")).to_be_visible()
        await expect(drawn.get_by_role("listitem")).to_have_text(["Adults", "Children"])
        await expect(drawn.get_by_text("Day", exact=True)).to_be_visible()
    pie = guest.channel.get_by_role("figure", name="Visitors, pie")
    await expect(pie.get_by_role("img", name="Pie chart: Oil 75%, Ink 25%.")).to_be_visible()
    await expect(pie.get_by_role("listitem")).to_have_text(["Oil 75%", "Ink 25%"])


async def test_a_button_tells_the_app_who_pressed_it_where(app: BlockKitApp, guest: Visitor) -> None:
    posted = app.post_message(actions("doors", button("Enter", value="hall")))
    await guest.press_button(await guest.find_message("Enter"), "Enter")

    heard = await app.wait_for_payload("block_actions")
    [action] = heard["actions"]
    assert {key: action[key] for key in action if key != "action_ts"} == {
        "type": "button",
        "block_id": "doors",
        "action_id": "enter",
        "text": plain("Enter"),
        "value": "hall",
    }
    assert heard["user"]["id"] == app.ana.id
    assert heard["container"] == {
        "type": "message",
        "message_ts": posted.ts,
        "channel_id": app.channel.id,
        "is_ephemeral": False,
    }
    assert heard["channel"] == {"id": app.channel.id, "name": "gallery"}
    assert heard["message"]["ts"] == posted.ts
    assert heard["message"]["blocks"] == posted.blocks
    assert heard["response_url"].startswith(app.slack.url)
    assert app.slack.use_trigger_id(heard["trigger_id"]) == app.ana.id


Acting = Callable[[Visitor, Locator], Awaitable[Any]]
CHOICES: dict[str, tuple[dict[str, Any], Acting, dict[str, Any]]] = {
    "overflow": (
        {"options": options("Move", "Burn")},
        lambda guest, message: guest.choose_from_menu(message, "Burn"),
        {"selected_option": option("Burn")},
    ),
    "static_select": (
        {"options": options("Oil", "Ink"), "placeholder": plain("Paint")},
        lambda _, message: message.get_by_label("Paint", exact=True).select_option("Ink"),
        {"selected_option": option("Ink")},
    ),
    "multi_static_select": (
        {"options": options("Red", "Blue"), "placeholder": plain("Colours")},
        lambda guest, message: guest.choose_options_in(message, "Colours", "Blue"),
        {"selected_options": [option("Blue")]},
    ),
    "external_select": (
        {"placeholder": plain("Painter"), "min_query_length": 0},
        lambda guest, message: guest.choose_options_in(message, "Painter", "Klee"),
        {"selected_option": option("Klee")},
    ),
    "users_select": (
        {"placeholder": plain("Guide")},
        lambda _, message: message.get_by_label("Guide").select_option("Kofi"),
        {"selected_user": "U0002"},
    ),
    "conversations_select": (
        {"placeholder": plain("Room")},
        lambda _, message: message.get_by_label("Room").select_option("#elsewhere"),
        {"selected_conversation": "C0001"},
    ),
    "checkboxes": (
        {"options": options("Frame", "Glass"), "initial_options": options("Frame")},
        lambda _, message: message.get_by_label("Glass").check(),
        {"selected_options": options("Frame", "Glass")},
    ),
    "radio_buttons": (
        {"options": options("Small", "Large")},
        lambda _, message: message.get_by_label("Large").check(),
        {"selected_option": option("Large")},
    ),
    "datepicker": (
        {"placeholder": plain("Day"), "initial_date": "2026-11-24"},
        lambda _, message: message.get_by_label("Day").fill("2026-12-24"),
        {"selected_date": "2026-12-24"},
    ),
    "timepicker": (
        {"placeholder": plain("Hour")},
        lambda _, message: message.get_by_label("Hour").fill("17:30"),
        {"selected_time": "17:30"},
    ),
    "datetimepicker": (
        {},  # 2026-12-24 09:00 in Ana's Berlin
        lambda _, message: message.get_by_label("Datetime").fill("2026-12-24T09:00"),
        {"selected_date_time": 1798099200},
    ),
}


async def test_what_is_chosen_in_a_message_arrives_at_once(app: BlockKitApp, guest: Visitor) -> None:
    app.answers["external_select"] = lambda _: {"options": options("Klee", "Marc")}
    elements = [element(kind, **more) for kind, (more, _, _) in CHOICES.items()]
    posted = app.post_message(section("Choose"), *(actions(one["type"], one) for one in elements))
    message = await guest.find_message("Choose")
    heard: Payload = {}
    for kind, (_, act, holds) in CHOICES.items():
        await act(guest, message)
        heard = await app.wait_for_payload("block_actions")
        [action] = heard["actions"]
        del action["action_ts"]
        assert action == {"type": kind, "block_id": kind, "action_id": kind, **holds}
        if kind != "overflow":
            assert heard["state"]["values"][kind][kind] == {"type": kind, **holds}
    assert heard["container"]["message_ts"] == posted.ts
    assert heard["state"]["values"]["timepicker"]["timepicker"]["selected_time"] == "17:30"


async def test_a_card_s_button_is_a_button(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(CARD)
    await guest.press_button(await guest.find_message("A card"), "Admire")
    [action] = (await app.wait_for_payload("block_actions"))["actions"]
    assert (action["block_id"], action["action_id"], action["value"]) == ("card", "admire", "card-7")


async def test_a_field_in_a_message_is_kept_while_the_message_changes(
    app: BlockKitApp, guest: Visitor
) -> None:
    posted = app.post_message(
        input_block("Note", {"type": "plain_text_input"}), actions("send", button("Send it"))
    )
    message = await guest.find_message("Note")
    await message.get_by_label("Note").fill("Half a thought")
    app.slack.add_reaction(posted, "eyes", app.kofi.id)
    await expect(message.get_by_role("button", name=":eyes:, 1")).to_be_visible()
    await guest.press_button(message, "Send it")
    heard = await app.wait_for_payload("block_actions")
    assert heard["state"]["values"]["note"]["given"] == {
        "type": "plain_text_input",
        "value": "Half a thought",
    }


async def test_a_confirmation_denies_and_confirms(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(actions("b", button("Burn", confirm=SURE, style="danger")))
    message = await guest.find_message("Burn")
    asking = guest.page.get_by_role("dialog", name="Really?")
    for key in ("Enter", "Escape"):
        await guest.press_button(message, "Burn")
        await expect(asking.get_by_text("It cannot be undone.")).to_be_visible()
        await asking.get_by_role("button", name="Leave it").press(key)
        await expect(asking).to_be_hidden()
    assert not app.has_payload("block_actions")
    await guest.press_button(message, "Burn")
    await asking.get_by_role("button", name="Do it").click()
    await expect(asking).to_be_hidden()
    assert (await app.wait_for_payload("block_actions"))["actions"][0]["action_id"] == "burn"
    assert not app.has_payload("block_actions")


async def test_a_choice_that_is_not_confirmed_is_not_made(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(
        actions(
            "b",
            element(
                "static_select",
                options=options("Oil", "Ink"),
                initial_option=option("Oil"),
                placeholder=plain("Paint"),
                confirm=SURE,
            ),
        )
    )
    paint = guest.channel.get_by_label("Paint")
    asking = guest.page.get_by_role("dialog", name="Really?")
    await paint.select_option("Ink")
    await asking.get_by_role("button", name="Leave it").click()
    await expect(paint).to_have_value("OIL")
    assert not app.has_payload("block_actions")
    await paint.select_option("Ink")
    await asking.get_by_role("button", name="Do it").click()
    assert (await app.wait_for_payload("block_actions"))["actions"][0]["selected_option"] == option("Ink")


async def test_a_response_url_changes_the_message_and_answers_in_private(
    app: BlockKitApp, guest: Visitor
) -> None:
    app.post_message(actions("b", button("Close")), text="Open")
    await guest.press_button(await guest.find_message("Close"), "Close")
    heard = await app.wait_for_payload("block_actions")
    await app.answer_response_url(heard, replace_original=True, text="Closed for today")
    await guest.find_message("Closed for today")
    await expect(guest.channel.get_by_role("button", name="Close")).to_have_count(0)
    await app.answer_response_url(
        heard, response_type="ephemeral", replace_original=False, text="Come back tomorrow"
    )
    await expect(await guest.find_message("Come back tomorrow")).to_contain_text("Only visible to you")
    await app.answer_response_url(heard, delete_original=True)
    await expect(guest.channel.get_by_text("Closed for today")).to_have_count(0)


async def test_an_ephemeral_message_is_for_one_and_can_be_dismissed(app: BlockKitApp, guest: Visitor) -> None:
    app.post_ephemeral(app.ana, "A secret")
    app.post_message(text="For all")
    secret = await guest.find_message("A secret")
    await expect(secret).to_contain_text("Only visible to you")
    await expect(await guest.find_message("For all")).not_to_contain_text("Only visible to you")

    await guest.act_as("Kofi")
    await guest.find_message("For all")
    await expect(guest.channel.get_by_text("A secret")).to_have_count(0)

    await guest.act_as("Ana")
    await guest.choose_message_action(await guest.find_message("A secret"), "Dismiss message")
    await expect(guest.channel.get_by_text("A secret")).to_have_count(0)
    await guest.find_message("For all")


async def test_pictures_are_shown_and_other_files_offered(app: BlockKitApp, guest: Visitor) -> None:
    app.share_file("dot.png", DOT, alt="A red dot")
    app.share_file("prices.json", b'{"dot": 1}')
    picture = guest.channel.get_by_role("img", name="A red dot")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 1)
    async with guest.page.expect_download() as coming:
        await guest.channel.get_by_role("link", name=re.compile(r"prices\.json")).click()
    download = await coming.value
    assert download.suggested_filename == "prices.json"
    assert (await download.path()).read_bytes() == b'{"dot": 1}'


async def test_a_picture_that_was_shared_stands_in_a_block(app: BlockKitApp, guest: Visitor) -> None:
    app.share_file("dot.png", DOT)
    block = {**image("A dot in a block"), "slack_file": {"id": app.slack.files[0].id}}
    del block["image_url"]
    app.post_message(block)
    picture = guest.channel.get_by_role("img", name="A dot in a block")
    await expect(picture).to_have_js_property("naturalWidth", 1)


@pytest.mark.parametrize("name", ["Hang", "Frame"])
async def test_shortcuts_arrive_at_the_app(app: BlockKitApp, guest: Visitor, name: str) -> None:
    posted = app.post_message(text="A picture")
    message = await guest.find_message("A picture")
    if name == "Hang":
        await guest.channel.get_by_role("button", name="Shortcuts").click()
        await guest.page.get_by_role("menuitem", name=name).click()
        heard = await app.wait_for_payload("shortcut")
        assert "message" not in heard
    else:
        await guest.choose_message_action(message, name)
        heard = await app.wait_for_payload("message_action")
        assert heard["message"]["ts"] == heard["message_ts"] == posted.ts
        assert heard["channel"]["id"] == app.channel.id
        assert heard["response_url"]
    assert heard["callback_id"] == name.lower()
    assert app.slack.use_trigger_id(heard["trigger_id"]) == app.ana.id


# One red pixel.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003"
    "010100c9fe92ef0000000049454e44ae426082"
)
