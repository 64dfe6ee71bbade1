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
from bot.slack.forms import read_private_metadata
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
        strong, _ = [block["element"] for block in view["blocks"] if block["type"] == "input"]
        labels += [
            (group["label"]["text"], option["text"]["text"])
            for group in strong["option_groups"]
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
    assert "*Offer 1 of 2* · ○○ · 2 left" in text
    assert "*Pain reliever* · eliminates risk\nrobot\n" in text
    assert "Delivered by “builder” · rank 1 of 1, score 3.33, 1 vote" in text
    assert "Which needs does this really help with?" in text
    assert "• Which risk does it take away, and by how much?" in text
    assert "reviewed this before" not in text
    assert "[Skip ›] [Fits nothing]" in text
    other_form = render_view(build_form(build_small(), 11))
    assert "*Offer 2 of 2*" in other_form
    assert "*Gain creator*\nsources\nwaits for votes\n" in other_form
    assert "[‹ Back] [Skip ›] [Fits nothing]" in other_form


def test_needs_are_listed_by_kind_and_rank_with_numbers_and_stars() -> None:
    strong = next(
        block["element"] for block in build_form(build_small())["blocks"] if block["type"] == "input"
    )
    groups = {group["label"]["text"]: group["options"] for group in strong["option_groups"]}
    assert {label: [each["text"]["text"] for each in options] for label, options in groups.items()} == {
        "Jobs": ["1. report"],
        "Pains": ["★ 1. dear", "2. slow"],
    }


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
    assert "Saved: “robot”.* You are the first to review it." in render_saved_blocks()
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
    assert "Saved: “robot” fits nothing.*" in text
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
    assert "What your reviews change: fit 0 % → 47 %, must-haves addressed 0 → 1 of 1." in text
    assert "differ" not in text
    text = render_result(build_small(*own_marks, *reviews_without_marks("ana", "ben")))
    assert "What your reviews change: fit 0 % → 16 %." in text
    assert "“robot” for :star: pain “dear”: you strong, all 2 others nothing  [Look again]" in text
    assert text.index("Not addressed: :star: pain “dear”") < text.index("16 %")


def test_the_result_names_the_skipped_offers_with_a_button() -> None:
    text = render_result(build_small(Review(10, ME, {})))
    assert "You have reviewed 1 of 2 offers. Left: “sources”.  [Go on]" in text
    assert "Your review doesn't change the fit." in text


def test_the_result_without_offers_says_so() -> None:
    assert "There is no offer left to review" in render_result(
        compute_metrics(build_canvas([build_entry(1, Kind.JOB, "report")]))
    )
