"""One canvas for each rule gives the hint of just that rule; a good canvas gives none."""

from dataclasses import replace

import pytest

from bot.demo.workshop import load_example
from bot.method.hints import HINT_RULES, find_hints
from bot.method.kinds import Kind
from bot.method.model import Mark
from tests.method.build import CanvasBuilder


def build_good_canvas() -> CanvasBuilder:
    """Return a canvas without hints: two entries in each box, jobs of two categories, a measured pain."""
    board = CanvasBuilder()
    job = board.add(Kind.JOB, 5, 4, 5, text="Know by nine how the day before went")
    feel = board.add(Kind.JOB, 3, text="Feel in control before the team arrives")
    pain = board.add(Kind.PAIN, 5, 5, 4, text="Waiting for the report takes an hour")
    board.add(Kind.PAIN, 2, text="Figures are missing")
    gain = board.add(Kind.GAIN, 4, text="Figures are right the first time")
    board.add(Kind.GAIN, 2, text="It looks good")
    builder = board.add(Kind.PRODUCT, 4, text="Report builder")
    board.add(Kind.PRODUCT, 3, text="Data sources")
    reliever = board.add(Kind.PAIN_RELIEVER, 5, text="Collected overnight", delivered_by=(builder,))
    fewer = board.add(Kind.PAIN_RELIEVER, 3, text="Fewer figures to look at")
    creator = board.add(Kind.GAIN_CREATOR, 4, text="Checked by rules")
    shown = board.add(Kind.GAIN_CREATOR, 3, text="Shown at a glance")
    board.review(reliever, {job: Mark.STRONG, pain: Mark.STRONG})
    board.review(fewer, {feel: Mark.PARTIAL})
    board.review(creator, {gain: Mark.STRONG})
    board.review(shown, {feel: Mark.PARTIAL})
    return board


def _unserved(board: CanvasBuilder) -> None:
    board.add(Kind.GAIN, 5, 5, 5, text="No training needed")


def _useless(board: CanvasBuilder) -> None:
    board.review(board.add(Kind.GAIN_CREATOR, 3, text="New colours"))


def _products_among_offers(board: CanvasBuilder) -> None:
    board.review(board.add(Kind.PAIN_RELIEVER, 3, text="report builder!"), {1: Mark.PARTIAL})


def _solutions_in_jobs(board: CanvasBuilder) -> None:
    board.add(Kind.JOB, 3, text="Use an app for reports")


def _only_functional(board: CanvasBuilder) -> None:
    board.add(Kind.JOB, 3, text="Order what runs out")
    board.entries = [replace(e, category="functional") if e.kind is Kind.JOB else e for e in board.entries]


def _all_at_the_top(board: CanvasBuilder) -> None:
    board.add(Kind.PRODUCT, 5, text="Support by phone")
    board.entries = [
        replace(e, votes=dict.fromkeys(e.votes, 5)) if e.kind is Kind.PRODUCT else e for e in board.entries
    ]


def _no_measure(board: CanvasBuilder) -> None:
    board.add(Kind.PAIN, 3, text="Mistakes are found late")
    board.entries = [
        replace(e, text=e.text.replace("takes an hour", "is slow")) if e.kind is Kind.PAIN else e
        for e in board.entries
    ]


def _lonely(board: CanvasBuilder) -> None:
    board.entries = [e for e in board.entries if e.text != "It looks good"]


FIXTURES = {
    "unserved": _unserved,
    "useless": _useless,
    "products among offers": _products_among_offers,
    "solutions in jobs": _solutions_in_jobs,
    "only functional": _only_functional,
    "all at the top": _all_at_the_top,
    "no measure": _no_measure,
    "lonely": _lonely,
}


def rules_found(board: CanvasBuilder) -> list[str]:
    return [mistake.rule for mistake in find_hints(board.compute_metrics())]


def test_a_good_canvas_gives_no_hint() -> None:
    assert rules_found(build_good_canvas()) == []


def test_an_empty_and_a_new_canvas_give_no_hint() -> None:
    assert rules_found(CanvasBuilder()) == []
    young = CanvasBuilder()
    young.add(Kind.JOB, text="Know by nine")
    assert rules_found(young) == []


@pytest.mark.parametrize("rule", HINT_RULES)
def test_each_rule_finds_its_own_example_alone(rule: str) -> None:
    board = build_good_canvas()
    FIXTURES[rule](board)
    assert rules_found(board) == [rule]


def test_a_hint_names_its_entries() -> None:
    board = build_good_canvas()
    _solutions_in_jobs(board)
    (mistake,) = find_hints(board.compute_metrics())
    assert [entry.text for entry in mistake.entries] == ["Use an app for reports"]


def test_the_example_canvas_gives_the_intended_hints() -> None:
    example, board = load_example(), CanvasBuilder()
    keys = {
        one["id"]: board.add(Kind(one["kind"]), *one["votes"].values(), text=one["text"])
        for one in example["entries"]
    }
    marked = {1: Mark.STRONG, 0.5: Mark.PARTIAL}
    for review in example["reviews"]:
        marks = {keys[need]: marked[mark] for need, mark in review["marks"].items()}
        board.review(keys[review["offer"]], marks)
    metrics = {
        mistake.rule: [entry.text for entry in mistake.entries]
        for mistake in find_hints(board.compute_metrics())
    }
    assert metrics == {
        "useless": ["New costumes for the owl and app icons to collect"],
        "solutions in jobs": ["Read the family group chat and write back without a translation app"],
    }
