"""The order of the voting dialog's steps."""

from dataclasses import replace

import pytest

from bot.features.votes.model import ALL_BOXES, VotingStep, find_unvoted, list_scope
from bot.features.votes.service import _read_reactions
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.store.model import CanvasInfo, Editors
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


def test_the_box_of_a_step_has_the_entries_of_its_kind() -> None:
    builder = CanvasBuilder()
    job, pain, other = (builder.add(kind) for kind in (Kind.JOB, Kind.PAIN, Kind.PAIN))
    entries = list_scope(build_canvas(builder.entries))
    step = VotingStep(INFO, ME, ALL_BOXES, entries, entries[1])
    assert [entry.id for entry in step.box] == [pain, other]
    assert [entry.id for entry in replace(step, current=entries[0]).box] == [job]
    assert replace(step, current=None).box == []


def test_an_entry_may_be_edited_by_whom_the_settings_let() -> None:
    step = build_step(5)
    authors_only = replace(INFO, settings=replace(INFO.settings, editors=Editors.AUTHORS))
    author = replace(step, canvas_info=authors_only)
    assert step.current is not None
    assert (step.may_edit, author.may_edit) == (True, True)
    assert not replace(author, user_id="U7").may_edit
    assert not replace(author, current=replace(step.current, author_id="U7")).may_edit


def test_number_reactions_are_read_beside_other_emoji_and_without_the_bot_s_own() -> None:
    message = {
        "reactions": [
            {"name": "tada", "users": ["U1"], "count": 1},
            {"name": "five", "users": ["UBOT", "U1", "U2"], "count": 3},
            {"name": "one::skin-tone-2", "users": ["UBOT"], "count": 3},
        ]
    }
    assert _read_reactions(message, "UBOT") == ({("U1", 5), ("U2", 5)}, {1})
    assert _read_reactions({}, "UBOT") == (set(), set())
