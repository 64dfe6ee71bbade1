"""The ranking shows one box in few lines, and its text has all of them."""

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.features.ranking.blocks import build_ranking
from bot.method.kinds import Kind
from bot.slack.blockkit.builders import MAX_FALLBACK_CHARACTERS, Message
from bot.store.model import CanvasInfo
from tests.features.seen_text import read_seen
from tests.method.build import STARTED_AT, CanvasBuilder

INFO = CanvasInfo(1, "C1", "N" * 80, "S" * 80, "U0", "UTC", STARTED_AT, None)
LINK = "https://a-rather-long-name-of-a-workspace.slack.com/archives/C0123456789/p1760000000000000"
MAX_LINES = 19  # with ten entries, the first page of the table
MAX_CHARACTERS = 1712
TEXTS = ["slow", "word " * 60, "<&>" * 100, "長" * 300]


def build_message(number: int, text: str, *kinds: Kind, has_evidence: bool = False) -> Message:
    builder = CanvasBuilder()
    for n in range(number):
        builder.add([*Kind][n % len(Kind)], 5, 1 + n % 5, 5, text=f"{n} {text}")
    if has_evidence:
        builder.record(range(1, number + 1), quote=text)
    metrics = builder.compute_metrics()
    links = dict.fromkeys(metrics.ranked, LINK)
    return build_ranking(INFO, metrics, kinds or tuple(Kind), "U9", links)


@pytest.mark.parametrize("has_evidence", [False, True])
@pytest.mark.parametrize("kinds", [(), (Kind.PAIN,)])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", [0, 1, 25, 500])
def test_what_is_seen_of_a_ranking_stays_short(
    number: int, text: str, kinds: tuple[Kind, ...], has_evidence: bool
) -> None:
    message = build_message(number, text, *kinds, has_evidence=has_evidence)
    seen = read_seen(message)
    assert len(seen.splitlines()) <= MAX_LINES
    assert len(seen) <= MAX_CHARACTERS
    assert len(message.text) <= MAX_FALLBACK_CHARACTERS
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


def test_only_an_entry_with_evidence_says_what_it_comes_to() -> None:
    builder = CanvasBuilder()
    slow, _, late = builder.add(Kind.PAIN, 5, text="slow"), builder.add(Kind.PAIN, 5, text="dear"), 3
    builder.add(Kind.PAIN, text="late")
    builder.record([slow], [late])
    message = build_ranking(INFO, builder.compute_metrics(), [Kind.PAIN], "U9", {})
    assert "1 | slow · evidenced | 3.67 | 1\n1 | dear | 3.67 | 1\n" in read_seen(message)
    lines = "1. slow — *3.67*, 1 vote · _evidenced_\n1. dear — *3.67*, 1 vote\n"
    assert f"{lines}– late — waits for votes · _refuted_" in message.text


def test_the_text_has_every_box_with_its_agreement_and_links() -> None:
    text = build_message(12, "slow").text
    for kind in Kind:
        assert f"{kind.spec.plural[0].upper()}{kind.spec.plural[1:]} (2)\n1. " in text
    assert text.count(", 3 votes, agreement ") == 12
    assert f"• job: 0 slow <{LINK}|vote>" in text
