"""The figures once more, written from the method's page alone: slow, plain and without the bot's formulas.

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
    """All figures of a canvas in plain containers, by the ids of entries."""

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


def observed(figures: CanvasMetrics) -> Expected:
    """What the bot says, in the same containers."""
    return Expected(
        order={str(kind): [place.entry.id for place in box] for kind, box in figures.boxes.items()},
        rank={key: place.rank for key, place in figures.ranked.items()},
        score={key: place.score for key, place in figures.ranked.items()},
        weight={key: place.weight for key, place in figures.ranked.items()},
        must_haves={key for key, place in figures.ranked.items() if place.must_have},
        coverage={key: need.coverage for key, need in figures.needs.items()},
        addressed={key for key, need in figures.needs.items() if need.addressed},
        relevance={key: offer.relevance for key, offer in figures.offers.items()},
        fit={**{str(kind): share for kind, share in figures.fit.shares.items()}, "all": figures.fit.overall},
        counts={str(kind): str(count) for kind, count in figures.fit.must_haves.items()},
        achieved=figures.fit.achieved,
        gaps=[need.ranked.entry.id for need in figures.fit.gaps],
        fits_nothing={offer.ranked.entry.id for offer in figures.fits_nothing},
        undelivered=[place.entry.id for place in figures.undelivered],
        over_rated={offer.ranked.entry.id for offer in figures.over_rated},
        unreviewed={offer.ranked.entry.id for offer in figures.unreviewed},
    )


def expected(canvas: Canvas) -> Expected:
    """What the method's page says."""
    said = Expected()
    for kind in KINDS:
        _rank([entry for entry in canvas.entries if entry.kind == kind], kind, said)
    needs = [entry.id for entry in canvas.entries if entry.kind in CUSTOMER]
    offers = [entry.id for entry in canvas.entries if entry.kind in OFFERED]
    for need in needs:
        left = Fraction(1)
        for offer in offers:
            left = left * (1 - strength(canvas, offer, need))
        said.coverage[need] = 1 - left
    for offer in offers:
        left = Fraction(1)
        for need in needs:
            left = left * (1 - said.weight[need] * strength(canvas, offer, need))
        said.relevance[offer] = 1 - left
    said.addressed = {need for need in needs if said.coverage[need] * 2 >= 1}
    said.must_haves = {need for need in needs if said.score[need] >= 4}
    _fit(canvas, needs, said)
    _offers(canvas, offers, said)
    return said


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


def _rank(box: list[Entry], kind: str, said: Expected) -> None:
    merit = {}
    for entry in box:
        points, n = Fraction(6), 0
        for level in entry.votes.values():
            points, n = points + level, n + 1
        said.score[entry.id] = points / (n + 2)
        said.weight[entry.id] = said.score[entry.id] / 4 - Fraction(1, 4)
        merit[entry.id] = (said.score[entry.id], n)
    for key, own in merit.items():
        said.rank[key] = 1 + len([other for other in merit.values() if other > own])
    said.order[kind] = [key for rank in range(1, len(box) + 1) for key in merit if said.rank[key] == rank]


def _fit(canvas: Canvas, needs: list[int], said: Expected) -> None:
    box = {entry.id: str(entry.kind) for entry in canvas.entries}
    for kind in [*CUSTOMER, "all"]:
        among = [need for need in needs if kind in {"all", box[need]}]
        whole = sum(said.weight[need] for need in among)
        covered = sum(said.weight[need] * said.coverage[need] for need in among)
        said.fit[kind] = Fraction(covered) / whole if whole > 0 else None
        if kind != "all":
            wanted = said.must_haves & set(among)
            said.counts[kind] = f"{len(wanted & said.addressed)}/{len(wanted)}"
    said.achieved = len(said.must_haves) > 0 and said.must_haves <= said.addressed
    remaining = [need for need in needs if need not in said.addressed]
    while remaining:
        pool = [need for need in remaining if need in said.must_haves] or remaining
        worst = pool[0]
        for need in pool:
            if said.weight[need] * (1 - said.coverage[need]) > said.weight[worst] * (
                1 - said.coverage[worst]
            ):
                worst = need
        said.gaps.append(worst)
        remaining.remove(worst)


def _offers(canvas: Canvas, offers: list[int], said: Expected) -> None:
    reviewed = {review.offer_id for review in canvas.reviews}
    said.unreviewed = {offer for offer in offers if offer not in reviewed}
    said.fits_nothing = {offer for offer in offers if offer in reviewed and said.relevance[offer] == 0}
    named = {product for entry in canvas.entries if entry.id in offers for product in entry.delivered_by}
    said.undelivered = [product for product in said.order["product"] if product not in named]
    voted = {entry.id for entry in canvas.entries if entry.votes}
    for kind in OFFERED:
        box = said.order[kind]
        third = len(box) // 3
        for offer in box:
            place = 1 + len([other for other in box if said.relevance[other] > said.relevance[offer]])
            if said.rank[offer] <= third and place > len(box) - third and offer in reviewed & voted:
                said.over_rated.add(offer)
