"""The metrics once more, written from the method's page alone: slow, plain and without the bot's formulas.

Nothing here is shared with the bot but the state that it reads.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import log2

from bot.method.metrics import CanvasMetrics
from bot.method.model import Canvas, Entry

CUSTOMER = ["job", "pain", "gain"]
OFFERED = ["pain_reliever", "gain_creator"]
KINDS = [*CUSTOMER, "product", *OFFERED]


@dataclass
class Expected:
    """All metrics of a canvas in plain containers, by the ids of entries."""

    order: dict[str, list[int]] = field(default_factory=dict)  # kind to ids in rank order
    rank: dict[int, int] = field(default_factory=dict)
    score: dict[int, Fraction] = field(default_factory=dict)
    weight: dict[int, Fraction] = field(default_factory=dict)
    must_haves: set[int] = field(default_factory=set)
    coverage: dict[int, Fraction] = field(default_factory=dict)
    addressed: set[int] = field(default_factory=set)
    relevance: dict[int, Fraction] = field(default_factory=dict)
    fit: dict[str, Fraction | None] = field(default_factory=dict)  # kind or 'all' to share
    counts: dict[str, str] = field(default_factory=dict)
    achieved: bool = False
    gaps: list[int] = field(default_factory=list)
    fits_nothing: set[int] = field(default_factory=set)
    undelivered: list[int] = field(default_factory=list)
    over_rated: set[int] = field(default_factory=set)
    unreviewed: set[int] = field(default_factory=set)


def observed(metrics: CanvasMetrics) -> Expected:
    """Return what the bot computes, in the same containers."""
    return Expected(
        order={str(kind): [ranked.entry.id for ranked in box] for kind, box in metrics.boxes.items()},
        rank={key: ranked.rank for key, ranked in metrics.ranked.items()},
        score={key: ranked.score for key, ranked in metrics.ranked.items()},
        weight={key: ranked.weight for key, ranked in metrics.ranked.items()},
        must_haves={key for key, ranked in metrics.ranked.items() if ranked.must_have},
        coverage={key: need.coverage for key, need in metrics.needs.items()},
        addressed={key for key, need in metrics.needs.items() if need.addressed},
        relevance={key: offer.relevance for key, offer in metrics.offers.items()},
        fit={**{str(kind): share for kind, share in metrics.fit.shares.items()}, "all": metrics.fit.overall},
        counts={str(kind): str(count) for kind, count in metrics.fit.must_haves.items()},
        achieved=metrics.fit.achieved,
        gaps=[need.ranked.entry.id for need in metrics.fit.gaps],
        fits_nothing={offer.ranked.entry.id for offer in metrics.fits_nothing},
        undelivered=[ranked.entry.id for ranked in metrics.undelivered],
        over_rated={offer.ranked.entry.id for offer in metrics.over_rated},
        unreviewed={offer.ranked.entry.id for offer in metrics.unreviewed},
    )


def expected(canvas: Canvas) -> Expected:
    """Return what the method's page defines."""
    result = Expected()
    for kind in KINDS:
        _rank([entry for entry in canvas.entries if entry.kind == kind], kind, result)
    needs = [entry.id for entry in canvas.entries if entry.kind in CUSTOMER]
    offers = [entry.id for entry in canvas.entries if entry.kind in OFFERED]
    for need in needs:
        left = Fraction(1)
        for offer in offers:
            left = left * (1 - strength(canvas, offer, need))
        result.coverage[need] = 1 - left
    for offer in offers:
        left = Fraction(1)
        for need in needs:
            left = left * (1 - result.weight[need] * strength(canvas, offer, need))
        result.relevance[offer] = 1 - left
    result.addressed = {need for need in needs if result.coverage[need] * 2 >= 1}
    result.must_haves = {need for need in needs if result.score[need] >= 4}
    _fit(canvas, needs, result)
    _offers(canvas, offers, result)
    return result


def strength(canvas: Canvas, offer: int, need: int) -> Fraction:
    """The sum of the marks ÷ the number of members who reviewed the offer."""
    worth = {"STRONG": Fraction(1), "PARTIAL": Fraction(1, 2)}
    marked = [review.marks.get(need) for review in canvas.reviews if review.offer_id == offer]
    given = sum((worth[mark.name] for mark in marked if mark is not None), start=Fraction(0))
    return given / len(marked) if marked else Fraction(0)


def agreement(levels: list[int]) -> float | None:
    """1 + (1/n)·Σ log2(1 − |level − mean| / 4)."""
    n = len(levels)
    if n < 2:
        return None
    mean = sum(levels) / n
    return 1 + sum(log2(1 - abs(level - mean) / 4) for level in levels) / n


def _rank(box: list[Entry], kind: str, result: Expected) -> None:
    merit = {}
    for entry in box:
        points, n = Fraction(6), 0
        for level in entry.votes.values():
            points, n = points + level, n + 1
        result.score[entry.id] = points / (n + 2)
        result.weight[entry.id] = result.score[entry.id] / 4 - Fraction(1, 4)
        merit[entry.id] = (result.score[entry.id], n)
    for key, own in merit.items():
        result.rank[key] = 1 + len([other for other in merit.values() if other > own])
    result.order[kind] = [key for rank in range(1, len(box) + 1) for key in merit if result.rank[key] == rank]


def _fit(canvas: Canvas, needs: list[int], result: Expected) -> None:
    box = {entry.id: str(entry.kind) for entry in canvas.entries}
    for kind in [*CUSTOMER, "all"]:
        among = [need for need in needs if kind in {"all", box[need]}]
        whole = sum(result.weight[need] for need in among)
        covered = sum(result.weight[need] * result.coverage[need] for need in among)
        result.fit[kind] = Fraction(covered) / whole if whole > 0 else None
        if kind != "all":
            wanted = result.must_haves & set(among)
            result.counts[kind] = f"{len(wanted & result.addressed)}/{len(wanted)}"
    result.achieved = len(result.must_haves) > 0 and result.must_haves <= result.addressed
    remaining = [need for need in needs if need not in result.addressed]
    while remaining:
        pool = [need for need in remaining if need in result.must_haves] or remaining
        worst = pool[0]
        for need in pool:
            if result.weight[need] * (1 - result.coverage[need]) > result.weight[worst] * (
                1 - result.coverage[worst]
            ):
                worst = need
        result.gaps.append(worst)
        remaining.remove(worst)


def _offers(canvas: Canvas, offers: list[int], result: Expected) -> None:
    reviewed = {review.offer_id for review in canvas.reviews}
    result.unreviewed = {offer for offer in offers if offer not in reviewed}
    result.fits_nothing = {offer for offer in offers if offer in reviewed and result.relevance[offer] == 0}
    named = {product for entry in canvas.entries if entry.id in offers for product in entry.delivered_by}
    result.undelivered = [product for product in result.order["product"] if product not in named]
    voted = {entry.id for entry in canvas.entries if entry.votes}
    for kind in OFFERED:
        box = result.order[kind]
        third = len(box) // 3
        for offer in box:
            place = 1 + len([other for other in box if result.relevance[other] > result.relevance[offer]])
            if result.rank[offer] <= third and place > len(box) - third and offer in reviewed & voted:
                result.over_rated.add(offer)
