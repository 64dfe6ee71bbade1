from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.method.fit import combine_shares, compute_share, compute_strengths
from bot.method.formatting import format_percent
from bot.method.kinds import NEED_KINDS, Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Mark, Review
from tests.method.build import CanvasBuilder
from tests.method.strategies import CanvasPair, canvases, deleted_offers, raised_marks

PARTIAL, STRONG = Mark.PARTIAL, Mark.STRONG
HALF = Fraction(1, 2)


def shares_of(metrics: CanvasMetrics) -> list[Fraction | None]:
    return [*(metrics.fit.shares[kind] for kind in NEED_KINDS), metrics.fit.overall]


def assert_nowhere_lower(lower: CanvasMetrics, higher: CanvasMetrics) -> None:
    for key, need in lower.needs.items():
        assert need.coverage <= higher.needs[key].coverage
    for low, high in zip(shares_of(lower), shares_of(higher), strict=True):
        assert (low is None) is (high is None)
        assert low is None or high is None or low <= high


def covered_by(*offers: list[Mark | None]) -> CanvasMetrics:
    """A pain, and an offer for each list: a member's mark, or None for 'fits nothing'."""
    board = CanvasBuilder()
    pain = board.add(Kind.PAIN, 5, 5, 5)
    for given_marks in offers:
        offer = board.add(Kind.PAIN_RELIEVER)
        for mark in given_marks:
            board.review(offer, {pain: mark} if mark else {})
    return board.compute_metrics()


# strength and coverage


@pytest.mark.parametrize(
    ("marks", "strength"),
    [
        ([STRONG], Fraction(1)),
        ([PARTIAL], HALF),
        ([STRONG, None], HALF),
        ([STRONG, PARTIAL], Fraction(3, 4)),
        ([STRONG, PARTIAL, None], HALF),
        ([PARTIAL, None, None], Fraction(1, 6)),
        ([None], Fraction(0)),
        ([], Fraction(0)),
    ],
)
def test_a_strength_is_the_sum_of_marks_divided_by_the_reviewers(
    marks: list[Mark | None], strength: Fraction
) -> None:
    metrics = covered_by(marks)
    assert metrics.strengths.get((2, 1), 0) == strength
    assert metrics.needs[1].coverage == strength


def test_only_marks_of_an_offer_on_a_need_have_a_strength() -> None:
    reviews = [Review(1, "ann", {2: STRONG, 3: STRONG}), Review(4, "ann", {2: STRONG})]
    assert compute_strengths(reviews, frozenset({1}), frozenset({2})) == {(1, 2): Fraction(1)}


def test_offers_cover_more_together_than_alone() -> None:
    assert combine_shares([]) == 0
    assert combine_shares([HALF, HALF]) == Fraction(3, 4)
    assert combine_shares([Fraction(1, 3), Fraction(1), Fraction(0)]) == 1


@given(st.lists(st.fractions(0, 1), max_size=8))
def test_combined_shares_are_at_least_the_greatest_and_at_most_1(parts: list[Fraction]) -> None:
    assert max(parts, default=0) <= combine_shares(parts) <= 1


def test_a_need_is_addressed_from_one_half_on() -> None:
    assert covered_by([PARTIAL]).needs[1].addressed
    assert not covered_by([PARTIAL, STRONG, None, None]).needs[1].addressed


def test_a_third_and_a_quarter_address_a_need_exactly() -> None:
    metrics = covered_by([STRONG, None, None], [PARTIAL, None])
    assert metrics.needs[1].coverage == HALF
    assert metrics.needs[1].addressed
    assert metrics.fit.achieved


def test_a_threshold_that_floating_point_would_miss_is_met() -> None:
    assert 1 - (1 - 1 / 8) * (1 - 1 / 5) * (1 - 2 / 7) < 0.5
    strongly = [[PARTIAL, *[None] * 3], [STRONG, *[None] * 4], [STRONG, STRONG, *[None] * 5]]
    assert covered_by(*strongly).needs[1].addressed


# fit


@pytest.mark.parametrize("kind", NEED_KINDS)
def test_without_needs_there_is_nothing_to_fit(kind: Kind) -> None:
    fit = CanvasBuilder().compute_metrics().fit
    assert fit.overall is None
    assert fit.shares[kind] is None
    assert format_percent(fit.shares[kind]) == "nothing to fit yet"
    assert not fit.achieved
    assert compute_share([]) is None


def test_a_kind_without_needs_is_undefined_beside_one_with() -> None:
    fit = covered_by([STRONG]).fit
    assert fit.shares == {Kind.JOB: None, Kind.PAIN: 1, Kind.GAIN: None}
    assert fit.overall == 1


def test_needs_without_offers_have_a_fit_of_zero() -> None:
    assert covered_by().fit.overall == 0


def test_needs_with_more_weight_count_more() -> None:
    board = CanvasBuilder()
    heavy, light = board.add(Kind.JOB, 5, 5), board.add(Kind.JOB, 1, 1)  # weights 3/4 and 1/4
    offer = board.add(Kind.GAIN_CREATOR)
    board.review(offer, {heavy: STRONG})
    assert board.compute_metrics().fit.overall == Fraction(3, 4)
    board.reviews = [Review(offer, "ann", {light: STRONG})]
    assert board.compute_metrics().fit.overall == Fraction(1, 4)


def test_without_a_must_have_fit_is_not_achieved_however_high_the_share() -> None:
    board = CanvasBuilder()
    gain, offer = board.add(Kind.GAIN, 3), board.add(Kind.GAIN_CREATOR)
    board.review(offer, {gain: STRONG})
    fit = board.compute_metrics().fit
    assert fit.overall == 1
    assert not fit.achieved


@pytest.mark.parametrize("missed", NEED_KINDS)
def test_one_must_have_of_any_kind_decides_the_verdict(missed: Kind) -> None:
    board = CanvasBuilder()
    needs = {kind: board.add(kind, 5, 5) for kind in NEED_KINDS}
    offer = board.add(Kind.PAIN_RELIEVER)
    board.review(offer, {need: STRONG for kind, need in needs.items() if kind is not missed})
    fit = board.compute_metrics().fit
    assert not fit.achieved
    assert {kind: str(count) for kind, count in fit.must_haves.items()} == {
        kind: "0/1" if kind is missed else "1/1" for kind in NEED_KINDS
    }
    assert [need.ranked.entry.id for need in fit.gaps] == [needs[missed]]


@given(st.integers(0, 60), st.integers(1, 3))
def test_relieved_trivial_pains_never_hide_an_extreme_pain(trivial: int, level: int) -> None:
    board = CanvasBuilder()
    extreme = board.add(Kind.PAIN, 5, 5, 5)
    pains = [board.add(Kind.PAIN, level) for _ in range(trivial)]
    job, offer = board.add(Kind.JOB, 5, 5), board.add(Kind.PAIN_RELIEVER)
    board.review(offer, dict.fromkeys([*pains, job], STRONG))
    fit = board.compute_metrics().fit
    assert not fit.achieved
    assert str(fit.must_haves[Kind.PAIN]) == "0/1"
    assert [need.ranked.entry.id for need in fit.gaps] == [extreme]


@given(canvases())
def test_no_share_exceeds_1(drawn: Canvas) -> None:
    metrics = compute_metrics(drawn)
    parts = [
        *shares_of(metrics),
        *metrics.strengths.values(),
        *(need.coverage for need in metrics.needs.values()),
        *(offer.relevance for offer in metrics.offers.values()),
    ]
    assert all(part is None or 0 <= part <= 1 for part in parts)


@given(raised_marks())
def test_one_more_or_a_stronger_mark_never_lowers_a_metric(pair: CanvasPair) -> None:
    assert_nowhere_lower(compute_metrics(pair.before), compute_metrics(pair.after))


@given(raised_marks())
def test_one_more_or_a_stronger_mark_never_ends_an_achieved_fit(pair: CanvasPair) -> None:
    assert compute_metrics(pair.after).fit.achieved >= compute_metrics(pair.before).fit.achieved


@given(deleted_offers())
def test_deleting_an_offer_never_raises_a_metric(pair: CanvasPair) -> None:
    assert_nowhere_lower(compute_metrics(pair.after), compute_metrics(pair.before))


@given(canvases())
def test_fit_is_achieved_where_every_must_have_is_addressed(drawn: Canvas) -> None:
    metrics = compute_metrics(drawn)
    must_haves = [need.addressed for need in metrics.needs.values() if need.ranked.must_have]
    assert metrics.fit.achieved is (bool(must_haves) and all(must_haves))
    assert metrics.fit.achieved is (
        bool(must_haves) and not any(gap.ranked.must_have for gap in metrics.fit.gaps)
    )


# gaps


def gaps_of(board: CanvasBuilder) -> list[int]:
    return [need.ranked.entry.id for need in board.compute_metrics().fit.gaps]


def test_a_must_have_comes_before_a_wider_gap() -> None:
    board = CanvasBuilder()
    wide = board.add(Kind.GAIN, 5, 5, 3)  # weight 0.70, nothing covers it
    must_have = board.add(Kind.PAIN, 5, 5)  # weight 0.75, a quarter is covered
    offer = board.add(Kind.PAIN_RELIEVER)
    board.review(offer, {must_have: PARTIAL})
    board.review(offer)
    gaps = board.compute_metrics().fit.gaps
    assert [(need.ranked.entry.id, need.uncovered_weight) for need in gaps] == [
        (must_have, Fraction(9, 16)),
        (wide, Fraction(7, 10)),
    ]


def test_gaps_are_sorted_by_uncovered_weight_and_not_by_weight() -> None:
    board = CanvasBuilder()
    heavy = board.add(Kind.JOB, 5, 5, 3)  # weight 0.70, a quarter is covered
    light = board.add(Kind.JOB, 4)  # weight 7/12, nothing covers it
    offer = board.add(Kind.GAIN_CREATOR)
    board.review(offer, {heavy: PARTIAL})
    board.review(offer)
    assert gaps_of(board) == [light, heavy]


def test_equal_gaps_stand_in_order_of_creation_across_the_boxes() -> None:
    board = CanvasBuilder()
    kinds = [Kind.GAIN, Kind.JOB, Kind.PAIN, Kind.JOB]
    assert gaps_of(board) == []
    assert [board.add(kind) for kind in kinds] == gaps_of(board)


def test_an_addressed_need_is_no_gap() -> None:
    board = CanvasBuilder()
    pain, offer = board.add(Kind.PAIN, 5, 5), board.add(Kind.PAIN_RELIEVER)
    board.review(offer, {pain: PARTIAL})
    assert gaps_of(board) == []


# relevance


def test_relevance_combines_weight_and_strength_over_all_needs() -> None:
    board = CanvasBuilder()
    heavy, light = board.add(Kind.JOB, 5, 5), board.add(Kind.PAIN)  # weights 3/4 and 1/2
    offer = board.add(Kind.PAIN_RELIEVER)
    board.review(offer, {heavy: STRONG, light: PARTIAL})
    assert board.compute_metrics().offers[offer].relevance == 1 - Fraction(1, 4) * Fraction(3, 4)


def test_an_offer_that_was_reviewed_without_a_mark_fits_nothing() -> None:
    board = CanvasBuilder()
    pain = board.add(Kind.PAIN)
    nothing, something, waiting = (board.add(Kind.PAIN_RELIEVER) for _ in range(3))
    board.review(nothing)
    board.review(something)
    board.review(something, {pain: PARTIAL})
    metrics = board.compute_metrics()
    assert [offer.ranked.entry.id for offer in metrics.fits_nothing] == [nothing]
    assert [offer.ranked.entry.id for offer in metrics.unreviewed] == [waiting]


def test_an_offer_whose_needs_were_all_deleted_fits_nothing() -> None:
    board = CanvasBuilder()
    pain, offer = board.add(Kind.PAIN), board.add(Kind.PAIN_RELIEVER)
    board.review(offer, {pain: STRONG})
    board.entries = [each for each in board.entries if each.id != pain]
    assert board.compute_metrics().offers[offer].fits_nothing


# over-rated: in the top third of the box by rank, in the bottom third by relevance


def over_rated(*relievers: tuple[int, str], creators: int = 0) -> list[int]:
    """Which relievers are over-rated: each has a vote (0 for none) and a review ('' for none)."""
    board = CanvasBuilder()
    pain, job = board.add(Kind.PAIN), board.add(Kind.JOB)
    reviews = {"nothing": {}, "little": {pain: PARTIAL}, "some": {pain: STRONG}}
    reviews["much"] = {pain: STRONG, job: STRONG}
    offers = [board.add(Kind.PAIN_RELIEVER, *([level] if level else [])) for level, _ in relievers]
    for offer, (_, marks) in zip(offers, relievers, strict=True):
        if marks:
            board.review(offer, reviews[marks])
    for _ in range(creators):
        board.review(board.add(Kind.GAIN_CREATOR, 1), reviews["much"])
    return [offers.index(offer.ranked.entry.id) for offer in board.compute_metrics().over_rated]


@pytest.mark.parametrize(
    ("relievers", "found"),
    [
        ([(5, "nothing")], []),
        ([(5, "nothing"), (1, "much")], []),
        ([(5, "nothing"), (4, "much"), (3, "much")], [0]),
        ([(5, "little"), (4, "much"), (3, "some")], [0]),
        ([(5, "some"), (4, "much"), (3, "nothing")], []),
        ([(4, "nothing"), (5, "much"), (3, "much")], []),
        ([(5, "nothing"), (4, "nothing"), (3, "much")], []),  # two share the bottom: not in the last third
        ([(5, "nothing"), (5, "much"), (3, "much")], [0]),  # two share the top
        ([(5, "nothing"), (4, "much"), (3, "much"), (2, "much")], [0]),
        ([(5, "little"), (4, "much"), (3, "much"), (2, "nothing")], []),
        ([(5, "nothing"), (4, "little"), *(4 * [(1, "much")])], [0, 1]),
    ],
)
def test_an_offer_high_in_rank_and_low_in_relevance_is_over_rated(
    relievers: list[tuple[int, str]], found: list[int]
) -> None:
    assert over_rated(*relievers) == found


def test_an_unreviewed_offer_is_not_over_rated() -> None:
    assert over_rated((5, ""), (4, "much"), (3, "much")) == []


def test_an_offer_without_votes_is_not_over_rated() -> None:
    assert over_rated((0, "nothing"), (1, "much"), (1, "much")) == []


def test_each_box_has_its_own_thirds() -> None:
    assert over_rated((5, "nothing"), (4, "much"), creators=4) == []


@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER))
def test_over_rated_offers_are_reviewed_voted_on_and_at_most_a_third_of_a_box(drawn: Canvas) -> None:
    metrics = compute_metrics(drawn)
    assert all(offer.reviewer_count and offer.ranked.vote_count for offer in metrics.over_rated)
    for kind in (Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR):
        found = [offer for offer in metrics.over_rated if offer.ranked.entry.kind is kind]
        assert 3 * len(found) <= len(metrics.boxes[kind])


def test_a_second_opinion_that_finds_no_fit_halves_a_strength() -> None:
    """The number of members who reviewed is the divisor: not marking is an opinion, too."""
    metrics = covered_by([STRONG])
    review = Review(2, "zoe", {})
    again = compute_metrics(replace(metrics.canvas, reviews=(*metrics.canvas.reviews, review)))
    assert again.needs[1].coverage == HALF
