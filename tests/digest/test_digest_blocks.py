"""What a digest says stays within Slack's limits, with its chart and without."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, count_characters, check_blocks
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.digest import blocks, chart
from bot.features.digest.model import DigestFacts
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Mark, Review
from bot.store.model import CanvasInfo

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
HEAD = CanvasInfo(1, "C1", "Reports <!channel>", "shops", "U1", "UTC", NOW, "1.0")


def figured(*entries: Entry, reviews: tuple[Review, ...] = ()) -> CanvasMetrics:
    return compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries, reviews))


def entry(key: int, text: str, kind: Kind = Kind.PAIN, *votes: int) -> Entry:
    return Entry(key, kind, text, "U1", NOW, votes={f"U{n}": level for n, level in enumerate(votes, start=1)})


@pytest.mark.parametrize("text", ["<&>" * 100, "*bold* " * 42, "x" * 300])
def test_many_long_entries_fit(text: str) -> None:
    kinds = list(Kind)

    def entries(level: int, first: int) -> list[Entry]:
        return [
            entry(n, f"{n} {text}"[:300], kinds[n % 6], 1 + (n * level) % 5, 5)
            for n in range(first, first + 60)
        ]

    before, now = (
        figured(*entries(1, 0)),
        figured(*entries(2, 10), reviews=(Review(16, "U1", {12: Mark.STRONG}),)),
    )
    trend = [(f"{day} Oct", told.fit) for day, told in ((5, before), (12, now))]
    said = blocks.compose_digest(DigestFacts(HEAD, now, before, trend, late_slot="2026-10-05 09:00"))
    for shown in (said.blocks, said.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS
        assert "<!channel>" not in str(shown).replace("Fit digest: Reports <!channel>", "")


def test_the_chart_is_left_out_where_it_is_not_known_and_its_words_stay() -> None:
    before, now = figured(entry(1, "slow")), figured(entry(1, "slow", Kind.PAIN, 5))
    said = blocks.compose_digest(DigestFacts(HEAD, now, before, [("5 Oct", before.fit), ("12 Oct", now.fit)]))
    assert "data_visualization" in {block["type"] for block in said.blocks}
    assert [block for block in said.blocks if block["type"] != "data_visualization"] == list(
        said.plain_blocks
    )
    assert "Trend: 0 % → 0 %" in blocks_to_text(list(said.plain_blocks))


def test_two_digests_of_one_day_are_two_points() -> None:
    now = figured(entry(1, "slow", Kind.PAIN, 5))
    drawn = chart.build_trend_chart([("5 Oct", now.fit), ("5 Oct", now.fit), ("6 Oct", now.fit)])
    assert drawn is not None
    check_blocks(list(drawn.blocks), "message")
    assert drawn.blocks[0]["chart"]["axis_config"]["categories"] == ["5 Oct", "5 Oct (2)", "6 Oct"]


def test_one_point_is_no_trend() -> None:
    nothing, something = figured(), figured(entry(1, "slow"))
    assert something.fit.overall == Fraction(0)
    assert chart.build_trend_chart([("5 Oct", nothing.fit), ("6 Oct", something.fit)]) is None
