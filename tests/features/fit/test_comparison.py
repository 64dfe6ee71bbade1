"""Comparisons of marks: only for members who reviewed the offer, and only with totals."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from bot.features.fit.comparison import compare_with_others, compute_fit_without, list_greatest_differences
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Mark, Review
from tests.method.build import build_canvas, build_entry
from tests.method.strategies import MEMBERS, canvases

STRONG, PARTIAL = Mark.STRONG, Mark.PARTIAL
WAITING, DEAR, OFFER, OTHER_OFFER = 1, 2, 10, 11


def build_pains_and_offers(*reviews: Review) -> Canvas:
    pains = [
        build_entry(WAITING, Kind.PAIN, {}, "waiting"),
        build_entry(DEAR, Kind.PAIN, {"U1": 5, "U2": 5}, "dear"),
    ]
    offers = [build_entry(OFFER, Kind.PAIN_RELIEVER, {}), build_entry(OTHER_OFFER, Kind.GAIN_CREATOR, {})]
    return build_canvas([*pains, *offers], reviews)


def test_a_member_who_has_not_reviewed_sees_no_comparison() -> None:
    metrics = compute_metrics(
        build_pains_and_offers(Review(OFFER, "ben", {WAITING: STRONG}), Review(OTHER_OFFER, "me", {}))
    )
    assert compare_with_others(metrics, OFFER, "me") is None
    assert compare_with_others(metrics, 99, "me") is None
    assert list_greatest_differences(metrics, "me") == []


def test_other_reviewers_and_differences_are_listed_the_greatest_first() -> None:
    metrics = compute_metrics(
        build_pains_and_offers(
            Review(OFFER, "me", {WAITING: STRONG, DEAR: PARTIAL}),
            Review(OFFER, "ben", {WAITING: STRONG}),
            Review(OFFER, "cleo", {}),
            Review(OFFER, "dan", {}),
        )
    )
    comparison = compare_with_others(metrics, OFFER, "me")
    assert comparison
    assert comparison.other_reviewer_ids == ("ben", "cleo", "dan")
    differences = [
        (each.need.entry.text, each.own_mark, dict(each.other_marks), each.size)
        for each in comparison.differences
    ]
    assert differences == [
        ("waiting", STRONG, {STRONG: 1, None: 2}, Fraction(2, 3)),
        ("dear", PARTIAL, {None: 3}, Fraction(1, 2)),
    ]


def test_equal_differences_are_sorted_by_weight_and_each_offer_lists_its_greatest() -> None:
    marks = {WAITING: STRONG, DEAR: STRONG}
    others = [Review(offer, user_id, {}) for offer in (OTHER_OFFER, OFFER) for user_id in ("ben", "cleo")]
    metrics = compute_metrics(
        build_pains_and_offers(
            Review(OTHER_OFFER, "me", {WAITING: PARTIAL}), Review(OFFER, "me", marks), *others
        )
    )
    comparison = compare_with_others(metrics, OFFER, "me")
    assert comparison
    assert [each.need.entry.text for each in comparison.differences] == ["dear", "waiting"]
    differences = [(each.offer.id, each.need.entry.text) for each in list_greatest_differences(metrics, "me")]
    assert differences == [(OFFER, "dear"), (OTHER_OFFER, "waiting")]


@pytest.mark.parametrize(
    ("own", "others", "differs"),
    [
        (STRONG, [STRONG, None, None], True),
        (STRONG, [STRONG, STRONG, None], False),
        (None, [STRONG, PARTIAL], True),
        (None, [PARTIAL, None], False),
        (PARTIAL, [STRONG, None], False),
        (None, [None, None], False),
    ],
)
def test_a_difference_is_half_a_mark_or_more_from_the_mean_of_the_others(
    own: Mark | None, others: list[Mark | None], *, differs: bool
) -> None:
    marks = [("me", own), *((f"U{number}", mark) for number, mark in enumerate(others))]
    reviews = [Review(OFFER, user_id, {WAITING: mark} if mark else {}) for user_id, mark in marks]
    comparison = compare_with_others(compute_metrics(build_pains_and_offers(*reviews)), OFFER, "me")
    assert comparison
    assert bool(comparison.differences) == differs


def test_a_single_other_reviewer_gives_no_totals() -> None:
    metrics = compute_metrics(
        build_pains_and_offers(Review(OFFER, "me", {WAITING: STRONG}), Review(OFFER, "ben", {}))
    )
    comparison = compare_with_others(metrics, OFFER, "me")
    assert comparison
    assert not comparison.shows_totals
    assert list_greatest_differences(metrics, "me") == []


def test_marks_on_deleted_needs_are_no_difference() -> None:
    metrics = compute_metrics(
        build_pains_and_offers(
            *(Review(OFFER, user_id, {77: STRONG} if user_id == "me" else {}) for user_id in ("me", "b", "c"))
        )
    )
    comparison = compare_with_others(metrics, OFFER, "me")
    assert comparison
    assert comparison.differences == ()


@settings(deadline=None)  # a busy machine does not fail the test
@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
def test_only_reviewers_get_a_comparison_and_nobody_is_compared_with_themselves(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    offers_and_reviewers = {(review.offer_id, review.user_id) for review in canvas.reviews}
    for offer_id in metrics.offers:
        for user_id in MEMBERS:
            comparison = compare_with_others(metrics, offer_id, user_id)
            assert (comparison is not None) == ((offer_id, user_id) in offers_and_reviewers)
            if comparison:
                assert user_id not in comparison.other_reviewer_ids
                assert all(
                    sum(each.other_marks.values()) == len(comparison.other_reviewer_ids)
                    for each in comparison.differences
                )


def test_the_fit_without_a_member_is_the_fit_of_the_other_reviews() -> None:
    canvas = build_pains_and_offers(
        Review(OFFER, "me", {WAITING: STRONG}), Review(OFFER, "ben", {DEAR: STRONG})
    )
    assert (
        compute_fit_without(compute_metrics(canvas), "me")
        == compute_metrics(build_pains_and_offers(canvas.reviews[1])).fit
    )
