"""What the fit review shows: within Slack's limits whatever there is, and nobody's marks by name."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import pytest
from bot.fake_slack.client.plain_text import blocks_to_text

from bot.fake_slack.blockkit import check_view
from bot.fake_slack.client.form_state import all_options
from bot.features.fit import review_form as reviewing
from bot.features.fit.model import ReviewStep, ReviewSession, compare_with_others
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Entry, Mark, Review
from bot.slack.blockkit.builders import View
from bot.slack.blockkit.forms import read_private_metadata
from bot.store.model import CanvasInfo
from tests.method.build import STARTED, canvas

ME = "me"
HEAD = CanvasInfo(1, "C1", "Reports <!channel>", "shops", "U1", "UTC", STARTED, "1.0")
NAMES = {"ana": "Ana", "ben": "Ben <!here>", "cleo": "Cleo", "dan": "Dan", "eva": "Eva"}
LONG = ["<&>" * 100, "*bold* `code` " * 22, "漢字かな交じり" * 43, "x" * 300]


def entry(key: int, kind: Kind, text: str, *levels: int, category: str | None = None) -> Entry:
    votes = {f"U{number}": level for number, level in enumerate(levels)}
    return Entry(key, kind, text, "U0", STARTED + timedelta(minutes=key), category, votes=votes)


def crowd(text: str, number: int = 500) -> CanvasMetrics:
    """Return a canvas with so many entries in every box, all of the same text, all reviewed and divided."""
    kinds = [kind for kind in Kind for _ in range(number)]
    entries = [
        Entry(key, kind, text, "U0", STARTED, "other", (number * 3 + 1, number * 3 + 2), {"U1": 5, "U2": 5})
        for key, kind in enumerate(kinds, start=1)
    ]
    offers = [each.id for each in entries if each.kind.is_offer]
    mine = dict.fromkeys(range(1, 3 * number), Mark.STRONG)
    reviews = [Review(offers[0], ME, mine), *(Review(offers[0], member, {}) for member in NAMES)]
    return compute_metrics(canvas(entries, reviews))


def stops(now: CanvasMetrics) -> Iterator[ReviewStep]:
    walk = ReviewSession(now, ME, is_repeat=True)
    there = walk.first_step()
    while there:
        yield there
        there = walk.step_after_page(there.entry.id, there.page, there.last_sort_key)


def shown(view: View) -> str:
    return blocks_to_text(view["blocks"])


@pytest.mark.parametrize("text", LONG)
def test_five_hundred_long_entries_in_every_box_break_no_limit(text: str) -> None:
    now = crowd(text)
    walk = ReviewSession(now, ME, is_repeat=True)
    comparison = compare_with_others(now, walk.offers[0].ranked.entry.id, ME)
    assert comparison
    said = reviewing.build_saved_blocks(comparison, NAMES)
    found = list(stops(now))
    assert len(found) == 15
    labels = []
    for stop in found:
        view = reviewing.build_review_form(HEAD, now, walk, stop, said, "Something was deleted.")
        check_view(view)
        strong, _ = [block["element"] for block in view["blocks"] if block["type"] == "input"]
        labels += [
            (group["label"]["text"], option["text"]["text"])
            for group in strong["option_groups"]
            for option in group["options"]
        ]
    assert len(set(labels)) == 1500, "each need is told from each other"
    for again in (True, False):
        done = reviewing.build_review_result(HEAD, now, ReviewSession(now, ME, is_repeat=again), ME, said)
        check_view(done)
        assert "where you differ most" in shown(done)


def small(*reviews: Review) -> CanvasMetrics:
    reliever = Entry(10, Kind.PAIN_RELIEVER, "robot", "U0", STARTED, "eliminates risk", (20, 99), {"U1": 4})
    entries = [
        entry(1, Kind.JOB, "report"),
        entry(2, Kind.PAIN, "slow", 2),
        entry(3, Kind.PAIN, "dear", 5, 5, 5),
        reliever,
        entry(11, Kind.GAIN_CREATOR, "sources"),
        entry(20, Kind.PRODUCT, "builder"),
    ]
    return compute_metrics(canvas(entries, reviews))


def form(now: CanvasMetrics, offer: int = 10) -> View:
    walk = ReviewSession(now, ME, is_repeat=False)
    stop = walk.step_at(offer)
    assert stop
    return reviewing.build_review_form(HEAD, now, walk, stop)


def test_a_stop_shows_the_offer_in_hand_and_what_to_ask_of_it() -> None:
    text = shown(form(small()))
    assert "*Offer 1 of 2* · ○○ · 2 left" in text
    assert "*Pain reliever* · eliminates risk\nrobot\n" in text
    assert "Delivered by “builder” · rank 1 of 1, score 3.33, 1 vote" in text
    assert "What does it really fit: which pains, how much of them, and which jobs and gains besides?" in text
    assert "• Which risk does it take away, and by how much?" in text
    assert "reviewed this before" not in text
    assert "[Skip ›] [Fits nothing]" in text
    other = shown(form(small(), 11))
    assert "*Offer 2 of 2*" in other
    assert "*Gain creator*\nsources\nnot ranked yet\n" in other
    assert "[‹ Back] [Skip ›] [Fits nothing]" in other


def test_needs_stand_in_rank_order_by_kind_with_numbers_and_stars() -> None:
    strong = next(block["element"] for block in form(small())["blocks"] if block["type"] == "input")
    groups = {group["label"]["text"]: group["options"] for group in strong["option_groups"]}
    assert {label: [each["text"]["text"] for each in options] for label, options in groups.items()} == {
        "Jobs": ["1. report"],
        "Pains": ["★ 1. dear", "2. slow"],
    }


def test_former_marks_are_filled_in_and_said() -> None:
    view = form(small(Review(10, ME, {2: Mark.PARTIAL, 3: Mark.STRONG}), Review(11, ME, {})))
    strong, partial = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    assert [each["value"] for each in strong["initial_options"]] == ["3"]
    assert [each["value"] for each in partial["initial_options"]] == ["2"]
    assert strong["initial_options"][0] in all_options(strong)
    assert "You reviewed this before: your marks are filled in." in shown(view)
    nothing = form(small(Review(10, ME, {2: Mark.PARTIAL}), Review(11, ME, {})), 11)
    assert "You reviewed this before: you said that it fits nothing." in shown(nothing)


def test_what_a_form_shows_and_how_far_it_goes_is_read_back() -> None:
    now = small()
    view = form(now)
    assert reviewing.read_shown_need_ids(view) == {1, 2, 3}
    assert reviewing.read_sort_key({"until": ["-7/2", 1, 3]}) == (Fraction(-7, 2), 1, 3)
    assert reviewing.read_sort_key(read_private_metadata(view)) is None
    crowded = ReviewSession(crowd("x", 120), ME).first_step()
    assert crowded
    there = reviewing.build_review_form(HEAD, crowd("x", 120), ReviewSession(crowd("x", 120), ME), crowded)
    assert reviewing.read_sort_key(read_private_metadata(there)) == crowded.last_sort_key


def others(*members: str) -> list[Review]:
    return [Review(10, member, {}) for member in members]


def said(*members: str) -> str:
    now = small(Review(10, ME, {2: Mark.STRONG}), *others(*members))
    comparison = compare_with_others(now, 10, ME)
    assert comparison
    return blocks_to_text(reviewing.build_saved_blocks(comparison, NAMES))


def test_who_else_reviewed_is_named_and_what_they_marked_told_in_totals_from_two_on() -> None:
    assert "Saved: “robot”.* You are the first to review it." in said()
    assert "Ana reviewed it, too. Where you differ I say from two others on." in said("ana")
    assert "strong" not in said("ana")
    two = said("ana", "stranger")
    assert (
        "Ana and somebody reviewed it, too. You differ on:\n• pain “slow”: you strong, all 2 others nothing"
        in two
    )
    assert "Ana, Ben <!here>, Cleo and 2 others reviewed it, too." in said(*NAMES)


def test_no_word_tells_what_a_single_other_marked() -> None:
    now = [
        small(Review(10, ME, {2: Mark.STRONG}), Review(10, "ana", marks))
        for marks in ({}, {2: Mark.STRONG}, {2: Mark.PARTIAL, 3: Mark.STRONG})
    ]
    told = [compare_with_others(each, 10, ME) for each in now]
    assert len({blocks_to_text(reviewing.build_saved_blocks(each, NAMES)) for each in told if each}) == 1


def test_a_review_that_fits_nothing_and_marks_that_agree_are_said_to_be_so() -> None:
    now = small(Review(10, ME, {}), *others("ana", "ben"))
    comparison = compare_with_others(now, 10, ME)
    assert comparison
    text = blocks_to_text(reviewing.build_saved_blocks(comparison, NAMES))
    assert "Saved: “robot” fits nothing.*" in text
    assert "You mark it much as they do." in text


def done(now: CanvasMetrics) -> str:
    view = reviewing.build_review_result(HEAD, now, ReviewSession(now, ME), ME)
    check_view(view)
    return shown(view)


def test_the_end_says_what_one_s_reviews_change_and_where_one_differs() -> None:
    mine = [Review(10, ME, {3: Mark.STRONG}), Review(11, ME, {})]
    text = done(small(*mine))
    assert "You have reviewed all 2 offers." in text
    assert "*Fit is achieved on paper: now test it with customers.*" in text
    # weights: report 1/2, slow 5/12, dear 4/5
    assert "What your reviews change: fit 0 % → 47 %, must-haves addressed 0 → 1 of 1." in text
    assert "differ" not in text
    text = done(small(*mine, *others("ana", "ben")))
    assert "What your reviews change: fit 0 % → 16 %." in text
    assert "“robot” for :star: pain “dear”: you strong, all 2 others nothing  [Look again]" in text
    assert text.index("Not addressed: pain “dear”") < text.index("16 %")


def test_the_end_names_what_was_skipped_with_a_way_to_it() -> None:
    text = done(small(Review(10, ME, {})))
    assert "You have reviewed 1 of 2 offers. Left: “sources”.  [Go on]" in text
    assert "Your reviews leave the fit as it is without them." in text


def test_the_end_of_a_canvas_without_offers_says_so() -> None:
    assert "There is no offer left to review" in done(compute_metrics(canvas([entry(1, Kind.JOB, "report")])))
