import pytest
from hypothesis import given

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Mark
from tests.method.build import CanvasBuilder
from tests.method.reference import (
    compute_expected_agreement,
    compute_expected_metrics,
    compute_expected_strength,
    to_plain_metrics,
)
from tests.method.strategies import CanvasPair, canvases, deleted_entries, shuffled


@given(canvases())
def test_every_metric_equals_the_reference(canvas: Canvas) -> None:
    assert to_plain_metrics(compute_metrics(canvas)) == compute_expected_metrics(canvas)


@given(canvases(Kind.PAIN, Kind.PAIN, Kind.JOB, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER))
def test_every_metric_equals_the_reference_where_offers_meet_needs(canvas: Canvas) -> None:
    assert to_plain_metrics(compute_metrics(canvas)) == compute_expected_metrics(canvas)


@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
def test_every_strength_equals_the_reference(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    for offer in metrics.offers:
        for need in metrics.needs:
            assert metrics.strengths.get((offer, need), 0) == compute_expected_strength(canvas, offer, need)
    assert set(metrics.strengths) <= {(offer, need) for offer in metrics.offers for need in metrics.needs}


@given(canvases(Kind.PAIN))
def test_every_agreement_equals_the_reference(canvas: Canvas) -> None:
    for ranked in compute_metrics(canvas).ranked.values():
        levels = list(ranked.entry.votes.values())
        assert ranked.agreement == pytest.approx(compute_expected_agreement(levels), abs=1e-12)


@given(shuffled())
def test_the_order_of_votes_marks_and_reviews_changes_nothing(pair: CanvasPair) -> None:
    before, after = compute_metrics(pair.before), compute_metrics(pair.after)
    assert to_plain_metrics(before) == to_plain_metrics(after)
    assert before.divisive == after.divisive


@given(deleted_entries())
def test_votes_and_marks_on_deleted_entries_count_nowhere(pair: CanvasPair) -> None:
    assert to_plain_metrics(compute_metrics(pair.before)) == to_plain_metrics(compute_metrics(pair.after))


def test_an_empty_canvas_has_metrics() -> None:
    metrics = CanvasBuilder().compute_metrics()
    assert all(metrics.boxes[kind] == () for kind in Kind)
    assert not any((metrics.ranked, metrics.needs, metrics.offers, metrics.strengths, metrics.fit.gaps))


def build_products() -> CanvasBuilder:
    builder = CanvasBuilder()
    for level in (1, 2, 3, 4):
        builder.add(Kind.PRODUCT, level)
    return builder


def undelivered_ids(metrics: CanvasMetrics) -> list[int]:
    return [ranked.entry.id for ranked in metrics.undelivered]


def test_products_that_no_offer_names_are_undelivered_in_rank_order() -> None:
    builder = build_products()
    builder.add(Kind.PAIN_RELIEVER, delivered_by=[2])
    builder.add(Kind.GAIN_CREATOR, delivered_by=[4, 99])
    assert undelivered_ids(builder.compute_metrics()) == [3, 1]


def test_only_an_offer_can_name_a_product() -> None:
    builder = build_products()
    builder.add(Kind.PAIN, delivered_by=[2])
    builder.add(Kind.PRODUCT, 5, delivered_by=[4])
    assert undelivered_ids(builder.compute_metrics()) == [6, 4, 3, 2, 1]


def test_the_most_divisive_entry_of_all_boxes_comes_first() -> None:
    builder = CanvasBuilder()
    builder.add(Kind.JOB, 1, 1, 3, 5)
    builder.add(Kind.GAIN, 4, 4)
    builder.add(Kind.PRODUCT, 1, 5)
    assert [ranked.entry.id for ranked in builder.compute_metrics().divisive] == [3, 1]


def test_offers_are_in_rank_order_with_relievers_first() -> None:
    builder = CanvasBuilder()
    for kind, level in [(Kind.GAIN_CREATOR, 5), (Kind.PAIN_RELIEVER, 2), (Kind.PAIN_RELIEVER, 4)]:
        builder.add(kind, level)
    metrics = builder.compute_metrics()
    assert list(metrics.offers) == [3, 2, 1]
    assert [offer.ranked.entry.id for offer in metrics.unreviewed] == [3, 2, 1]


def test_reviews_are_listed_and_counted_by_offer() -> None:
    builder = CanvasBuilder()
    pain, one, other = builder.add(Kind.PAIN), builder.add(Kind.PAIN_RELIEVER), builder.add(Kind.GAIN_CREATOR)
    builder.review(one, {pain: Mark.PARTIAL})
    builder.review(other)
    builder.review(one)
    metrics = builder.compute_metrics()
    assert [review.user_id for review in metrics.reviews_of_offer(one)] == ["U0", "U2"]
    assert {offer_id: offer.reviewer_count for offer_id, offer in metrics.offers.items()} == {
        one: 2,
        other: 1,
    }
