"""A second implementation of the metrics, slow and simple, from the definition of the method alone.

It shares no code with the bot except the model of a canvas.
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
class PlainMetrics:
    """All metrics of a canvas in plain containers, by entry id."""

    order: dict[str, list[int]] = field(default_factory=dict)  # kind to ids in rank order
    rank: dict[int, int | None] = field(default_factory=dict)
    score: dict[int, Fraction | None] = field(default_factory=dict)
    weight: dict[int, Fraction | None] = field(default_factory=dict)
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


def to_plain_metrics(metrics: CanvasMetrics) -> PlainMetrics:
    """Return the metrics that the bot computed."""
    return PlainMetrics(
        order={str(kind): [ranked.entry.id for ranked in box] for kind, box in metrics.boxes.items()},
        rank={entry_id: ranked.rank for entry_id, ranked in metrics.ranked.items()},
        score={entry_id: ranked.score for entry_id, ranked in metrics.ranked.items()},
        weight={entry_id: ranked.weight for entry_id, ranked in metrics.ranked.items()},
        must_haves={entry_id for entry_id, ranked in metrics.ranked.items() if ranked.must_have},
        coverage={entry_id: need.coverage for entry_id, need in metrics.needs.items()},
        addressed={entry_id for entry_id, need in metrics.needs.items() if need.addressed},
        relevance={entry_id: offer.relevance for entry_id, offer in metrics.offers.items()},
        fit={**{str(kind): share for kind, share in metrics.fit.shares.items()}, "all": metrics.fit.overall},
        counts={str(kind): str(count) for kind, count in metrics.fit.must_haves.items()},
        achieved=metrics.fit.achieved,
        gaps=[need.ranked.entry.id for need in metrics.fit.gaps],
        fits_nothing={offer.ranked.entry.id for offer in metrics.fits_nothing},
        undelivered=[ranked.entry.id for ranked in metrics.undelivered],
        over_rated={offer.ranked.entry.id for offer in metrics.over_rated},
        unreviewed={offer.ranked.entry.id for offer in metrics.unreviewed},
    )


def compute_expected_metrics(canvas: Canvas) -> PlainMetrics:
    """Return the metrics that the method defines."""
    result = PlainMetrics()
    for kind in KINDS:
        _add_ranking([entry for entry in canvas.entries if entry.kind == kind], kind, result)
    needs = [entry.id for entry in canvas.entries if entry.kind in CUSTOMER]
    offers = [entry.id for entry in canvas.entries if entry.kind in OFFERED]
    for need in needs:
        left = Fraction(1)
        for offer in offers:
            left = left * (1 - compute_expected_strength(canvas, offer, need))
        result.coverage[need] = 1 - left
    for offer in offers:
        left = Fraction(1)
        for need in needs:
            left = left * (1 - (result.weight[need] or 0) * compute_expected_strength(canvas, offer, need))
        result.relevance[offer] = 1 - left
    result.addressed = {need for need in needs if result.coverage[need] * 2 >= 1}
    voters = {member for entry in canvas.entries for member in entry.votes}
    votes_of = {entry.id: len(entry.votes) for entry in canvas.entries}
    result.must_haves = {
        need
        for need in needs
        if (result.score[need] or 0) >= 4
        and (votes_of[need] >= 3 or (len(voters) < 3 and votes_of[need] == len(voters)))
    }
    _add_fit(canvas, needs, result)
    _add_offers(canvas, offers, result)
    return result


def compute_expected_strength(canvas: Canvas, offer: int, need: int) -> Fraction:
    """Return the sum of the marks ÷ the number of members who reviewed the offer."""
    worth = {"STRONG": Fraction(1), "PARTIAL": Fraction(1, 2)}
    marked = [review.marks.get(need) for review in canvas.reviews if review.offer_id == offer]
    total_mark = sum((worth[mark.name] for mark in marked if mark is not None), start=Fraction(0))
    return total_mark / len(marked) if marked else Fraction(0)


def compute_expected_agreement(levels: list[int]) -> float | None:
    """Return 1 + (1/n)·Σ log2(1 − |level − mean| / 4)."""
    vote_count = len(levels)
    if vote_count < 2:
        return None
    mean = sum(levels) / vote_count
    return 1 + sum(log2(1 - abs(level - mean) / 4) for level in levels) / vote_count


def _add_ranking(box: list[Entry], kind: str, result: PlainMetrics) -> None:
    score_and_votes = {}
    for entry in box:
        points, vote_count = Fraction(6), 0
        for level in entry.votes.values():
            points, vote_count = points + level, vote_count + 1
        result.score[entry.id] = result.weight[entry.id] = result.rank[entry.id] = None
        if vote_count > 0:
            score = points / (vote_count + 2)
            result.score[entry.id], result.weight[entry.id] = score, score / 4 - Fraction(1, 4)
            score_and_votes[entry.id] = (score, vote_count)
    for entry_id, own in score_and_votes.items():
        result.rank[entry_id] = 1 + len([other for other in score_and_votes.values() if other > own])
    result.order[kind] = [
        entry_id
        for rank in range(1, len(box) + 1)
        for entry_id in score_and_votes
        if result.rank[entry_id] == rank
    ] + [entry.id for entry in box if not entry.votes]


def _add_fit(canvas: Canvas, needs: list[int], result: PlainMetrics) -> None:
    kind_of = {entry.id: str(entry.kind) for entry in canvas.entries}
    for kind in [*CUSTOMER, "all"]:
        among = [need for need in needs if kind in {"all", kind_of[need]}]
        total = sum((result.weight[need] or 0) for need in among)
        covered = sum((result.weight[need] or 0) * result.coverage[need] for need in among)
        result.fit[kind] = Fraction(covered) / total if total > 0 else None
        if kind != "all":
            must_haves = result.must_haves & set(among)
            result.counts[kind] = f"{len(must_haves & result.addressed)}/{len(must_haves)}"
    result.achieved = len(result.must_haves) > 0 and result.must_haves <= result.addressed
    open_by_need = {
        need: weight * (1 - result.coverage[need])
        for need in needs
        if need not in result.addressed and (weight := result.weight[need]) is not None
    }
    remaining = list(open_by_need)
    while remaining:
        pool = [need for need in remaining if need in result.must_haves] or remaining
        worst = pool[0]
        for need in pool:
            if open_by_need[need] > open_by_need[worst]:
                worst = need
        result.gaps.append(worst)
        remaining.remove(worst)


def _add_offers(canvas: Canvas, offers: list[int], result: PlainMetrics) -> None:
    reviewed = {review.offer_id for review in canvas.reviews}
    result.unreviewed = {offer for offer in offers if offer not in reviewed}
    needs = [entry.id for entry in canvas.entries if entry.kind in CUSTOMER]
    result.fits_nothing = {
        offer
        for offer in offers
        if offer in reviewed and all(compute_expected_strength(canvas, offer, need) == 0 for need in needs)
    }
    named = {product for entry in canvas.entries if entry.id in offers for product in entry.delivered_by}
    result.undelivered = [product for product in result.order["product"] if product not in named]
    voted = {entry.id for entry in canvas.entries if entry.votes}
    for kind in OFFERED:
        box = [offer for offer in result.order[kind] if offer in voted]
        third = len(box) // 3
        for offer in box:
            position = 1 + len([other for other in box if result.relevance[other] > result.relevance[offer]])
            rank = result.rank[offer] or 0
            if rank <= third and position > len(box) - third and offer in reviewed:
                result.over_rated.add(offer)
