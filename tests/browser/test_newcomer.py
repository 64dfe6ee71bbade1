"""Somebody who has never seen the bot plays a whole workshop, several people in one."""

from playwright.async_api import expect

from tests.browser.visitor import Visitor

TEAM = {"Ana": 5, "Diego": 5, "Kofi": 4, "Linh": 5}


async def test_a_newcomer_plays_a_workshop_from_the_first_word_to_the_second_look(visitor: Visitor) -> None:
    await visitor.open_channel("your-product")
    await visitor.find_message("An empty channel, for your own value proposition")

    # Start a canvas by the form.
    await visitor.send_message("/valuemap new")
    await visitor.fill_field("Name", "Reports")
    await visitor.fill_field("Customer segment", "small shops")
    await visitor.submit_form("Start")
    await expect(visitor.dialog).to_be_hidden()
    await visitor.find_message("Every entry is a card in this thread")

    # Add entries by the form, one after another, and by typing.
    started = await visitor.find_message("Begin with what the customer")
    await visitor.press_button(started, "Add an entry")
    await visitor.fill_field("The job", "Know by nine how the day before went")
    await visitor.dialog.get_by_label("Add another after this one").check()
    await visitor.submit_form("Add")
    await expect(visitor.dialog.get_by_text("Added: Know by nine")).to_be_visible()
    await visitor.dialog.get_by_label("Kind").select_option("Pain reliever")
    await visitor.fill_field("The pain reliever", "Figures are collected overnight")
    await visitor.dialog.get_by_label("Category").select_option("makes things easier")
    await visitor.dialog.get_by_label("Add another after this one").uncheck()
    await visitor.submit_form("Add")
    await expect(visitor.dialog).to_be_hidden()
    await visitor.send_message("/valuemap add pain: waiting takes an hour; gain: right the first time")
    await visitor.find_message("Added 1 pain and 1 gain")

    # Vote as four members.
    await visitor.open_thread()
    for name, level in TEAM.items():
        await visitor.act_as(name)
        await visitor.vote_on_card("Know by nine", level)
        await visitor.vote_on_card("waiting takes an hour", 3)
    card = await visitor.find_card("Know by nine")
    await expect(card).to_contain_text("score 4.17, 4 votes")
    await expect(card).to_contain_text("(three 5s, one 4)")

    # Review, and read the fit.
    await visitor.send_message("/valuemap review")
    await expect(visitor.dialog).to_contain_text("Offer 1 of 1")
    await visitor.tick("Fits strongly", "Know by nine how the day before went")
    await visitor.tick("Fits partly", "waiting takes an hour")
    await visitor.submit_form("Save and finish")
    await expect(visitor.dialog).to_contain_text("You have reviewed all 1 offer")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.dialog).to_be_hidden()
    await visitor.send_message("/valuemap fit")
    fit = await visitor.find_message("Fit is achieved on paper: now test it with customers.")
    await expect(fit).to_contain_text("Important jobs addressed 1/1")
    await expect(fit).to_contain_text("Only visible to you")

    # Monday comes, and the digest with it.
    await visitor.move_clock("To next Monday 09:00")
    digest = await visitor.find_message("Fit digest: Reports for small shops")
    await expect(digest).not_to_contain_text("Only visible to you")
    await expect(visitor.channel).to_contain_text("Monday, November 30")

    # Vote and review again from the digest's buttons.
    await visitor.press_button(digest, "Vote")
    await expect(visitor.dialog).to_contain_text("right the first time")
    await visitor.dialog.get_by_role("button", name="5", exact=True).click()
    await expect(visitor.dialog).to_contain_text("5 for “right the first time”")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.dialog).to_be_hidden()
    await visitor.send_message("/valuemap rank")
    ranking = await visitor.find_message("Ranking: Reports for small shops")
    await ranking.get_by_text("Links to the cards").click()
    await ranking.get_by_role("link", name="vote").first.click()
    await visitor.vote_on_card("Figures are collected overnight", 4)
    assert visitor.page.context.pages == [visitor.page]  # the link led nowhere else
    await visitor.press_button(digest, "Review")
    await expect(visitor.dialog).to_contain_text("Offer 1 of 1")
    await visitor.submit_form("Helps nobody")
    await expect(visitor.dialog).to_contain_text("You have reviewed all 1 offer")
    await visitor.submit_form("Close")

    # Home shows both canvases.
    await visitor.open_channel("valuemap")
    await visitor.page.get_by_role("tab", name="Home").click()
    home = visitor.page.get_by_role("region", name="App Home")
    await expect(home).to_contain_text("Duolingo")
    await expect(home).to_contain_text("Reports for small shops")
    await expect(home).to_contain_text("For you on your 2 canvases: 11 cards to vote on")
