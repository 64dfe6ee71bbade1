"""A good canvas gives no hint; each change of it gives the hint of one rule."""

from dataclasses import replace

import pytest

from bot.demo.workshop import load_example
from bot.method.hints import HINT_RULES, find_hints
from bot.method.kinds import Kind
from bot.method.model import Mark
from tests.method.build import CanvasBuilder


def build_good_canvas() -> CanvasBuilder:
    """Return a canvas without hints: two entries in each box, jobs of two categories, a measured pain."""
    builder = CanvasBuilder()
    job = builder.add(Kind.JOB, 5, 4, 5, text="Know by nine how the day before went")
    feel = builder.add(Kind.JOB, 3, text="Feel in control before the team arrives")
    pain = builder.add(Kind.PAIN, 5, 5, 4, text="Waiting for the report takes an hour")
    builder.add(Kind.PAIN, 2, text="Figures are missing")
    gain = builder.add(Kind.GAIN, 4, text="Figures are right the first time")
    builder.add(Kind.GAIN, 2, text="It looks good")
    product = builder.add(Kind.PRODUCT, 4, text="Report builder")
    builder.add(Kind.PRODUCT, 3, text="Data sources")
    reliever = builder.add(Kind.PAIN_RELIEVER, 5, text="Collected overnight", delivered_by=(product,))
    fewer = builder.add(Kind.PAIN_RELIEVER, 3, text="Fewer figures to look at")
    creator = builder.add(Kind.GAIN_CREATOR, 4, text="Checked by rules")
    glance = builder.add(Kind.GAIN_CREATOR, 3, text="Shown at a glance")
    builder.review(reliever, {job: Mark.STRONG, pain: Mark.STRONG})
    builder.review(fewer, {feel: Mark.PARTIAL})
    builder.review(creator, {gain: Mark.STRONG})
    builder.review(glance, {feel: Mark.PARTIAL})
    return builder


def _add_unserved_must_have(builder: CanvasBuilder) -> None:
    builder.add(Kind.GAIN, 5, 5, 5, text="No training needed")


def _add_offer_that_fits_nothing(builder: CanvasBuilder) -> None:
    builder.review(builder.add(Kind.GAIN_CREATOR, 3, text="New colours"))


def _add_product_as_offer(builder: CanvasBuilder) -> None:
    builder.review(builder.add(Kind.PAIN_RELIEVER, 3, text="report builder!"), {1: Mark.PARTIAL})


def _add_job_with_solution(builder: CanvasBuilder) -> None:
    builder.add(Kind.JOB, 3, text="Use an app for reports")


def _make_jobs_functional(builder: CanvasBuilder) -> None:
    builder.add(Kind.JOB, 3, text="Order what runs out")
    builder.entries = [
        replace(entry, category="functional") if entry.kind is Kind.JOB else entry
        for entry in builder.entries
    ]


def _vote_products_5(builder: CanvasBuilder) -> None:
    builder.add(Kind.PRODUCT, 5, text="Support by phone")
    builder.entries = [
        replace(entry, votes=dict.fromkeys(entry.votes, 5)) if entry.kind is Kind.PRODUCT else entry
        for entry in builder.entries
    ]


def _remove_measures(builder: CanvasBuilder) -> None:
    builder.add(Kind.PAIN, 3, text="Mistakes are found late")
    builder.entries = [
        replace(entry, text=entry.text.replace("takes an hour", "is slow"))
        if entry.kind is Kind.PAIN
        else entry
        for entry in builder.entries
    ]


def _leave_one_gain(builder: CanvasBuilder) -> None:
    builder.entries = [entry for entry in builder.entries if entry.text != "It looks good"]


CHANGES_BY_RULE = {
    "unserved": _add_unserved_must_have,
    "useless": _add_offer_that_fits_nothing,
    "products among offers": _add_product_as_offer,
    "solutions in jobs": _add_job_with_solution,
    "only functional": _make_jobs_functional,
    "all at the top": _vote_products_5,
    "no measure": _remove_measures,
    "lonely": _leave_one_gain,
}


def find_rules(builder: CanvasBuilder) -> list[str]:
    return [hint.rule for hint in find_hints(builder.compute_metrics())]


def test_a_good_canvas_gives_no_hint() -> None:
    assert find_rules(build_good_canvas()) == []


def test_an_empty_and_a_new_canvas_give_no_hint() -> None:
    assert find_rules(CanvasBuilder()) == []
    new_canvas = CanvasBuilder()
    new_canvas.add(Kind.JOB, text="Know by nine")
    assert find_rules(new_canvas) == []


@pytest.mark.parametrize(("number", "rules"), [(8, []), (9, ["lonely"])])
def test_a_single_entry_of_a_box_is_lonely_from_nine_entries_on(number: int, rules: list[str]) -> None:
    builder = CanvasBuilder()
    for _ in range(number - 1):
        builder.add(Kind.GAIN)
    builder.add(Kind.JOB)
    assert find_rules(builder) == rules


def test_jobs_of_two_categories_are_not_only_functional() -> None:
    builder = CanvasBuilder()
    for _ in range(3):
        builder.add(Kind.JOB)
    builder.entries = [replace(entry, category="functional") for entry in builder.entries]
    assert find_rules(builder) == ["only functional"]
    builder.entries[0] = replace(builder.entries[0], category="social")
    assert find_rules(builder) == []


@pytest.mark.parametrize("rule", HINT_RULES)
def test_each_rule_finds_its_own_example_alone(rule: str) -> None:
    builder = build_good_canvas()
    CHANGES_BY_RULE[rule](builder)
    assert find_rules(builder) == [rule]


def test_a_must_have_is_unserved_only_once_every_offer_is_reviewed() -> None:
    builder = CanvasBuilder()
    builder.add(Kind.GAIN, 5, 5, 5)
    assert find_rules(builder) == [], "no offers"
    reviewed = builder.add(Kind.GAIN_CREATOR)
    assert find_rules(builder) == [], "an offer without a review"
    builder.review(reviewed)
    assert "unserved" in find_rules(builder)
    builder.add(Kind.PAIN_RELIEVER)
    assert "unserved" not in find_rules(builder), "another one without a review"


def test_a_hint_names_its_entries() -> None:
    builder = build_good_canvas()
    _add_job_with_solution(builder)
    (hint,) = find_hints(builder.compute_metrics())
    assert [entry.text for entry in hint.entries] == ["Use an app for reports"]


def test_the_example_canvas_gives_the_intended_hints() -> None:
    example, builder = load_example(), CanvasBuilder()
    ids = {
        item["id"]: builder.add(Kind(item["kind"]), *item["votes"].values(), text=item["text"])
        for item in example["entries"]
    }
    mark_by_value = {1: Mark.STRONG, 0.5: Mark.PARTIAL}
    for review in example["reviews"]:
        marks = {ids[need]: mark_by_value[mark] for need, mark in review["marks"].items()}
        builder.review(ids[review["offer"]], marks)
    hints = {
        hint.rule: [entry.text for entry in hint.entries] for hint in find_hints(builder.compute_metrics())
    }
    assert hints == {
        "useless": ["New costumes for the owl and app icons to collect"],
        "solutions in jobs": ["Read the family group chat and write back without a translation app"],
    }
