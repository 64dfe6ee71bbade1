"""The message of the fit: counts, must-haves, then percentages; the rest is folded."""

from dataclasses import replace

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.fit.blocks import build_fit_message, describe_gates
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.method.next_step import NextStep, StepAction
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder, build_entry

INFO = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, None)
PAIN = build_entry(5, Kind.PAIN, {}, "slow")
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


def test_the_gates_are_said_with_their_counts() -> None:
    builder = CanvasBuilder()
    pain = builder.add(Kind.PAIN, 5, 5, 5)
    offer = builder.add(Kind.PAIN_RELIEVER)
    assert describe_gates(builder.compute_metrics().evidence) == [
        "Fit in evidence 0\u00a0%",
        "Problem–solution fit: not yet (0 of 1 must-have addressed, 0 of 1 evidenced)",
        "Product–market fit: not yet (0 of 1 with an offer in use, 0 sources paid)",
    ]
    builder.review(offer, {pain: Mark.STRONG})
    for _ in range(2):
        builder.record([pain, offer])
    assert describe_gates(builder.compute_metrics().evidence) == [
        "Fit in evidence 58\u00a0%",
        "Problem–solution fit: reached (1 of 1 must-have addressed, 1 of 1 evidenced)",
        "Product–market fit: reached (1 of 1 with an offer in use, 2 sources paid)",
        "Whether the business earns more than it costs is not decided on this canvas",
    ]


def test_only_must_haves_are_said_to_lack_evidence() -> None:
    text = build_fit_message(INFO, build_board().compute_metrics()).text
    assert "*Must-haves without enough evidence:* “pain 0”, “pain 1” and “pain 2”" in text


@pytest.mark.parametrize(("number", "more"), [(10, ""), (11, "_…and 1 more_"), (13, "_…and 3 more_")])
def test_ten_gaps_are_listed_and_the_others_counted(number: int, more: str) -> None:
    builder = CanvasBuilder()
    for _ in range(number):
        builder.add(Kind.GAIN, 2)
    lines = build_fit_message(INFO, builder.compute_metrics()).text.splitlines()
    start = lines.index("*Gaps*")
    assert lines[start + 10].startswith("10. ✗ gain")
    assert [line for line in lines if "…and" in line] == [more][: bool(more)]


@pytest.mark.parametrize(
    ("step", "label", "action_id", "value"),
    [
        (NextStep(StepAction.ADD, "x", kind=Kind.PAIN), "Add a pain", "run:", "add pain"),
        (NextStep(StepAction.ANSWER, "x", PAIN, Kind.PAIN_RELIEVER), "Add a pain reliever", "answer", "1:5"),
        (NextStep(StepAction.RANK, "x"), "Vote on all boxes", "vote:", "1:all"),
        (NextStep(StepAction.RANK, "x", kind=Kind.PAIN), "Vote on the pains", "vote:", "1:pain"),
        (NextStep(StepAction.REVIEW, "x", PAIN), "Review it", "review_at", "1:5"),
        (NextStep(StepAction.TEST, "x", PAIN), "Test it", "test_start", "1:5"),
        (NextStep(StepAction.LIST_TESTS, "x"), "See the tests", "run:", "test"),
    ],
)
def test_the_button_of_a_step_does_it(step: NextStep, label: str, action_id: str, value: str) -> None:
    (block,) = build_next_step(INFO, step)
    button = block["accessory"]
    assert (button["text"]["text"], button["style"]) == (label, "primary")
    assert button["action_id"].startswith(action_id)
    assert value in button["value"]


def test_a_step_is_said_with_the_text_of_its_entry_or_until_when_it_is_open() -> None:
    assert format_next_step(NextStep(StepAction.VIEW, "“{}”!", replace(PAIN, text="a<b"))) == "“a&lt;b”!"
    until = format_next_step(NextStep(StepAction.RANK, "until {}.", until=STARTED_AT))
    assert until.startswith("until <!date^")
    assert format_next_step(NextStep(StepAction.RANK, "vote")) == "vote"
