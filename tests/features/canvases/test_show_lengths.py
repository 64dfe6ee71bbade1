"""`show` has one folding line for each box; the entries unfold in rank order."""

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.canvases.blocks import build_past_day_message, build_show_message
from bot.features.fit.next_step import build_next_step
from bot.method.kinds import Kind
from bot.method.model import Grade, Mark
from bot.method.next_step import find_next_step
from bot.slack.blockkit.builders import Message
from bot.store.model import CanvasInfo
from tests.features.seen_text import read_seen
from tests.method.build import STARTED_AT, CanvasBuilder

INFO = CanvasInfo(1, "C1", "N" * 80, "S" * 80, "U0", "UTC", STARTED_AT, None)
PICTURE_NOTE = "I sent you the picture in our direct message."
MAX_LINES = 9  # beside the line of the picture
MAX_CHARACTERS = 725
TEXTS = ["slow", "word " * 60, "<&>" * 100, "長" * 300]


def build_canvas(number: int, text: str) -> CanvasBuilder:
    builder = CanvasBuilder()
    for n in range(number):
        builder.add([*Kind][n % len(Kind)], 5, 1 + n % 5, 5, text=f"{n} {text}")
    return builder


def build_message(builder: CanvasBuilder) -> Message:
    metrics = builder.compute_metrics()
    return build_show_message(INFO, metrics, PICTURE_NOTE, build_next_step(INFO, find_next_step(metrics)))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", [0, 1, 25, 500])
def test_what_is_seen_of_a_canvas_stays_short(number: int, text: str) -> None:
    message = build_message(build_canvas(number, text))
    seen = read_seen(message)
    assert len(seen.splitlines()) <= MAX_LINES + 1
    assert len(seen) <= MAX_CHARACTERS
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


def test_the_line_of_a_box_counts_entries_and_must_haves() -> None:
    builder = CanvasBuilder()
    slow, _dear = builder.add(Kind.PAIN, 5, 5, 5, text="slow"), builder.add(Kind.PAIN, 5, 5, 5, text="dear")
    job, _ = builder.add(Kind.JOB, 5, 5, 5, text="report"), builder.add(Kind.GAIN, 1, text="fun")
    robot = builder.add(Kind.PAIN_RELIEVER, text="robot")
    builder.review(robot, {slow: Mark.STRONG, job: Mark.STRONG})
    message = build_message(builder)
    seen = read_seen(message)
    assert ":dart: Jobs 1 · ★1 · all addressed\n:warning: Pains 2 · ★2 · 1 of 2 addressed\n" in seen
    assert ":sparkles: Gains 1 · no must-have yet\n:package: Products & services: nothing yet\n" in seen
    assert ":adhesive_bandage: Pain relievers 1\n" in seen
    pains = [block for block in message.blocks if block["type"] == "container"][1]
    lines = ["1. slow — 4.20 :star: · ✓ addressed", "1. dear — 4.20 :star: · ✗ not addressed"]
    assert blocks_to_text(pains["child_blocks"]) == "\n".join(lines)
    plain = blocks_to_text(list(message.plain_blocks))
    assert "\n".join([":warning: *Pains* (2)", *lines, ""]) in plain
    assert ":package: *Products & services*\n_nothing yet_" in plain


def test_only_an_entry_with_evidence_says_what_it_comes_to() -> None:
    builder = CanvasBuilder()
    slow, dear, far = (builder.add(Kind.PAIN, 5, 5, 5, text=text) for text in ("slow", "dear", "far"))
    builder.add(Kind.PAIN, 5, 5, 5, text="loud")
    builder.record([slow], [dear])
    builder.record([far], grade=Grade.TOLD, count=1)
    plain = blocks_to_text(list(build_message(builder).plain_blocks))
    assert "1. slow — 4.20 :star: · ✗ not addressed · _evidenced_\n" in plain
    assert "1. dear — 4.20 :star: · ✗ not addressed · _refuted_\n" in plain
    assert "1. far — 4.20 :star: · ✗ not addressed · _some evidence_\n" in plain
    assert "1. loud — 4.20 :star: · ✗ not addressed\n" in plain


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", [1, 25, 500])
def test_evidence_on_every_entry_fits_too(number: int, text: str) -> None:
    builder = build_canvas(number, text)
    builder.record(range(1, number + 1), quote=text)
    for entry_id in range(1, number + 1):
        builder.record([entry_id], quote=text)
    message = build_message(builder)
    assert len(read_seen(message)) <= MAX_CHARACTERS
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


def test_a_past_day_has_its_evidence() -> None:
    builder = build_canvas(1, "slow")
    builder.record([1])
    message = build_past_day_message(INFO, STARTED_AT.date(), builder.compute_metrics())
    text = blocks_to_text(list(message.plain_blocks))
    assert "· _evidenced_" in text
    assert "with the votes, marks and evidence of then." in text


def test_a_past_day_folds_its_boxes_too() -> None:
    metrics = build_canvas(25, "slow").compute_metrics()
    message = build_past_day_message(INFO, STARTED_AT.date(), metrics)
    assert len(read_seen(message).splitlines()) <= MAX_LINES + 3  # verdict, counts, percentages
    assert len([block for block in message.blocks if block["type"] == "container"]) == len(Kind)


def test_today_is_shown_as_it_is_now_and_a_past_day_by_its_weekday() -> None:
    metrics = build_canvas(1, "slow").compute_metrics()
    past = read_seen(build_past_day_message(INFO, STARTED_AT.date(), metrics))
    assert "As it was at the end of Mon 2 Mar 2026 (UTC), with the votes and marks of then." in past
    today = read_seen(build_past_day_message(INFO, STARTED_AT.date(), metrics, is_over=False))
    assert "As it is now, on Mon 2 Mar 2026 (UTC), which is not over." in today
    assert "at the end" not in today
