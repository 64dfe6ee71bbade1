"""What rounds show stays within Slack's limits, and says what changed."""

from datetime import UTC, datetime, timedelta

import pytest
from bot.fake_slack.client.plain_text import blocks_to_text
from hypothesis import given, strategies as st

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, count_characters, check_blocks
from bot.features.rounds import blocks
from bot.features.rounds.model import Voters, RoundFacts, Round, RoundState, remind_at
from bot.features.rounds.outcome import compare_rankings, snapshot_ranking
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry
from bot.slack.blockkit.builders import Message
from bot.store.model import CanvasInfo

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
HEAD = CanvasInfo(1, "C1", "Reports <!channel>", "shops", "U1", "UTC", NOW, "1.0")
LINK = (
    "https://a-rather-long-name-of-a-workspace.slack.com/archives/C0123456789/p1760000000000000?thread_ts=1.0"
)


def entry(key: int, text: str = "slow", kind: Kind = Kind.PAIN, *votes: int) -> Entry:
    """Return an entry with these votes, of U1, U2 and so on."""
    return Entry(key, kind, text, "U1", NOW, votes={f"U{n}": level for n, level in enumerate(votes, start=1)})


def figured(*entries: Entry) -> CanvasMetrics:
    return compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries))


def facts(now: CanvasMetrics, kind: Kind | None = None, members: str = "U1 U2", **more: object) -> RoundFacts:
    round_ = Round(7, 1, kind, "U1", "UTC", NOW, NOW + timedelta(days=2), None, "", **more)  # type: ignore[arg-type]
    cards = {entry.id: LINK for entry in now.canvas.entries}
    return RoundFacts(round_, HEAD, now, Voters(frozenset(members.split())), "Ana", cards, LINK, LINK)


def every_message(told: RoundFacts, opening: str) -> list[Message]:
    changed = compare_rankings(opening, told.metrics, told.round.kinds)
    return [
        blocks.call(told),
        blocks.call_closed(told),
        blocks.call_without_result(told.round),
        blocks.opened(told.round, deadline_said=False, crowd=True),
        blocks.call_resting(told.round),
        blocks.is_open(told, NOW),
        blocks.reminder(told, "U2"),
        blocks.result(told, changed),
    ]


@pytest.mark.parametrize("kind", [None, Kind.PAIN])
@pytest.mark.parametrize("text", ["<&>" * 166, "*bold* " * 70, "x" * 500])
def test_five_hundred_long_entries_fit(kind: Kind | None, text: str) -> None:
    def entries(level: int) -> list[Entry]:
        kinds = [kind] if kind else list(Kind)
        return [
            entry(n, f"{n} {text}"[:500], kinds[n % len(kinds)], 1 + (n * level) % 5, 1 + n % 5)
            for n in range(500)
        ]

    before, now = figured(*entries(1)), figured(*entries(2)[50:], *[entry(n) for n in range(900, 950)])
    told = facts(now, kind)
    for said in every_message(told, snapshot_ranking(before, told.round.kinds)):
        for shown in (said.blocks, said.plain_blocks):
            check_blocks(list(shown), "message")
            assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS
        assert "<!channel>" not in str(said)


def test_progress_counts_members_who_can_vote_and_their_standing_votes() -> None:
    now = figured(entry(1, "a", Kind.PAIN, 5, 5), entry(2, "b", Kind.JOB, 5, 5, 5))
    told = facts(now, Kind.PAIN, "U1 U3 U4")  # U2 has left
    assert told.turnout("have voted", "has voted") == "1 of 3 has voted"
    assert told.non_voters == {"U3", "U4"}
    assert [one.id for one in told.unvoted("U3")] == [1]
    assert told.complete_voters == 1
    assert "*1 of 3 has voted*, 1 on every card" in blocks_to_text(list(blocks.call(told).blocks))


def test_what_was_not_ranked_before_neither_rises_nor_falls() -> None:
    opening = snapshot_ranking(figured(entry(1), entry(2), entry(3)), [Kind.PAIN])
    changed = compare_rankings(
        opening, figured(entry(1, "a", Kind.PAIN, 1), entry(2, "b", Kind.PAIN, 5), entry(3)), [Kind.PAIN]
    )
    assert (changed.rose, changed.fell) == ([], [])
    assert not changed.steady


def test_must_haves_come_and_go_also_with_their_entries() -> None:
    pain = Kind.PAIN
    before = figured(
        entry(1, "a", pain, 5, 5), entry(2, "b", pain, 5, 5), entry(3, "c", pain, 5, 5), entry(4, "d")
    )
    now = figured(entry(1, "a", pain, 1), entry(2, "b", Kind.JOB, 5, 5), entry(4, "d", pain, 5, 5))
    changed = compare_rankings(snapshot_ranking(before, [Kind.PAIN]), now, [Kind.PAIN])
    assert [place.entry.text for place in changed.new_must_haves] == ["d"]
    assert changed.lost_must_haves == [(Kind.PAIN, "a"), (Kind.PAIN, "b"), (Kind.PAIN, "c")]
    assert changed.gone == [(Kind.PAIN, "b"), (Kind.PAIN, "c")]
    assert [(move.place.entry.text, move.before, move.place.rank) for move in changed.fell] == [("a", 1, 2)]


@given(st.lists(st.lists(st.integers(1, 5), max_size=4), max_size=6))
def test_nothing_changed_means_that_nothing_is_told(votes: list[list[int]]) -> None:
    now = figured(*(entry(n, "slow", Kind.PAIN, *levels) for n, levels in enumerate(votes)))
    changed = compare_rankings(snapshot_ranking(now, Kind), now, list(Kind))
    assert not [
        *changed.rose,
        *changed.fell,
        *changed.new_must_haves,
        *changed.lost_must_haves,
        *changed.added,
        *changed.gone,
    ]
    assert changed.steady == bool(votes)


def test_a_result_also_reads_as_plain_text() -> None:
    before = figured(entry(1, "a", Kind.PAIN, 2), entry(2, "b", Kind.PAIN, 4))
    now = figured(entry(1, "a", Kind.PAIN, 5), entry(2, "b", Kind.PAIN, 1))
    told = facts(now, Kind.PAIN, state=RoundState.CLOSING, closed_at=NOW + timedelta(days=2, minutes=6))
    said = blocks.result(told, compare_rankings(snapshot_ranking(before, [Kind.PAIN]), now, [Kind.PAIN]))
    assert "Rose: pain “a”: 2 → 1" in said.text
    assert "late because I was not running" in blocks_to_text(list(said.blocks))


def test_time_left_and_reminders() -> None:
    assert facts(figured()).round.left(NOW) == "2 days left"
    assert facts(figured()).round.left(NOW + timedelta(days=1)) == "24 hours left"
    assert facts(figured()).round.left(NOW + timedelta(days=1, hours=23)) == "60 minutes left"
    assert facts(figured()).round.left(NOW + timedelta(days=3)) == "0 minutes left"
    assert remind_at(NOW, NOW + timedelta(minutes=59)) is None
    assert remind_at(NOW, NOW + timedelta(hours=4)) == NOW + timedelta(hours=2)
    assert remind_at(NOW, NOW + timedelta(days=7)) == NOW + timedelta(days=6)
