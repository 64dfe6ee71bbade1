"""*Why?* begins with the answer in one sentence; the figures to re-do by hand follow it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.features.fit.explanation import build_explanation
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark, Seal
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder, build_entry

INFO = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, None)
TOP = "Rank 1 of 3 pains and a must-have, by 3 votes (two 5s, one 4)"
DIVIDED = "Rank 3 of 3 pains, by 2 votes (one 5, one 1) that divide the team"
FIGURES = "The figures behind it, to be re-done by hand:"


def build_board() -> CanvasMetrics:
    """Return pains that are addressed, partly addressed and not addressed, with what serves them."""
    builder = CanvasBuilder()
    slow, dear = (builder.add(Kind.PAIN, 5, 5, 4, text=text) for text in ("slow", "dear"))
    builder.add(Kind.PAIN, 5, 1, text="dull")
    builder.add(Kind.JOB, text="report")
    shop = builder.add(Kind.PRODUCT, 3, text="shop")
    builder.add(Kind.PRODUCT, text="hotline")
    robot = builder.add(Kind.PAIN_RELIEVER, 2, text="robot", delivered_by=(shop,))
    idle = builder.add(Kind.GAIN_CREATOR, text="idle")
    builder.add(Kind.GAIN_CREATOR, text="new")
    builder.review(robot, {slow: Mark.STRONG, dear: Mark.PARTIAL})
    builder.review(robot, {slow: Mark.STRONG})
    builder.review(idle)
    builder.record([slow])
    return builder.compute_metrics()


def read_lines(text: str) -> list[str]:
    """Return the lines of the explanation of the entry with this text."""
    metrics = build_board()
    entry = next(entry for entry in metrics.canvas.entries if entry.text == text)
    evidence = metrics.evidence
    return build_explanation(INFO, metrics, evidence, entry.id, "U1", {}).text.splitlines()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "slow",
            f"{TOP}; ✓ addressed by “robot”; evidenced.",
        ),
        (
            "dear",
            f"{TOP}; ◐ partly addressed by “robot”; no evidence yet.",
        ),
        (
            "dull",
            f"{DIVIDED}; ✗ not addressed; no evidence yet.",
        ),
        ("report", "It waits for votes; ✗ not addressed; no evidence yet."),
        (
            "robot",
            "Rank 1 of 1 pain reliever, by 1 vote (one 2); helps with “slow” and “dear”; no evidence yet.",
        ),
        ("idle", "It waits for votes; fits nothing yet; no evidence yet."),
        ("new", "It waits for votes; not reviewed yet; no evidence yet."),
        ("shop", "Rank 1 of 2 products & services, by 1 vote (one 3); delivers “robot”; no evidence yet."),
        ("hotline", "It waits for votes; no reliever or creator uses it yet; no evidence yet."),
    ],
)
def test_the_answer_comes_before_the_figures(text: str, answer: str) -> None:
    lines = read_lines(text)
    assert lines[1:3] == [f"*{answer}*", FIGURES]


def test_a_sealed_entry_is_not_said_to_wait_for_votes() -> None:
    seal = Seal(1, datetime(2026, 3, 6, 17, tzinfo=UTC))
    builder = CanvasBuilder()
    builder.entries = [replace(build_entry(1, Kind.PAIN, {}, "slow"), seal=seal)]
    metrics = builder.compute_metrics()
    text = build_explanation(INFO, metrics, metrics.evidence, 1, "U1", {}).text
    assert text.splitlines()[1].startswith("*It is sealed until ")
    assert "waits for votes" not in text.splitlines()[1]


def test_the_figures_follow_for_who_re_does_them() -> None:
    figures = read_lines("dear")[3:]
    assert figures[0].startswith("*Score 4.00* = (3·2 + 14) ÷ (2 + 3). Votes: 5, 5, 4;")
    assert "*Coverage 0.25* = 1 − (1 − 0.25) (addressed from 0.50 on, partly above 0)." in figures
