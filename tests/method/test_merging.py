"""What a merged entry hands over, whatever was merged into what."""

from hypothesis import given, strategies as st

from bot.method.kinds import Kind
from bot.method.merging import apply_merges, apply_merges_to_reviews, merge_sources, merge_target
from bot.method.model import Canvas, Mark, Review
from tests.method.build import CanvasBuilder, build_canvas, build_votes
from tests.method.strategies import canvases


@st.composite
def merged(draw: st.DrawFn) -> tuple[Canvas, dict[int, int]]:
    """A canvas and what was merged into what: chains too, and what is gone since."""
    drawn = draw(canvases())
    keys = [entry.id for entry in drawn.entries]
    merges: dict[int, int] = {}
    for entry in drawn.entries:
        mates = [each.id for each in drawn.entries if each.kind is entry.kind and each.id != entry.id]
        into = draw(st.none() | st.sampled_from([*mates, 99]))
        if into is not None and merge_target(into, merges) != entry.id:
            merges[entry.id] = into
    assert all(merge_target(key, merges) not in merges for key in keys)
    return drawn, merges


def test_a_member_who_voted_on_both_counts_once_with_the_higher_vote() -> None:
    board = CanvasBuilder()
    old, new = board.add(Kind.PAIN, 5, 1), board.add(Kind.PAIN, 2, 4, 3)
    (left,) = apply_merges(board.entries, {old: new})
    assert (left.id, left.votes) == (new, build_votes(5, 4, 3))


def test_the_stronger_of_two_marks_counts_and_a_product_replaces_its_source() -> None:
    board = CanvasBuilder()
    app, plan = board.add(Kind.PRODUCT), board.add(Kind.PRODUCT)
    slow, late = board.add(Kind.PAIN), board.add(Kind.PAIN)
    robot = board.add(Kind.PAIN_RELIEVER, delivered_by=[app])
    clock = board.add(Kind.PAIN_RELIEVER, delivered_by=[plan])
    merges = {app: plan, slow: late, robot: clock}
    reviews = [
        Review(robot, "U1", {slow: Mark.STRONG}),
        Review(clock, "U1", {late: Mark.PARTIAL}),
        Review(robot, "U2", {}),
    ]
    active = apply_merges(board.entries, merges)
    assert [(entry.id, entry.delivered_by) for entry in active] == [(plan, ()), (late, ()), (clock, (plan,))]
    assert apply_merges_to_reviews(reviews, merges, active) == (
        Review(clock, "U1", {late: Mark.STRONG}),
        Review(clock, "U2", {}),
    )


@given(merged())
def test_merging_neither_loses_nor_doubles_anything(drawn: tuple[Canvas, dict[int, int]]) -> None:
    whole, merges = drawn
    active = apply_merges(whole.entries, merges)
    assert {entry.id for entry in active} == {entry.id for entry in whole.entries} - merges.keys()
    for entry in active:
        of_entry = [each for each in whole.entries if each.id in merge_sources(entry.id, merges)]
        voters = {member for each in of_entry for member in each.votes}
        assert entry.votes == {
            member: max(each.votes[member] for each in of_entry if member in each.votes) for member in voters
        }
    reviewed = apply_merges_to_reviews(whole.reviews, merges, active)
    for review in reviewed:
        meant = [
            each
            for each in whole.reviews
            if each.user_id == review.user_id and merge_target(each.offer_id, merges) == review.offer_id
        ]
        marks = [(merge_target(need, merges), mark) for each in meant for need, mark in each.marks.items()]
        there = {entry.id for entry in active}
        needs = {need for need, _ in marks} & there
        assert review.marks == {need: max(m for key, m in marks if key == need) for need in needs}


@given(merged())
def test_merging_is_idempotent_and_independent_of_the_order(drawn: tuple[Canvas, dict[int, int]]) -> None:
    whole, merges = drawn
    active = apply_merges(whole.entries, merges)
    reviewed = apply_merges_to_reviews(whole.reviews, merges, active)
    assert apply_merges(active, {}) == active
    assert apply_merges_to_reviews(reviewed, {}, active) == reviewed
    backwards = build_canvas(reversed(whole.entries), reversed(whole.reviews))
    turned = apply_merges(backwards.entries, dict(reversed(merges.items())))
    assert {entry.id: (entry.votes, entry.delivered_by) for entry in turned} == {
        entry.id: (entry.votes, entry.delivered_by) for entry in active
    }
    assert apply_merges_to_reviews(backwards.reviews, merges, turned) == reviewed


def test_a_circle_of_merges_ends() -> None:
    assert merge_target(1, {1: 2, 2: 1}) in {1, 2}
