from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Grade, Mark
from bot.method.next_step import NextStep, StepAction, find_next_step
from bot.method.summary import describe_verdict
from tests.method.build import CanvasBuilder, build_test
from tests.method.strategies import canvases


def build_full_canvas(votes: dict[Kind, tuple[int, ...]] | None = None) -> CanvasBuilder:
    """An entry in each box with the name of its kind and one vote of 3, unless `votes` has others."""
    builder = CanvasBuilder()
    for kind in Kind:
        builder.add(kind, *(votes or {}).get(kind, (3,)), text=f"the {kind}")
    return builder


REQUIRED_KINDS = [kind for kind in Kind if kind.is_required]
ENTRY_IDS = {kind: number for number, kind in enumerate(Kind, start=1)}
JOB, PAIN, GAIN = (ENTRY_IDS[kind] for kind in NEED_KINDS)
RELIEVER, CREATOR = (ENTRY_IDS[kind] for kind in OFFER_KINDS)


def build_fitted_canvas(votes: dict[Kind, tuple[int, ...]] | None = None) -> CanvasBuilder:
    """A full canvas on which each offer fits each need strongly."""
    builder = build_full_canvas(votes)
    for offer in (RELIEVER, CREATOR):
        builder.review(offer, dict.fromkeys((JOB, PAIN, GAIN), Mark.STRONG))
    return builder


def build_canvas_with_useless_offer(votes: dict[Kind, tuple[int, ...]]) -> CanvasBuilder:
    builder = build_full_canvas(votes)
    builder.review(RELIEVER, {PAIN: Mark.STRONG})
    builder.review(CREATOR)
    return builder


def build_canvas_with_gap(kind: Kind) -> CanvasBuilder:
    builder = build_full_canvas({kind: (5, 5)})
    for offer in (RELIEVER, CREATOR):
        builder.review(offer)
    return builder


def find_step(builder: CanvasBuilder) -> NextStep:
    return find_next_step(builder.compute_metrics())


def entry_text(step: NextStep) -> str:
    return step.entry.text if step.entry else ""


# one step after the other, in the method's order


@pytest.mark.parametrize("missing", REQUIRED_KINDS)
def test_first_every_box_has_an_entry(missing: Kind) -> None:
    builder = CanvasBuilder()
    for kind in Kind:
        if kind is not missing:
            builder.add(kind)
    step = find_step(builder)
    assert (step.action, step.kind) == (StepAction.ADD, missing)
    assert missing.spec.plural in step.text
    assert missing.spec.description in step.text


def test_boxes_are_filled_from_the_customer_to_the_value_map() -> None:
    builder = CanvasBuilder()
    kinds = []
    for _ in REQUIRED_KINDS:
        kind = find_step(builder).kind
        assert kind is not None
        kinds.append(kind)
        builder.add(kind)
    assert kinds == [
        Kind.JOB,
        Kind.PAIN,
        Kind.GAIN,
        Kind.PRODUCT,
        Kind.PAIN_RELIEVER,
        Kind.GAIN_CREATOR,
    ]


@pytest.mark.parametrize("unranked", REQUIRED_KINDS)
def test_then_every_box_is_ranked(unranked: Kind) -> None:
    step = find_step(build_full_canvas({unranked: ()}))
    assert (step.action, step.kind) == (StepAction.RANK, unranked)
    assert step.text.startswith(f"No {unranked.spec.singular} is ranked yet")


def test_one_vote_in_a_box_is_enough_to_go_on() -> None:
    builder = build_full_canvas()
    builder.add(Kind.JOB)
    assert find_step(builder).action is StepAction.REVIEW


def test_then_every_offer_is_reviewed() -> None:
    step = find_step(build_full_canvas())
    assert (step.action, entry_text(step)) == (StepAction.REVIEW, "the pain_reliever")
    assert step.text.startswith("2 offers wait for a fit review")


def test_the_last_offer_without_a_review_is_named() -> None:
    builder = build_full_canvas()
    builder.review(RELIEVER, {PAIN: Mark.STRONG})
    step = find_step(builder)
    assert (step.action, entry_text(step)) == (StepAction.REVIEW, "the gain_creator")
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
    step = find_step(build_canvas_with_gap(kind))
    assert (step.action, step.kind, entry_text(step)) == (StepAction.ANSWER, offer, f"the {kind}")
    assert offer.spec.singular in step.text
    assert step.text.startswith("Nothing addresses the must-have “{}” yet: ")


def test_a_must_have_that_is_partly_addressed_is_said_to_be() -> None:
    builder = build_canvas_with_gap(Kind.PAIN)
    builder.review(RELIEVER, {PAIN: Mark.PARTIAL})
    assert find_step(builder).text.startswith("The must-have “{}” is only partly addressed: ")


@pytest.mark.parametrize(("sealed", "kind"), [((PAIN,), Kind.PAIN), ((PAIN, GAIN), None)])
def test_before_all_else_the_team_votes_in_a_sealed_round(sealed: tuple[int, ...], kind: Kind | None) -> None:
    builder = build_full_canvas(dict.fromkeys(Kind, ()))
    builder.add(Kind.PAIN)
    until = datetime(2026, 12, 4, 17, tzinfo=UTC)
    sealed_kinds = {builder.entries[entry_id - 1].kind for entry_id in sealed}
    for entry in [*builder.entries]:
        if entry.kind in sealed_kinds:
            builder.seal(entry.id, until)
    step = find_step(builder)
    assert (step.action, step.kind, step.until) == (StepAction.RANK, kind, until)


@pytest.mark.parametrize(
    ("pain_days", "gain_days", "kind"), [(1, 8, Kind.PAIN), (8, 1, Kind.GAIN), (1, 1, None)]
)
def test_of_several_sealed_rounds_the_one_that_ends_first_comes_first(
    pain_days: int, gain_days: int, kind: Kind | None
) -> None:
    builder = build_full_canvas(dict.fromkeys(Kind, ()))
    days = {Kind.PAIN: pain_days, Kind.GAIN: gain_days}
    start = datetime(2026, 12, 1, 17, tzinfo=UTC)
    for entry in [*builder.entries]:
        if entry.kind in days:
            builder.seal(entry.id, start + timedelta(days=days[entry.kind]), round_id=entry.id)
    step = find_step(builder)
    assert (step.kind, step.until) == (kind, start + timedelta(days=1))


def test_then_the_team_discusses_the_most_divisive_entry() -> None:
    step = find_step(build_canvas_with_useless_offer({Kind.PRODUCT: (1, 5)}))
    assert (step.action, entry_text(step)) == (StepAction.DISCUSS, "the product")
    assert "divided" in step.text


def test_an_entry_that_two_discussions_did_not_settle_is_tested_instead() -> None:
    builder = build_canvas_with_useless_offer({Kind.PRODUCT: (1, 5)})
    canvas = replace(builder.compute_metrics().canvas, to_be_tested=frozenset({ENTRY_IDS[Kind.PRODUCT]}))
    step = find_next_step(compute_metrics(canvas))
    assert (step.action, entry_text(step)) == (StepAction.TEST, "the product")
    assert step.text == "The team has discussed “{}” twice and is still divided: test it with customers."


@pytest.mark.parametrize(
    "settle",
    [
        lambda builder, entry_id: builder.tests.append(build_test(1, entry_id)),
        lambda builder, entry_id: builder.record([entry_id], grade=Grade.PAID, count=10),
        lambda builder, entry_id: builder.record(contradicts=[entry_id], grade=Grade.PAID, count=10),
    ],
)
def test_what_is_being_tested_or_decided_by_evidence_is_no_step(
    settle: Callable[[CanvasBuilder, int], object],
) -> None:
    builder = build_canvas_with_useless_offer({Kind.PRODUCT: (1, 5)})
    product_id = ENTRY_IDS[Kind.PRODUCT]
    settle(builder, product_id)
    canvas = replace(builder.compute_metrics().canvas, to_be_tested=frozenset({product_id}))
    assert "fits nothing yet" in find_next_step(compute_metrics(canvas)).text


def test_an_entry_that_is_still_to_be_discussed_comes_before_a_test_that_runs() -> None:
    builder = build_canvas_with_useless_offer({Kind.PRODUCT: (1, 5), Kind.JOB: (2, 5)})
    builder.tests.append(build_test(1, ENTRY_IDS[Kind.PRODUCT]))
    canvas = replace(builder.compute_metrics().canvas, to_be_tested=frozenset({ENTRY_IDS[Kind.PRODUCT]}))
    step = find_next_step(compute_metrics(canvas))
    assert (step.action, entry_text(step)) == (StepAction.DISCUSS, "the job")


def test_then_an_offer_that_fits_nothing_is_sharpened() -> None:
    step = find_step(build_canvas_with_useless_offer({}))
    assert (step.action, entry_text(step)) == (StepAction.VIEW, "the gain_creator")
    assert "fits nothing yet" in step.text


def test_then_the_team_votes_on_what_is_a_must_have() -> None:
    step = find_step(build_fitted_canvas())
    assert (step.action, step.entry) == (StepAction.RANK, None)
    assert "No need is a must-have yet" in step.text


def test_once_fit_is_achieved_the_riskiest_assumption_is_tested() -> None:
    builder = build_fitted_canvas({Kind.JOB: (5, 5, 4), Kind.GAIN: (5, 5, 5)})
    builder.record([RELIEVER, CREATOR], grade=Grade.PAID)  # else they are riskier than each need
    builder.record([GAIN], grade=Grade.SAID, count=1)
    step = find_step(builder)
    assert (step.action, entry_text(step)) == (StepAction.TEST, "the job")
    assert step.text == "Test the riskiest assumption, “{}”: ask for the last time that it happened."


def test_the_step_names_the_next_rung_by_the_best_evidence() -> None:
    builder = build_fitted_canvas({Kind.JOB: (5, 5), Kind.PAIN: (1,), Kind.GAIN: (1,)})
    builder.record([RELIEVER, CREATOR], grade=Grade.PAID)
    builder.record([JOB], grade=Grade.TOLD, count=1)
    assert find_step(builder).text.endswith(": watch or measure it.")
    builder.record([JOB], grade=Grade.PAID, count=1)
    builder.record(contradicts=[JOB], grade=Grade.DID, count=1)
    assert find_step(builder).text == "Test the riskiest assumption, “{}”."


def test_what_is_tested_already_is_no_step_and_then_the_tests_are_followed() -> None:
    builder = build_fitted_canvas({Kind.JOB: (5, 5)})
    tested = []
    while (step := find_step(builder)).action is StepAction.TEST:
        assert step.entry is not None
        tested.append(step.entry.id)
        builder.tests.append(build_test(len(tested), step.entry.id))
    assert sorted(tested) == sorted((JOB, PAIN, GAIN, RELIEVER, CREATOR))
    assert (step.action, step.entry) == (StepAction.LIST_TESTS, None)


def test_only_the_verdict_says_that_the_fit_is_achieved_on_paper() -> None:
    builder = build_fitted_canvas({Kind.JOB: (5, 5)})
    assert (
        describe_verdict(builder.compute_metrics().fit)
        == "Fit is achieved on paper: now test it with customers."
    )
    text = find_step(builder).text.lower()
    assert not any(words in text for words in ("achieved", "on paper"))


def test_a_gap_that_is_no_must_have_is_no_step() -> None:
    """No offer satisfies all pains and gains, so that only must-haves give a step."""
    builder = build_full_canvas({Kind.JOB: (5, 5)})
    for offer in (RELIEVER, CREATOR):
        builder.review(offer, {JOB: Mark.STRONG})
    assert [need.ranked.entry.id for need in builder.compute_metrics().fit.gaps] == [PAIN, GAIN]
    assert find_step(builder).action is StepAction.TEST


STAGES: list[tuple[Callable[[], CanvasBuilder], str]] = [
    (CanvasBuilder, "no jobs"),
    (lambda: build_full_canvas(dict.fromkeys(Kind, ())), "ranked yet"),
    (build_full_canvas, "fit review"),
    (lambda: build_canvas_with_gap(Kind.GAIN), "must-have “{}”"),
    (lambda: build_canvas_with_useless_offer({Kind.PAIN: (1, 5)}), "divided"),
    (lambda: build_canvas_with_useless_offer({}), "fits nothing yet"),
    (build_fitted_canvas, "No need is a must-have"),
    (lambda: build_fitted_canvas({Kind.GAIN: (5, 5, 5)}), "Test the riskiest"),
]


@pytest.mark.parametrize(("builder", "text"), STAGES)
def test_each_stage_of_the_work_has_its_step(builder: Callable[[], CanvasBuilder], text: str) -> None:
    assert text in find_step(builder()).text


def test_each_kind_of_need_is_answered_by_its_kind_of_offer() -> None:
    assert [kind.need_spec.offer_kind for kind in NEED_KINDS] == [
        Kind.PAIN_RELIEVER,
        Kind.PAIN_RELIEVER,
        Kind.GAIN_CREATOR,
    ]


# for any canvas


@given(canvases())
def test_a_step_has_braces_exactly_if_it_has_an_entry(canvas: Canvas) -> None:
    step = find_next_step(compute_metrics(canvas))
    assert step.text.count("{}") == bool(step.entry)
    assert step.text.replace("{}", "").count("{") == 0
    assert step.text.format(entry_text(step)).endswith((".", "?"))


@given(canvases(*Kind))
def test_a_step_has_an_entry_of_the_canvas_if_its_button_needs_one(canvas: Canvas) -> None:
    step = find_next_step(compute_metrics(canvas))
    assert step.entry in (None, *canvas.entries)
    assert (step.entry is not None) is (
        step.action
        in {StepAction.ANSWER, StepAction.REVIEW, StepAction.VIEW, StepAction.DISCUSS, StepAction.TEST}
    )
    asks_for_must_have = step.text.startswith("No need is a must-have yet")
    assert (step.kind is not None) is (
        step.action in {StepAction.ADD, StepAction.ANSWER, StepAction.RANK} and not asks_for_must_have
    )


@given(canvases(*Kind))
def test_a_step_adds_only_to_an_empty_box_or_for_a_gap(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    step = find_next_step(metrics)
    assert step.action is not StepAction.ADD  # no box is empty
    if step.action is StepAction.ANSWER:
        assert step.kind in OFFER_KINDS
        assert not metrics.fit.achieved


@given(canvases())
def test_only_an_achieved_fit_is_tested_with_customers(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    step = find_next_step(metrics)
    assert (step.action, metrics.fit.achieved) != (StepAction.TEST, False)
    assert (step.action is StepAction.TEST) is ("Test the riskiest" in step.text)
