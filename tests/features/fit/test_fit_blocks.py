"""The message of the fit: counts, must-haves, then percentages; the rest is folded."""

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.fit.blocks import build_fit_message
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder

INFO = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, None)
MAX_LINES = 11  # that are seen before anything unfolds


def build_board(must_haves: int = 3, text: str = "") -> CanvasBuilder:
    """Return pains that are must-haves: the first is addressed, the second partly, the others are not."""
    builder = CanvasBuilder()
    pains = [builder.add(Kind.PAIN, 5, 5, 5, text=text or f"pain {n}") for n in range(must_haves)]
    builder.add(Kind.JOB, 2, text="report")
    offer, useless = (
        builder.add(Kind.PAIN_RELIEVER, text="robot"),
        builder.add(Kind.GAIN_CREATOR, text="idle"),
    )
    marks = {pains[0]: Mark.STRONG} | ({pains[1]: Mark.PARTIAL} if must_haves > 1 else {})
    builder.review(offer, marks)
    builder.review(offer, {pains[0]: Mark.STRONG})
    builder.review(useless)
    return builder


def read_seen(builder: CanvasBuilder) -> str:
    """Return what is seen before anything unfolds."""
    blocks = [
        each
        for each in build_fit_message(INFO, builder.compute_metrics()).blocks
        if each["type"] != "container"
    ]
    return blocks_to_text(blocks)


def test_must_haves_show_what_serves_them_the_missed_ones_first() -> None:
    text = read_seen(build_board())
    assert (
        "◐ :star: pain “pain 1”: partly addressed by “robot”\n✓ :star: pain “pain 0”: addressed by “robot”"
        in text
    )
    assert "✗ :star: pain “pain 2”: not addressed\n" in text
    assert text.index("✗ :star: pain “pain 2”") < text.index("%")
    assert "Over-rated" not in text


def test_the_rest_is_folded_and_whole_in_the_text() -> None:
    message = build_fit_message(INFO, build_board().compute_metrics())
    (container,) = (block for block in message.blocks if block["type"] == "container")
    folded = blocks_to_text(container["child_blocks"])
    assert (
        "*Gaps*\n1. ✗ :star: pain “pain 2”: not addressed\n2. ◐ :star: pain “pain 1”: partly addressed\n"
        in folded
    )
    assert "*Offers that fit nothing yet:* “idle”" in folded
    assert (
        container["title"]["text"]
        == "Gaps, offers that fit nothing yet and must-haves without enough evidence"
    )
    assert "Offers that fit nothing yet" in message.text
    assert "Offers that fit nothing yet" in blocks_to_text(list(message.plain_blocks))


def test_no_figure_with_decimals_is_shown() -> None:
    message = build_fit_message(INFO, build_board().compute_metrics())
    assert "0.25" not in message.text
    assert "4.20" not in message.text


@pytest.mark.parametrize("number", [1, 4, 25])
def test_the_fit_stays_short_while_the_must_haves_are_addressed(number: int) -> None:
    builder = CanvasBuilder()
    pains = [builder.add(Kind.PAIN, 5, 5, 5) for _ in range(number)]
    offer = builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, dict.fromkeys(pains, Mark.STRONG))
    assert len(read_seen(builder).splitlines()) <= MAX_LINES


@pytest.mark.parametrize("text", ["x" * 300, "<&>" * 100, "長" * 300])
def test_five_hundred_long_must_haves_break_no_limit(text: str) -> None:
    message = build_fit_message(INFO, build_board(500, text).compute_metrics())
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS
