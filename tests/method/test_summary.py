"""The words of the verdict and of the counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest

from bot.method.kinds import Kind
from bot.method.model import Entry, Mark, Seal
from bot.method.ranking import rank_box
from bot.method.summary import (
    describe_must_have_total,
    describe_sealed,
    describe_undelivered,
    describe_verdict,
)
from tests.method.build import CanvasBuilder

TUESDAY = datetime(2026, 10, 13, 15, tzinfo=UTC)
BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("must_haves", "addressed", "total", "verdict"),
    [
        (0, 0, "No must-have yet", "Fit is not achieved: no need is a must-have yet."),
        (1, 0, "0 of 1 must-have addressed", "Fit is not achieved: 0 of 1 must-have addressed."),
        (3, 2, "2 of 3 must-haves addressed", "Fit is not achieved: 2 of 3 must-haves addressed."),
        (2, 2, "2 of 2 must-haves addressed", "Fit is achieved on paper: now test it with customers."),
    ],
)
def test_the_verdict_counts_the_must_haves(must_haves: int, addressed: int, total: str, verdict: str) -> None:
    canvas = CanvasBuilder()
    needs = [canvas.add(Kind.PAIN, 5, 5, 5) for _ in range(must_haves)]
    canvas.review(canvas.add(Kind.PAIN_RELIEVER), dict.fromkeys(needs[:addressed], Mark.STRONG))
    fit = canvas.compute_metrics().fit
    assert (describe_must_have_total(fit), describe_verdict(fit)) == (total, verdict)


def test_one_product_and_several_are_undelivered() -> None:
    assert [describe_undelivered(number) for number in (1, 2)] == [
        "Product that no reliever or creator uses yet",
        "Products that no reliever or creator uses yet",
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((), ""),
        ((0,), "1 need sealed until 13"),
        ((3, 3, 3), "3 needs sealed until 16"),
        ((8, 0), "1 need sealed until 13 and 1 longer"),
        ((0, 8, 0, 3), "2 needs sealed until 13 and 2 longer"),
    ],
)
def test_what_is_sealed_longer_is_counted_apart(days: tuple[int, ...], words: str) -> None:
    board = CanvasBuilder()
    unsealed = [board.entries[board.add(Kind.PAIN) - 1] for _ in (*days, 0)]
    for order in permutations(days):
        sealed = [seal_for(entry, day) for entry, day in zip(unsealed, order, strict=False)]
        ranked = rank_box([*sealed, unsealed[-1]])
        assert describe_sealed(ranked, lambda moment: str(moment.day), "need", "needs") == words
        assert describe_sealed(ranked, lambda moment: str(moment.day)) == words.replace(" needs", "").replace(
            " need", ""
        )


def test_the_same_moment_in_two_time_zones_is_one_end() -> None:
    board = CanvasBuilder()
    first, second = (board.entries[board.add(Kind.PAIN) - 1] for _ in range(2))
    seals = (Seal(1, TUESDAY), Seal(2, TUESDAY.astimezone(BERLIN)))
    ranked = rank_box([replace(first, seal=seals[0]), replace(second, seal=seals[1])])
    assert describe_sealed(ranked, lambda _: "then") == "2 sealed until then"


def seal_for(entry: Entry, days: int) -> Entry:
    return replace(entry, seal=Seal(days, TUESDAY + timedelta(days=days)))
