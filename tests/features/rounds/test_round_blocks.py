"""What rounds show stays within Slack's limits, and says what outcome."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.rounds import blocks
from bot.features.rounds.model import Round, RoundFacts, RoundState, Voters, compute_remind_at
from bot.features.rounds.outcome import compare_rankings, snapshot_ranking
from bot.features.rounds.result_blocks import build_result
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry
from bot.slack.blockkit.builders import Message
from bot.store.model import CanvasInfo

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "Reports <!channel>", "shops", "U1", "UTC", NOW, "1.0")
LINK = (
    "https://a-rather-long-name-of-a-workspace.slack.com/archives/C0123456789/p1760000000000000?thread_ts=1.0"
)


def build_entry(entry_id: int, text: str = "slow", kind: Kind = Kind.PAIN, *votes: int) -> Entry:
    """Return an entry with these votes, of U1, U2 and so on."""
    return Entry(
        entry_id, kind, text, "U1", NOW, votes={f"U{n}": level for n, level in enumerate(votes, start=1)}
    )


def build_metrics(*entries: Entry) -> CanvasMetrics:
    return compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries))


def build_facts(
    metrics: CanvasMetrics,
    kind: Kind | None = None,
    members: str = "U1 U2",
    recent_voters: str = "",
    **more: object,
) -> RoundFacts:
    round_ = Round(7, 1, kind, "U1", "UTC", NOW, NOW + timedelta(days=2), None, "", **more)  # type: ignore[arg-type]
    card_links = {entry.id: LINK for entry in metrics.canvas.entries}
    return RoundFacts(
        round_,
        INFO,
        metrics,
        Voters(frozenset(members.split())),
        "Ana",
        card_links,
        LINK,
        LINK,
        recent_voters=frozenset(recent_voters.split()),
    )


def list_messages(facts: RoundFacts, opening_ranking: str) -> list[Message]:
    outcome = compare_rankings(opening_ranking, facts.metrics, facts.round.kinds)
    return [
        blocks.build_announcement(facts),
        blocks.build_closed_announcement(facts),
        blocks.build_announcement_without_result(facts.round),
        blocks.build_opened_answer(
            facts.canvas_info, facts.round, has_typed_deadline=False, is_large_channel=True
        ),
        blocks.build_paused_announcement(facts.round),
        blocks.build_taken_back_answer(facts.round),
        blocks.build_open_already_answer(facts, NOW),
        blocks.build_reminder(facts, "U2"),
        build_result(facts, outcome),
    ]


@pytest.mark.parametrize("kind", [None, Kind.PAIN])
@pytest.mark.parametrize("text", ["<&>" * 166, "*bold* " * 70, "x" * 500])
def test_messages_about_500_long_entries_fit_into_slack(kind: Kind | None, text: str) -> None:
    def entries(level: int) -> list[Entry]:
        kinds = [kind] if kind else list(Kind)
        return [
            build_entry(n, f"{n} {text}"[:500], kinds[n % len(kinds)], 1 + (n * level) % 5, 1 + n % 5)
            for n in range(500)
        ]

    before, metrics = (
        build_metrics(*entries(1)),
        build_metrics(*entries(2)[50:], *[build_entry(n) for n in range(900, 950)]),
    )
    facts = build_facts(metrics, kind)
    for message in list_messages(facts, snapshot_ranking(before, facts.round.kinds)):
        for shown in (message.blocks, message.plain_blocks):
            check_blocks(list(shown), "message")
            assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS
        assert "<!channel>" not in str(message)


def test_progress_counts_members_who_can_vote_and_their_current_votes() -> None:
    metrics = build_metrics(build_entry(1, "a", Kind.PAIN, 5, 5), build_entry(2, "b", Kind.JOB, 5, 5, 5))
    facts = build_facts(metrics, Kind.PAIN, "U1 U3 U4")  # U2 has left
    assert facts.describe_turnout("have voted", "has voted") == "1 of 3 has voted"
    assert facts.non_voters == {"U3", "U4"}
    assert [one.id for one in facts.list_unvoted("U3")] == [1]
    assert facts.complete_voters == 1
    assert "*1 of 3 has voted*, 1 of them on every card" in blocks_to_text(
        list(blocks.build_announcement(facts).blocks)
    )


def test_a_vote_from_before_the_newest_card_counts_only_with_one_on_every_card() -> None:
    pains = [build_entry(1, "a", Kind.PAIN, 5, 5, 5), build_entry(2, "b", Kind.PAIN, 5)]
    facts = build_facts(build_metrics(*pains), Kind.PAIN, "U1 U2 U3 U4", recent_voters="U3 U4")
    assert facts.participants == {"U1", "U3"}
    assert facts.non_voters == {"U2", "U4"}


def test_entries_without_a_rank_before_neither_rise_nor_fall() -> None:
    opening = snapshot_ranking(build_metrics(build_entry(1), build_entry(2), build_entry(3)), [Kind.PAIN])
    outcome = compare_rankings(
        opening,
        build_metrics(build_entry(1, "a", Kind.PAIN, 1), build_entry(2, "b", Kind.PAIN, 5), build_entry(3)),
        [Kind.PAIN],
    )
    assert (outcome.rose, outcome.fell) == ([], [])
    assert not outcome.has_same_ranks


def test_must_haves_come_and_go_with_votes_and_entries() -> None:
    pain = Kind.PAIN
    before = build_metrics(
        build_entry(1, "a", pain, 5, 5),
        build_entry(2, "b", pain, 5, 5),
        build_entry(3, "c", pain, 5, 5),
        build_entry(4, "d"),
    )
    metrics = build_metrics(
        build_entry(1, "a", pain, 1), build_entry(2, "b", Kind.JOB, 5, 5), build_entry(4, "d", pain, 5, 5)
    )
    outcome = compare_rankings(snapshot_ranking(before, [Kind.PAIN]), metrics, [Kind.PAIN])
    assert [ranked.entry.text for ranked in outcome.new_must_haves] == ["d"]
    assert outcome.lost_must_haves == [(Kind.PAIN, "a"), (Kind.PAIN, "b"), (Kind.PAIN, "c")]
    assert outcome.removed == [(Kind.PAIN, "b"), (Kind.PAIN, "c")]
    assert [(move.ranked.entry.text, move.rank_before, move.ranked.rank) for move in outcome.fell] == [
        ("a", 1, 2)
    ]


@given(st.lists(st.lists(st.integers(1, 5), max_size=4), max_size=6))
def test_an_unchanged_ranking_has_no_outcome(votes: list[list[int]]) -> None:
    metrics = build_metrics(*(build_entry(n, "slow", Kind.PAIN, *levels) for n, levels in enumerate(votes)))
    outcome = compare_rankings(snapshot_ranking(metrics, Kind), metrics, list(Kind))
    assert not [
        *outcome.rose,
        *outcome.fell,
        *outcome.new_must_haves,
        *outcome.lost_must_haves,
        *outcome.added,
        *outcome.removed,
    ]
    assert outcome.has_same_ranks == bool(votes)


def test_a_result_has_a_text_fallback_and_says_that_it_is_late() -> None:
    before = build_metrics(build_entry(1, "a", Kind.PAIN, 2), build_entry(2, "b", Kind.PAIN, 4))
    metrics = build_metrics(build_entry(1, "a", Kind.PAIN, 5), build_entry(2, "b", Kind.PAIN, 1))
    facts = build_facts(
        metrics, Kind.PAIN, state=RoundState.CLOSING, closed_at=NOW + timedelta(days=2, minutes=6)
    )
    message = build_result(
        facts, compare_rankings(snapshot_ranking(before, [Kind.PAIN]), metrics, [Kind.PAIN])
    )
    assert "Rose: pain “a”: 2 → 1" in message.text
    assert "Planned for Wed 14 Oct 07:00 (UTC), sent late." in blocks_to_text(list(message.blocks))
    assert "Planned for" in message.text


def test_time_left_and_the_time_of_the_reminder() -> None:
    assert build_facts(build_metrics()).round.describe_time_left(NOW) == "2 days left"
    assert build_facts(build_metrics()).round.describe_time_left(NOW + timedelta(days=1)) == "24 hours left"
    assert (
        build_facts(build_metrics()).round.describe_time_left(NOW + timedelta(days=1, hours=23))
        == "60 minutes left"
    )
    assert build_facts(build_metrics()).round.describe_time_left(NOW + timedelta(days=3)) == "0 minutes left"
    assert compute_remind_at(NOW, NOW + timedelta(minutes=59)) is None
    assert compute_remind_at(NOW, NOW + timedelta(hours=4)) == NOW + timedelta(hours=2)
    assert compute_remind_at(NOW, NOW + timedelta(days=7)) == NOW + timedelta(days=6)
