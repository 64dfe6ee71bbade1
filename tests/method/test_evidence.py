"""What customers showed: the worked example of the method, single rules, and properties."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.method.evidence import (
    EvidenceMetrics,
    EvidenceState,
    GateCount,
    Gates,
    compute_points,
    find_state,
    weigh_items,
)
from bot.method.formatting import format_decimals, format_percent
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Evidence, Grade, Mark
from tests.method.build import CanvasBuilder
from tests.method.strategies import canvases
from tests.method.test_worked_example import C1, G1, J1, P1, P2, R1, example

__all__ = ["example"]  # a fixture
SAID, TOLD, DID, PAID = Grade
TODAY = date(2026, 11, 2)


def build_item(
    item_id: int,
    source: str,
    grade: Grade,
    count: int = 1,
    *,
    supports: tuple[int, ...] = (),
    contradicts: tuple[int, ...] = (),
    day: date = TODAY,
) -> Evidence:
    return Evidence(item_id, f"quote {item_id}", source, grade, count, day, supports, contradicts)


def add_evidence(metrics: CanvasMetrics, *items: Evidence) -> EvidenceMetrics:
    return compute_metrics(replace(metrics.canvas, evidence=items)).evidence


@pytest.fixture
def evidence(example: CanvasMetrics) -> EvidenceMetrics:
    return add_evidence(
        example,
        build_item(1, "Ana", TOLD, supports=(J1,)),
        build_item(2, "Ben", TOLD, supports=(J1,)),
        build_item(3, "survey", SAID, 31, supports=(J1,)),
        build_item(4, "survey", SAID, 9, contradicts=(J1,)),
        build_item(5, "usage", DID, 120, supports=(J1,)),
        build_item(6, "Ana", SAID, supports=(P1,)),
        build_item(7, "Ben", TOLD, contradicts=(P1,)),
        build_item(8, "Cleo", PAID, supports=(G1,)),
        build_item(9, "trial", DID, 3, supports=(R1,)),
    )


@pytest.mark.parametrize(
    ("entry_id", "points", "lead", "confidence", "state"),
    [
        (J1, (18, 1), 17, Fraction(18, 29), EvidenceState.EVIDENCED),
        (P1, (1, 2), -1, Fraction(1, 13), EvidenceState.SOME),
        (P2, (0, 0), 0, Fraction(0), EvidenceState.ASSUMED),
        (G1, (8, 0), 8, Fraction(8, 18), EvidenceState.SOME),
        (R1, (4, 0), 4, Fraction(4, 14), EvidenceState.SOME),
        (C1, (0, 0), 0, Fraction(0), EvidenceState.ASSUMED),
    ],
)
def test_items_give_points_confidence_and_state(
    evidence: EvidenceMetrics,
    entry_id: int,
    points: tuple[int, int],
    lead: int,
    confidence: Fraction,
    state: EvidenceState,
) -> None:
    found = evidence.entries[entry_id]
    assert (found.points_for, found.points_against) == points
    assert (found.lead, found.confidence, found.state) == (lead, confidence, state)


def test_risks_of_the_example(evidence: EvidenceMetrics) -> None:
    sizes = {entry_id: format_decimals(evidence.risks[entry_id].size) for entry_id in (J1, P1, G1)}
    assert sizes == {J1: "0.28", P1: "0.46", G1: "0.23"}
    assert P2 not in evidence.risks, "it has no weight, and so no risk yet"
    needs = [risk.ranked.entry.id for risk in evidence.riskiest if risk.ranked.entry.kind.is_need]
    assert needs == [P1, G1]
    assert evidence.refuted == []


def test_proof_and_fit_in_evidence_of_the_example(evidence: EvidenceMetrics) -> None:
    assert evidence.proofs[J1] == Fraction(18, 29) * Fraction(1, 2) * Fraction(4, 14)
    assert [f"{float(evidence.proofs[need]):.4f}" for need in (J1, P1, G1)] == ["0.0887", "0.0165", "0.0000"]
    assert evidence.fit_in_evidence is not None
    assert f"{float(evidence.fit_in_evidence):.4f}" == "0.0448"
    assert format_percent(evidence.fit_in_evidence) == "4\u00a0%"


def test_the_first_gate_of_the_example_is_open_and_the_second_closed(evidence: EvidenceMetrics) -> None:
    gates = evidence.gates
    assert (str(gates.addressed), str(gates.evidenced), str(gates.carried)) == ("1/1", "1/1", "0/1")
    assert (gates.problem_solution_fit, gates.product_market_fit, gates.paid_sources) == (True, False, 1)


def test_the_second_gate_opens_with_hard_evidence_for_an_offer_and_two_who_paid(
    example: CanvasMetrics,
) -> None:
    items = [
        build_item(1, "usage", DID, 120, supports=(J1, R1)),
        build_item(2, "Cleo", PAID, supports=(J1,)),
        build_item(3, "Dan", PAID, supports=(J1,)),
    ]
    assert add_evidence(example, *items).gates.product_market_fit
    assert not add_evidence(example, *items[:2]).gates.product_market_fit, "one source paid"
    soft = replace(items[0], grade=TOLD, count=10**6)
    assert not add_evidence(example, soft, *items[1:]).gates.product_market_fit, "told is no hard evidence"


def test_an_offer_carries_a_must_have_that_it_fits_at_least_by_half() -> None:
    canvas = CanvasBuilder()
    need, half, less, none = (
        canvas.add(Kind.PAIN, 5, 5, 5),
        *(canvas.add(Kind.PAIN_RELIEVER) for _ in range(3)),
    )
    other = canvas.add(Kind.PAIN, 1)
    for offer, mark in ((half, Mark.STRONG), (less, Mark.PARTIAL)):
        canvas.review(offer, {need: mark})
        canvas.review(offer)
    canvas.review(less, {need: Mark.PARTIAL})  # a third of the marks that it could have
    canvas.review(none, {other: Mark.STRONG})
    metrics = canvas.compute_metrics()
    for offer, carried in ((half, 1), (less, 0), (none, 0)):
        item = build_item(1, "usage", DID, 120, supports=(offer,))
        assert add_evidence(metrics, item).gates.carried == GateCount(carried, 1), offer
    everywhere = build_item(1, "usage", DID, 120, supports=(half, less, none))
    assert add_evidence(metrics, everywhere).gates.carried == GateCount(1, 1), "one of them is enough"


def test_gates_are_closed_without_a_must_have_and_without_evidence_for_one(example: CanvasMetrics) -> None:
    gates = add_evidence(CanvasBuilder().compute_metrics()).gates
    assert (gates.addressed, gates.problem_solution_fit) == (GateCount(0, 0), False)
    gates = add_evidence(example).gates
    assert (gates.addressed.is_complete, gates.problem_solution_fit) == (True, False)
    assert Gates(GateCount(0, 1), GateCount(1, 1), GateCount(1, 1), 2).problem_solution_fit is False


def test_the_riskiest_and_the_refuted_stand_with_the_greatest_first() -> None:
    canvas = CanvasBuilder()
    low, high, doubted = (canvas.add(Kind.JOB, *levels) for levels in ((2,), (4,), (4, 4, 4, 4, 4, 4)))
    gone, worse = (canvas.add(Kind.PAIN, *levels) for levels in ((2,), (5,)))
    metrics = canvas.compute_metrics()
    against = build_item(1, "usage", DID, 120, contradicts=(gone, worse))
    found = add_evidence(metrics, against)
    assert [risk.ranked.entry.id for risk in found.riskiest] == [doubted, high, low]
    assert [risk.ranked.entry.id for risk in found.refuted] == [worse, gone]


def test_of_two_equal_risks_the_more_important_entry_stands_first() -> None:
    canvas = CanvasBuilder()
    lesser, greater = canvas.add(Kind.JOB, 3), canvas.add(Kind.JOB, 4, 4)
    said_for = [build_item(n, f"customer {n}", SAID, supports=(greater,)) for n in range(3)]
    against = [build_item(n, f"customer {n}", SAID, contradicts=(greater,)) for n in (3, 4)]
    found = add_evidence(canvas.compute_metrics(), *said_for, *against)
    assert [found.risks[each].size for each in (lesser, greater)] == [Fraction(1, 2), Fraction(1, 2)]
    assert [risk.ranked.entry.id for risk in found.riskiest] == [greater, lesser]


@pytest.mark.parametrize(
    ("grade", "count", "points"),
    [(SAID, 1, 1), (SAID, 9, 1), (SAID, 10, 2), (TOLD, 99, 4), (DID, 100, 12), (PAID, 1, 8)],
)
def test_points_are_the_grade_times_the_digits_of_the_count(grade: Grade, count: int, points: int) -> None:
    assert compute_points(build_item(1, "x", grade, count)) == points


def test_ten_who_said_five_who_told_three_who_did_and_two_who_paid_are_evidence() -> None:
    for grade, number in ((SAID, 10), (TOLD, 5), (DID, 3), (PAID, 2)):
        items = [(build_item(n, f"source {n}", grade), True) for n in range(number)]
        assert weigh_items(items).state is EvidenceState.EVIDENCED
        assert weigh_items(items[1:]).state is EvidenceState.SOME


def test_a_voice_counts_once_with_its_highest_grade_and_then_the_newest() -> None:
    old, new = build_item(1, "Ana", TOLD), build_item(2, " ANA ", TOLD, day=TODAY + timedelta(days=1))
    said = build_item(3, "ana", SAID, day=TODAY + timedelta(days=9))
    found = weigh_items([(old, True), (new, False), (said, True)])
    assert (found.points_for, found.points_against) == (0, 2)
    assert (found.counted, found.others) == ((new,), (old, said))
    same_day = weigh_items([(old, True), (replace(new, day=TODAY), False)])
    assert same_day.counted == (replace(new, day=TODAY),), "the last recorded"


def test_of_many_of_one_source_the_strongest_counts_in_each_direction() -> None:
    items = [
        (build_item(1, "survey", SAID, 31), True),
        (build_item(2, "survey", SAID, 400), True),
        (build_item(3, "survey", SAID, 9), False),
        (build_item(4, "survey", TOLD, 1), True),
    ]
    found = weigh_items(items)
    assert (found.points_for, found.points_against) == (3 + 2, 1)


def test_two_of_one_source_are_many() -> None:
    found = weigh_items([(build_item(1, "pair", SAID, 2), True), (build_item(2, "pair", TOLD, 2), False)])
    assert (found.points_for, found.points_against) == (1, 2)


def test_items_are_listed_in_the_order_in_which_they_were_recorded() -> None:
    items = [build_item(n, source, SAID) for n, source in enumerate(("Ana", "Ben", "Cleo", "Ana", "Ben"), 1)]
    found = weigh_items((item, True) for item in reversed(items))
    assert [item.id for item in found.counted] == [3, 4, 5]
    assert [item.id for item in found.others] == [1, 2]


def test_each_state_has_its_verb() -> None:
    assert [state.predicate for state in EvidenceState] == [
        "is assumed",
        "has some evidence",
        "is contested",
        "is evidenced",
        "is refuted",
    ]


def test_entries_have_a_state_in_pictures_where_the_canvas_has_evidence(example: CanvasMetrics) -> None:
    assert find_state(add_evidence(example).states, J1) is None
    states = add_evidence(example, build_item(1, "usage", DID, 120, supports=(J1, 77))).states
    assert states == {J1: EvidenceState.EVIDENCED}
    assert find_state(states, J1) is EvidenceState.EVIDENCED
    assert find_state(states, P1) is EvidenceState.ASSUMED


def test_states_at_their_limits() -> None:
    def state(points_for: int, points_against: int) -> EvidenceState:
        for_items = [(build_item(n, f"for {n}", SAID), True) for n in range(points_for)]
        against = [(build_item(50 + n, f"against {n}", SAID), False) for n in range(points_against)]
        return weigh_items([*for_items, *against]).state

    assert [state(10, 0), state(9, 0)] == ["evidenced", "some evidence"]
    assert [state(0, 9), state(0, 10)] == ["some evidence", "refuted"]
    assert [state(4, 4), state(4, 3), state(14, 4), state(13, 4)] == [
        "contested",
        "some evidence",
        "evidenced",
        "contested",
    ]


def test_alarms_name_a_must_have_with_evidence_against_it_and_an_overlooked_need(
    example: CanvasMetrics,
) -> None:
    found = add_evidence(
        example,
        build_item(1, "usage", DID, contradicts=(J1,)),
        build_item(2, "contract", PAID, 10, supports=(G1,)),
    )
    assert [ranked.entry.id for ranked in found.alarms_against] == [J1]
    assert [ranked.entry.id for ranked in found.overlooked] == [G1]


@pytest.mark.parametrize(("number", "alarms"), [(0, []), (3, []), (4, [J1])])
def test_an_alarm_begins_at_four_points_against_a_must_have(
    example: CanvasMetrics, number: int, alarms: list[int]
) -> None:
    items = [build_item(n, f"customer {n}", SAID, contradicts=(J1, P1)) for n in range(number)]
    found = add_evidence(example, *items)
    assert [ranked.entry.id for ranked in found.alarms_against] == alarms


def test_an_item_without_active_entries_is_unlinked_and_counts_nowhere(example: CanvasMetrics) -> None:
    lost = build_item(1, "Ana", PAID, supports=(77,))
    found = add_evidence(example, lost, build_item(2, "Ben", SAID, supports=(J1,)))
    assert found.unlinked == (lost,)
    assert found.gates.paid_sources == 0


@st.composite
def evidenced_canvases(draw: st.DrawFn) -> Canvas:
    """A canvas with items of evidence on its entries and on deleted ones."""
    canvas = draw(canvases())
    ids = st.sampled_from([*(entry.id for entry in canvas.entries), 91])
    items = [
        build_item(
            number,
            draw(st.sampled_from(["Ana", "ana ", "survey", "usage", "Cleo"])),
            draw(st.sampled_from(Grade)),
            draw(st.sampled_from([1, 1, 9, 10, 120])),
            supports=tuple(draw(st.sets(ids, max_size=3))),
            contradicts=tuple(draw(st.sets(ids, max_size=1))),
            day=TODAY + timedelta(days=draw(st.integers(0, 3))),
        )
        for number in range(1, 1 + draw(st.integers(0, 8)))
    ]
    return replace(canvas, evidence=tuple(items))


@given(evidenced_canvases())
def test_evidenced_is_a_confidence_of_a_half_or_more_in_the_absence_of_contradiction(canvas: Canvas) -> None:
    for found in compute_metrics(canvas).evidence.entries.values():
        is_evidenced = found.state is EvidenceState.EVIDENCED
        assert is_evidenced is (found.confidence >= Fraction(1, 2)) is (found.lead >= 10)


@given(evidenced_canvases())
def test_fit_in_evidence_never_exceeds_the_fit_on_paper(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    found = metrics.evidence
    assert (found.fit_in_evidence is None) is (metrics.fit.overall is None)
    assert (found.fit_in_evidence or 0) <= (metrics.fit.overall or 0)
    assert found.gates.problem_solution_fit or not found.gates.product_market_fit


@given(evidenced_canvases())
def test_repeats_and_the_order_of_items_change_nothing(canvas: Canvas) -> None:
    repeated = [replace(item, id=item.id + 100) for item in canvas.evidence]
    backwards = replace(canvas, evidence=(*reversed(repeated), *reversed(canvas.evidence)))
    once, twice = (compute_metrics(each).evidence for each in (canvas, backwards))
    for entry_id, found in once.entries.items():
        other = twice.entries[entry_id]
        assert (found.points_for, found.points_against) == (other.points_for, other.points_against)
    assert once.gates == twice.gates


@given(evidenced_canvases(), st.data())
def test_more_support_never_lowers_and_more_contradiction_never_raises_a_confidence(
    canvas: Canvas, data: st.DataObject
) -> None:
    if not canvas.entries:
        return
    entry = data.draw(st.sampled_from(canvas.entries))
    is_for = data.draw(st.booleans())
    linked = (entry.id,)
    new = build_item(
        999,
        "a new voice",
        data.draw(st.sampled_from(Grade)),
        data.draw(st.sampled_from([1, 40])),
        supports=linked if is_for else (),
        contradicts=() if is_for else linked,
    )
    before = compute_metrics(canvas).evidence.entries[entry.id].confidence
    after_canvas = replace(canvas, evidence=(*canvas.evidence, new))
    after = compute_metrics(after_canvas).evidence.entries[entry.id].confidence
    assert after >= before if is_for else after <= before
