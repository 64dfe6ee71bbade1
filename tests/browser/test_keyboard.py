"""Everything can be done by keyboard alone, and the focus is never lost."""

import re

from playwright.async_api import Locator, expect

from tests.browser.block_kit_app import BlockKitApp
from tests.browser.block_kit_samples import (
    EVERY_BLOCK,
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

MAX_STEPS = 60  # more steps than anything should be away
SURE = {
    "title": plain("Really?"),
    "text": plain("All of it"),
    "confirm": plain("Do it"),
    "deny": plain("No"),
}


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, words: str) -> None:
        await self.page.keyboard.type(words)

    async def move_focus_to(self, place: Locator, key: str = "Tab") -> None:
        """Press a key until the focus is at this place."""
        await expect(place).to_be_visible()
        for _ in range(MAX_STEPS):
            if await place.evaluate("(one) => one === document.activeElement"):
                return
            await self.press(key)
        raise AssertionError(f"{key} does not lead to {place}")

    async def press_enter_on(self, place: Locator, key: str = "Tab") -> None:
        await self.move_focus_to(place, key)
        await self.press("Enter")


async def test_a_workshop_by_keyboard_alone(visitor: Visitor) -> None:
    keys = Keyboard(visitor)
    field = visitor.channel.get_by_role("textbox", name="Message")
    await keys.press_enter_on(visitor.page.get_by_role("link", name="your-product", exact=True))
    await visitor.find_message("An empty channel")

    # From the top of the page straight to the message field.
    await visitor.page.reload()
    await visitor.find_message("An empty channel")
    await keys.press_enter_on(visitor.page.get_by_role("link", name="Skip to the message field"))
    await expect(field).to_be_focused()

    # Complete a command from "/".
    await keys.type("/")
    completion = visitor.channel.get_by_role("option", name="/valuemap", selected=True)
    await expect(completion).to_be_visible()
    await keys.press("Escape")
    await expect(completion).to_be_hidden()
    await keys.press("Backspace")
    await keys.type("/v")
    await keys.press("ArrowDown", "Enter")
    await expect(field).to_have_value("/valuemap ")
    await keys.type("new")
    await keys.press("Enter")

    # Fill in and submit a modal, after leaving it once.
    await expect(visitor.dialog.get_by_label("Name")).to_be_focused()
    await keys.press("Escape")
    await expect(visitor.dialog).to_be_hidden()
    await expect(field).to_be_focused()
    await keys.type("/valuemap new")
    await keys.press("Enter")
    await expect(visitor.dialog.get_by_label("Name")).to_be_focused()
    await keys.type("Reports")
    await keys.move_focus_to(visitor.dialog.get_by_label("Customer segment"))
    await keys.type("small shops")
    await keys.press("Enter")
    await expect(visitor.dialog).to_be_hidden()
    await expect(field).to_be_focused()
    await keys.type("/valuemap add job: know how the day went; job: sleep well")
    await keys.press("Enter")
    await visitor.find_message("Added 2 jobs")

    # Open the thread, vote on a card, leave the thread.
    await keys.press_enter_on(visitor.channel.get_by_role("button", name="2 replies"), "Shift+Tab")
    await expect(visitor.thread.get_by_role("textbox", name="Reply")).to_be_focused()
    card = await visitor.find_card("know how the day went")
    await keys.move_focus_to(card, "Shift+Tab")
    await keys.press_enter_on(card.get_by_role("button", name="React with 5"))
    await expect(card).to_contain_text("1 vote")
    await expect(card.get_by_role("button", name="React with 5")).to_be_focused()
    await keys.press_enter_on(
        card.get_by_role("button", name=":five:"), "Shift+Tab"
    )  # and takes the vote back
    await expect(card).not_to_contain_text("1 vote")
    await expect(card.get_by_role("button", name=":five:")).to_be_focused()
    await keys.press("Escape")
    await expect(visitor.thread).to_be_hidden()
    await expect(field).to_be_focused()

    # Act as somebody else, and move the clock.
    acting = visitor.page.get_by_role("button", name="Acting as")
    await keys.press_enter_on(acting, "Shift+Tab")
    await keys.press("ArrowDown", "ArrowDown", "Enter")
    await expect(acting).to_have_accessible_name(re.compile("Kofi"))
    await expect(acting).to_be_focused()
    clock = visitor.page.get_by_role("button", name="Workspace time")
    await keys.press_enter_on(clock, "Shift+Tab")
    await keys.press("Escape")
    await expect(clock).to_be_focused()
    await keys.press("Enter", "ArrowUp", "Enter")
    await expect(clock).to_contain_text("Mon")
    await expect(clock).to_be_focused()


async def test_every_element_in_a_message_by_keyboard(app: BlockKitApp, guest: Visitor) -> None:
    keys = Keyboard(guest)
    app.answers["external_select"] = lambda _: {"options": options("Klee", "Marc")}
    app.post_message(
        actions(
            "all",
            button("Burn", confirm=SURE),
            element("overflow", options=options("Move", "Sell")),
            element("static_select", options=options("Oil", "Ink"), placeholder=plain("Paint")),
            element("multi_static_select", options=options("Red", "Blue"), placeholder=plain("Colours")),
            element("external_select", placeholder=plain("Painter"), min_query_length=1),
            element("checkboxes", options=options("Frame", "Glass")),
            element("radio_buttons", options=options("Small", "Large")),
        )
    )
    message = await guest.find_message("Burn")

    async def chosen() -> object:
        [action] = (await app.wait_for_payload("block_actions"))["actions"]
        return action.get("selected_option") or action.get("selected_options")

    burn = message.get_by_role("button", name="Burn")
    asking = guest.page.get_by_role("dialog", name="Really?")
    await keys.press_enter_on(burn)
    await expect(asking).to_be_visible()
    await keys.press("Escape")
    await expect(asking).to_be_hidden()
    await expect(burn).to_be_focused()
    await keys.press("Enter")
    await keys.press_enter_on(asking.get_by_role("button", name="Do it"))
    await expect(asking).to_be_hidden()
    await expect(burn).to_be_focused()
    await chosen()

    await keys.press_enter_on(message.get_by_role("button", name="More options"))
    await keys.press("ArrowDown", "Enter")
    assert await chosen() == option("Sell")
    await expect(message.get_by_role("button", name="More options")).to_be_focused()
    await keys.move_focus_to(message.get_by_label("Paint", exact=True))
    await keys.type("Ink")
    assert await chosen() == option("Ink")
    colours = message.get_by_role("group", name="Colours")
    await keys.press_enter_on(colours.locator("summary"))
    await expect(colours.get_by_role("searchbox")).to_be_focused()
    await keys.type("bl")
    await keys.move_focus_to(colours.get_by_label("Blue"))
    await keys.press("Space")
    assert await chosen() == [option("Blue")]
    await keys.press("Escape")
    await expect(colours.locator("summary")).to_be_focused()
    painter = message.get_by_role("group", name="Painter")
    await keys.press_enter_on(painter.locator("summary"))
    await expect(painter.get_by_role("searchbox")).to_be_focused()
    await keys.type("k")
    await keys.move_focus_to(painter.get_by_label("Klee"))
    await keys.press("Space")
    assert await chosen() == option("Klee")
    await expect(painter.locator("summary")).to_be_focused()
    await keys.move_focus_to(message.get_by_label("Glass"))
    await keys.press("Space")
    assert await chosen() == [option("Glass")]
    await keys.move_focus_to(message.get_by_label("Small"))
    await keys.press("ArrowDown")
    assert await chosen() == option("Large")


async def test_a_data_table_s_pages_by_keyboard(app: BlockKitApp, guest: Visitor) -> None:
    keys = Keyboard(guest)
    app.post_message(*EVERY_BLOCK)
    message = await guest.find_message("A header")
    await keys.move_focus_to(message.get_by_role("button", name="Next"))
    await keys.press("Enter", "Enter")
    await expect(message.get_by_text("3 of 3")).to_be_visible()
    await expect(message.get_by_role("button", name="Back")).to_be_focused()


async def test_the_focus_stays_when_a_message_changes_or_goes(app: BlockKitApp, guest: Visitor) -> None:
    keys = Keyboard(guest)
    posted = app.post_message(actions("a", button("Yes"), button("No")), text="Well?")
    other = app.post_message(actions("b", button("Yes"), button("No")), text="And?")
    messages = guest.channel.get_by_role("article")
    no = messages.first.get_by_role("button", name="No", exact=True)
    await keys.press_enter_on(no)
    changed = [section("Changed"), actions("a", button("Yes"), button("No"))]
    where = {"channel": app.channel.id, "ts": posted.ts, "text": "-"}
    app.call_method("chat.update", **where, blocks=changed)
    await expect(messages.first).to_contain_text("Changed")
    await expect(no).to_be_focused()
    app.call_method("chat.update", **where, blocks=[section("Over")])
    await expect(messages.first).to_contain_text("Over")
    await expect(messages.first).to_be_focused()
    app.call_method("chat.delete", channel=app.channel.id, ts=posted.ts)
    await expect(messages).to_have_count(1)
    await expect(messages.first).to_be_focused()
    app.call_method("chat.delete", channel=app.channel.id, ts=other.ts)
    await expect(messages).to_have_count(0)
    await expect(guest.channel.get_by_role("textbox", name="Message")).to_be_focused()


async def test_messages_are_dismissed_deleted_and_acted_on_by_keyboard(
    app: BlockKitApp, guest: Visitor
) -> None:
    keys = Keyboard(guest)
    app.post_ephemeral(app.ana, "A secret")
    await guest.send_message("My own words")
    secret, own = await guest.find_message("A secret"), await guest.find_message("My own words")
    await keys.move_focus_to(own, "Shift+Tab")
    await keys.press_enter_on(own.get_by_role("button", name="More actions"))
    await keys.press_enter_on(guest.page.get_by_role("menuitem", name="Frame"), "ArrowDown")
    assert (await app.wait_for_payload("message_action"))["message"]["text"] == "My own words"
    await expect(own.get_by_role("button", name="More actions")).to_be_focused()
    await keys.press("Enter")
    await keys.press_enter_on(guest.page.get_by_role("menuitem", name="Delete message"), "ArrowUp")
    await expect(own).to_have_count(0)
    await expect(secret).to_be_focused()
    await keys.press_enter_on(secret.get_by_role("button", name="More actions"))
    await keys.press_enter_on(guest.page.get_by_role("menuitem", name="Dismiss message"), "ArrowDown")
    await expect(secret).to_have_count(0)
    await expect(guest.channel.get_by_role("textbox", name="Message")).to_be_focused()


async def test_the_focus_returns_from_a_modal_whatever_has_become_of_its_button(
    app: BlockKitApp, guest: Visitor
) -> None:
    keys = Keyboard(guest)
    posted = app.post_message(actions("a", button("Open")))
    app.answers["open"] = app.opening_view(modal("Order", input_block("Line", {"type": "plain_text_input"})))
    open_it = guest.channel.get_by_role("button", name="Open")
    await keys.press_enter_on(open_it)
    await expect(guest.dialog.get_by_label("Line")).to_be_focused()
    await keys.press("Escape")
    await expect(open_it).to_be_focused()
    await keys.press("Enter")
    await expect(guest.dialog.get_by_label("Line")).to_be_focused()
    app.slack.add_reaction(posted, "eyes", app.kofi.id)
    await expect(guest.channel.get_by_text("1", exact=True)).to_be_visible()
    await keys.type("A line")
    await keys.press("Enter")
    await expect(guest.dialog).to_be_hidden()
    await expect(open_it).to_be_focused()
    await keys.press("Enter")
    await expect(guest.dialog).to_be_visible()
    app.slack.delete_message(posted)
    await keys.press("Escape")
    await expect(guest.dialog).to_be_hidden()
    await expect(guest.channel.get_by_role("textbox", name="Message")).to_be_focused()


async def test_the_focus_stays_in_a_modal_that_changes(app: BlockKitApp, guest: Visitor) -> None:
    keys = Keyboard(guest)
    line = input_block("Line", {"type": "plain_text_input"})
    app.answers["/gallery"] = app.opening_view(modal("Order", line, actions("m", button("More"))))
    app.answers["more"] = app.updating_view(
        modal("Order", line, section("Changed"), actions("m", button("More")))
    )
    app.answers["order"] = lambda _: {"response_action": "errors", "errors": {"line": "No"}}
    await guest.send_message("/gallery")
    more = guest.dialog.get_by_role("button", name="More")
    await keys.press_enter_on(more)
    await expect(guest.dialog.get_by_text("Changed")).to_be_visible()
    await expect(more).to_be_focused()
    await keys.move_focus_to(guest.dialog.get_by_label("Line"), "Shift+Tab")
    await keys.type("x")
    await keys.press("Enter")
    await guest.expect_field_error("Line", "No")
    await expect(guest.dialog.get_by_label("Line")).to_be_focused()


async def test_the_focus_stays_in_home_that_changes(app: BlockKitApp, guest: Visitor) -> None:
    keys = Keyboard(guest)
    visits = iter(range(9))

    def publish(_: object) -> None:
        view = home(section(f"Visit {next(visits)}"), actions("b", button("First"), button("Refresh")))
        app.call_method("views.publish", user_id=app.ana.id, view=view)

    app.answers |= {"app_home_opened": publish, "refresh": publish}
    await keys.press_enter_on(guest.page.get_by_role("navigation").get_by_role("link", name="gallery").last)
    await keys.press_enter_on(guest.page.get_by_role("tab", name="Home"))
    refresh = guest.page.get_by_role("region", name="App Home").get_by_role("button", name="Refresh")
    await keys.move_focus_to(refresh)
    before = next(visits)
    await keys.press("Enter")
    await expect(guest.page.get_by_text(f"Visit {before + 1}")).to_be_visible()
    await expect(refresh).to_be_focused()
