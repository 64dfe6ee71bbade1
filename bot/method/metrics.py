"""All metrics of one canvas, computed once from its state."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from bot.method.evidence import EvidenceMetrics, compute_evidence
from bot.method.fit import (
    OfferFit,
    compute_fit,
    compute_need_fits,
    compute_offer_fits,
    compute_strengths,
)
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.model import Canvas, Entry
from bot.method.paper import PaperMetrics
from bot.method.ranking import compute_must_have_min_votes, rank_box


@dataclass(frozen=True)
class CanvasMetrics(PaperMetrics):
    """The metrics of a canvas. Those of its evidence are computed when they are read first."""

    @cached_property
    def evidence(self) -> EvidenceMetrics:
        """The evidence on every entry, the risks, the proof and the gates."""
        return compute_evidence(self)


def compute_metrics(canvas: Canvas) -> CanvasMetrics:
    """Compute the ranking of every box, what each offer does for each need, and the fit."""
    entries_by_kind: defaultdict[Kind, list[Entry]] = defaultdict(list)
    for entry in canvas.entries:
        entries_by_kind[entry.kind].append(entry)
    min_votes = compute_must_have_min_votes(canvas.entries)
    boxes = {kind: rank_box(entries_by_kind[kind], min_votes) for kind in Kind}
    ranked = {each.entry.id: each for box in boxes.values() for each in box}
    # A mark on an entry that was deleted or moved to another kind since does not count.
    need_ids = frozenset(entry.id for kind in NEED_KINDS for entry in entries_by_kind[kind])
    offer_ids = frozenset(entry.id for kind in OFFER_KINDS for entry in entries_by_kind[kind])
    strengths = compute_strengths(canvas.reviews, offer_ids, need_ids)
    needs = compute_need_fits((ranked[entry.id] for entry in canvas.entries if entry.kind.is_need), strengths)
    reviewer_counts = Counter(review.offer_id for review in canvas.reviews)
    offers: dict[int, OfferFit] = {}
    for kind in OFFER_KINDS:
        offers |= compute_offer_fits(boxes[kind], needs, strengths, reviewer_counts)
    fit = compute_fit(list(needs.values()))
    return CanvasMetrics(canvas, boxes, ranked, needs, offers, strengths, fit, min_votes)
