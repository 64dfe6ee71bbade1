"""Where a member's marks differ from the others': never before their own, and only as totals."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from bot.features.fit.model import compared, differences, without
from bot.method.kinds import Kind
from bot.method.metrics import figures
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
    now = figures(board(Review(OFFER, "ben", {WAITING: STRONG}), Review(OTHER_OFFER, "me", {})))
    assert compared(now, OFFER, "me") is None
    assert compared(now, 99, "me") is None
    assert differences(now, "me") == []


def test_who_else_reviewed_and_where_one_differs_the_greatest_first() -> None:
    now = figures(
        board(
            Review(OFFER, "me", {WAITING: STRONG, DEAR: PARTIAL}),
            Review(OFFER, "ben", {WAITING: STRONG}),
            Review(OFFER, "cleo", {}),
            Review(OFFER, "dan", {}),
        )
    )
    found = compared(now, OFFER, "me")
    assert found
    assert found.others == ("ben", "cleo", "dan")
    told = [(each.need.entry.text, each.own, dict(each.others), each.by) for each in found.differences]
    assert told == [
        ("waiting", STRONG, {STRONG: 1, None: 2}, Fraction(2, 3)),
        ("dear", PARTIAL, {None: 3}, Fraction(1, 2)),
    ]


def test_of_equal_differences_the_weightier_need_comes_first_and_of_each_offer_the_first_is_told() -> None:
    marks = {WAITING: STRONG, DEAR: STRONG}
    others = [Review(offer, member, {}) for offer in (OTHER_OFFER, OFFER) for member in ("ben", "cleo")]
    now = figures(board(Review(OTHER_OFFER, "me", {WAITING: PARTIAL}), Review(OFFER, "me", marks), *others))
    found = compared(now, OFFER, "me")
    assert found
    assert [each.need.entry.text for each in found.differences] == ["dear", "waiting"]
    told = [(each.offer.id, each.need.entry.text) for each in differences(now, "me")]
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
    found = compared(figures(board(*reviews)), OFFER, "me")
    assert found
    assert bool(found.differences) == differs


def test_over_all_offers_only_totals_of_two_others_count() -> None:
    now = figures(board(Review(OFFER, "me", {WAITING: STRONG}), Review(OFFER, "ben", {})))
    found = compared(now, OFFER, "me")
    assert found
    assert not found.with_totals
    assert differences(now, "me") == []


def test_marks_on_what_is_gone_count_nowhere() -> None:
    now = figures(
        board(*(Review(OFFER, who, {77: STRONG} if who == "me" else {}) for who in ("me", "b", "c")))
    )
    found = compared(now, OFFER, "me")
    assert found
    assert found.differences == ()


@settings(deadline=None)  # judged by what is found, not by how busy the machine is
@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
def test_nobody_is_compared_who_has_not_marked_and_nobody_with_themselves(state: Canvas) -> None:
    now = figures(state)
    given_by = {(review.offer, review.member) for review in state.reviews}
    for offer in now.offers:
        for member in MEMBERS:
            found = compared(now, offer, member)
            assert (found is not None) == ((offer, member) in given_by)
            if found:
                assert member not in found.others
                assert all(sum(each.others.values()) == len(found.others) for each in found.differences)


def test_without_a_member_s_reviews_the_fit_is_that_of_the_others() -> None:
    state = board(Review(OFFER, "me", {WAITING: STRONG}), Review(OFFER, "ben", {DEAR: STRONG}))
    assert without(figures(state), "me") == figures(board(state.reviews[1])).fit
