"""The plan and the preview of an import: correct, and within Slack's limits whatever the file has."""

from dataclasses import replace
from typing import Any

import pytest

from bot.fake_slack.blockkit import check_view
from bot.features.entries.drafts import MAX_ENTRIES_PER_CANVAS
from bot.features.imports import blocks
from bot.features.imports.files import is_slack_url
from bot.features.imports.missing import LeftOut
from bot.features.imports.parsed import (
    MAX_ENTRIES_PER_FILE,
    ParsedEntry,
    ParsedEvidence,
    ParsedReview,
    ParsedTest,
    ParseResult,
)
from bot.features.imports.plan import ImportPlan, plan_import
from bot.method.kinds import Kind
from bot.method.model import Grade
from bot.slack.blockkit.text import escape
from bot.slack.forms import read_private_metadata
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, build_canvas, build_entry, build_terms, build_votes

INFO = CanvasInfo(1, "C1", "<Reports>" * 8, "&" * 120, "U0", "UTC", STARTED_AT, None)
LONG_TEXT = "&" * 490  # five times as long once it is escaped


def build_preview(plan: ImportPlan, text: str = "", file_id: str = "F1") -> dict[str, Any]:
    view = blocks.build_preview_form(INFO, plan, text, file_id, 0)
    check_view(view)
    return view


def read_sections(view: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


def build_long_entries(votes: dict[str, int] | None = None) -> tuple[ParsedEntry, ...]:
    return tuple(
        ParsedEntry(f"Line {key}", Kind.PAIN, f"{LONG_TEXT}{key}", "obstacle", votes=votes or {})
        for key in range(MAX_ENTRIES_PER_FILE)
    )


def build_item(*supports: int, quote: str = "I wait") -> ParsedEvidence:
    return ParsedEvidence(quote, "Customer 7", Grade.TOLD, 1, STARTED_AT.date(), "", None, supports, ())


def build_parsed_test(entry_index: int | None) -> ParsedTest:
    return ParsedTest(entry_index, "it is slow", build_terms())


def test_the_form_is_within_the_limits() -> None:
    check_view(blocks.build_import_form(INFO))
    check_view(blocks.build_import_form(INFO, 3, "problem"))


def test_a_preview_of_two_thousand_entries_is_within_the_limits() -> None:
    reviews = tuple(ParsedReview(0, f"U{key:03}", {}) for key in range(1000))
    entries = build_long_entries({"U0": 5, "U1": 1})
    result = ParseResult(entries, reviews, warnings=(LONG_TEXT,) * MAX_ENTRIES_PER_FILE)
    view = build_preview(plan_import(result, build_canvas(())))
    assert "*2,000 entries would be added" in read_sections(view)
    assert "4,000 votes and 1,000 reviews of 1,002 members come along." in read_sections(view)
    assert "more_" in read_sections(view)
    assert view["submit"]["text"] == "Add 2,000 entries"


def test_a_preview_of_two_thousand_errors_and_known_entries_is_within_the_limits() -> None:
    numbers = range(0, MAX_ENTRIES_PER_FILE, 2)
    known = [build_entry(number, Kind.PAIN, {}, f"{LONG_TEXT}{number}") for number in numbers]
    result = ParseResult(build_long_entries(), errors=(LONG_TEXT[:100],) * MAX_ENTRIES_PER_FILE)
    view = build_preview(plan_import(result, build_canvas(known)))
    assert "*2,000 things are wrong, so nothing can be added yet.*" in read_sections(view)
    assert (view["submit"]["text"], read_private_metadata(view)["confirmed"]) == ("Preview again", "")
    plan = plan_import(ParseResult(build_long_entries(), errors=("no",)), build_canvas(known))
    assert build_preview(plan, text=LONG_TEXT * 6)["blocks"][-1]["type"] == "input"


def test_a_preview_of_known_entries_alone_offers_nothing_to_add() -> None:
    result = ParseResult((ParsedEntry("Line 1", Kind.JOB, "Report"),))
    view = build_preview(plan_import(result, build_canvas([build_entry(5, Kind.JOB, {}, "report")])))
    assert "there is nothing to add" in read_sections(view)
    assert (view["submit"]["text"], read_private_metadata(view)["confirmed"]) == ("Preview again", "")


def test_only_plans_with_the_same_effect_have_the_same_digest() -> None:
    result = ParseResult(
        (ParsedEntry("Line 1", Kind.JOB, "Report"), ParsedEntry("Line 2", Kind.JOB, "check"))
    )
    known = [build_entry(5, Kind.JOB, {}, "report")]
    digest = plan_import(result, build_canvas(known)).fingerprint
    more = build_canvas([*known, build_entry(6, Kind.PAIN, {}, "else")])
    assert digest == plan_import(result, more).fingerprint
    assert digest != plan_import(result, build_canvas(())).fingerprint
    assert digest != plan_import(ParseResult(result.entries[:1]), build_canvas(known)).fingerprint


def test_an_import_cannot_exceed_the_limit_of_a_canvas() -> None:
    entries = [build_entry(key, Kind.JOB, {}, f"x{key}") for key in range(MAX_ENTRIES_PER_CANVAS)]
    full = build_canvas(entries)
    known, new = ParsedEntry("Line 1", Kind.JOB, "x1"), ParsedEntry("Line 2", Kind.JOB, "new")
    assert plan_import(ParseResult((known,)), full).errors == ()
    assert plan_import(ParseResult((known, new)), full).errors == (
        "The canvas would have 3,501 entries, and it holds 3,500 at most.",
    )


def test_products_are_found_in_the_file_and_on_the_canvas() -> None:
    canvas_entries = [build_entry(5, Kind.PRODUCT, {}, "Builder")]
    parsed = (
        ParsedEntry("Line 1", Kind.PAIN_RELIEVER, "robot", products=("builder", "plug-in", "BUILDER")),
        ParsedEntry("Line 2", Kind.PRODUCT, "Plug-in"),
    )
    plan = plan_import(ParseResult(parsed), build_canvas(canvas_entries))
    assert plan.errors == ()
    assert plan.resolve_deliveries({0: 10, 1: 11}) == {(10, 5), (10, 11)}


@pytest.mark.parametrize(
    ("numbers", "sentences"),
    [
        ((1, 0, 0, 0), ["1 vote of 1 member comes along."]),
        ((0, 1, 0, 0), ["1 review of 1 member comes along."]),
        ((1, 1, 0, 0), ["1 vote and 1 review of 1 member come along."]),
        ((2, 0, 0, 0), ["2 votes of 2 members come along."]),
        ((0, 0, 1, 0), ["1 item of evidence comes along."]),
        ((0, 0, 0, 1), ["1 test comes along."]),
        ((0, 0, 1, 1), ["1 item of evidence and 1 test come along."]),
        ((0, 0, 2000, 0), ["2,000 items of evidence come along."]),
        ((2, 1, 1, 2), ["2 votes and 1 review of 2 members come along.", "1 item of evidence and 2 tests"]),
        ((1, 0, 2, 0), ["1 vote of 1 member comes along.", "2 items of evidence come along."]),
    ],
)
def test_one_thing_comes_along_and_several_come_along(
    numbers: tuple[int, int, int, int], sentences: list[str]
) -> None:
    votes, reviews, items, tests = numbers
    entry = ParsedEntry("Entry 1", Kind.PAIN_RELIEVER, "robot", votes=build_votes(*[5] * votes))
    result = ParseResult(
        (entry,),
        (ParsedReview(0, "U0", {}),) * reviews,
        (build_item(0),) * items,
        (build_parsed_test(0),) * tests,
    )
    assert "\n".join(sentences) in read_sections(build_preview(plan_import(result, build_canvas(()))))


ALL_THERE = "All of it is on *<title>* already, so there is nothing to add."
ENTRIES_THERE = "The entries are on *<title>* already, so there is nothing to add."


@pytest.mark.parametrize(
    ("numbers", "sentences"),
    [
        ((0, 0, 0, 0), [ALL_THERE]),
        ((1, 0, 0, 0), [ENTRIES_THERE, "1 vote of entries that are known stays out."]),
        ((2, 1, 0, 0), [ENTRIES_THERE, "2 votes and 1 review of entries that are known stay out."]),
        ((0, 0, 1, 0), [ENTRIES_THERE, "1 item of evidence of entries that are known stays out."]),
        ((0, 0, 0, 1), [ENTRIES_THERE, "1 test of entries that are known stays out."]),
        (
            (50_000, 10_000, 0, 2000),
            ["50,000 votes, 10,000 reviews and 2,000 tests of entries that are known"],
        ),
    ],
)
def test_a_preview_says_what_of_known_entries_stays_out(
    numbers: tuple[int, int, int, int], sentences: list[str]
) -> None:
    result = ParseResult((ParsedEntry("Entry 1", Kind.JOB, "report"),))
    known = build_canvas([build_entry(5, Kind.JOB, {}, "report")])
    plan = replace(plan_import(result, known), left_out=LeftOut(*numbers))
    shown = read_sections(build_preview(plan))
    assert "\n".join(sentences).replace("<title>", escape(INFO.title)) in shown


def test_what_stays_out_is_said_beside_what_comes() -> None:
    report = ParsedEntry("Entry 1", Kind.JOB, "report", votes=build_votes(5, 4))
    known = build_canvas([build_entry(5, Kind.JOB, {}, "report")])
    stays_out = "2 votes of entries that are known stay out."
    new = ParsedEntry("Entry 2", Kind.JOB, "check the sums", votes=build_votes(3))
    shown = read_sections(build_preview(plan_import(ParseResult((report, new)), known)))
    assert f"1 vote of 1 member comes along.\n{stays_out}" in shown
    result = ParseResult((report,), evidence=(build_item(),))
    assert f"added to {escape(INFO.title)}.*\n{stays_out}" in read_sections(
        build_preview(plan_import(result, known))
    )
    lookalike = ParsedEntry("Entry 2", Kind.JOB, "reports!", votes=build_votes(1))
    shown = read_sections(build_preview(plan_import(ParseResult((report, lookalike)), known)))
    assert shown.startswith(f"{stays_out}\n*Looks alike.*")


@pytest.mark.parametrize(
    ("url", "api", "is_slack"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.csv", "https://slack.com/api/", True),
        ("https://files.slack.com/x", "https://www.slack.com/api/", True),
        ("https://acme.slack.com/x", "https://slack.com/api/", True),
        ("https://files.slack-gov.com/x", "https://slack-gov.com/api/", True),
        ("http://127.0.0.1:4000/files/F1", "http://127.0.0.1:4000/api/", True),
        ("http://127.0.0.1:4001/files/F1", "http://127.0.0.1:4000/api/", False),
        ("http://files.slack.com/x", "https://slack.com/api/", False),
        ("https://files.slack.com.evil.example/x", "https://slack.com/api/", False),
        ("https://evilslack.com/x", "https://slack.com/api/", False),
        ("https://slack.com@evil.example/x", "https://slack.com/api/", False),
        ("https://evil.example\\@files.slack.com/x", "https://slack.com/api/", False),
        ("https://evil.example/?files.slack.com", "https://slack.com/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_the_token_is_sent_to_slack_only(url: str, api: str, is_slack: bool) -> None:
    assert is_slack_url(url, api) is is_slack


@pytest.mark.parametrize(
    ("errors", "instruction"),
    [
        (("Line 29: there is no text to see.",), "Fix line 29 and preview again."),
        (("Entry 3: “x” is no kind.",), "Fix entry 3 and preview again."),
        (("Review 1: it has no offer.",), "Fix review 1 and preview again."),
        (("This is no file of mine.",), "Fix it and preview again."),
        (("Line 2: no text.", "Line 3: no text."), "Fix them and preview again."),
    ],
)
def test_a_preview_says_where_to_fix_the_file(errors: tuple[str, ...], instruction: str) -> None:
    view = build_preview(plan_import(ParseResult(errors=errors), build_canvas(())))
    assert instruction in read_sections(view)
