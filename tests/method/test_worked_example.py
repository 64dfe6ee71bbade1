"""The worked example of the method, with every number in it."""

from fractions import Fraction

import pytest

from bot.method.formatting import format_decimals, format_percent, format_score
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.times.clock import format_plain_moment
from tests.method.build import CanvasBuilder

J1, P1, P2, G1, R1, C1 = range(1, 7)


@pytest.fixture
def example() -> CanvasMetrics:
    builder = CanvasBuilder()
    builder.add(Kind.JOB, 5, 5, 4)
    builder.add(Kind.PAIN, 5, 1)
    builder.add(Kind.PAIN)
    builder.add(Kind.GAIN, 2)
    builder.add(Kind.PAIN_RELIEVER)
    builder.add(Kind.GAIN_CREATOR)
    builder.review(R1, {J1: Mark.STRONG, P1: Mark.STRONG})
    builder.review(R1, {P1: Mark.PARTIAL})
    builder.review(C1, {J1: Mark.PARTIAL, G1: Mark.STRONG})
    return builder.compute_metrics()


@pytest.mark.parametrize(
    ("entry_id", "score", "shown", "weight", "must_have"),
    [
        (J1, Fraction(4), "4.00", Fraction(3, 4), True),
        (P1, Fraction(3), "3.00", Fraction(1, 2), False),
        (P2, None, "waits for votes", None, False),
        (G1, Fraction(8, 3), "2.67", Fraction(5, 12), False),
    ],
)
def test_votes_give_scores_and_weights(
    example: CanvasMetrics,
    entry_id: int,
    score: Fraction | None,
    shown: str,
    weight: Fraction | None,
    must_have: bool,
) -> None:
    ranked = example.ranked[entry_id]
    assert (ranked.score, ranked.weight, ranked.must_have) == (score, weight, must_have)
    assert format_score(ranked, format_plain_moment) == shown


def test_weights_are_shown_with_two_decimals(example: CanvasMetrics) -> None:
    weights = {entry_id: example.ranked[entry_id].weight for entry_id in (J1, P1, G1)}
    shown = {entry_id: format_decimals(weight) for entry_id, weight in weights.items() if weight}
    assert shown == {J1: "0.75", P1: "0.50", G1: "0.42"}


def test_a_five_and_a_one_divide_the_team(example: CanvasMetrics) -> None:
    agreement = example.ranked[P1].agreement
    assert agreement is not None
    assert format_decimals(agreement) == "0.00"
    assert [ranked.entry.id for ranked in example.divisive] == [P1]


def test_a_pain_without_votes_has_no_rank_and_stands_last(example: CanvasMetrics) -> None:
    assert [(ranked.entry.id, ranked.rank) for ranked in example.boxes[Kind.PAIN]] == [(P1, 1), (P2, None)]


def test_marks_give_strengths(example: CanvasMetrics) -> None:
    assert example.strengths == {
        (R1, J1): Fraction(1, 2),
        (R1, P1): Fraction(3, 4),
        (C1, J1): Fraction(1, 2),
        (C1, G1): Fraction(1),
    }


def test_strengths_give_coverage(example: CanvasMetrics) -> None:
    coverage = {entry_id: need.coverage for entry_id, need in example.needs.items()}
    assert coverage == {J1: Fraction(3, 4), P1: Fraction(3, 4), P2: Fraction(0), G1: Fraction(1)}
    assert {entry_id for entry_id, need in example.needs.items() if need.addressed} == {J1, P1, G1}


@pytest.mark.parametrize(
    ("kind", "share", "shown"),
    [
        (Kind.JOB, Fraction(3, 4), "75\u00a0%"),
        (Kind.PAIN, Fraction(3, 4), "75\u00a0%"),
        (Kind.GAIN, Fraction(1), "100\u00a0%"),
    ],
)
def test_fit_of_each_kind_of_need(example: CanvasMetrics, kind: Kind, share: Fraction, shown: str) -> None:
    assert example.fit.shares[kind] == share
    assert format_percent(example.fit.shares[kind]) == shown


def test_fit_of_all_needs_together(example: CanvasMetrics) -> None:
    weighted = [
        (need.ranked.weight, need.coverage)
        for need in example.needs.values()
        if need.ranked.weight is not None
    ]
    covered, total = (
        sum(weight * coverage for weight, coverage in weighted),
        sum(weight for weight, _ in weighted),
    )
    assert (f"{float(covered):.6f}", f"{float(total):.6f}") == ("1.354167", "1.666667")
    assert example.fit.overall == Fraction(8125, 10000)
    assert format_percent(example.fit.overall) == "81\u00a0%"


def test_fit_is_achieved_and_shown_as_three_counts(example: CanvasMetrics) -> None:
    assert example.fit.achieved
    counts = {kind: str(count) for kind, count in example.fit.must_haves.items()}
    assert counts == {Kind.JOB: "1/1", Kind.PAIN: "0/0", Kind.GAIN: "0/0"}


def test_a_pain_that_waits_for_votes_is_no_gap(example: CanvasMetrics) -> None:
    assert example.fit.gaps == ()
