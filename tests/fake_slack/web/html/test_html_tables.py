"""Tables: heads, numbers to the right, and pages."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.fake_slack.web.html.blocks import render_blocks
from bot.fake_slack.web.html.reader import Reader
from tests.fake_slack.web.html.parsed_html import ParsedHtml

READER = Reader("U1", ZoneInfo("UTC"), {}, {})


def said(words: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": words}


def count(value: float, **more: Any) -> dict[str, Any]:
    return {"type": "raw_number", "value": value, **more}


def shown(kind: str, rows: list[list[dict[str, Any]]], **more: Any) -> ParsedHtml:
    return ParsedHtml(str(render_blocks([{"type": kind, "block_id": "t", "rows": rows, **more}], READER)))


HEAD = [said("Entry"), said("Votes")]
ROWS = [[said(f"E{number}"), count(number)] for number in range(7)]


def test_a_table_has_a_head_and_numbers_to_the_right() -> None:
    rich = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "b", "style": {"bold": True}}],
            }
        ],
    }
    page = shown("table", [HEAD, [rich, count(1.5, text="1.50")], [said("<i>"), count(0)]])
    assert page.find_all("th") == [{"scope": "col"}, {"scope": "col", "class": "number"}]
    assert page.find_all("td")[1] == {"class": "number"}
    assert page.text == "EntryVotesb1.50<i>0"
    assert "strong" in page.tags
    assert page.find_one("div", class_="table-wrap")["tabindex"] == "0"


def test_columns_as_the_bot_sets_them() -> None:
    settings = [{"align": "center"}, None, {"align": "right", "is_wrapped": True}]
    page = shown("table", [[said("a"), said("b"), said("c")]], column_settings=settings)
    assert page.find_all("th") == [
        {"scope": "col", "class": "centered"},
        {"scope": "col"},
        {"scope": "col", "class": "right wrapped"},
    ]


def test_rows_of_different_lengths() -> None:
    assert shown("table", [[said("a")], [said("b"), said("c")], []]).text == "abc"
    assert shown("table", []).text == ""


def test_a_data_table_shows_its_first_page() -> None:
    page = shown("data_table", [HEAD, *ROWS], caption="All", page_size=3)
    assert page.find_all("tbody") == [
        {"data-page": "1"},
        {"data-page": "2", "hidden": ""},
        {"data-page": "3", "hidden": ""},
    ]
    assert page.find_one("button", data_page_step="-1") == {
        "type": "button",
        "data-page-step": "-1",
        "disabled": "",
    }
    assert page.find_one("button", data_page_step="1") == {"type": "button", "data-page-step": "1"}
    assert page.text.startswith("AllEntryVotesE00E11")
    assert page.text.endswith("‹ Back1 of 3Next ›")
    assert len(page.find_all("th", scope="row")) == 7


def test_a_data_table_of_one_page_has_no_pager() -> None:
    assert shown("data_table", [HEAD, *ROWS[:5]], caption="All").find_all(class_="pager") == []
    assert len(shown("data_table", [HEAD, *ROWS], caption="All").find_all("tbody")) == 2


def test_the_column_that_names_the_rows() -> None:
    page = shown("data_table", [HEAD, *ROWS[:2]], caption="All", row_header_column_index=1)
    assert page.find_all("th", scope="row") == [{"scope": "row", "class": "number"}] * 2


def test_a_dash_among_numbers_is_on_their_side_and_short_words_stay_on_one_line() -> None:
    rows = [
        [said("Votes"), said("Marks"), said("Entry")],
        [count(2, text="2"), said("★ must-have"), said("x" * 16)],
    ]
    page = shown(
        "data_table", [*rows, [said("–"), said("–"), said("y")]], caption="All", row_header_column_index=2
    )
    assert [cell["class"] for cell in page.find_all("td")] == ["number", "short", "number", "short"]
    assert "class" not in page.find_all("th", scope="row")[0]
