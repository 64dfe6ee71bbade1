"""The messages of a discussion stay within Slack's limits for any number and length of reasons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, check_view, count_characters
from bot.features.cards.blocks import build_card
from bot.features.discussions import blocks, forms
from bot.features.discussions.model import MAX_REASON_CHARACTERS, ListedDiscussions
from bot.features.rounds.model import Round, RoundFacts, RoundState, Voters
from bot.method.discussions import Direction, Discussion, DiscussionState, Reason, compare_votes
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Seal
from bot.method.ranking import rank_box
from bot.slack.blockkit.builders import Message
from bot.store.model import CanvasInfo, Card
from tests.features.seen_text import read_seen

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "N" * 80, "S" * 80, "U1", "UTC", NOW, "1.0")
LINK = "https://a-rather-long-name-of-a-workspace.slack.com/archives/C0123456789/p1760000000000000"
NAME = "Anna-Maria van den Berg"
TEXTS = ["slow", "word " * 60, "<&>" * 100, "長" * 300]
# Of each message: the lines and the characters that are seen before anything unfolds, without reasons.
LIMITS = {
    "list": (12, 3400),
    "started": (2, 470),
    "question": (4, 730),
    "answered": (1, 150),
    "call": (4, 730),
    "result": (7, 690),
    "card": (5, 500),
}


def build_metrics(text: str) -> CanvasMetrics:
    votes = {f"U{number}": 5 if number % 2 else 1 for number in range(180)}
    entries = tuple(Entry(n, Kind.PAIN, f"{n} {text}"[:300], "U1", NOW, votes=votes) for n in range(1, 31))
    return compute_metrics(Canvas(1, "C1", "N", "S", "U1", "UTC", NOW, entries))


def build_messages(number: int, text: str) -> dict[str, Message]:
    """Return the messages of a discussion with so many reasons of this text for each direction."""
    metrics = build_metrics(text)
    entry = metrics.canvas.entries[0]
    reasons = tuple(
        Reason(f"U{n}", direction, text[:MAX_REASON_CHARACTERS], shows_name=True, place=n)
        for direction in Direction
        for n in range(number)
    )
    asking = Discussion(
        3, 1, 1, "U1", "UTC", NOW, NOW, DiscussionState.ASKING, {"U0": 1, "U1": 5, **entry.votes}, reasons, 7
    )
    result = compare_votes(entry.votes, entry.votes, entry.votes)
    closed = replace(asking, state=DiscussionState.CLOSED, result=result)
    names = {f"U{n}": NAME for n in range(number)}
    round_ = Round(
        7,
        1,
        Kind.PAIN,
        "U1",
        "UTC",
        NOW,
        NOW + timedelta(days=2),
        None,
        "",
        is_sealed=True,
        entry_id=1,
    )
    voters = Voters(frozenset(f"U{n}" for n in range(180)))
    sealed = replace(entry, votes={}, seal=Seal(7, NOW))
    open_facts = RoundFacts(
        round_, INFO, compute_metrics(replace(metrics.canvas, entries=(sealed,))), voters, NAME, {1: LINK}
    )
    closed_round = replace(round_, closed_at=NOW + timedelta(days=3), state=RoundState.CLOSED)
    closed_facts = replace(open_facts, round=closed_round, metrics=metrics)
    card = Card(entry, 1, "C1", 1, None, None, "1.0", LINK, None, None, frozenset({1}), is_imported=False)
    discussions = [replace(asking, id=n, entry_id=n) for n in range(1, 4)]
    discussions += [replace(closed, id=n, entry_id=n) for n in range(4, 31)]
    asked = reasons[0] if reasons else Reason("U0", Direction.LOWER)
    return {
        "list": blocks.build_discussion_list(ListedDiscussions(INFO, metrics, discussions, "U1")),
        "started": blocks.build_started_answer(INFO, asking, entry),
        "question": blocks.build_question(INFO, asking, entry, asked, NAME),
        "answered": blocks.build_answered(asking, text, 1),
        "call": blocks.build_call(open_facts, closed, names),
        "result": blocks.build_result(closed_facts, closed, result, 1, names),
        "card": build_card(card, names, rank_box([entry])[0], discussion=closed),
    }


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", [0, 1, 5, 90])
def test_what_is_seen_of_a_discussion_stays_short(number: int, text: str) -> None:
    for name, message in build_messages(number, text).items():
        seen = read_seen(message)
        max_lines, max_characters = LIMITS[name]
        if name == "call" and number:  # the reasons are what it is for
            max_lines, max_characters = max_lines + 4 + 20, max_characters + 6100
        assert (len(seen.splitlines()) <= max_lines, len(seen) <= max_characters) == (True, True), (
            name,
            seen,
        )
        for shown in (message.blocks, message.plain_blocks):
            check_blocks(list(shown), "message")
            assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("direction", Direction)
def test_the_form_of_a_reason_fits(text: str, direction: Direction) -> None:
    reason = Reason("U0", direction, text[:MAX_REASON_CHARACTERS], shows_name=True)
    discussion = Discussion(
        3, 1, 1, "U1", "UTC", NOW, NOW, DiscussionState.ASKING, {"U0": 1, "U1": 5}, (reason,)
    )
    entry = Entry(1, Kind.PAIN, text[:300], "U1", NOW)
    view = forms.build_reason_form(INFO, discussion, entry, reason)
    check_view(view)
    assert "others may guess that it is yours" in str(view)


def test_of_many_reasons_the_first_are_shown_and_the_others_counted() -> None:
    messages = build_messages(90, "slow")
    for name in ("call", "result", "card"):
        assert str(messages[name].blocks).count("• slow") == 20, name
        assert str(messages[name].blocks).count("_…and 80 more_") == 2, name
