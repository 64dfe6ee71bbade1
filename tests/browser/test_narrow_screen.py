"""The page on a telephone: 390 pixels wide, by touch."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.demo.run import Demo
from tests.browser.visitor import Visitor, open_page


@pytest_asyncio.fixture(loop_scope="session")
async def toucher(browser: Browser, demo: Demo) -> AsyncIterator[Visitor]:
    async with open_page(browser, demo.url, width=390, has_touch=True, is_mobile=True) as somebody:
        yield somebody


async def test_a_workshop_by_touch(toucher: Visitor) -> None:
    page = toucher.page
    await toucher.find_message("A value proposition says")

    # Channels lie behind a button, and a thread over the channel.
    places = page.get_by_role("navigation")
    await expect(places).to_be_hidden()
    await page.get_by_role("button", name="Channels").tap()
    await places.get_by_role("link", name="your-product").tap()
    await toucher.find_message("An empty channel")
    await expect(places).to_be_hidden()
    await toucher.send_message("/valuemap new")
    await toucher.fill_field("Name", "Reports")
    await toucher.fill_field("Customer segment", "small shops")
    await expect(toucher.dialog).to_be_in_viewport(ratio=1)
    await toucher.dialog.get_by_role("button", name="Start").tap()
    await expect(toucher.dialog).to_be_hidden()
    await toucher.send_message("/valuemap add job: know how the day went")
    await toucher.channel.get_by_role("button", name="1 reply").tap()
    card = await toucher.find_card("know how the day went")

    # The card in hand has its toolbar, all of it on the screen.
    await card.get_by_text("valuemap", exact=True).tap()
    five = card.get_by_role("button", name="React with 5")
    await expect(five).to_be_in_viewport(ratio=1)
    await expect(card.get_by_role("button", name="More actions")).to_be_in_viewport(ratio=1)
    await five.tap()
    await expect(card).to_contain_text("1 vote")
    await card.get_by_role("button", name="More options").tap()
    await page.get_by_role("menuitem", name="Edit").tap()
    await expect(toucher.dialog.get_by_label("The job")).to_have_value("know how the day went")
    await toucher.dialog.get_by_role("button", name="Close this dialog").tap()
    await expect(toucher.dialog).to_be_hidden()
    await page.get_by_role("button", name="Close thread").tap()
    await expect(toucher.thread).to_be_hidden()

    # Act as somebody else, let time pass, look at Home.
    await page.get_by_role("button", name="Acting as").tap()
    await page.get_by_role("menuitemradio", name="Kofi").tap()
    clock = page.get_by_role("button", name="Workspace time")
    await clock.tap()
    await page.get_by_role("menuitem", name="To next Monday").tap()
    await expect(clock).to_contain_text("Mon")
    await page.get_by_role("button", name="Channels").tap()
    await places.get_by_role("link", name="valuemap").tap()
    await page.get_by_role("tab", name="Home").tap()
    await expect(page.get_by_role("region", name="App Home")).to_contain_text(re.compile("Reports"))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_numbers_of_a_vote_stand_in_one_row_and_a_ranking_has_all_its_columns(
    toucher: Visitor,
) -> None:
    await toucher.find_message("A value proposition says")
    await toucher.send_message("/valuemap rank")
    ranking = await toucher.find_message("Ranking: Duolingo")
    table = ranking.locator(".table-wrap")
    assert await table.evaluate("wrap => wrap.scrollWidth <= wrap.clientWidth")

    await ranking.get_by_role("button", name="Vote", exact=True).tap()
    numbers = toucher.dialog.get_by_role("button", name=re.compile("^[1-5]$"))
    await expect(numbers).to_have_count(5)
    tops = await numbers.evaluate_all("buttons => buttons.map(each => each.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
