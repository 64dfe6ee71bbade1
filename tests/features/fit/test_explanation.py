"""*Why?* begins with the answer in one sentence; the figures to re-do by hand follow it."""

from datetime import UTC, datetime

import pytest

from bot.features.fit.explanation import build_explanation
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder

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
    return build_explanation(INFO, metrics, entry.id, "U1", {}).text.splitlines()


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
    builder = CanvasBuilder()
    builder.seal(builder.add(Kind.PAIN, text="slow"), datetime(2026, 3, 6, 17, tzinfo=UTC))
    metrics = builder.compute_metrics()
    text = build_explanation(INFO, metrics, 1, "U1", {}).text
    assert text.splitlines()[1].startswith("*It is sealed until ")
    assert "waits for votes" not in text.splitlines()[1]


FIGURES_OF = {
    "slow": [
        "*Score 4.00* = (3·2 + 14) ÷ (2 + 3). Votes: 5, 5, 4; the 3·2 are two imaginary votes of 3.",
        "*Weight 0.75* = (4.00 − 1) ÷ 4.",
        "*Must-have:* it has a score of 4.00 or more, and 3 votes or more.",
        "You voted 5. Of a number on the card and a vote in a form, the later one counts.",
        "*Rank 1* of 3 pains, shared with 1 other: by score, then by number of votes.",
        "*Agreement 0.83* = 1 + (2·log2(1 − |5 − 4.67| ÷ 4) + 1·log2(1 − |4 − 4.67| ÷ 4)) ÷ 3.",
        "*Coverage 1.00* = 1 − (1 − 1.00) (addressed from 0.50 on, partly above 0).",
        "• pain reliever “robot”: strength 1.00 = (2·1 + 0·½) ÷ 2 reviews",
        "*Evidence:* evidenced, 16 − 0 = 16 points.",
        "*Confidence 0.62* = 16 ÷ (16 + 0 + 10).",
        "The 10 points stand for doubt: every entry begins with them.",
        "• +16 “it is so” — Customer 1: paid 8 × 2 (digits of 10)",
        "*Risk 0.29* = 0.75·(1 − 0.62).",
    ],
    "dull": [
        "*Score 3.00* = (3·2 + 6) ÷ (2 + 2). Votes: 5, 1; the 3·2 are two imaginary votes of 3.",
        "*Weight 0.50* = (3.00 − 1) ÷ 4.",
        "*No must-have:* that takes a score of 4.00 or more, and 3 votes or more; it has 3.00 and 2 votes.",
        "You voted 1. Of a number on the card and a vote in a form, the later one counts.",
        "*Rank 3* of 3 pains: by score, then by number of votes.",
        (
            "*Agreement 0.00* = 1 + (1·log2(1 − |5 − 3.00| ÷ 4) + 1·log2(1 − |1 − 3.00| ÷ 4)) ÷ 2."
            " Below 0.50: the team is divided, discuss it."
        ),
        "*Coverage 0.00*: no offer was marked as fitting it (addressed from 0.50 on, partly above 0).",
        "*Evidence:* none, so it is assumed.",
        "*Next rung:* ask for the last time that it happened.",
    ],
    "report": [
        "*No votes:* without votes an entry has no score and no rank, and the fit is computed without it.",
        "You have not voted on it.",
        "*Coverage 0.00*: no offer was marked as fitting it (addressed from 0.50 on, partly above 0).",
        "*Evidence:* none, so it is assumed.",
        "*Next rung:* ask for the last time that it happened.",
    ],
    "robot": [
        "*Score 2.67* = (3·2 + 2) ÷ (2 + 1). Votes: 2; the 3·2 are two imaginary votes of 3.",
        "*Weight 0.42* = (2.67 − 1) ÷ 4.",
        "You have not voted on it.",
        "*Rank 1* of 1 pain reliever: by score, then by number of votes.",
        "*Agreement* is said from two votes on.",
        "*Relevance 0.80* = 1 − (1 − 0.75·1.00)·(1 − 0.75·0.25).",
        "Reviewed by somebody and somebody.",
        "• pain “slow” (weight 0.75): strength 1.00 = (2·1 + 0·½) ÷ 2 reviews",
        "• pain “dear” (weight 0.75): strength 0.25 = (0·1 + 1·½) ÷ 2 reviews",
        "Your marks: “slow” strong.",
        "*Evidence:* none, so it is assumed.",
        "*Next rung:* ask for the last time that it happened.",
    ],
    "idle": [
        "*No votes:* without votes an entry has no score and no rank, and the fit is computed without it.",
        "You have not voted on it.",
        "*Relevance 0.00*: it fits nothing yet.",
        "Reviewed by somebody.",
        "You have not reviewed it.",
        "*Evidence:* none, so it is assumed.",
        "*Next rung:* ask for the last time that it happened.",
    ],
    "shop": [
        "*Score 3.00* = (3·2 + 3) ÷ (2 + 1). Votes: 3; the 3·2 are two imaginary votes of 3.",
        "*Weight 0.50* = (3.00 − 1) ÷ 4.",
        "You have not voted on it.",
        "*Rank 1* of 2 products & services: by score, then by number of votes.",
        "*Agreement* is said from two votes on.",
        "It delivers “robot”.",
        "*Evidence:* none, so it is assumed.",
        "*Next rung:* ask for the last time that it happened.",
    ],
    "hotline": [
        "*No votes:* without votes an entry has no score and no rank, and the fit is computed without it.",
        "You have not voted on it.",
        "*Undelivered:* no pain reliever or gain creator names it.",
        "*Evidence:* none, so it is assumed.",
        "*Next rung:* ask for the last time that it happened.",
    ],
}


@pytest.mark.parametrize("text", FIGURES_OF)
def test_the_figures_follow_for_who_re_does_them(text: str) -> None:
    assert read_lines(text)[3:] == FIGURES_OF[text]


def test_with_fewer_voters_than_three_a_must_have_takes_the_votes_of_all() -> None:
    builder = CanvasBuilder()
    pain = builder.add(Kind.PAIN, 5, 5)
    metrics = builder.compute_metrics()
    text = build_explanation(INFO, metrics, pain, "U1", {}).text
    rule = "a score of 4.00 or more, and 2 votes or more (3 once that many members vote on this canvas)"
    assert f"*Must-have:* it has {rule}." in text.splitlines()


def test_votes_are_listed_from_the_highest_on_and_marks_on_what_is_no_need_any_more_are_not() -> None:
    builder = CanvasBuilder()
    pain, product = builder.add(Kind.PAIN, 1, 5, 3), builder.add(Kind.PRODUCT)
    offer = builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, {product: Mark.STRONG, pain: Mark.PARTIAL})
    metrics = builder.compute_metrics()

    def explain(entry_id: int) -> str:
        return build_explanation(INFO, metrics, entry_id, "U0", {}).text

    assert "Votes: 5, 3, 1;" in explain(pain)
    assert "Your marks: “pain 1” partial." in explain(offer)


def test_an_offer_helps_first_with_what_weighs_most() -> None:
    builder = CanvasBuilder()
    unvoted, light, heavy = (builder.add(Kind.PAIN, *levels) for levels in ((), (2,), (5,)))
    offer = builder.add(Kind.PAIN_RELIEVER)
    builder.review(offer, dict.fromkeys((unvoted, light, heavy), Mark.STRONG))
    metrics = builder.compute_metrics()
    text = build_explanation(INFO, metrics, offer, "U0", {}).text
    assert "helps with “pain 3”, “pain 2” and 1 more" in text
