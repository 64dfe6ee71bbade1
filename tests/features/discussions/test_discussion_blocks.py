"""What the messages of a discussion say, and to whom."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.features.discussions import blocks, forms
from bot.features.discussions.model import REASON, ListedDiscussions
from bot.features.rounds.model import Round, RoundFacts, RoundState, Voters
from bot.method.discussions import Direction, Discussion, DiscussionState, Reason, compare_votes
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Entry
from tests.features.discussions.test_discussion_lengths import INFO, NOW
from tests.features.seen_text import read_seen

VOTES = {"U1": 5, "U2": 5, "U3": 1}
ENTRIES = tuple(Entry(n, Kind.PAIN, f"pain {n}", "U1", NOW, votes=VOTES) for n in range(1, 13))
METRICS = compute_metrics(Canvas(1, "C1", "Reports", "", "U1", "UTC", NOW, ENTRIES))
REASONS = (Reason("U1", Direction.HIGHER), Reason("U2", Direction.HIGHER), Reason("U3", Direction.LOWER))
ASKING = Discussion(3, 1, 1, "U1", "UTC", NOW, NOW, DiscussionState.ASKING, VOTES, REASONS)
GUESS = "others may guess that it is yours"


def list_as(user_id: str, *discussions: Discussion) -> str:
    return read_seen(blocks.build_discussion_list(ListedDiscussions(INFO, METRICS, discussions, user_id)))


@pytest.mark.parametrize(("running", "others"), [(4, ["4"]), (5, ["1", "3"]), (6, ["2", "2"])])
def test_the_list_has_four_of_each_and_counts_the_others(running: int, others: list[str]) -> None:
    """Of twelve entries that divide the team, those in discussion are listed as such."""
    seen = list_as("U1", *(replace(ASKING, id=n, entry_id=n) for n in range(1, running + 1)))
    assert re.findall(r"and (.*) more, in", seen) == others


@pytest.mark.parametrize("user_id", ["U1", "U2"])
@pytest.mark.parametrize("state", [DiscussionState.ASKING, DiscussionState.VOTING])
def test_only_its_starter_can_open_the_vote_while_reasons_are_given(
    user_id: str, state: DiscussionState
) -> None:
    seen = list_as(user_id, replace(ASKING, state=state))
    assert ("Open the vote" in seen) is (user_id == "U1" and state is DiscussionState.ASKING)


def test_a_start_without_reasons_says_nothing_after_its_text() -> None:
    answer = blocks.build_started_answer(INFO, replace(ASKING, state=DiscussionState.VOTING), ENTRIES[0])
    assert answer.text.endswith("again, sealed.")


def test_a_reason_may_have_several_lines() -> None:
    form = forms.build_reason_form(INFO, ASKING, ENTRIES[0], REASONS[0])
    (field,) = (each["element"] for each in form["blocks"] if each.get("block_id") == REASON)
    assert field["multiline"]


def test_who_is_alone_on_a_side_is_told_that_others_may_guess_it() -> None:
    _, ben, cleo = REASONS
    assert GUESS in read_seen(blocks.build_question(INFO, ASKING, ENTRIES[0], cleo, "Ana"))
    assert GUESS not in read_seen(blocks.build_question(INFO, ASKING, ENTRIES[0], ben, "Ana"))


@pytest.mark.parametrize("days", [2, 3])
def test_a_result_that_was_sent_late_says_so(days: int) -> None:
    closed_at = NOW + timedelta(days=days)
    planned = Round(7, 1, Kind.PAIN, "U1", "UTC", NOW, NOW + timedelta(days=2), None, "", entry_id=1)
    closed = replace(planned, is_sealed=True, closed_at=closed_at, state=RoundState.CLOSED)
    facts = RoundFacts(closed, INFO, METRICS, Voters(frozenset(VOTES)), "Ana", {})
    result = compare_votes(VOTES, VOTES, VOTES)
    discussion = replace(ASKING, state=DiscussionState.CLOSED, result=result)
    assert ("sent late" in read_seen(blocks.build_result(facts, discussion, result, 1, {}))) is (days > 2)
