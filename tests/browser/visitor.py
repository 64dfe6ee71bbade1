"""A visitor of the demo, who finds things by what they read or hear of them."""

import re

from playwright.async_api import Locator, Page, expect

PATIENCE = 15_000  # milliseconds; the bot posts within seconds

expect.set_options(timeout=PATIENCE)


class Visitor:
    def __init__(self, page: Page) -> None:
        page.set_default_timeout(PATIENCE)
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

    async def opens(self, name: str) -> None:
        """Open a channel, or the app."""
        await self.page.get_by_role("navigation").get_by_role("link", name=name).click()

    async def acts_as(self, name: str) -> None:
        await self.page.get_by_role("button", name="Acting as").click()
        await self.page.get_by_role("menuitemradio", name=name).click()
        await expect(self.page.get_by_role("button", name=f"Acting as {name}")).to_be_visible()

    async def says(self, words: str) -> None:
        field = self.channel.get_by_role("textbox", name="Message")
        await field.fill(words)
        await field.press("Enter")

    async def reads(self, words: str) -> Locator:
        """Wait for a message in the channel with these words; return the newest."""
        message = self.channel.get_by_role("article").filter(has_text=words).last
        await expect(message).to_be_visible()
        return message

    async def presses(self, message: Locator, label: str) -> None:
        await message.get_by_role("button", name=label, exact=True).click()

    async def opens_thread(self) -> None:
        await self.channel.get_by_role("button", name=re.compile(r"\d+ repl(y|ies)")).first.click()
        await expect(self.thread).to_be_visible()

    async def card(self, words: str) -> Locator:
        card = self.thread.get_by_role("article").filter(has_text=words).first
        await expect(card).to_be_visible()
        return card

    async def votes(self, words: str, level: int) -> None:
        """Vote on a card in the open thread, by the button that appears on it."""
        card = await self.card(words)
        await card.hover()
        await card.get_by_role("button", name=f"React with {level}").click()
        names = ("one", "two", "three", "four", "five")
        mine = card.get_by_role("button", name=f":{names[level - 1]}:", pressed=True)
        await expect(mine).to_be_visible()

    async def fills(self, label: str, words: str) -> None:
        await self.dialog.get_by_label(label).fill(words)

    async def chooses(self, label: str, *options: str) -> None:
        """Choose options from a list that opens."""
        picker = self.dialog.get_by_role("group", name=label).last
        await picker.locator("summary").click()
        for option in options:
            await picker.get_by_label(option).check()
        await self.page.keyboard.press("Escape")

    async def submits(self, label: str) -> None:
        await self.dialog.get_by_role("button", name=label, exact=True).click()

    async def lets_time_pass(self, how: str) -> None:
        await self.page.get_by_role("button", name="Workspace time").click()
        await self.page.get_by_role("menuitem", name=how).click()
