import pytest
from hypothesis import given

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Mark
from tests.method.build import Board
from tests.method.reference import agreement, expected, observed, strength
from tests.method.strategies import Pair, canvases, deleted_entries, shuffled


@given(canvases())
def test_every_figure_is_that_of_the_method_s_page(drawn: Canvas) -> None:
    assert observed(compute_metrics(drawn)) == expected(drawn)


@given(canvases(Kind.PAIN, Kind.PAIN, Kind.JOB, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER, Kind.PAIN_RELIEVER))
def test_every_figure_is_that_of_the_method_s_page_where_offers_meet_needs(drawn: Canvas) -> None:
    assert observed(compute_metrics(drawn)) == expected(drawn)


@given(canvases(Kind.PAIN, Kind.PAIN_RELIEVER))
def test_every_strength_is_that_of_the_method_s_page(drawn: Canvas) -> None:
    said = compute_metrics(drawn)
    for offer in said.offers:
        for need in said.needs:
            assert said.strengths.get((offer, need), 0) == strength(drawn, offer, need)
    assert set(said.strengths) <= {(offer, need) for offer in said.offers for need in said.needs}


@given(canvases(Kind.PAIN))
def test_every_agreement_is_that_of_the_method_s_page(drawn: Canvas) -> None:
    for place in compute_metrics(drawn).ranked.values():
        levels = list(place.entry.votes.values())
        assert place.agreement == pytest.approx(agreement(levels), abs=1e-12)


@given(shuffled())
def test_the_order_of_votes_marks_and_reviews_changes_nothing(pair: Pair) -> None:
    before, after = compute_metrics(pair.before), compute_metrics(pair.after)
    assert observed(before) == observed(after)
    assert before.divisive == after.divisive


@given(deleted_entries())
def test_votes_and_marks_on_what_was_deleted_count_nowhere(pair: Pair) -> None:
    assert observed(compute_metrics(pair.before)) == observed(compute_metrics(pair.after))


def test_an_empty_canvas_has_figures_too() -> None:
    said = Board().figures()
    assert all(said.boxes[kind] == () for kind in Kind)
    assert not any((said.ranked, said.needs, said.offers, said.strengths, said.fit.gaps))


def board_of_products() -> Board:
    board = Board()
    for level in (1, 2, 3, 4):
        board.add(Kind.PRODUCT, level)
    return board


def undelivered(said: CanvasMetrics) -> list[int]:
    return [place.entry.id for place in said.undelivered]


def test_products_that_no_offer_names_are_undelivered_in_rank_order() -> None:
    board = board_of_products()
    board.add(Kind.PAIN_RELIEVER, delivered_by=[2])
    board.add(Kind.GAIN_CREATOR, delivered_by=[4, 99])
    assert undelivered(board.figures()) == [3, 1]


def test_only_an_offer_can_name_a_product() -> None:
    board = board_of_products()
    board.add(Kind.PAIN, delivered_by=[2])
    board.add(Kind.PRODUCT, 5, delivered_by=[4])
    assert undelivered(board.figures()) == [6, 4, 3, 2, 1]


def test_what_divides_most_comes_first_over_all_boxes() -> None:
    board = Board()
    board.add(Kind.JOB, 1, 1, 3, 5)
    board.add(Kind.GAIN, 4, 4)
    board.add(Kind.PRODUCT, 1, 5)
    assert [place.entry.id for place in board.figures().divisive] == [3, 1]


def test_offers_stand_in_rank_order_relievers_first() -> None:
    board = Board()
    for kind, level in [(Kind.GAIN_CREATOR, 5), (Kind.PAIN_RELIEVER, 2), (Kind.PAIN_RELIEVER, 4)]:
        board.add(kind, level)
    said = board.figures()
    assert list(said.offers) == [3, 2, 1]
    assert [offer.ranked.entry.id for offer in said.unreviewed] == [3, 2, 1]


def test_reviews_are_found_by_their_offer_and_counted() -> None:
    board = Board()
    pain, one, other = board.add(Kind.PAIN), board.add(Kind.PAIN_RELIEVER), board.add(Kind.GAIN_CREATOR)
    board.review(one, {pain: Mark.PARTIAL})
    board.review(other)
    board.review(one)
    said = board.figures()
    assert [review.user_id for review in said.reviews_of_offer(one)] == ["U0", "U2"]
    assert {key: offer.reviewer_count for key, offer in said.offers.items()} == {one: 2, other: 1}
