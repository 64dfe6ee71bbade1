"""A visitor of the demo, who finds things by what they read or hear of them."""

import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Dialog, Locator, Page, expect

from tests.hanging import HANG_TIMEOUT_SECONDS

TIMEOUT_MS = 1000 * HANG_TIMEOUT_SECONDS
MAX_CLICKS = 3
BACKLOG_TIMEOUT_MS = 300_000  # for what comes after hundreds of other jobs

expect.set_options(timeout=TIMEOUT_MS)


class Visitor:
    def __init__(self, page: Page) -> None:
        page.set_default_timeout(TIMEOUT_MS)
        self.page = page

    @property
    def channel(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def open_channel(self, name: str) -> None:
        """Open a channel, or the app."""
        await self.page.get_by_role("navigation").get_by_role("link", name=name).click()

    async def act_as(self, name: str) -> None:
        await self.page.get_by_role("button", name="Acting as").click()
        await self.page.get_by_role("menuitemradio", name=name).click()
        await expect(self.page.get_by_role("button", name=f"Acting as {name}")).to_be_visible()
        for messages in await self.page.get_by_role("log").all():
            await expect(messages).to_have_attribute("aria-busy", "false")

    async def send_message(self, words: str) -> None:
        field = self.channel.get_by_role("textbox", name="Message")
        await field.fill(words)
        await field.press("Enter")

    async def find_message(self, words: str) -> Locator:
        """Wait for a message in the channel with these words; return the newest."""
        message = self.channel.get_by_role("article").filter(has_text=words).last
        await expect(message).to_be_visible()
        return message

    async def press_button(self, message: Locator, label: str) -> None:
        await message.get_by_role("button", name=label, exact=True).click()

    async def choose_from_menu(self, message: Locator, label: str) -> None:
        """Choose from a message's own "⋯" menu."""
        await message.get_by_role("button", name="More options").click()
        await self.page.get_by_role("menuitem", name=label).click()

    async def choose_message_action(self, message: Locator, label: str) -> None:
        """Choose from what appears on every message under "More actions"."""
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=label).click()

    async def open_thread(self) -> None:
        await self.channel.get_by_role("button", name=re.compile(r"\d+ repl(y|ies)")).first.click()
        await expect(self.thread).to_be_visible()

    async def find_card(self, words: str) -> Locator:
        card = self.thread.get_by_role("article").filter(has_text=words).first
        await expect(card).to_be_visible()
        return card

    async def wait_for_number_reactions(self, words: str) -> None:
        """Wait until the bot has set the numbers under a card: until then a thread moves."""
        five = (await self.find_card(words)).get_by_role("button", name=":five:")
        await expect(five).to_be_visible(timeout=BACKLOG_TIMEOUT_MS)

    async def vote_on_card(self, words: str, level: int) -> None:
        """Vote on a card in the open thread, by the button that appears on it."""
        card = await self.find_card(words)
        await expect(card.get_by_role("button", name=":five:")).to_be_visible()  # the numbers are all there
        names = ("one", "two", "three", "four", "five")
        mine = card.get_by_role("button", name=f":{names[level - 1]}:", pressed=True)
        for _ in range(MAX_CLICKS):  # a card that is drawn again at the moment of the click swallows it
            await self.page.mouse.move(0, 0)  # a pointer that rests where the card comes to be enters nothing
            await card.hover()
            await card.get_by_role("button", name=f"React with {level}").click()
            with contextlib.suppress(AssertionError):
                await expect(mine).to_be_visible(timeout=TIMEOUT_MS / MAX_CLICKS)
                return
        await expect(mine).to_be_visible()

    async def fill_field(self, label: str, words: str) -> None:
        await self.dialog.get_by_label(label).fill(words)

    async def choose_options(self, label: str, *options: str) -> None:
        """Choose options from a list that opens."""
        await self.choose_options_in(self.dialog, label, *options)

    async def tick(self, label: str, option: str) -> None:
        """Tick a box of a form."""
        await self.dialog.get_by_role("group", name=label).get_by_label(option).check()

    async def choose_options_in(self, place: Locator, label: str, *options: str) -> None:
        picker = place.get_by_role("group", name=label).last
        await picker.locator("summary").click()
        for option in options:
            await picker.get_by_label(option).check()
        if await picker.get_by_role("searchbox").is_visible():
            await self.page.keyboard.press("Escape")

    async def submit_form(self, label: str) -> None:
        await self.dialog.get_by_role("button", name=label, exact=True).click()

    async def expect_field_error(self, label: str, words: str) -> None:
        """Read these words at a field, with the eyes and with a screen reader."""
        await expect(self.dialog.get_by_text(words, exact=True).first).to_be_visible()
        await expect(self.dialog.get_by_label(label)).to_have_accessible_description(words)

    async def move_clock(self, how: str) -> None:
        await self.page.get_by_role("button", name="Workspace time").click()
        await self.page.get_by_role("menuitem", name=how).click()


@contextlib.asynccontextmanager
async def open_page(browser: Browser, url: str, *, width: int = 1280, **more: Any) -> AsyncIterator[Visitor]:
    """Open an address as somebody with a browser of their own. What the page complains of fails the test."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, **more)
    page = await context.new_page()
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            complaints.append(said.text)

    async def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        await dialog.dismiss()

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", hear)
    page.on("dialog", refuse)
    await page.goto(url)
    yield Visitor(page)
    await context.close()
    assert complaints == []
