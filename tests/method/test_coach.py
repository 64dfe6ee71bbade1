from collections.abc import Callable

import pytest
from hypothesis import given

from bot.method.coach import Do, Step, next_step
from bot.method.figures import figures
from bot.method.kinds import OFFERS, Kind
from bot.method.model import Canvas, Mark
from tests.method.build import Board
from tests.method.strategies import canvases

WORDS = ("fit is achieved", "on paper", "test it with customers")


def whole(votes: dict[Kind, tuple[int, ...]] | None = None) -> Board:
    """An entry in each box, named by its kind, each with one vote of 3 unless told otherwise."""
    board = Board()
    for kind in Kind:
        board.add(kind, *(votes or {}).get(kind, (3,)), text=f"the {kind}")
    return board


JOB, PAIN, GAIN, PRODUCT, RELIEVER, CREATOR = range(1, 7)


def reviewed(votes: dict[Kind, tuple[int, ...]] | None = None) -> Board:
    """As above, and each offer fits each need."""
    board = whole(votes)
    for offer in (RELIEVER, CREATOR):
        board.review(offer, dict.fromkeys((JOB, PAIN, GAIN), Mark.STRONG))
    return board


def fitting_nothing(votes: dict[Kind, tuple[int, ...]]) -> Board:
    board = whole(votes)
    board.review(RELIEVER, {PAIN: Mark.STRONG})
    board.review(CREATOR)
    return board


def unaddressed(kind: Kind) -> Board:
    board = whole({kind: (5, 5)})
    for offer in (RELIEVER, CREATOR):
        board.review(offer)
    return board


def step_of(board: Board) -> Step:
    return next_step(board.figures())


# one step after the other, in the method's order


@pytest.mark.parametrize("missing", Kind)
def test_first_every_box_has_an_entry(missing: Kind) -> None:
    board = Board()
    for kind in Kind:
        if kind is not missing:
            board.add(kind)
    step = step_of(board)
    assert (step.do, step.kind) == (Do.ADD, missing)
    assert missing.about.plural in step.says
    assert missing.about.says in step.says


def test_boxes_are_filled_from_the_customer_to_the_value_map() -> None:
    board = Board()
    asked = []
    for _ in Kind:
        kind = step_of(board).kind
        assert kind is not None
        asked.append(kind)
        board.add(kind)
    assert asked == [
        Kind.JOB,
        Kind.PAIN,
        Kind.GAIN,
        Kind.PRODUCT,
        Kind.PAIN_RELIEVER,
        Kind.GAIN_CREATOR,
    ]


@pytest.mark.parametrize("unranked", Kind)
def test_then_every_box_is_ranked(unranked: Kind) -> None:
    step = step_of(whole({unranked: ()}))
    assert (step.do, step.kind) == (Do.RANK, unranked)
    assert step.says.startswith(f"No {unranked.about.word} is ranked yet")


def test_one_vote_in_a_box_is_enough_to_go_on() -> None:
    board = whole()
    board.add(Kind.JOB)
    assert step_of(board).do is Do.REVIEW


def test_then_every_offer_is_reviewed() -> None:
    step = step_of(whole())
    assert (step.do, step.entry) == (Do.REVIEW, "the pain_reliever")
    assert step.says.startswith("2 offers wait for a fit review")


def test_the_last_offer_without_a_review_is_named() -> None:
    board = whole()
    board.review(RELIEVER, {PAIN: Mark.STRONG})
    step = step_of(board)
    assert (step.do, step.entry) == (Do.REVIEW, "the gain_creator")
    assert step.says.startswith("Nobody has reviewed")


@pytest.mark.parametrize(
    ("kind", "offer"),
    [
        (Kind.JOB, Kind.PAIN_RELIEVER),
        (Kind.PAIN, Kind.PAIN_RELIEVER),
        (Kind.GAIN, Kind.GAIN_CREATOR),
    ],
)
def test_then_every_must_have_is_addressed(kind: Kind, offer: Kind) -> None:
    step = step_of(unaddressed(kind))
    assert (step.do, step.kind, step.entry) == (Do.ADD, offer, f"the {kind}")
    assert offer.about.word in step.says


def test_then_the_team_talks_about_what_divides_it() -> None:
    step = step_of(fitting_nothing({Kind.PRODUCT: (1, 5)}))
    assert (step.do, step.entry) == (Do.RANK, "the product")
    assert "divided" in step.says


def test_then_an_offer_that_fits_nothing_is_sharpened() -> None:
    step = step_of(fitting_nothing({Kind.PAIN: (5, 5)}))
    assert (step.do, step.entry) == (Do.REVIEW, "the gain_creator")
    assert "fits nothing yet" in step.says


def test_then_the_team_says_what_the_customer_cannot_do_without() -> None:
    step = step_of(reviewed())
    assert (step.do, step.entry) == (Do.RANK, "")
    assert "No need is a must-have yet" in step.says


def test_at_last_the_hypothesis_is_tested_with_customers() -> None:
    step = step_of(reviewed({Kind.JOB: (5, 5)}))
    assert (step.do, step.entry) == (Do.FIT, "")
    assert step.says.startswith("Test it with customers")


def test_a_gap_that_is_no_must_have_is_no_step() -> None:
    """Nobody satisfies all pains and gains, and the bot says so rather than nag."""
    board = whole({Kind.JOB: (5, 5)})
    for offer in (RELIEVER, CREATOR):
        board.review(offer, {JOB: Mark.STRONG})
    assert [need.ranked.entry.id for need in board.figures().fit.gaps] == [PAIN, GAIN]
    assert step_of(board).do is Do.FIT


STAGES: list[tuple[Callable[[], Board], str]] = [
    (Board, "no jobs"),
    (lambda: whole(dict.fromkeys(Kind, ())), "ranked yet"),
    (whole, "fit review"),
    (lambda: unaddressed(Kind.GAIN), "must-have “{}”"),
    (lambda: fitting_nothing({Kind.PAIN: (1, 5)}), "divided"),
    (lambda: fitting_nothing({}), "fits nothing yet"),
    (reviewed, "No need is a must-have"),
    (lambda: reviewed({Kind.GAIN: (5, 5, 5)}), "Test it with customers"),
]


@pytest.mark.parametrize(("board", "says"), STAGES)
def test_each_stage_of_the_work_has_its_step(board: Callable[[], Board], says: str) -> None:
    assert says in step_of(board()).says


# for any canvas


@given(canvases())
def test_braces_stand_where_and_only_where_an_entry_is_carried(drawn: Canvas) -> None:
    step = next_step(figures(drawn))
    assert step.says.count("{}") == bool(step.entry)
    assert step.says.replace("{}", "").count("{") == 0
    assert step.says.format(step.entry).endswith((".", "?"))


@given(canvases(*Kind))
def test_a_step_carries_an_entry_of_the_canvas(drawn: Canvas) -> None:
    step = next_step(figures(drawn))
    assert step.entry in {"", *(each.text for each in drawn.entries)}


@given(canvases(*Kind))
def test_something_is_added_only_to_a_box_that_asks_for_it(drawn: Canvas) -> None:
    said = figures(drawn)
    step = next_step(said)
    if step.do is Do.ADD:
        assert step.kind is not None
        assert step.kind in OFFERS  # no box is empty, so it is an offer for a must-have
        assert not said.fit.achieved


@given(canvases())
def test_only_an_achieved_fit_is_to_be_tested_with_customers(drawn: Canvas) -> None:
    said = figures(drawn)
    step = next_step(said)
    spoken = [word for word in WORDS if word in step.says.lower()]
    assert said.fit.achieved or not spoken
    assert (step.do is Do.FIT) is bool(spoken)
