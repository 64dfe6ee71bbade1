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
    await visitor.opens("duolingo")
    await visitor.says("/valuemap export")
    await visitor.reads("I sent you")
    exported = demo.slack.files[-1].content
    await visitor.opens("your-product")
    await visitor.says("/valuemap new Again")
    await visitor.reads("current canvas now")
    await visitor.says("/valuemap import")
    await visitor.dialog.get_by_label("Or choose a file").set_input_files(a_file("a.csv", BAD.encode()))
    await visitor.submits("Preview")
    await expect(visitor.dialog).to_contain_text("One thing is wrong, so nothing can be added yet.")
    await expect(visitor.dialog).to_contain_text("Line 3: “cheese” is no kind of entry")
    await visitor.dialog.get_by_label("The mended file").set_input_files(a_file("a.json", exported))
    await visitor.submits("Preview again")
    await expect(visitor.dialog).to_contain_text("56 entries would be added to Again")
    await expect(visitor.dialog).to_contain_text("of 8 members come along")
    await visitor.submits("Add 56 entries")
    await visitor.reads("Added 56 entries to Again")
