"""Where a member's marks differ from the others': never before their own, and only as totals."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from bot.features.fit.model import compare_with_others, list_greatest_differences, compute_fit_without
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Mark, Review
from tests.method.build import canvas, entry
from tests.method.strategies import MEMBERS, canvases

STRONG, PARTIAL = Mark.STRONG, Mark.PARTIAL
WAITING, DEAR, OFFER, OTHER_OFFER = 1, 2, 10, 11


def board(*reviews: Review) -> Canvas:
    pains = [entry(WAITING, Kind.PAIN, {}, "waiting"), entry(DEAR, Kind.PAIN, {"U1": 5, "U2": 5}, "dear")]
    offers = [entry(OFFER, Kind.PAIN_RELIEVER, {}), entry(OTHER_OFFER, Kind.GAIN_CREATOR, {})]
    return canvas([*pains, *offers], reviews)


def test_before_one_s_own_marks_there_is_nothing_to_compare() -> None:
    now = compute_metrics(board(Review(OFFER, "ben", {WAITING: STRONG}), Review(OTHER_OFFER, "me", {})))
    assert compare_with_others(now, OFFER, "me") is None
    assert compare_with_others(now, 99, "me") is None
    assert list_greatest_differences(now, "me") == []


def test_who_else_reviewed_and_where_one_differs_the_greatest_first() -> None:
    now = compute_metrics(
        board(
            Review(OFFER, "me", {WAITING: STRONG, DEAR: PARTIAL}),
            Review(OFFER, "ben", {WAITING: STRONG}),
            Review(OFFER, "cleo", {}),
            Review(OFFER, "dan", {}),
        )
    )
    found = compare_with_others(now, OFFER, "me")
    assert found
    assert found.other_reviewer_ids == ("ben", "cleo", "dan")
    told = [(each.need.entry.text, each.own_mark, dict(each.other_marks), each.size) for each in found.differences]
    assert told == [
        ("waiting", STRONG, {STRONG: 1, None: 2}, Fraction(2, 3)),
        ("dear", PARTIAL, {None: 3}, Fraction(1, 2)),
    ]


def test_of_equal_differences_the_weightier_need_comes_first_and_of_each_offer_the_first_is_told() -> None:
    marks = {WAITING: STRONG, DEAR: STRONG}
    others = [Review(offer, member, {}) for offer in (OTHER_OFFER, OFFER) for member in ("ben", "cleo")]
    now = compute_metrics(board(Review(OTHER_OFFER, "me", {WAITING: PARTIAL}), Review(OFFER, "me", marks), *others))
    found = compare_with_others(now, OFFER, "me")
    assert found
    assert [each.need.entry.text for each in found.differences] == ["dear", "waiting"]
    told = [(each.offer.id, each.need.entry.text) for each in list_greatest_differences(now, "me")]
    assert told == [(OFFER, "dear"), (OTHER_OFFER, "waiting")]


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
def test_one_differs_by_half_a_mark_from_the_others_mean(
    own: Mark | None, others: list[Mark | None], *, differs: bool
) -> None:
    marks = [("me", own), *((f"U{number}", mark) for number, mark in enumerate(others))]
    reviews = [Review(OFFER, member, {WAITING: mark} if mark else {}) for member, mark in marks]
    found = compare_with_others(compute_metrics(board(*reviews)), OFFER, "me")
    assert found
    assert bool(found.differences) == differs


def test_over_all_offers_only_totals_of_two_others_count() -> None:
    now = compute_metrics(board(Review(OFFER, "me", {WAITING: STRONG}), Review(OFFER, "ben", {})))
    found = compare_with_others(now, OFFER, "me")
    assert found
    assert not found.shows_totals
    assert list_greatest_differences(now, "me") == []


def test_marks_on_what_is_gone_count_nowhere() -> None:
    now = compute_metrics(
        board(*(Review(OFFER, who, {77: STRONG} if who == "me" else {}) for who in ("me", "b", "c")))
    )
    found = compare_with_others(now, OFFER, "me")
    assert found
    assert found.differences == ()


@settings(deadline=None)  # judged by what is found, not by how busy the machine is
@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
def test_nobody_is_compared_who_has_not_marked_and_nobody_with_themselves(state: Canvas) -> None:
    now = compute_metrics(state)
    given_by = {(review.offer_id, review.user_id) for review in state.reviews}
    for offer in now.offers:
        for member in MEMBERS:
            found = compare_with_others(now, offer, member)
            assert (found is not None) == ((offer, member) in given_by)
            if found:
                assert member not in found.other_reviewer_ids
                assert all(sum(each.other_marks.values()) == len(found.other_reviewer_ids) for each in found.differences)


def test_without_a_member_s_reviews_the_fit_is_that_of_the_others() -> None:
    state = board(Review(OFFER, "me", {WAITING: STRONG}), Review(OFFER, "ben", {DEAR: STRONG}))
    assert compute_fit_without(compute_metrics(state), "me") == compute_metrics(board(state.reviews[1])).fit
