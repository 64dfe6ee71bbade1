"""The causes of a change of the fit add up to it, whatever changed."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, strategies as st

from bot.features.digest.causes import Cause, CauseKind, find_causes
from bot.features.digest.changes import describe_changes, describe_fit_change
from bot.method.formatting import round_percent
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Mark
from tests.method.build import CanvasBuilder
from tests.method.strategies import canvases


@st.composite
def changed_canvases(draw: st.DrawFn) -> tuple[Canvas, Canvas]:
    """Return two canvases that share some entries, with other votes, kinds, texts and reviews."""
    before, after = draw(canvases(Kind.PAIN, Kind.PAIN_RELIEVER)), draw(canvases(Kind.JOB, Kind.GAIN_CREATOR))
    return before, after


@given(changed_canvases())
def test_the_effects_of_all_causes_add_up_to_the_change(pair: tuple[Canvas, Canvas]) -> None:
    before, after = (compute_metrics(canvas) for canvas in pair)
    total = sum((cause.effect for cause in find_causes(before, after)), start=Fraction(0))
    assert total == (after.fit.overall or 0) - (before.fit.overall or 0)


@given(changed_canvases())
def test_the_points_that_are_shown_add_up_to_the_difference_that_is_shown(
    pair: tuple[Canvas, Canvas],
) -> None:
    before, after = (compute_metrics(canvas) for canvas in pair)
    if before.fit.overall is None or after.fit.overall is None:
        return
    lines = [line.split() for line in describe_changes(before, after)]
    points = [words[2].replace("−", "-") for words in lines if words[0].endswith("circle:")]
    shown = sum(int(each) for each in points if each != "±0")
    assert shown == round_percent(after.fit.overall) - round_percent(before.fit.overall)


@given(canvases())
def test_the_same_canvas_has_no_causes(canvas: Canvas) -> None:
    metrics = compute_metrics(canvas)
    assert find_causes(metrics, metrics) == []
    assert describe_changes(metrics, metrics) == []


def build_board() -> tuple[CanvasBuilder, int, int, int]:
    """Return a pain and a job, both voted on, and a reliever that fits the pain strongly."""
    builder = CanvasBuilder()
    pain, job = builder.add(Kind.PAIN, 5, 5, 5, text="slow"), builder.add(Kind.JOB, 3, text="report")
    reliever = builder.add(Kind.PAIN_RELIEVER, text="robot")
    builder.review(reliever, {pain: Mark.STRONG})
    return builder, pain, job, reliever


def without(metrics: CanvasMetrics, entry_id: int) -> CanvasMetrics:
    entries = tuple(entry for entry in metrics.canvas.entries if entry.id != entry_id)
    return compute_metrics(replace(metrics.canvas, entries=entries))


def describe(causes: list[Cause]) -> list[tuple[CauseKind, str, int, list[str], list[str]]]:
    def texts(entries: tuple[Entry, ...]) -> list[str]:
        return [entry.text for entry in entries]

    return [
        (
            cause.kind,
            cause.entry.text,
            round_percent(cause.effect),
            texts(cause.addressed),
            texts(cause.unaddressed),
        )
        for cause in causes
    ]


def test_a_deleted_offer_is_a_cause_and_names_what_it_no_longer_addresses() -> None:
    builder, _, _, reliever = build_board()
    before = builder.compute_metrics()
    after = without(before, reliever)
    assert describe(find_causes(before, after)) == [(CauseKind.GONE, "robot", -62, [], ["slow"])]
    assert describe_changes(before, after) == [
        ":red_circle: fit −62 without pain reliever “robot”: no longer addressed: :star: “slow”"
    ]
    assert describe(find_causes(after, before)) == [(CauseKind.NEW, "robot", 62, ["slow"], [])]


def test_a_new_need_comes_with_the_marks_on_it_and_says_where_nothing_addresses_it() -> None:
    builder, pain, job, _ = build_board()
    metrics = builder.compute_metrics()
    assert describe(find_causes(without(metrics, pain), metrics)) == [
        (CauseKind.NEW, "slow", 62, ["slow"], [])
    ]
    assert describe_changes(without(metrics, job), metrics) == [
        ":red_circle: fit −38 by the new job “report”: it is not addressed"
    ]


def test_votes_and_marks_are_causes() -> None:
    builder, _, job, reliever = build_board()
    before = builder.compute_metrics()
    builder.entries[job - 1] = replace(builder.entries[job - 1], votes={"U0": 1})
    builder.review(reliever, {})
    after = builder.compute_metrics()
    assert describe(find_causes(before, after)) == [
        (CauseKind.MARKS, "robot", -35, [], []),
        (CauseKind.VOTES, "report", 9, [], []),
    ]


def test_more_causes_than_are_shown_end_in_one_line() -> None:
    builder = CanvasBuilder()
    for _ in range(6):
        builder.add(Kind.PAIN, 3)
    offers = [builder.add(Kind.PAIN_RELIEVER) for _ in range(6)]
    before = builder.compute_metrics()
    for pain, offer in enumerate(offers, start=1):
        builder.review(offer, {pain: Mark.STRONG})
    lines = describe_changes(before, builder.compute_metrics())
    assert len(lines) == 5
    assert lines[-1] == ":large_green_circle: fit +32 by 2 other changes", "the rounding of four 17s is in it"


def test_the_difference_of_two_fits_is_that_of_what_is_shown() -> None:
    builder, *_ = build_board()
    fit = builder.compute_metrics().fit
    empty = CanvasBuilder().compute_metrics().fit
    lower = replace(fit, overall=Fraction(664, 1000))
    assert describe_fit_change(lower, replace(fit, overall=Fraction(685, 1000))) == "fit 66 → 69\u00a0%"
    assert describe_fit_change(lower, replace(fit, overall=Fraction(656, 1000))) == "fit still 66\u00a0%"
    assert describe_fit_change(None, fit) == "fit 62\u00a0%"
    assert describe_fit_change(empty, fit) == "fit 62\u00a0%"
    assert describe_fit_change(fit, empty) == "nothing to fit yet"
