from collections.abc import Callable

import pytest
from hypothesis import given

from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Mark
from bot.method.next_step import NextStep, StepAction, find_next_step, list_entries_to_test
from bot.method.summary import describe_verdict
from tests.method.build import CanvasBuilder
from tests.method.strategies import canvases


def whole(votes: dict[Kind, tuple[int, ...]] | None = None) -> CanvasBuilder:
    """An entry in each box, named by its kind, each with one vote of 3 unless given otherwise."""
    board = CanvasBuilder()
    for kind in Kind:
        board.add(kind, *(votes or {}).get(kind, (3,)), text=f"the {kind}")
    return board


REQUIRED_KINDS = [kind for kind in Kind if kind.is_required]
ENTRY_IDS = {kind: number for number, kind in enumerate(Kind, start=1)}
JOB, PAIN, GAIN = (ENTRY_IDS[kind] for kind in NEED_KINDS)
RELIEVER, CREATOR = (ENTRY_IDS[kind] for kind in OFFER_KINDS)


def reviewed(votes: dict[Kind, tuple[int, ...]] | None = None) -> CanvasBuilder:
    """As above, and each offer fits each need."""
    board = whole(votes)
    for offer in (RELIEVER, CREATOR):
        board.review(offer, dict.fromkeys((JOB, PAIN, GAIN), Mark.STRONG))
    return board


def fitting_nothing(votes: dict[Kind, tuple[int, ...]]) -> CanvasBuilder:
    board = whole(votes)
    board.review(RELIEVER, {PAIN: Mark.STRONG})
    board.review(CREATOR)
    return board


def unaddressed(kind: Kind) -> CanvasBuilder:
    board = whole({kind: (5, 5)})
    for offer in (RELIEVER, CREATOR):
        board.review(offer)
    return board


def step_of(board: CanvasBuilder) -> NextStep:
    return find_next_step(board.compute_metrics())


def text_of(step: NextStep) -> str:
    return step.entry.text if step.entry else ""


# one step after the other, in the method's order


@pytest.mark.parametrize("missing", REQUIRED_KINDS)
def test_first_every_box_has_an_entry(missing: Kind) -> None:
    board = CanvasBuilder()
    for kind in Kind:
        if kind is not missing:
            board.add(kind)
    step = step_of(board)
    assert (step.action, step.kind) == (StepAction.ADD, missing)
    assert missing.spec.plural in step.text
    assert missing.spec.description in step.text


def test_boxes_are_filled_from_the_customer_to_the_value_map() -> None:
    board = CanvasBuilder()
    asked = []
    for _ in REQUIRED_KINDS:
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


@pytest.mark.parametrize("unranked", REQUIRED_KINDS)
def test_then_every_box_is_ranked(unranked: Kind) -> None:
    step = step_of(whole({unranked: ()}))
    assert (step.action, step.kind) == (StepAction.RANK, unranked)
    assert step.text.startswith(f"No {unranked.spec.singular} is ranked yet")


def test_one_vote_in_a_box_is_enough_to_go_on() -> None:
    board = whole()
    board.add(Kind.JOB)
    assert step_of(board).action is StepAction.REVIEW


def test_then_every_offer_is_reviewed() -> None:
    step = step_of(whole())
    assert (step.action, text_of(step)) == (StepAction.REVIEW, "the pain_reliever")
    assert step.text.startswith("2 offers wait for a fit review")


def test_the_last_offer_without_a_review_is_named() -> None:
    board = whole()
    board.review(RELIEVER, {PAIN: Mark.STRONG})
    step = step_of(board)
    assert (step.action, text_of(step)) == (StepAction.REVIEW, "the gain_creator")
    assert step.text.startswith("Nobody has reviewed")


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
    assert (step.action, step.kind, text_of(step)) == (StepAction.ANSWER, offer, f"the {kind}")
    assert offer.spec.singular in step.text


def test_then_the_team_discusses_the_most_divisive_entry() -> None:
    step = step_of(fitting_nothing({Kind.PRODUCT: (1, 5)}))
    assert (step.action, text_of(step)) == (StepAction.VIEW, "the product")
    assert "divided" in step.text


def test_then_an_offer_that_fits_nothing_is_sharpened() -> None:
    step = step_of(fitting_nothing({Kind.PAIN: (5, 5)}))
    assert (step.action, text_of(step)) == (StepAction.VIEW, "the gain_creator")
    assert "fits nothing yet" in step.text


def test_then_the_team_votes_on_what_is_a_must_have() -> None:
    step = step_of(reviewed())
    assert (step.action, step.entry) == (StepAction.RANK, None)
    assert "No need is a must-have yet" in step.text


def test_at_last_customers_are_asked_about_the_must_haves() -> None:
    step = step_of(reviewed({Kind.JOB: (5, 5)}))
    assert (step.action, text_of(step)) == (StepAction.TEST, "the job")
    assert step.text.startswith("Ask customers about your must-have “{}”:")


def test_customers_are_asked_about_the_must_have_with_most_weight_first() -> None:
    board = reviewed({Kind.JOB: (5, 5), Kind.GAIN: (5, 5, 5)})
    step = step_of(board)
    assert text_of(step) == "the gain"
    assert step.text.startswith("Ask customers about your must-haves, “{}” first:")
    assert [entry.text for entry in list_entries_to_test(board.compute_metrics())] == ["the gain", "the job"]


def test_only_the_verdict_says_that_the_fit_is_achieved_on_paper() -> None:
    board = reviewed({Kind.JOB: (5, 5)})
    assert (
        describe_verdict(board.compute_metrics().fit)
        == "Fit is achieved on paper: now test it with customers."
    )
    says = step_of(board).text.lower()
    assert not any(words in says for words in ("achieved", "on paper", "test it"))


def test_a_gap_that_is_no_must_have_is_no_step() -> None:
    """Nobody satisfies all pains and gains, and the bot says so rather than nag."""
    board = whole({Kind.JOB: (5, 5)})
    for offer in (RELIEVER, CREATOR):
        board.review(offer, {JOB: Mark.STRONG})
    assert [need.ranked.entry.id for need in board.compute_metrics().fit.gaps] == [PAIN, GAIN]
    assert step_of(board).action is StepAction.TEST


STAGES: list[tuple[Callable[[], CanvasBuilder], str]] = [
    (CanvasBuilder, "no jobs"),
    (lambda: whole(dict.fromkeys(Kind, ())), "ranked yet"),
    (whole, "fit review"),
    (lambda: unaddressed(Kind.GAIN), "must-have “{}”"),
    (lambda: fitting_nothing({Kind.PAIN: (1, 5)}), "divided"),
    (lambda: fitting_nothing({}), "fits nothing yet"),
    (reviewed, "No need is a must-have"),
    (lambda: reviewed({Kind.GAIN: (5, 5, 5)}), "Ask customers"),
]


@pytest.mark.parametrize(("board", "says"), STAGES)
def test_each_stage_of_the_work_has_its_step(board: Callable[[], CanvasBuilder], says: str) -> None:
    assert says in step_of(board()).text


def test_each_kind_of_need_is_answered_by_its_kind_of_offer() -> None:
    assert [kind.need_spec.offer_kind for kind in NEED_KINDS] == [
        Kind.PAIN_RELIEVER,
        Kind.PAIN_RELIEVER,
        Kind.GAIN_CREATOR,
    ]


# for any canvas


@given(canvases())
def test_a_step_has_braces_exactly_if_it_has_an_entry(drawn: Canvas) -> None:
    step = find_next_step(compute_metrics(drawn))
    assert step.text.count("{}") == bool(step.entry)
    assert step.text.replace("{}", "").count("{") == 0
    assert step.text.format(text_of(step)).endswith((".", "?"))


@given(canvases(*Kind))
def test_a_step_has_an_entry_of_the_canvas_if_its_button_needs_one(drawn: Canvas) -> None:
    step = find_next_step(compute_metrics(drawn))
    assert step.entry is None or step.entry in drawn.entries
    assert (step.entry is not None) is (
        step.action in {StepAction.ANSWER, StepAction.REVIEW, StepAction.VIEW, StepAction.TEST}
    )
    assert step.kind is not None or step.action not in {StepAction.ADD, StepAction.ANSWER}


@given(canvases(*Kind))
def test_a_step_adds_only_to_an_empty_box_or_for_a_gap(drawn: Canvas) -> None:
    metrics = compute_metrics(drawn)
    step = find_next_step(metrics)
    assert step.action is not StepAction.ADD  # no box is empty
    if step.action is StepAction.ANSWER:
        assert step.kind in OFFER_KINDS
        assert not metrics.fit.achieved


@given(canvases())
def test_only_an_achieved_fit_is_tested_with_customers(drawn: Canvas) -> None:
    metrics = compute_metrics(drawn)
    step = find_next_step(metrics)
    assert metrics.fit.achieved or step.action is not StepAction.TEST
    assert (step.action is StepAction.TEST) is ("Ask customers" in step.text)
