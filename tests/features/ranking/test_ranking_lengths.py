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
MAX_CHARACTERS = 1700
TEXTS = ["slow", "word " * 60, "<&>" * 100, "長" * 300]


def build_message(number: int, text: str, *kinds: Kind) -> Message:
    builder = CanvasBuilder()
    for n in range(number):
        builder.add([*Kind][n % len(Kind)], 5, 1 + n % 5, 5, text=f"{n} {text}")
    metrics = builder.compute_metrics()
    links = dict.fromkeys(metrics.ranked, LINK)
    return build_ranking(INFO, metrics, kinds or tuple(Kind), "U9", links)


@pytest.mark.parametrize("kinds", [(), (Kind.PAIN,)])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", [0, 1, 25, 500])
def test_what_is_seen_of_a_ranking_stays_short(number: int, text: str, kinds: tuple[Kind, ...]) -> None:
    message = build_message(number, text, *kinds)
    seen = read_seen(message)
    assert len(seen.splitlines()) <= MAX_LINES
    assert len(seen) <= MAX_CHARACTERS
    assert len(message.text) <= MAX_FALLBACK_CHARACTERS
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


def test_the_text_has_every_box_with_its_agreement_and_links() -> None:
    text = build_message(12, "slow").text
    for kind in Kind:
        assert f"{kind.spec.plural[0].upper()}{kind.spec.plural[1:]} (2)\n1. " in text
    assert text.count(", 3 votes, agreement ") == 12
    assert f"• job: 0 slow <{LINK}|vote>" in text
