"""The forms and the result of a fit review: within Slack's limits, and without other members' marks."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import pytest

from bot.fake_slack.blockkit import check_view
from bot.fake_slack.blockkit.traversal import all_options
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.fit import review_form, review_result
from bot.features.fit.comparison import compare_with_others
from bot.features.fit.model import ReviewSession, ReviewStep
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Entry, Mark, Review
from bot.slack.blockkit.builders import View
from bot.slack.forms import Form, read_private_metadata
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, build_canvas

ME = "me"
CANVAS_INFO = CanvasInfo(1, "C1", "Reports <!channel>", "shops", "U1", "UTC", STARTED_AT, "1.0")
NAMES = {"ana": "Ana", "ben": "Ben <!here>", "cleo": "Cleo", "dan": "Dan", "eva": "Eva"}
LONG = ["<&>" * 100, "*bold* `code` " * 22, "漢字かな交じり" * 43, "x" * 300]


def build_entry(entry_id: int, kind: Kind, text: str, *levels: int, category: str | None = None) -> Entry:
    votes = {f"U{number}": level for number, level in enumerate(levels)}
    return Entry(entry_id, kind, text, "U0", STARTED_AT + timedelta(minutes=entry_id), category, votes=votes)


def build_crowded(text: str, entry_count: int = 500) -> CanvasMetrics:
    """Return a canvas with many entries of the same text in every box, and reviews with different marks."""
    kinds = [kind for kind in Kind for _ in range(entry_count)]
    entries = [
        Entry(
            entry_id,
            kind,
            text,
            "U0",
            STARTED_AT,
            "other",
            (entry_count * 3 + 1, entry_count * 3 + 2),
            {"U1": 5, "U2": 5},
        )
        for entry_id, kind in enumerate(kinds, start=1)
    ]
    offers = [each.id for each in entries if each.kind.is_offer]
    own_marks = dict.fromkeys(range(1, 3 * entry_count), Mark.STRONG)
    reviews = [Review(offers[0], ME, own_marks), *(Review(offers[0], user_id, {}) for user_id in NAMES)]
    return compute_metrics(build_canvas(entries, reviews))


def list_steps(metrics: CanvasMetrics) -> Iterator[ReviewStep]:
    session = ReviewSession(metrics, ME, is_repeat=True)
    step = session.first_step()
    while step:
        yield step
        step = session.step_after_page(step.entry.id, step.page, step.last_sort_key)


def render_view(view: View) -> str:
    return blocks_to_text(view["blocks"])


@pytest.mark.parametrize("text", LONG)
def test_five_hundred_long_entries_in_every_box_break_no_limit_of_slack(text: str) -> None:
    metrics = build_crowded(text)
    session = ReviewSession(metrics, ME, is_repeat=True)
    comparison = compare_with_others(metrics, session.offers[0].ranked.entry.id, ME)
    assert comparison
    saved = review_result.build_saved_blocks(comparison, NAMES)
    steps = list(list_steps(metrics))
    assert len(steps) == 15
    labels = []
    for step in steps:
        view = review_form.build_review_form(
            CANVAS_INFO, metrics, session, step, saved, "Something was deleted."
        )
        check_view(view)
        boxes, menu, _, _ = [block["element"] for block in view["blocks"] if block["type"] == "input"]
        labels += [(Kind.JOB.spec.icon, option["text"]["text"]) for option in boxes["options"]]
        labels += [
            (group["label"]["text"], option["text"]["text"])
            for group in menu["option_groups"]
            for option in group["options"]
        ]
    assert len(set(labels)) == 1500, "each need has a label of its own"
    for is_repeat in (True, False):
        done = review_result.build_review_result(
            CANVAS_INFO, metrics, ReviewSession(metrics, ME, is_repeat=is_repeat), ME, saved
        )
        check_view(done)
        assert "where you differ most" in render_view(done)


def build_small(*reviews: Review) -> CanvasMetrics:
    reliever = Entry(
        10, Kind.PAIN_RELIEVER, "robot", "U0", STARTED_AT, "eliminates risk", (20, 99), {"U1": 4}
    )
    entries = [
        build_entry(1, Kind.JOB, "report", 3),
        build_entry(2, Kind.PAIN, "slow", 2),
        build_entry(3, Kind.PAIN, "dear", 5, 5, 5),
        reliever,
        build_entry(11, Kind.GAIN_CREATOR, "sources"),
        build_entry(20, Kind.PRODUCT, "builder"),
    ]
    return compute_metrics(build_canvas(entries, reviews))


def build_form(metrics: CanvasMetrics, offer_id: int = 10) -> View:
    session = ReviewSession(metrics, ME, is_repeat=False)
    step = session.step_at(offer_id)
    assert step
    return review_form.build_review_form(CANVAS_INFO, metrics, session, step)


def test_a_form_shows_the_offer_and_questions_about_it() -> None:
    text = render_view(build_form(build_small()))
    assert text.startswith("*Offer 1 of 2* · ◉○ · 2 left\n"), "all needs are on one page"
    assert "*Pain reliever* · eliminates risk\nrobot\n" in text
    assert "Delivered by “builder”. Which risk does it take away, and by how much?\n" in text
    assert "*Which needs does this really help with?*\n" in text
    assert text.count("?") == 2, "one question beside that of the form"
    assert "reviewed this before" not in text
    assert "[Skip ›] [Helps nobody]" in text
    other_form = render_view(build_form(build_small(), 11))
    assert "*Offer 2 of 2*" in other_form
    assert "*Gain creator*\nsources\n" in other_form
    assert "[‹ Back] [Skip ›] [Helps nobody]" in other_form


def test_must_haves_come_first_and_then_the_offer_s_own_kind_of_need() -> None:
    metrics = build_small()
    labels = {}
    for offer_id in (10, 11):
        strong, partial = [
            block["element"] for block in build_form(metrics, offer_id)["blocks"] if block["type"] == "input"
        ]
        assert strong["type"] == partial["type"] == "checkboxes", "one click for each mark"
        assert strong["options"] == partial["options"]
        labels[offer_id] = [each["text"]["text"] for each in strong["options"]]
    assert labels[10] == ["★ :warning: dear", ":warning: slow", ":dart: report"]
    assert labels[11] == ["★ :warning: dear", ":dart: report", ":warning: slow"]


def test_needs_that_look_the_same_have_numbers() -> None:
    long_text = "the shop keeps the bike for a week and nobody says when it will be done, "
    texts = ["slow", "slow", "fast", f"{long_text}ever", f"{long_text}again"]
    entries = [build_entry(number, Kind.PAIN, text) for number, text in enumerate(texts, start=1)]
    form = build_form(
        compute_metrics(build_canvas([*entries, build_entry(10, Kind.PAIN_RELIEVER, "robot")], []))
    )
    check_view(form)
    strong = next(block["element"] for block in form["blocks"] if block["type"] == "input")
    labels = [option["text"]["text"] for option in strong["options"]]
    assert labels[:3] == [":warning: slow (1)", ":warning: slow (2)", ":warning: fast"]
    assert [label[-5:] for label in labels[3:]] == ["… (4)", "… (5)"]


def test_of_more_than_ten_needs_seven_are_ticked_and_menus_hold_the_others() -> None:
    metrics = compute_metrics(
        build_canvas(
            [
                *(build_entry(number, Kind.JOB, f"job {number}") for number in range(1, 10)),
                build_entry(10, Kind.PAIN, "dear", 5, 5, 5),
                build_entry(11, Kind.PAIN, "slow"),
                build_entry(20, Kind.PAIN_RELIEVER, "robot"),
            ],
            [Review(20, ME, {9: Mark.STRONG, 10: Mark.PARTIAL})],
        )
    )
    view = build_form(metrics, 20)
    check_view(view)
    fields = [block for block in view["blocks"] if block["type"] == "input"]
    assert [field["label"]["text"] for field in fields] == [
        "Fits strongly",
        "Fits strongly: others",
        "Fits partly",
        "Fits partly: others",
    ]
    ticked = [each["text"]["text"] for each in fields[0]["element"]["options"]]
    assert len(ticked) == 7
    assert ticked[:2] == ["★ :warning: dear", ":warning: slow"]
    assert [each["text"]["text"] for each in all_options(fields[1]["element"])] == [
        f"job {number}" for number in (6, 7, 8, 9)
    ]
    assert [each["value"] for each in fields[1]["element"]["initial_options"]] == ["9"]
    assert [each["value"] for each in fields[2]["element"]["initial_options"]] == ["10"]
    assert review_form.read_shown_need_ids(view) == {*range(1, 12)}
    values = {
        "strong:20:0": {"strong": {"selected_options": [{"value": "10"}]}},
        "strong_others:20:0": {"strong_others": {"selected_options": [{"value": "9"}]}},
        "partial:20:0": {"partial": {"selected_options": []}},
        "partial_others:20:0": {"partial_others": {"selected_options": [{"value": "8"}]}},
    }
    assert review_form.read_marks(Form({"state": {"values": values}})) == {
        10: Mark.STRONG,
        9: Mark.STRONG,
        8: Mark.PARTIAL,
    }


def test_six_offers_take_at_most_twenty_clicks() -> None:
    builder = [build_entry(number, Kind.PAIN, f"pain {number}") for number in range(1, 8)]
    offers = [build_entry(number, Kind.PAIN_RELIEVER, f"offer {number}") for number in range(10, 16)]
    metrics = compute_metrics(build_canvas([*builder, *offers]))
    clicks = 1  # that opens the review
    for offer in ReviewSession(metrics, ME).offers:
        fields = [
            block
            for block in build_form(metrics, offer.ranked.entry.id)["blocks"]
            if block["type"] == "input"
        ]
        assert {field["element"]["type"] for field in fields} == {"checkboxes"}
        clicks += 2 + 1  # two marks, and *Save and next*
    assert clicks <= 20


@pytest.mark.parametrize("number", [1, 25, 500])
def test_the_form_is_short(number: int) -> None:
    metrics = build_crowded("x" * 300, number)
    session = ReviewSession(metrics, ME, is_repeat=True)
    step = session.first_step()
    assert step
    comparison = compare_with_others(metrics, session.offers[0].ranked.entry.id, ME)
    assert comparison
    saved = review_result.build_saved_blocks(comparison, NAMES)
    view = review_form.build_review_form(CANVAS_INFO, metrics, session, step, saved)
    assert len(render_view(view).splitlines()) <= 18
    assert len(view["blocks"]) <= 13


def test_what_was_saved_is_an_alert_where_slack_knows_alerts() -> None:
    metrics = compute_metrics(
        build_canvas(
            [build_entry(1, Kind.JOB, "report"), build_entry(10, Kind.PAIN_RELIEVER, "<&>" * 100)],
            [Review(10, ME, {})],
        )
    )
    comparison = compare_with_others(metrics, 10, ME)
    assert comparison
    alert, _ = review_result.build_saved_blocks(comparison, NAMES)
    assert (alert["type"], alert["level"]) == ("alert", "success")
    assert len(alert["text"]["text"]) <= 200
    plain, _ = review_result.build_saved_blocks(comparison, NAMES, has_alerts=False)
    assert plain["type"] == "section"


def test_earlier_marks_are_filled_in_and_mentioned() -> None:
    view = build_form(build_small(Review(10, ME, {2: Mark.PARTIAL, 3: Mark.STRONG}), Review(11, ME, {})))
    strong, partial = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    assert [each["value"] for each in strong["initial_options"]] == ["3"]
    assert [each["value"] for each in partial["initial_options"]] == ["2"]
    assert strong["initial_options"][0] in all_options(strong)
    assert "You reviewed this before: your marks are filled in." in render_view(view)
    unmarked_form = build_form(build_small(Review(10, ME, {2: Mark.PARTIAL}), Review(11, ME, {})), 11)
    assert "You reviewed this before: you said that it fits nothing." in render_view(unmarked_form)


def test_the_shown_needs_and_the_last_sort_key_are_read_back() -> None:
    metrics = build_small()
    view = build_form(metrics)
    assert review_form.read_shown_need_ids(view) == {1, 2, 3}
    assert review_form.read_sort_key({"until": ["-7/2", 1, 3]}) == (Fraction(-7, 2), 1, 3)
    assert review_form.read_sort_key(read_private_metadata(view)) is None
    crowded = ReviewSession(build_crowded("x", 120), ME).first_step()
    assert crowded
    view = review_form.build_review_form(
        CANVAS_INFO, build_crowded("x", 120), ReviewSession(build_crowded("x", 120), ME), crowded
    )
    assert review_form.read_sort_key(read_private_metadata(view)) == crowded.last_sort_key


def reviews_without_marks(*user_ids: str) -> list[Review]:
    return [Review(10, user_id, {}) for user_id in user_ids]


def render_saved_blocks(*user_ids: str) -> str:
    metrics = build_small(Review(10, ME, {2: Mark.STRONG}), *reviews_without_marks(*user_ids))
    comparison = compare_with_others(metrics, 10, ME)
    assert comparison
    return blocks_to_text(review_result.build_saved_blocks(comparison, NAMES))


def test_other_reviewers_are_named_and_their_marks_shown_as_totals_from_two_on() -> None:
    assert "Saved: “robot”.\nYou are the first to review it." in render_saved_blocks()
    assert "Ana reviewed it, too. I'll show where you differ once two others" in render_saved_blocks("ana")
    assert "strong" not in render_saved_blocks("ana")
    text = render_saved_blocks("ana", "stranger")
    assert (
        "Ana and somebody reviewed it, too. You differ on:\n• pain “slow”: you strong, all 2 others nothing"
        in text
    )
    assert "Ana, Ben <!here>, Cleo and 2 others reviewed it, too." in render_saved_blocks(*NAMES)


def test_the_text_does_not_depend_on_the_marks_of_a_single_other_reviewer() -> None:
    metrics = [
        build_small(Review(10, ME, {2: Mark.STRONG}), Review(10, "ana", marks))
        for marks in ({}, {2: Mark.STRONG}, {2: Mark.PARTIAL, 3: Mark.STRONG})
    ]
    comparisons = [compare_with_others(each, 10, ME) for each in metrics]
    assert (
        len({blocks_to_text(review_result.build_saved_blocks(each, NAMES)) for each in comparisons if each})
        == 1
    )


def test_a_review_that_fits_nothing_and_equal_marks_are_mentioned() -> None:
    metrics = build_small(Review(10, ME, {}), *reviews_without_marks("ana", "ben"))
    comparison = compare_with_others(metrics, 10, ME)
    assert comparison
    text = blocks_to_text(review_result.build_saved_blocks(comparison, NAMES))
    assert "Saved: “robot” fits nothing.\n" in text
    assert "You mark it much as they do." in text


def render_result(metrics: CanvasMetrics) -> str:
    view = review_result.build_review_result(CANVAS_INFO, metrics, ReviewSession(metrics, ME), ME)
    check_view(view)
    return render_view(view)


def test_the_result_shows_what_the_member_s_reviews_change_and_where_they_differ() -> None:
    own_marks = [Review(10, ME, {3: Mark.STRONG}), Review(11, ME, {})]
    text = render_result(build_small(*own_marks))
    assert "You have reviewed all 2 offers." in text
    assert "*Fit is achieved on paper: now test it with customers.*" in text
    # weights: report 1/2, slow 5/12, dear 4/5
    assert "What your reviews change: fit 0\u00a0% → 47\u00a0%, must-haves addressed 0 → 1 of 1." in text
    assert "differ" not in text
    text = render_result(build_small(*own_marks, *reviews_without_marks("ana", "ben")))
    assert "What your reviews change: fit 0\u00a0% → 16\u00a0%." in text
    assert "“robot” for :star: pain “dear”: you strong, all 2 others nothing  [Look again]" in text
    assert text.index("◐ :star: pain “dear”: partly addressed") < text.index("16\u00a0%")


def test_the_result_names_the_skipped_offers_with_a_button() -> None:
    text = render_result(build_small(Review(10, ME, {})))
    assert "You have reviewed 1 of 2 offers. Left: “sources”.  [Go on]" in text
    assert "Your review doesn't change the fit." in text


def test_the_result_without_offers_says_so() -> None:
    assert "There is no offer left to review" in render_result(
        compute_metrics(build_canvas([build_entry(1, Kind.JOB, "report")]))
    )


@pytest.mark.parametrize(("number", "more"), [(3, ""), (4, "_…and 1 more_"), (6, "_…and 3 more_")])
def test_three_differences_are_listed_and_the_others_counted(number: int, more: str) -> None:
    pains = [build_entry(n, Kind.PAIN, f"pain {n}") for n in range(1, number + 1)]
    offer = build_entry(10, Kind.PAIN_RELIEVER, "robot")
    marks = dict.fromkeys(range(1, number + 1), Mark.STRONG)
    reviews = [Review(10, ME, marks), Review(10, "ana", {}), Review(10, "ben", {})]
    comparison = compare_with_others(compute_metrics(build_canvas([*pains, offer], reviews)), 10, ME)
    assert comparison is not None
    lines = blocks_to_text(review_result.build_saved_blocks(comparison, NAMES)).splitlines()
    assert sum(line.startswith("• ") for line in lines) == 3
    assert [line for line in lines if "…and" in line] == [more][: bool(more)]
