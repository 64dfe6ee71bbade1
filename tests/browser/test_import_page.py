"""A file goes into a canvas by the page: chosen, shown, mended, added."""

from playwright.async_api import FilePayload, expect

from bot.demo.run import Demo
from tests.browser.visitor import Visitor

BAD = "kind,text\njob,Report before the board meets\ncheese,blue\n"


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content}


async def test_the_examples_export_comes_into_another_canvas_after_a_wrong_file(
    visitor: Visitor, demo: Demo
) -> None:
    await visitor.open_channel("duolingo")
    await visitor.send_message("/valuemap export")
    await visitor.find_message("I sent you")
    exported = demo.slack.files[-1].content
    await visitor.open_channel("your-product")
    await visitor.send_message("/valuemap new Again")
    await visitor.find_message("Begin with what the customer")
    await visitor.send_message("/valuemap import")
    await visitor.dialog.get_by_label("Or choose a file").set_input_files(a_file("a.csv", BAD.encode()))
    await visitor.submit_form("Preview")
    await expect(visitor.dialog).to_contain_text("One thing is wrong, so nothing can be added yet.")
    await expect(visitor.dialog).to_contain_text("Line 3: “cheese” is no kind of entry")
    await visitor.dialog.get_by_label("The fixed file").set_input_files(a_file("a.json", exported))
    await visitor.submit_form("Preview again")
    await expect(visitor.dialog).to_contain_text("56 entries would be added to Again")
    await expect(visitor.dialog).to_contain_text("of 8 members come along")
    await visitor.submit_form("Add 56 entries")
    await visitor.find_message("Added 56 entries to Again")
