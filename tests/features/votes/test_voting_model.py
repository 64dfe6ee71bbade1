"""The order of the voting dialog's steps."""

import pytest

from bot.features.votes.model import ALL_BOXES, VotingStep, find_unvoted, list_scope
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder, build_canvas

ME = "U0"  # the first voter of every entry: see build_votes
INFO = CanvasInfo(1, "C1", "Map", "", "U9", "UTC", STARTED_AT, None)


def build_step(*levels: int, current_id: int = 1, user_id: str = ME) -> VotingStep:
    """Return a step on pains with these votes of the first member; 0 is no vote."""
    builder = CanvasBuilder()
    for level in levels:
        builder.add(Kind.PAIN, *([level] if level else []))
    entries = list_scope(build_canvas(builder.entries), Kind.PAIN)
    current = next((each for each in entries if each.id == current_id), None)
    return VotingStep(INFO, user_id, Kind.PAIN, entries, current)


def entry_id(entry: Entry | None) -> int | None:
    return entry.id if entry else None


def test_a_scope_is_one_box_or_all_by_box_and_creation_whatever_the_votes() -> None:
    builder = CanvasBuilder()
    gain, late, early, voted = (
        builder.add(Kind.GAIN),
        builder.add(Kind.JOB),
        builder.add(Kind.JOB),
        builder.add(Kind.JOB, 5),
    )
    canvas = build_canvas(builder.entries)
    assert [entry.id for entry in list_scope(canvas, ALL_BOXES)] == [late, early, voted, gain]
    assert [entry.id for entry in list_scope(canvas, Kind.GAIN)] == [gain]


@pytest.mark.parametrize(
    ("levels", "current_id", "next_id"),
    [
        ((0, 0, 0), 1, 2),
        ((0, 0, 0), 3, 1),
        ((5, 4, 0), 1, 3),
        ((0, 4, 5), 2, 1),
        ((0, 4, 5), 1, None),
        ((5, 4, 5), 1, None),
        ((0, 0), 99, 1),
    ],
)
def test_the_next_unvoted_entry_follows_and_the_first_follows_the_last(
    levels: tuple[int, ...], current_id: int, next_id: int | None
) -> None:
    assert entry_id(build_step(*levels, current_id=current_id).next_unvoted) == next_id


def test_before_the_first_step_the_first_unvoted_entry_comes() -> None:
    step = build_step(5, 0, 0)
    assert entry_id(find_unvoted(step.entries, step.voted_ids, None)) == 2
    assert entry_id(find_unvoted(step.entries, (), None)) == 1


@pytest.mark.parametrize(("current_id", "previous_id"), [(1, None), (2, 1), (3, 2), (99, 3)])
def test_back_goes_to_the_entry_before_and_from_the_end_to_the_last(
    current_id: int, previous_id: int | None
) -> None:
    assert entry_id(build_step(5, 4, 0, current_id=current_id).previous) == previous_id
