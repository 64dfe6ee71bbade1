"""A digest stays short, however much there is to tell."""

import re
from dataclasses import replace

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.digest.blocks import compose_digest
from bot.features.digest.model import DigestFacts, ReportedFit
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Mark
from bot.slack.blockkit.builders import Message
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder

INFO = CanvasInfo(1, "C1", "Spokeful", "people who ride to work", "U1", "UTC", STARTED_AT, None)
MAX_SEEN_LINES = 12  # with the row of buttons
MAX_SEEN_CHARACTERS = 2000
LONG_TEXT = (
    "The shop keeps the bike for a week and nobody says when it is done, so people go by bus again. " * 3
)


def build_canvas(number: int, level: int) -> CanvasMetrics:
    """Return a canvas of so many long entries, with votes of this level, and marks on some needs."""
    builder, kinds = CanvasBuilder(), [*Kind]
    for position in range(number):
        builder.add(kinds[position % 6], level, 5, 5, text=f"{position} {LONG_TEXT}"[:300])
    needs = [entry.id for entry in builder.entries if entry.kind in NEED_KINDS]
    for offer in [entry.id for entry in builder.entries if entry.kind in OFFER_KINDS][:40]:
        builder.review(offer, dict.fromkeys(needs[:level], Mark.STRONG))
    return builder.compute_metrics()


def compose(before: CanvasMetrics | None, after: CanvasMetrics) -> Message:
    trend = [("23 Nov", ReportedFit.of(before.fit))] if before else []
    trend.append(("30 Nov", ReportedFit.of(after.fit)))
    return compose_digest(DigestFacts(INFO, after, before, trend, STARTED_AT))


def read_seen(message: Message) -> str:
    """Return what is seen before anything unfolds, without the chart."""
    hidden = {"container", "data_visualization"}
    return blocks_to_text([block for block in message.blocks if block["type"] not in hidden])


@pytest.mark.parametrize("number", [0, 1, 25, 500])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_seen_of_a_digest_stays_short(number: int, is_first: bool) -> None:
    before = None if is_first else build_canvas(max(number - 3, 0), 2)
    message = compose(before, build_canvas(number, 5))
    seen = read_seen(message)
    assert len(seen.splitlines()) <= MAX_SEEN_LINES
    assert len(seen) <= MAX_SEEN_CHARACTERS
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS


def test_the_next_step_is_the_second_line_and_what_changed_the_third() -> None:
    before = build_canvas(25, 2)
    lines = read_seen(compose(before, build_canvas(25, 5))).splitlines()
    assert re.fullmatch(
        r"Fit digest: Spokeful for people who ride to work · \d+ of \d+ must-haves addressed", lines[0]
    )
    assert lines[1].startswith(":point_right: *Next:*")
    changed = re.fullmatch(
        r"Important jobs addressed 2/5 · extreme pains relieved \d/\d · essential gains created \d/\d · "
        r"also not addressed: :star: ✗ “.+…”, ✗ “.+…” and 5 more · "
        r"\*What changed since 23 Nov:\* fit (\d+) → (\d+)\u00a0%",
        lines[2],
    )
    assert changed
    points = [int(each.replace("−", "-")) for each in re.findall(r": fit ([+−]\d+) ", "\n".join(lines))]
    assert len(points) == 4
    assert sum(points) == int(changed[2]) - int(changed[1]), "what is seen adds up"


def test_every_missed_must_have_is_named_or_counted_before_any_percentage() -> None:
    builder = CanvasBuilder()
    for text in ("slow", "dear", "far"):
        builder.add(Kind.PAIN, 5, 5, 5, text=text)
    builder.add(Kind.JOB, 2, text="ride")
    builder.add(Kind.GAIN, 2, text="fun")
    builder.add(Kind.PRODUCT, 3, text="bike")
    for kind in OFFER_KINDS:
        builder.review(builder.add(kind, 3, text=f"a {kind}"), {})
    message = compose(None, builder.compute_metrics())
    told = read_seen(message).partition("%")[0]
    assert told.splitlines()[0].endswith("0 of 3 must-haves addressed")
    assert "Nothing addresses the must-have “slow” yet" in told.splitlines()[1]
    assert "extreme pains relieved 0/3" in told
    assert "also not addressed: :star: ✗ “dear” and ✗ “far” · *First digest:* fit 0\u00a0" in told
    for text in ("slow", "dear", "far"):
        assert told.count(f"“{text}”") == 1
        assert f"“{text}”" in message.text.partition("%")[0]


def test_nothing_that_changed_is_said_twice() -> None:
    metrics = build_canvas(25, 5)
    without_last = tuple(entry for entry in metrics.canvas.entries if entry.kind is not Kind.PAIN_RELIEVER)
    after = compute_metrics(replace(metrics.canvas, entries=without_last))
    seen = read_seen(compose(metrics, after))
    for entry in metrics.canvas.entries:
        if entry.kind is Kind.PAIN_RELIEVER:
            assert seen.count(f"“{entry.text[:20]}") <= 1
