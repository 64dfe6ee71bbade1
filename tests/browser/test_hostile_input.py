"""Whatever is written stays text, and whatever its size, the page stands."""

import re

from playwright.async_api import Browser, expect

from bot.demo.run import Demo
from tests.browser.visitor import BACKLOG_TIMEOUT_MS, Visitor, open_page

TITLE = "your-product · Stand-in workspace"
FORMATTED = "*bold* _it_ ~gone~ `code`"
BACKWARDS = "\u05e9\u05dc\u05d5\u05dd \u202egnp.exe\u202c end"
HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</article></main><style>*{display:none}</style>",
    "<!channel> and <!here|here>",
    "<@U0001> <#C0000>",
    "<javascript:alert(1)|click me>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "👩🏽‍🚀🏳️‍🌈",
    FORMATTED,
    BACKWARDS,
)
AS_ENTRY = {  # the bot takes marks that could format, and what reverses a line
    FORMATTED: "∗bold∗ ˍitˍ ∼gone∼ ˋcodeˋ",
    BACKWARDS: "\u05e9\u05dc\u05d5\u05dd gnp.exe end",
}
LONGEST = "W" * 500  # of an entry
WIDTHS = (1280, 390)


async def check_page_intact(visitor: Visitor) -> None:
    """See that no script ran and that nothing sticks out of the page, wide or narrow."""
    await expect(visitor.page).to_have_title(TITLE)
    for width in WIDTHS:
        await visitor.page.set_viewport_size({"width": width, "height": 800})
        sticks_out = (
            "[document.documentElement, ...document.querySelectorAll('main, aside, [role=log], dialog')]"
        )
        too_wide = (
            f"{sticks_out}.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML)"
        )
        assert await visitor.page.evaluate(too_wide) == []
    await visitor.page.set_viewport_size({"width": 1280, "height": 800})


async def test_hostile_words_are_words_in_messages(visitor: Visitor) -> None:
    await visitor.open_channel("your-product")
    for words in HOSTILE:
        await visitor.send_message(words)
        await visitor.find_message("bold it gone code" if words == FORMATTED else words)
    await expect(visitor.channel.get_by_role("link", name=re.compile("click me|javascript"))).to_have_count(0)
    await check_page_intact(visitor)


async def test_hostile_words_are_words_on_cards_in_forms_and_in_home(visitor: Visitor) -> None:
    await visitor.open_channel("your-product")
    await visitor.send_message("/valuemap new <script>document.title='owned'</script>")
    await visitor.find_message("Begin with what the customer")
    await visitor.send_message("/valuemap add job")
    await visitor.dialog.get_by_label("Add another after this one").check()
    for words in HOSTILE[:-1]:
        await visitor.fill_field("The job", words)
        await visitor.submit_form("Add")
        await expect(visitor.dialog.get_by_text(f"Added: {AS_ENTRY.get(words, words)}")).to_be_visible()
    await visitor.dialog.get_by_label("Add another after this one").uncheck()
    await visitor.fill_field("The job", HOSTILE[-1])
    await visitor.submit_form("Add")
    await expect(visitor.dialog).to_be_hidden()
    await visitor.send_message(f"/valuemap add pain: {LONGEST}; gain: <img src=x onerror=alert(1)>")
    await visitor.open_thread()
    for words in (*HOSTILE, LONGEST, "<img src=x onerror=alert(1)>"):
        await visitor.find_card(AS_ENTRY.get(words, words))
    await check_page_intact(visitor)

    await visitor.wait_for_number_reactions("<img src=x onerror=alert(1)>")
    await visitor.vote_on_card(LONGEST, 5)
    for command in ("show", "rank"):
        await visitor.send_message(f"/valuemap {command}")
        await expect(visitor.channel.get_by_role("article").last).to_contain_text("<!channel>")
        await check_page_intact(visitor)
    await visitor.choose_from_menu(await visitor.find_card("&lt;b&gt;"), "Edit")
    await expect(visitor.dialog.get_by_label("The job")).to_have_value("&lt;b&gt; &amp;amp; &#60;i&#62;")
    await check_page_intact(visitor)


async def test_a_word_of_ten_thousand_characters_leaves_the_page_standing(
    visitor: Visitor, demo: Demo, browser: Browser
) -> None:
    await visitor.open_channel("your-product")
    word = "W" * 10_000
    await visitor.send_message(word)
    await expect(visitor.channel.get_by_text(word)).to_be_visible()
    await check_page_intact(visitor)
    await visitor.send_message(f"/valuemap new {word}")
    await visitor.send_message("Still here")
    await visitor.find_message("Still here")
    await check_page_intact(visitor)
    async with open_page(browser, demo.url, width=390) as somebody:
        await somebody.act_as("Kofi")
        await somebody.page.get_by_role("button", name="Channels").click()
        await somebody.open_channel("your-product")
        await somebody.find_message("Still here")


async def test_more_entries_than_a_table_has_rows_leave_the_page_usable(visitor: Visitor) -> None:
    await visitor.open_channel("your-product")
    await visitor.send_message("/valuemap new Reports for small shops")
    await visitor.find_message("Begin with what the customer")
    for numbers in (range(51), range(51, 102)):
        entries = "; ".join(f"job: task {number:03}" for number in numbers)
        await visitor.send_message(f"/valuemap add {entries}")
        await visitor.find_message(f"Added {len(numbers)} jobs")
    replies = visitor.channel.get_by_role("button", name=re.compile("^102 replies"))
    await expect(replies).to_be_visible(timeout=BACKLOG_TIMEOUT_MS)  # 102 cards, one after the other
    await visitor.open_thread()
    await expect(visitor.thread.get_by_role("article")).to_have_count(103)
    for command in ("show", "rank"):
        await visitor.send_message(f"/valuemap {command}")
        await expect(visitor.channel.get_by_role("article").last).to_contain_text("task 000")
    await visitor.wait_for_number_reactions("task 101")
    await visitor.vote_on_card("task 101", 5)
    await expect(await visitor.find_card("task 101")).to_contain_text("1 vote")
    await check_page_intact(visitor)
