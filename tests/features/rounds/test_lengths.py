"""The messages of a vote stay short, however many entries there are and however long their texts are."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.features.rounds import blocks
from bot.features.rounds.model import Round, RoundFacts, Voters
from bot.features.rounds.outcome import compare_rankings, snapshot_ranking
from bot.features.rounds.result_blocks import build_result
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry
from bot.slack.blockkit.builders import Message
from bot.store.model import CanvasInfo
from tests.features.seen_text import read_seen

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "N" * 80, "S" * 80, "U1", "UTC", NOW, "1.0")
LINK = "https://a-rather-long-name-of-a-workspace.slack.com/archives/C0123456789/p1760000000000000"
NAME = "Anna-Maria van den Berg"
VOTES_BEFORE = ((5, 5, 5), (1, 2, 1), (3, 3, 3))
VOTES_AFTER = ((2, 1, 2), (5, 5, 5), (5, 1, 1))  # a must-have less, one more, one that divides


def build_metrics(number: int, text: str, votes: tuple[tuple[int, ...], ...]) -> CanvasMetrics:
    """Return a canvas with so many entries, of which each of three has votes of its own."""
    kinds = list(Kind)
    entries = tuple(
        Entry(
            n,
            kinds[n // len(votes) % len(kinds)],
            f"{n} {text}",
            "U1",
            NOW,
            votes={f"U{voter}": level for voter, level in enumerate(votes[n % len(votes)])},
        )
        for n in range(number)
    )
    return compute_metrics(Canvas(1, "C1", "N", "S", "U1", "UTC", NOW, entries))


def build_messages(
    number: int, text: str, kind: Kind | None, *, is_sealed: bool = False
) -> dict[str, Message]:
    """Return the messages of a vote that changed much, was closed early and ended late."""
    before, after = build_metrics(number, text, VOTES_BEFORE), build_metrics(number, text, VOTES_AFTER)
    round_ = Round(
        7,
        1,
        kind,
        "U1",
        "UTC",
        NOW,
        NOW + timedelta(days=2),
        None,
        snapshot_ranking(before, Kind),
        message_ts="1.0",
        closed_at=NOW + timedelta(days=3),
        is_sealed=is_sealed,
    )
    facts = RoundFacts(
        round_,
        INFO,
        after,
        Voters(frozenset(f"U{n}" for n in range(180))),
        NAME,
        {entry.id: LINK for entry in after.canvas.entries},
        LINK,
        LINK,
        {"U1": frozenset({1}), "U2": frozenset({1, 2})} if is_sealed else None,
    )
    outcome = compare_rankings(snapshot_ranking(before, round_.kinds), after, round_.kinds)
    return {
        "call": blocks.build_announcement(facts),
        "closed call": blocks.build_closed_announcement(facts),
        "answer": blocks.build_opened_answer(INFO, round_, has_typed_deadline=True, is_large_channel=False),
        "reminder": blocks.build_reminder(facts, "U100"),
        "result": build_result(facts, outcome),
    }


# Of each message: the lines and the characters that are seen before anything unfolds.
LIMITS = {
    "call": (5, 370),
    "closed call": (1, 250),
    "answer": (1, 100),
    "reminder": (3, 355),
    "result": (8, 1212),
}


@pytest.mark.parametrize("is_sealed", [False, True])
@pytest.mark.parametrize("kind", [None, Kind.PAIN])
@pytest.mark.parametrize("text", ["slow", "word " * 60, "<&>" * 100, "長" * 300])
@pytest.mark.parametrize("number", [0, 1, 25, 500])
def test_what_is_seen_of_a_vote_stays_short(
    number: int, text: str, kind: Kind | None, is_sealed: bool
) -> None:
    for name, message in build_messages(number, text, kind, is_sealed=is_sealed).items():
        seen = read_seen(message)
        max_lines, max_characters = LIMITS[name]
        if is_sealed and name == "result":  # the chart, and that older votes count
            max_lines, max_characters = max_lines + 1, max_characters + 60
        assert (len(seen.splitlines()) <= max_lines, len(seen) <= max_characters) == (True, True), (
            name,
            seen,
        )
        for shown in (message.blocks, message.plain_blocks):
            check_blocks(list(shown), "message")
            assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


def test_the_result_names_what_the_team_has_to_know_before_the_ranking() -> None:
    result = build_messages(25, "slow", None)["result"]
    lines = read_seen(result).splitlines()
    assert lines[0] == "Vote closed · 3 of 180 took part"
    assert lines[2].startswith("*:star: New must-haves:* job “1 slow”, ")
    assert lines[3].startswith("*☆ No must-have any more:* job “0 slow”, ")
    assert lines[4].startswith("*:left_right_arrow: Divides the team, discuss it:* job “2 slow”, ")
    assert lines[4].endswith(" more  [Discuss]")
    assert lines[5].startswith(":point_right: *Next:* ")
    assert lines[6:] == ["Ranking and what changed", "[Ranking] [Review] [Fit]"]
