"""A digest stays within Slack's limits, with its chart and without."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.digest.blocks import compose_digest
from bot.features.digest.chart import build_trend_chart
from bot.features.digest.model import DigestFacts, ReportedFit
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Mark, Review
from bot.store.model import CanvasInfo

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "Reports <!channel>", "shops", "U1", "UTC", NOW, "1.0")


def build_metrics(*entries: Entry, reviews: tuple[Review, ...] = ()) -> CanvasMetrics:
    return compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries, reviews))


def build_entry(entry_id: int, text: str, kind: Kind = Kind.PAIN, *votes: int) -> Entry:
    return Entry(
        entry_id, kind, text, "U1", NOW, votes={f"U{n}": level for n, level in enumerate(votes, start=1)}
    )


@pytest.mark.parametrize("text", ["<&>" * 100, "*bold* " * 42, "x" * 300])
def test_a_digest_of_many_long_entries_fits_into_slack(text: str) -> None:
    kinds = list(Kind)

    def entries(level: int, first: int) -> list[Entry]:
        return [
            build_entry(n, f"{n}{level} {text}"[:300], kinds[n % 6], 1 + (n * level) % 5, 5)
            for n in range(first, first + 60)
        ]

    before, now = (
        build_metrics(*entries(1, 0)),
        build_metrics(*entries(2, 10), reviews=(Review(16, "U1", {12: Mark.STRONG}),)),
    )
    trend = [(f"{day} Oct", ReportedFit.of(metrics.fit)) for day, metrics in ((5, before), (12, now))]
    message = compose_digest(DigestFacts(INFO, now, before, trend, late_due_at=NOW))
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS
        assert "<!channel>" not in str(shown).replace("Fit digest: Reports <!channel>", "")
    assert message.text.startswith("Fit digest: Reports &lt;!channel&gt; for shops · ")
    assert "<!channel>" not in message.text


def test_without_the_chart_the_trend_is_still_there_in_words() -> None:
    before = build_metrics(build_entry(1, "slow", Kind.PAIN, 3))
    now = build_metrics(build_entry(1, "slow", Kind.PAIN, 5))
    trend = [("5 Oct", ReportedFit.of(before.fit)), ("12 Oct", ReportedFit.of(now.fit))]
    message = compose_digest(DigestFacts(INFO, now, before, trend))
    assert {"data_visualization", "container"} <= {block["type"] for block in message.blocks}
    assert not {"data_visualization", "container"} & {block["type"] for block in message.plain_blocks}
    assert "Trend: 0\u00a0% → 0\u00a0%" in blocks_to_text(list(message.plain_blocks))


def test_two_digests_of_one_day_are_two_points() -> None:
    now = build_metrics(build_entry(1, "slow", Kind.PAIN, 5))
    drawn = build_trend_chart([(day, ReportedFit.of(now.fit)) for day in ("5 Oct", "5 Oct", "6 Oct")])
    assert drawn is not None
    check_blocks(list(drawn.blocks), "message")
    assert drawn.blocks[0]["chart"]["axis_config"]["categories"] == ["5 Oct", "5 Oct (2)", "6 Oct"]


def test_one_point_is_no_trend() -> None:
    nothing, something = build_metrics(), build_metrics(build_entry(1, "slow", Kind.PAIN, 3))
    assert something.fit.overall == Fraction(0)
    trend = [("5 Oct", ReportedFit.of(nothing.fit)), ("6 Oct", ReportedFit.of(something.fit))]
    assert build_trend_chart(trend) is None
