"""What axe finds against WCAG 2.1 A and AA: nothing, light or dark, wide or narrow."""

from importlib.resources import files

from playwright.async_api import expect

from tests.browser.block_kit_app import BlockKitApp
from tests.browser.block_kit_samples import (
    EVERY_BLOCK,
    FIELDS,
    actions,
    button,
    chart,
    element,
    home,
    modal,
    options,
    plain,
    section,
)
from tests.browser.visitor import Visitor

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = """
async () => {
  const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  const { violations } = await axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] });
  return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 300)}`));
}
"""
LOOKS = (("light", 1280), ("dark", 390))
SURE = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}


async def check_accessibility(visitor: Visitor) -> None:
    page = visitor.page
    await page.evaluate(AXE)
    found: list[str] = []
    for scheme, width in LOOKS:
        await page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        await page.set_viewport_size({"width": width, "height": 800})
        found += [f"{scheme}, {width}: {one}" for one in await page.evaluate(RUN)]
    await page.set_viewport_size({"width": 1280, "height": 800})
    assert found == []


async def test_the_example_s_channel_thread_dialogs_and_home(visitor: Visitor) -> None:
    await visitor.open_thread()
    await visitor.vote_on_card("Join in a simple conversation", 4)
    await visitor.send_message("/valuemap show")
    await visitor.find_message("Only visible to you")
    await check_accessibility(visitor)
    await visitor.send_message("/valuemap review")
    await expect(visitor.dialog).to_contain_text("Fits strongly")
    await check_accessibility(visitor)
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.dialog).to_be_hidden()
    await visitor.open_channel("valuemap")
    await visitor.page.get_by_role("tab", name="Home").click()
    await expect(visitor.page.get_by_role("region", name="App Home")).to_contain_text("Duolingo")
    await check_accessibility(visitor)


async def test_every_block_and_element_in_messages(app: BlockKitApp, guest: Visitor) -> None:
    app.post_message(*EVERY_BLOCK)
    app.post_message(chart("line"), chart("bar"))
    app.post_message(chart("area"), chart("pie"))
    app.post_message(
        actions(
            "all",
            button("Burn", confirm=SURE, style="danger"),
            element("overflow", options=options("Move", "Sell")),
            element("static_select", options=options("Oil", "Ink"), placeholder=plain("Paint")),
            element("multi_static_select", options=options("Red", "Blue"), placeholder=plain("Colours")),
            element("checkboxes", options=options("Frame", "Glass")),
            element("radio_buttons", options=options("Small", "Large")),
            element("datepicker", placeholder=plain("Day")),
        )
    )
    app.share_file("prices.json", b"{}")
    app.post_ephemeral(app.ana, "A secret with `code` and <https://example.com|a link> for <@U0002>")
    await guest.find_message("A secret")
    await check_accessibility(guest)
    await guest.channel.get_by_role("group", name="Colours").locator("summary").click()
    await check_accessibility(guest)
    await guest.page.keyboard.press("Escape")
    await guest.channel.get_by_role("button", name="Burn").click()
    await check_accessibility(guest)
    await guest.page.keyboard.press("Escape")
    await guest.choose_message_action(await guest.find_message("A secret"), "Dismiss message")
    for menu in ("Acting as", "Workspace time", "Shortcuts"):
        await guest.page.get_by_role("button", name=menu).click()
        await check_accessibility(guest)
        await guest.page.keyboard.press("Escape")


async def test_a_modal_with_every_field_and_what_is_wrong_with_it(app: BlockKitApp, guest: Visitor) -> None:
    alert = {"type": "alert", "level": "warning", "text": plain("Wet paint")}
    app.answers["/gallery"] = app.opening_view(modal("Order", alert, *FIELDS))
    await guest.send_message("/gallery")
    await check_accessibility(guest)
    await guest.submit_form("Submit")
    await guest.expect_field_error("Line", "Please complete this required field.")
    await check_accessibility(guest)


async def test_home_with_every_block(app: BlockKitApp, guest: Visitor) -> None:
    view = home(section("Welcome"), *EVERY_BLOCK, *(one for one in FIELDS if one["block_id"] != "sketch"))
    app.call_method("views.publish", user_id=app.ana.id, view={**view, "submit": plain("Submit")})
    await guest.page.get_by_role("navigation").get_by_role("link", name="gallery").last.click()
    await guest.page.get_by_role("tab", name="Home").click()
    await expect(guest.page.get_by_role("region", name="App Home")).to_contain_text("Welcome")
    await check_accessibility(guest)
