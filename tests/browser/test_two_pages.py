"""What one member does appears at once on the pages of the others."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.demo.run import Demo
from tests.browser.visitor import Visitor, open_page


@pytest_asyncio.fixture(loop_scope="session")
async def kofi(browser: Browser, demo: Demo) -> AsyncIterator[Visitor]:
    """Somebody else, with a browser of their own, who acts as Kofi."""
    async with open_page(browser, demo.url) as somebody:
        await somebody.act_as("Kofi")
        yield somebody


async def test_typing_posting_reacting_and_deleting_appear_on_both_pages(
    visitor: Visitor, kofi: Visitor
) -> None:
    await visitor.open_channel("your-product")
    await kofi.open_channel("your-product")
    await kofi.find_message("An empty channel")

    await visitor.channel.get_by_role("textbox", name="Message").fill("Shall we beg")
    await expect(kofi.channel.get_by_text("Ana is typing…")).to_be_visible()
    await visitor.send_message("Shall we begin?")
    asked = await kofi.find_message("Shall we begin?")
    await expect(kofi.channel.get_by_text("Ana is typing…")).to_be_hidden()

    await asked.hover()
    await asked.get_by_role("button", name="React with 5").click()
    mine = await visitor.find_message("Shall we begin?")
    await expect(mine.get_by_role("button", name=":five:, 1", pressed=False)).to_be_visible()
    await mine.get_by_role("button", name=":five:").click()
    await expect(asked.get_by_role("button", name=":five:, 2", pressed=True)).to_be_visible()
    await asked.get_by_role("button", name=":five:").click()
    await expect(mine.get_by_role("button", name=":five:, 1", pressed=True)).to_be_visible()

    await visitor.choose_message_action(mine, "Delete message")
    await expect(kofi.channel.get_by_text("Shall we begin?")).to_have_count(0)
    await expect(visitor.channel.get_by_text("Shall we begin?")).to_have_count(0)


async def test_a_thread_grows_and_its_cards_count_on_both_pages(visitor: Visitor, kofi: Visitor) -> None:
    for somebody in (visitor, kofi):
        await somebody.open_channel("your-product")
    await visitor.send_message("/valuemap new Reports for small shops")
    await visitor.find_message("Begin with what the customer")
    await visitor.send_message("/valuemap add job: know how the day went")
    await expect(kofi.channel.get_by_role("button", name="1 reply")).to_be_visible()
    await visitor.open_thread()
    await kofi.open_thread()
    await kofi.wait_for_number_reactions("know how the day went")
    await kofi.vote_on_card("know how the day went", 4)
    card = await visitor.find_card("know how the day went")
    await expect(card).to_contain_text("score 3.33, 1 vote")

    reply = visitor.thread.get_by_role("textbox", name="Reply")
    await reply.fill("A good one")
    await expect(kofi.thread.get_by_text("Ana is typing…")).to_be_visible()
    await reply.press("Enter")
    await expect(kofi.thread.get_by_role("article").filter(has_text="A good one")).to_be_visible()
    await expect(kofi.channel.get_by_role("button", name="2 replies")).to_be_visible()


async def test_a_channel_with_something_new_is_marked_until_it_is_opened(
    visitor: Visitor, kofi: Visitor
) -> None:
    await visitor.open_channel("your-product")
    place = kofi.page.get_by_role("navigation").get_by_role("link", name="your-product")
    await expect(place).to_have_accessible_name("your-product")
    await visitor.send_message("Who is here?")
    await expect(place).to_have_accessible_name(re.compile("unread"))
    await place.click()
    await kofi.find_message("Who is here?")
    await expect(place).to_have_accessible_name("your-product")
    await visitor.send_message("Anybody?")
    await kofi.find_message("Anybody?")
    await expect(place).to_have_accessible_name("your-product")


async def test_one_page_is_another_member_s_at_once(visitor: Visitor) -> None:
    await visitor.open_channel("your-product")
    await visitor.send_message("Ana was here")
    await visitor.act_as("Kofi")
    await visitor.send_message("and Kofi")
    said = await visitor.find_message("and Kofi")
    await expect(said).to_have_accessible_name(re.compile("Kofi"))
    await expect(await visitor.find_message("Ana was here")).to_have_accessible_name(re.compile("Ana"))
    await visitor.page.reload()
    await expect(visitor.page.get_by_role("button", name="Acting as Kofi")).to_be_visible()


async def test_home_and_direct_messages_are_each_member_s_own(visitor: Visitor) -> None:
    await visitor.open_channel("valuemap")
    await visitor.page.get_by_role("tab", name="Messages").click()
    await visitor.send_message("hello")
    await visitor.act_as("Kofi")
    await expect(visitor.channel.get_by_role("heading", name="valuemap")).to_be_visible()
    await expect(visitor.channel.get_by_text("hello", exact=True)).to_have_count(0)
    await visitor.page.get_by_role("tab", name="Home").click()
    home = visitor.page.get_by_role("region", name="App Home")
    await expect(home).to_contain_text("Duolingo")
    await visitor.act_as("Linh")
    await expect(home).to_contain_text("Duolingo")
