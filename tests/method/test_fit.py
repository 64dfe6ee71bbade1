from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.method.exact import combine_shares
from bot.method.fit import compute_share, compute_strengths, find_cover
from bot.method.formatting import format_percent
from bot.method.kinds import NEED_KINDS, Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Mark, Review
from tests.method.build import CanvasBuilder, build_entry
from tests.method.strategies import CanvasPair, canvases, deleted_offers, raised_marks

PARTIAL, STRONG = Mark.PARTIAL, Mark.STRONG
HALF = Fraction(1, 2)


def list_shares(metrics: CanvasMetrics) -> list[Fraction | None]:
    return [*(metrics.fit.shares[kind] for kind in NEED_KINDS), metrics.fit.overall]


def assert_nowhere_lower(lower: CanvasMetrics, higher: CanvasMetrics) -> None:
    for need_id, need in lower.needs.items():
        assert need.coverage <= higher.needs[need_id].coverage
    for low, high in zip(list_shares(lower), list_shares(higher), strict=True):
        assert (low is None) is (high is None)
        assert (low or 0) <= (high or 0)


def compute_reviewed_pain(*offers: list[Mark | None]) -> CanvasMetrics:
    """Return the metrics of a pain and an offer for each list: a mark per member, None for "fits nothing"."""
    builder = CanvasBuilder()
    pain = builder.add(Kind.PAIN, 5, 5, 5)
    for given_marks in offers:
        offer = builder.add(Kind.PAIN_RELIEVER)
        for mark in given_marks:
            builder.review(offer, {pain: mark} if mark else {})
    return builder.compute_metrics()


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
    metrics = compute_reviewed_pain(marks)
    assert metrics.strengths.get((2, 1), 0) == strength
    assert metrics.needs[1].coverage == strength


def test_only_marks_of_an_offer_on_a_need_have_a_strength() -> None:
    reviews = [Review(4, "ann", {2: STRONG}), Review(1, "ann", {2: STRONG, 3: STRONG})]
    assert compute_strengths(reviews, frozenset({1}), frozenset({2})) == {(1, 2): Fraction(1)}


def test_offers_cover_more_together_than_alone() -> None:
    assert combine_shares([]) == 0
    assert combine_shares([HALF, HALF]) == Fraction(3, 4)
    assert combine_shares([Fraction(1, 3), Fraction(1), Fraction(0)]) == 1


@given(st.lists(st.fractions(0, 1), max_size=8))
def test_combined_shares_are_at_least_the_greatest_and_at_most_1(shares: list[Fraction]) -> None:
    assert max(shares, default=0) <= combine_shares(shares) <= 1


def test_a_need_is_addressed_from_one_half_on() -> None:
    assert compute_reviewed_pain([PARTIAL]).needs[1].addressed
    assert not compute_reviewed_pain([PARTIAL, STRONG, None, None]).needs[1].addressed


@pytest.mark.parametrize(
    ("coverage", "label"),
    [
        (HALF, "✓ addressed"),
        (Fraction(499, 1000), "◐ partly addressed"),
        (Fraction(0), "✗ not addressed"),
    ],
)
def test_how_far_a_need_is_served_has_a_sign_and_words(coverage: Fraction, label: str) -> None:
    need = replace(compute_reviewed_pain().needs[1], coverage=coverage)
    assert need.cover is find_cover(coverage)
    assert need.cover.label == label


def test_the_uncovered_weight_is_none_without_votes() -> None:
    need = compute_reviewed_pain().needs[1]
    assert need.uncovered_weight == need.ranked.weight == Fraction(4, 5)
    assert replace(need, coverage=HALF).uncovered_weight == Fraction(2, 5)
    waiting = replace(need, ranked=replace(need.ranked, weight=None))
    assert waiting.uncovered_weight == 0


def test_the_must_haves_of_all_kinds_are_counted_together() -> None:
    builder = CanvasBuilder()
    job, *_ = (builder.add(kind, 5, 5) for kind in (Kind.JOB, Kind.PAIN, Kind.PAIN))
    builder.review(builder.add(Kind.PAIN_RELIEVER), {job: STRONG})
    assert str(builder.compute_metrics().fit.must_have_total) == "1/3"


def test_a_third_and_a_quarter_address_a_need_exactly() -> None:
    metrics = compute_reviewed_pain([STRONG, None, None], [PARTIAL, None])
    assert metrics.needs[1].coverage == HALF
    assert metrics.needs[1].addressed
    assert metrics.fit.achieved


def test_a_threshold_that_floating_point_would_miss_is_met() -> None:
    assert 1 - (1 - 1 / 8) * (1 - 1 / 5) * (1 - 2 / 7) < 0.5
    marks = [[PARTIAL, *[None] * 3], [STRONG, *[None] * 4], [STRONG, STRONG, *[None] * 5]]
    assert compute_reviewed_pain(*marks).needs[1].addressed


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
    fit = compute_reviewed_pain([STRONG]).fit
    assert fit.shares == {Kind.JOB: None, Kind.PAIN: 1, Kind.GAIN: None}
    assert fit.overall == 1


def test_needs_without_offers_have_a_fit_of_zero() -> None:
    assert compute_reviewed_pain().fit.overall == 0


def test_needs_with_more_weight_count_more() -> None:
    builder = CanvasBuilder()
    heavy, light = builder.add(Kind.JOB, 5, 5), builder.add(Kind.JOB, 1, 1)  # weights 3/4 and 1/4
    offer = builder.add(Kind.GAIN_CREATOR)
    builder.review(offer, {heavy: STRONG})
    assert builder.compute_metrics().fit.overall == Fraction(3, 4)
    builder.reviews = [Review(offer, "ann", {light: STRONG})]
    assert builder.compute_metrics().fit.overall == Fraction(1, 4)


def test_without_a_must_have_fit_is_not_achieved_however_high_the_share() -> None:
    builder = CanvasBuilder()
    gain, offer = builder.add(Kind.GAIN, 3), builder.add(Kind.GAIN_CREATOR)
    builder.review(offer, {gain: STRONG})
    fit = builder.compute_metrics().fit
    assert fit.overall == 1
    assert not fit.achieved


@pytest.mark.parametrize("unaddressed_kind", NEED_KINDS)
def test_one_must_have_of_any_kind_decides_the_verdict(unaddressed_kind: Kind) -> None:
    builder = CanvasBuilder()
    needs = {kind: builder.add(kind, 5, 5) for kind in NEED_KINDS}
    offer = builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {need: STRONG for kind, need in needs.items() if kind is not unaddressed_kind})
    fit = builder.compute_metrics().fit
    assert not fit.achieved
    assert {kind: str(count) for kind, count in fit.must_haves.items()} == {
        kind: "0/1" if kind is unaddressed_kind else "1/1" for kind in NEED_KINDS
    }
    assert [need.ranked.entry.id for need in fit.gaps] == [needs[unaddressed_kind]]


@given(st.integers(0, 60), st.integers(1, 3))
def test_relieved_trivial_pains_never_hide_an_extreme_pain(trivial_count: int, level: int) -> None:
    builder = CanvasBuilder()
    extreme = builder.add(Kind.PAIN, 5, 5, 5)
    pains = [builder.add(Kind.PAIN, level) for _ in range(trivial_count)]
    job, offer = builder.add(Kind.JOB, 5, 5), builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, dict.fromkeys([*pains, job], STRONG))
    fit = builder.compute_metrics().fit
    assert not fit.achieved
    assert str(fit.must_haves[Kind.PAIN]) == "0/1"
    assert [need.ranked.entry.id for need in fit.gaps] == [extreme]


@given(canvases())
def test_no_share_exceeds_1(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    shares = [
        *list_shares(metrics),
        *metrics.strengths.values(),
        *(need.coverage for need in metrics.needs.values()),
        *(offer.relevance for offer in metrics.offers.values()),
    ]
    assert all(share is None or 0 <= share <= 1 for share in shares)


@given(raised_marks())
def test_one_more_or_a_stronger_mark_never_lowers_a_metric(pair: CanvasPair) -> None:
    assert_nowhere_lower(compute_metrics(pair.before), compute_metrics(pair.after))


@given(raised_marks())
def test_one_more_or_a_stronger_mark_never_ends_an_achieved_fit(pair: CanvasPair) -> None:
    achieved = [compute_metrics(canvas).fit.achieved for canvas in (pair.before, pair.after)]
    assert achieved != [True, False]


@given(deleted_offers())
def test_deleting_an_offer_never_raises_a_metric(pair: CanvasPair) -> None:
    assert_nowhere_lower(compute_metrics(pair.after), compute_metrics(pair.before))


@given(canvases(), st.sampled_from(Kind))
def test_an_entry_without_votes_changes_no_other_figure(canvas: Canvas, kind: Kind) -> None:
    added = build_entry(80, kind, {})
    before = compute_metrics(canvas)
    after = compute_metrics(replace(canvas, entries=(*canvas.entries, added)))
    assert after.fit == before.fit
    for figures in ("ranked", "needs", "offers"):
        others = {key: value for key, value in getattr(after, figures).items() if key != added.id}
        assert others == getattr(before, figures)


def test_an_offer_that_only_serves_needs_without_votes_fits_something() -> None:
    builder = CanvasBuilder()
    pain, offer = builder.add(Kind.PAIN), builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {pain: STRONG})
    found = builder.compute_metrics().offers[offer]
    assert (found.relevance, found.fits_nothing) == (Fraction(0), False)


@given(canvases())
def test_fit_is_achieved_where_every_must_have_is_addressed(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    must_haves = [need.addressed for need in metrics.needs.values() if need.ranked.must_have]
    assert metrics.fit.achieved is (bool(must_haves) and all(must_haves))
    assert metrics.fit.achieved is (
        bool(must_haves) and not any(gap.ranked.must_have for gap in metrics.fit.gaps)
    )


# gaps


def gap_ids(builder: CanvasBuilder) -> list[int]:
    return [need.ranked.entry.id for need in builder.compute_metrics().fit.gaps]


def test_a_must_have_comes_before_a_wider_gap() -> None:
    builder = CanvasBuilder()
    wide = builder.add(Kind.GAIN, 5, 5)  # weight 0.75, nothing covers it
    must_have = builder.add(Kind.PAIN, 5, 5, 4)  # weight 0.75, a quarter is covered
    offer = builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {must_have: PARTIAL})
    builder.review(offer)
    gaps = builder.compute_metrics().fit.gaps
    assert [(need.ranked.entry.id, need.uncovered_weight) for need in gaps] == [
        (must_have, Fraction(9, 16)),
        (wide, Fraction(3, 4)),
    ]


def test_gaps_are_sorted_by_uncovered_weight_and_not_by_weight() -> None:
    builder = CanvasBuilder()
    heavy = builder.add(Kind.JOB, 5, 5, 3)  # weight 0.70, a quarter is covered
    light = builder.add(Kind.JOB, 4)  # weight 7/12, nothing covers it
    offer = builder.add(Kind.GAIN_CREATOR)
    builder.review(offer, {heavy: PARTIAL})
    builder.review(offer)
    assert gap_ids(builder) == [light, heavy]


def test_equal_gaps_are_in_order_of_creation_across_the_boxes() -> None:
    builder = CanvasBuilder()
    kinds = [Kind.GAIN, Kind.JOB, Kind.PAIN, Kind.JOB]
    assert gap_ids(builder) == []
    assert [builder.add(kind, 3) for kind in kinds] == gap_ids(builder)


def test_a_need_that_waits_for_votes_is_no_gap_whatever_covers_the_others() -> None:
    builder = CanvasBuilder()
    voted, _ = builder.add(Kind.PAIN, 2), builder.add(Kind.PAIN)
    assert gap_ids(builder) == [voted]


def test_an_addressed_need_is_no_gap() -> None:
    builder = CanvasBuilder()
    pain, offer = builder.add(Kind.PAIN, 5, 5), builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {pain: PARTIAL})
    assert gap_ids(builder) == []


# relevance


def test_relevance_combines_weight_and_strength_over_all_needs() -> None:
    builder = CanvasBuilder()
    heavy, light = builder.add(Kind.JOB, 5, 5), builder.add(Kind.PAIN, 3)  # weights 3/4 and 1/2
    waiting, offer = builder.add(Kind.PAIN), builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {heavy: STRONG, light: PARTIAL, waiting: STRONG})
    assert builder.compute_metrics().offers[offer].relevance == 1 - Fraction(1, 4) * Fraction(3, 4)


def test_an_offer_that_was_reviewed_without_a_mark_fits_nothing() -> None:
    builder = CanvasBuilder()
    pain = builder.add(Kind.PAIN)
    nothing, something, waiting = (builder.add(Kind.PAIN_RELIEVER) for _ in range(3))
    builder.review(nothing)
    builder.review(something)
    builder.review(something, {pain: PARTIAL})
    metrics = builder.compute_metrics()
    assert [offer.ranked.entry.id for offer in metrics.fits_nothing] == [nothing]
    assert [offer.ranked.entry.id for offer in metrics.unreviewed] == [waiting]


def test_an_offer_whose_needs_were_all_deleted_fits_nothing() -> None:
    builder = CanvasBuilder()
    pain, offer = builder.add(Kind.PAIN), builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {pain: STRONG})
    builder.entries = [each for each in builder.entries if each.id != pain]
    assert builder.compute_metrics().offers[offer].fits_nothing


# over-rated: in the top third of the box by rank, in the bottom third by relevance


def over_rated_relievers(*relievers: tuple[int, str], creators: int = 0) -> list[int]:
    """Return the over-rated relievers' indexes; each has a vote, 0 for none, and a review, "" for none."""
    builder = CanvasBuilder()
    pain, job = builder.add(Kind.PAIN, 3), builder.add(Kind.JOB, 3)
    reviews = {"nothing": {}, "little": {pain: PARTIAL}, "some": {pain: STRONG}}
    reviews["much"] = {pain: STRONG, job: STRONG}
    offers = [builder.add(Kind.PAIN_RELIEVER, *([level] if level else [])) for level, _ in relievers]
    for offer, (_, marks) in zip(offers, relievers, strict=True):
        if marks:
            builder.review(offer, reviews[marks])
    for _ in range(creators):
        builder.review(builder.add(Kind.GAIN_CREATOR, 1), reviews["much"])
    return [offers.index(offer.ranked.entry.id) for offer in builder.compute_metrics().over_rated]


@pytest.mark.parametrize(
    ("relievers", "over_rated"),
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
        ([(5, "nothing"), (4, "much"), (0, "much")], []),  # a third of those with votes
    ],
)
def test_an_offer_high_in_rank_and_low_in_relevance_is_over_rated(
    relievers: list[tuple[int, str]], over_rated: list[int]
) -> None:
    assert over_rated_relievers(*relievers) == over_rated


def test_an_unreviewed_offer_is_not_over_rated() -> None:
    assert over_rated_relievers((5, ""), (4, "much"), (3, "much")) == []


def test_an_offer_without_votes_is_not_over_rated() -> None:
    assert over_rated_relievers((0, "nothing"), (1, "much"), (1, "much")) == []


def test_each_box_has_its_own_thirds() -> None:
    assert over_rated_relievers((5, "nothing"), (4, "much"), creators=4) == []


@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER))
def test_over_rated_offers_are_reviewed_voted_on_and_at_most_a_third_of_a_box(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    assert all(offer.reviewer_count and offer.ranked.vote_count for offer in metrics.over_rated)
    for kind in (Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR):
        over_rated = [offer for offer in metrics.over_rated if offer.ranked.entry.kind is kind]
        assert 3 * len(over_rated) <= len(metrics.boxes[kind])


def test_a_second_opinion_that_finds_no_fit_halves_a_strength() -> None:
    """A strength is divided by the number of reviewers, because leaving a need unmarked is an opinion too."""
    metrics = compute_reviewed_pain([STRONG])
    review = Review(2, "zoe", {})
    after = compute_metrics(replace(metrics.canvas, reviews=(*metrics.canvas.reviews, review)))
    assert after.needs[1].coverage == HALF
