"""A channel's canvases: tabs beside its messages, shown as they are now, and text of people stays text."""

from playwright.async_api import expect

from bot.fake_slack.models import SlackCanvas
from tests.browser.block_kit_app import BlockKitApp
from tests.browser.test_accessibility import check_accessibility
from tests.browser.visitor import Visitor

PLANS = """# Plans

For ![](@U0001), see [the site](https://a.example)

> Said by **all**

- 1 · one *(functional)* — `code`
- 2 · <img src=x onerror=alert(1)>
"""


async def test_a_canvas_comes_changes_and_goes_while_one_looks_on(app: BlockKitApp, guest: Visitor) -> None:
    tabs = guest.page.get_by_role("tab")
    canvas = guest.page.get_by_role("region", name="Canvas")
    await expect(guest.page.get_by_role("heading", name="# gallery")).to_be_visible()
    await expect(tabs).to_have_count(0)
    document = SlackCanvas("F01", "Our plans", PLANS, app.channel.id, "U0001", is_channel_canvas=True)
    app.slack.store_canvas(document)
    app.slack.store_canvas(SlackCanvas("F02", "Elsewhere", "secret", app.other_channel.id, "U0001"))
    await expect(tabs).to_have_text(["Messages", "Our plans"])
    await tabs.filter(has_text="Our plans").click()
    await expect(canvas.get_by_role("heading")).to_have_text(["Our plans", "Plans"])
    await expect(canvas.get_by_role("link", name="the site")).to_have_attribute("href", "https://a.example")
    await expect(canvas.get_by_role("listitem").last).to_have_text("2 · <img src=x onerror=alert(1)>")
    await expect(guest.channel.get_by_role("textbox")).to_be_hidden()
    await check_accessibility(guest)
    document.markdown = "# New plans"
    app.slack.store_canvas(document)
    await expect(canvas.get_by_role("heading").last).to_have_text("New plans")
    app.slack.delete_canvas(document.id)
    await expect(tabs).to_have_count(0)
    await expect(guest.channel.get_by_role("textbox", name="Message")).to_be_visible()


async def test_the_link_to_a_canvas_opens_its_tab(app: BlockKitApp, guest: Visitor) -> None:
    app.slack.store_canvas(SlackCanvas("F01", "Our plans", PLANS, app.channel.id, "U0001"))
    app.post_message(text=f"Look: <{app.slack.url}/docs/T0FAKE/F01|Open it>")
    await (await guest.find_message("Look:")).get_by_role("link", name="Open it").click()
    await expect(guest.page.get_by_role("region", name="Canvas")).to_contain_text("Said by all")
    await guest.page.go_back()
    await guest.find_message("Look:")
    await guest.page.goto(f"{app.slack.url}/docs/T0FAKE/F01")
    await expect(guest.page.get_by_role("region", name="Canvas")).to_contain_text("Said by all")


async def test_nobody_reads_a_canvas_of_a_channel_that_they_are_not_in(
    app: BlockKitApp, guest: Visitor
) -> None:
    secret = app.bench.add_channel("secret", app.kofi)
    app.slack.store_canvas(SlackCanvas("F01", "Secret plans", "secret", secret.id, "U0001"))
    asked = await guest.page.request.get(f"{app.slack.url}/page/canvases/F01?user_id={app.ana.id}")
    assert asked.status == 404
    asked = await guest.page.request.get(f"{app.slack.url}/page/canvases/F01?user_id={app.kofi.id}")
    assert "secret" in await asked.text()
