"""Merges hand votes, marks and links to the merge target, in every order and chain."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from bot.method.kinds import Kind
from bot.method.merging import (
    apply_merges,
    apply_merges_to_links,
    apply_merges_to_reviews,
    merge_sources,
    merge_target,
)
from bot.method.model import Canvas, Entry, Mark, Review
from bot.method.votes import TimedVote, merge_votes
from tests.method.build import CanvasBuilder, build_canvas, build_votes
from tests.method.strategies import canvases

TimedVotes = dict[int, dict[str, TimedVote]]


def time_votes(entries: Iterable[Entry]) -> TimedVotes:
    """Return the votes of entries; a vote on an entry with a higher id is later."""
    return {
        entry.id: {user_id: TimedVote(level, entry.id) for user_id, level in entry.votes.items()}
        for entry in entries
    }


@st.composite
def canvases_with_merges(draw: st.DrawFn) -> tuple[Canvas, dict[int, int]]:
    """A canvas and its merges, including chains and merges into deleted entries."""
    canvas = draw(canvases())
    ids = [entry.id for entry in canvas.entries]
    merges: dict[int, int] = {}
    for entry in canvas.entries:
        candidate_ids = [
            each.id for each in canvas.entries if each.kind is entry.kind and each.id != entry.id
        ]
        target_id = draw(st.none() | st.sampled_from([*candidate_ids, 99]))
        if target_id is not None and merge_target(target_id, merges) != entry.id:
            merges[entry.id] = target_id
    assert all(merge_target(entry_id, merges) not in merges for entry_id in ids)
    return canvas, merges


def test_a_member_who_voted_on_both_counts_once_with_the_later_vote() -> None:
    builder = CanvasBuilder()
    old, new = builder.add(Kind.PAIN, 5, 1), builder.add(Kind.PAIN, 2, 4, 3)
    (remaining,) = apply_merges(builder.entries, {old: new}, time_votes(builder.entries))
    assert (remaining.id, remaining.votes) == (new, build_votes(2, 4, 3))


def test_of_two_votes_at_the_same_time_the_higher_counts() -> None:
    votes = [{"U1": TimedVote(2, 7)}, {"U1": TimedVote(5, 7)}, {"U1": TimedVote(3, 7)}]
    for order in itertools.permutations(votes):
        assert merge_votes(order) == {"U1": TimedVote(5, 7)}


def test_the_stronger_of_two_marks_counts_and_a_product_replaces_its_source() -> None:
    builder = CanvasBuilder()
    app, plan = builder.add(Kind.PRODUCT), builder.add(Kind.PRODUCT)
    slow, late = builder.add(Kind.PAIN), builder.add(Kind.PAIN)
    robot = builder.add(Kind.PAIN_RELIEVER, delivered_by=[app])
    clock = builder.add(Kind.PAIN_RELIEVER, delivered_by=[plan])
    merges = {app: plan, slow: late, robot: clock}
    reviews = [
        Review(robot, "U1", {slow: Mark.STRONG}),
        Review(clock, "U1", {late: Mark.PARTIAL}),
        Review(robot, "U2", {}),
    ]
    active = apply_merges(builder.entries, merges, {})
    assert [(entry.id, entry.delivered_by) for entry in active] == [(plan, ()), (late, ()), (clock, (plan,))]
    assert apply_merges_to_reviews(reviews, merges, active) == (
        Review(clock, "U1", {late: Mark.STRONG}),
        Review(clock, "U2", {}),
    )


@given(canvases_with_merges())
def test_merging_neither_loses_nor_doubles_anything(canvas_and_merges: tuple[Canvas, dict[int, int]]) -> None:
    canvas, merges = canvas_and_merges
    timed_votes = time_votes(canvas.entries)
    active = apply_merges(canvas.entries, merges, timed_votes)
    assert {entry.id for entry in active} == {entry.id for entry in canvas.entries} - merges.keys()
    for entry in active:
        of_entry = [each for each in canvas.entries if each.id in merge_sources(entry.id, merges)]
        votes = sorted(of_entry, key=lambda each: each.id)
        assert entry.votes == {user_id: level for each in votes for user_id, level in each.votes.items()}
    reviewed = apply_merges_to_reviews(canvas.reviews, merges, active)
    for review in reviewed:
        source_reviews = [
            each
            for each in canvas.reviews
            if each.user_id == review.user_id and merge_target(each.offer_id, merges) == review.offer_id
        ]
        marks = [
            (merge_target(need, merges), mark) for each in source_reviews for need, mark in each.marks.items()
        ]
        active_ids = {entry.id for entry in active}
        needs = {need for need, _ in marks} & active_ids
        assert review.marks == {
            need: max(mark for marked_id, mark in marks if marked_id == need) for need in needs
        }


@given(canvases_with_merges())
def test_merging_is_idempotent_and_independent_of_the_order(
    canvas_and_merges: tuple[Canvas, dict[int, int]],
) -> None:
    canvas, merges = canvas_and_merges
    timed_votes = time_votes(canvas.entries)
    active = apply_merges(canvas.entries, merges, timed_votes)
    reviewed = apply_merges_to_reviews(canvas.reviews, merges, active)
    assert apply_merges(active, {}, {}) == active
    assert apply_merges_to_reviews(reviewed, {}, active) == reviewed
    backwards = build_canvas(reversed(canvas.entries), reversed(canvas.reviews))
    active_backwards = apply_merges(backwards.entries, dict(reversed(merges.items())), timed_votes)
    assert {entry.id: (entry.votes, entry.delivered_by) for entry in active_backwards} == {
        entry.id: (entry.votes, entry.delivered_by) for entry in active
    }
    assert apply_merges_to_reviews(backwards.reviews, merges, active_backwards) == reviewed


@pytest.mark.parametrize(
    ("merges", "targets"),
    [
        ({1: 1}, {1: 1}),
        ({1: 2, 2: 1}, {1: 2, 2: 1}),
        ({1: 2, 2: 3, 3: 1}, {1: 3, 2: 1, 3: 2}),
        ({9: 1, 1: 2, 2: 1}, {9: 2, 1: 2, 2: 1}),
    ],
)
def test_a_search_in_a_cycle_of_merges_ends_before_an_entry_repeats(
    merges: dict[int, int], targets: dict[int, int]
) -> None:
    assert {entry_id: merge_target(entry_id, merges) for entry_id in merges} == targets


def test_an_offer_of_merged_ones_names_the_products_of_both_and_no_other() -> None:
    builder = CanvasBuilder()
    shop, app, _ = (builder.add(Kind.PRODUCT) for _ in range(3))
    old = builder.add(Kind.PAIN_RELIEVER, delivered_by=(shop, 99))
    new = builder.add(Kind.PAIN_RELIEVER, delivered_by=(app,))
    remaining = {entry.id: entry for entry in apply_merges(builder.entries, {old: new}, {})}
    assert sorted(remaining[new].delivered_by) == [shop, app]
    alone = {entry.id: entry for entry in apply_merges(builder.entries, {}, {})}
    assert alone[old].delivered_by == (shop,)


@pytest.mark.parametrize(
    ("supports", "contradicts", "expected"),
    [
        ((1, 2), (9,), ((3,), (9,))),
        ((1, 9), (2,), ((9,), (3,))),
        ((3,), (1,), ((3,), ())),
        ((1,), (3,), ((), (3,))),
        ((1, 3), (2, 9), ((3,), (9,))),
        ((), (), ((), ())),
    ],
)
def test_an_item_counts_once_on_what_was_merged(
    supports: tuple[int, ...], contradicts: tuple[int, ...], expected: tuple[tuple[int, ...], ...]
) -> None:
    """Entry 1 was merged into 2, and 2 into 3."""
    assert apply_merges_to_links(supports, contradicts, {1: 2, 2: 3}) == expected
