"""The words of the verdict and of the counts."""

import pytest

from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.method.summary import describe_must_have_total, describe_undelivered, describe_verdict
from tests.method.build import CanvasBuilder


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
