"""What an import shows before it adds: right within Slack's limits, whatever the file has."""

from typing import Any

import pytest

from bot.fake_slack.blockkit import check_view
from bot.features.entries.drafts import ENTRIES as OF_A_CANVAS
from bot.features.imports import blocks
from bot.features.imports.files import is_slacks
from bot.features.imports.parsed import ENTRIES, Found, FoundReview, Reading
from bot.features.imports.plan import Plan, plan
from bot.method.kinds import Kind
from bot.slack.blockkit.forms import about_of
from bot.store.model import CanvasInfo
from tests.method.build import STARTED, entry

HEAD = CanvasInfo(1, "C1", "<Reports>" * 8, "&" * 120, "U0", "UTC", STARTED, None)
HUGE = "&" * 490


def shown(of: Plan, text: str = "", file: str = "F1") -> dict[str, Any]:
    view = blocks.preview(HEAD, of, text, file, 0)
    check_view(view)
    return view


def words(view: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


def huge(votes: dict[str, int] | None = None) -> tuple[Found, ...]:
    return tuple(
        Found(f"Line {key}", Kind.PAIN, f"{HUGE}{key}", "obstacle", votes=votes or {})
        for key in range(ENTRIES)
    )


def test_the_form_is_within_the_limits() -> None:
    check_view(blocks.form(HEAD))
    check_view(blocks.form(HEAD, 3, "trouble"))


def test_two_thousand_entries_are_shown_within_the_limits() -> None:
    reviews = tuple(FoundReview(0, f"U{key:03}", {}) for key in range(1000))
    view = shown(plan(Reading(huge({"U0": 5, "U1": 1}), reviews, notes=(HUGE,) * ENTRIES), ()))
    assert "*2,000 entries would be added" in words(view)
    assert "4,000 votes and 1,000 reviews of 1,002 members come along." in words(view)
    assert "more_" in words(view)
    assert view["submit"]["text"] == "Add 2,000 entries"


def test_two_thousand_wrong_lines_and_known_entries_are_shown_within_the_limits() -> None:
    there = [entry(key, Kind.PAIN, {}, f"{HUGE}{key}") for key in range(0, ENTRIES, 2)]
    view = shown(plan(Reading(huge(), wrong=(HUGE[:100],) * ENTRIES), there))
    assert "*2,000 things are wrong, so nothing can be added yet.*" in words(view)
    assert (view["submit"]["text"], about_of(view)["sure"]) == ("Preview again", "")
    assert shown(plan(Reading(huge(), wrong=("no",)), there), text=HUGE * 6)["blocks"][-1]["type"] == "input"


def test_where_all_is_known_nothing_is_offered_to_add() -> None:
    reading = Reading((Found("Line 1", Kind.JOB, "Report"),))
    view = shown(plan(reading, [entry(5, Kind.JOB, {}, "report")]))
    assert "there is nothing to add" in words(view)
    assert (view["submit"]["text"], about_of(view)["sure"]) == ("Preview again", "")


def test_only_what_does_the_same_has_the_same_digest() -> None:
    reading = Reading((Found("Line 1", Kind.JOB, "Report"), Found("Line 2", Kind.JOB, "check")))
    there = [entry(5, Kind.JOB, {}, "report")]
    assert plan(reading, there).digest == plan(reading, [*there, entry(6, Kind.PAIN, {}, "else")]).digest
    assert plan(reading, there).digest != plan(reading, []).digest
    assert plan(reading, there).digest != plan(Reading(reading.entries[:1]), there).digest


def test_a_canvas_is_not_filled_over_its_brim() -> None:
    there = [entry(key, Kind.JOB, {}, f"x{key}") for key in range(OF_A_CANVAS)]
    known, new = Found("Line 1", Kind.JOB, "x1"), Found("Line 2", Kind.JOB, "new")
    assert plan(Reading((known,)), there).wrong == ()
    assert plan(Reading((known, new)), there).wrong == (
        "The canvas would have 3,501 entries, and it holds 3,500 at most.",
    )


def test_products_are_found_in_the_file_and_on_the_canvas() -> None:
    there = [entry(5, Kind.PRODUCT, {}, "Builder")]
    found = (
        Found("Line 1", Kind.PAIN_RELIEVER, "robot", products=("builder", "plug-in", "BUILDER")),
        Found("Line 2", Kind.PRODUCT, "Plug-in"),
    )
    wanted = plan(Reading(found), there)
    assert wanted.wrong == ()
    assert wanted.deliveries({0: 10, 1: 11}) == {(10, 5), (10, 11)}


@pytest.mark.parametrize(
    ("url", "api", "is_theirs"),
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
def test_the_token_goes_to_slack_alone(url: str, api: str, is_theirs: bool) -> None:
    assert is_slacks(url, api) is is_theirs
