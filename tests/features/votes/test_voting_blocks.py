"""What the voting dialog shows, within Slack's limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fake_slack.blockkit import check_view
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.votes.blocks import build_voting_dialog
from bot.features.votes.model import ALL_BOXES, SavedVote, VotingStep, list_scope, shuffle_sealed
from bot.method.kinds import Kind
from bot.method.model import Entry, Seal
from tests.features.votes.test_voting_model import INFO, ME, build_step
from tests.method.build import build_canvas, build_entry


def render(step: VotingStep, value_maps_page: int | None = None) -> str:
    view = build_voting_dialog(step, value_maps_page)
    check_view(view)
    return blocks_to_text(view["blocks"])


def test_the_votes_of_others_are_hidden_until_one_s_own() -> None:
    step = build_step(2, 5)
    other = render(replace(step, user_id="U7"))
    assert "Others' votes show after yours." in other
    assert "one 2" not in other
    own = render(step)
    assert "You voted *2*. 1 vote: one 2" in own
    assert "Others' votes" not in own


def test_a_step_shows_where_it_is_and_how_much_is_left() -> None:
    text = render(build_step(5, 0, 0, current_id=2))
    assert "*Pains* 2 of 3 · ●◉○ · 2 cards left · Map" in text
    assert "[1] [2] [3] [4] [5]" in text
    assert "[‹ Back] [Skip]" in text
    assert "*Pains* 21 of 21 · 1 card left · Map" in render(build_step(*([5] * 20), 0, current_id=21))


def test_the_first_step_has_no_way_back_and_an_own_vote_is_not_skipped() -> None:
    text = render(build_step(5, 0))
    assert "Back" not in text
    assert "[Next ›]" in text


def test_the_saved_vote_is_shown_with_all_votes_and_undo() -> None:
    step = build_step(4, 0, current_id=2)
    text = render(replace(step, saved=SavedVote(step.entries[0], 4, None)))
    assert ":white_check_mark: *4* for “pain 1” · 1 vote: one 4  [Undo]" in text
    taken_back = render(replace(step, saved=SavedVote(step.entries[0], None, 4)))
    assert "Your vote on “pain 1” is taken back." in taken_back


@pytest.mark.parametrize(
    ("levels", "words"),
    [((5, 4), "You have voted on all 2 pains."), ((5,), "all 1 pain"), ((5, 0), "You skipped 1 card.")],
)
def test_the_end_says_what_is_left(levels: tuple[int, ...], words: str) -> None:
    text = render(replace(build_step(*levels), current=None))
    assert words in text
    assert ("[Vote on the rest]" in text) is (0 in levels)
    assert "[Ranking]" in text


def test_the_dialog_leads_back_to_the_value_maps_that_it_was_opened_from() -> None:
    assert "[‹ Value maps]" in render(build_step(0), value_maps_page=2)
    assert "Value maps" not in render(build_step(0))


@pytest.mark.parametrize("text", ["x" * 300, "<&>" * 100, "*so* " * 60, "長" * 300])
@pytest.mark.parametrize("number", [1, 500])
def test_any_number_and_length_of_entries_stays_within_slack_s_limits(number: int, text: str) -> None:
    votes = {f"U{voter}": 1 + voter % 5 for voter in range(300)}
    kinds = list(Kind)
    entries: list[Entry] = [
        replace(build_entry(n, kinds[n % len(kinds)], votes, text), category="c" * 75)
        for n in range(1, number + 1)
    ]
    listed = list_scope(build_canvas(entries), ALL_BOXES)
    step = VotingStep(replace(INFO, name=text), ME, ALL_BOXES, listed, listed[-1], SavedVote(listed[0], 5, 1))
    assert "[Undo]" in render(step)
    assert "all" in render(replace(step, current=None))


@pytest.mark.parametrize("text", ["x" * 300, "<&>" * 100, "*so* " * 60, "長" * 300])
@pytest.mark.parametrize("number", [1, 500])
def test_a_sealed_dialog_stays_within_slack_s_limits_and_shows_no_votes(number: int, text: str) -> None:
    kinds, seal = list(Kind), Seal(7, INFO.created_at)
    entries = [
        replace(build_entry(n, kinds[n % len(kinds)], {}, text), category="c" * 75, seal=seal)
        for n in range(1, number + 1)
    ]
    listed = shuffle_sealed(list_scope(build_canvas(entries), ALL_BOXES), ME)
    step = VotingStep(
        replace(INFO, name=text),
        ME,
        ALL_BOXES,
        listed,
        listed[-1],
        SavedVote(listed[0], None, 1),
        {listed[0].id: None},
    )
    shown = render(step)
    assert "*No opinion* for “" in shown
    assert "[Undo]" not in shown
    assert "Nobody sees votes before" in shown
    assert "Your votes are sealed until" in render(replace(step, current=None))


@pytest.mark.parametrize(
    ("own", "words", "chosen"),
    [
        ({1: 4}, "You voted *4*. Nobody sees votes before", ["4"]),
        (
            {1: None},
            "You have *no opinion*: a vote from before, or a number on the card, stays. Nobody sees",
            ["No opinion"],
        ),
        ({}, "Nobody sees votes before", []),
    ],
)
def test_a_sealed_step_shows_one_s_own_vote_alone(
    own: dict[int, int | None], words: str, chosen: list[str]
) -> None:
    seal = Seal(7, INFO.created_at)
    entry = replace(build_entry(1, Kind.PAIN, {}), seal=seal)
    view = build_voting_dialog(VotingStep(INFO, ME, ALL_BOXES, [entry], entry, None, own))
    assert f" · {words}" in blocks_to_text(view["blocks"])
    buttons = [element for block in view["blocks"] for element in block.get("elements", ())]
    assert [each["text"]["text"] for each in buttons if each.get("style") == "primary"] == chosen


def test_the_end_says_that_votes_are_sealed_if_any_of_them_is() -> None:
    step = replace(build_step(5, 4), current=None)
    assert "sealed" not in render(step)
    entries = [step.entries[0], replace(step.entries[1], seal=Seal(7, INFO.created_at))]
    assert "Your votes are sealed until" in render(replace(step, entries=entries))


def test_the_end_says_when_the_first_and_the_last_seal_end() -> None:
    step = replace(build_step(5, 4, 3), current=None)
    first, last = INFO.created_at, INFO.created_at + timedelta(days=8)
    ends = (last, first, first)
    entries = [
        replace(entry, seal=Seal(number, end))
        for number, (entry, end) in enumerate(zip(step.entries, ends, strict=True))
    ]
    assert (
        "the first of them until Mon 2 Mar 09:00 (UTC) and the last until Tue 10 Mar 09:00 (UTC)"
        in render(replace(step, entries=entries))
    )
