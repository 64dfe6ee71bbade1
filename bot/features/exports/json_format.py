"""The export format `valuemap/1`: a whole canvas as JSON, with its metrics unrounded. Pure.

The field names are a public format: files that people keep must stay readable. An incompatible change needs a
new name in `format`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.emoji_names import replace_emoji_codes
from bot.method.discussions import Direction, Discussion, DiscussionResult, list_finished
from bot.method.evidence import EvidenceMetrics, Gates
from bot.method.fit import Fit
from bot.method.kinds import NEED_KINDS
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Decision, Entry, Evidence, Result, Review
from bot.method.ranking import RankedEntry

FORMAT_NAME = "valuemap/1"
_write_line = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make an encoder for each


def to_json(metrics: CanvasMetrics, discussions: Sequence[Discussion] = ()) -> str:
    """Return the canvas with its votes, reviews, evidence and tests, and the metrics computed from them.

    No id stands twice in the file: those of evidence and tests begin with what they are.
    """
    canvas, evidence = metrics.canvas, metrics.evidence
    content = {
        "format": FORMAT_NAME,
        "canvas": {
            "name": replace_emoji_codes(canvas.name),
            "segment": replace_emoji_codes(canvas.segment),
            "created_at": _format_time(canvas.created_at),
            "time_zone": canvas.time_zone,
        },
        "entries": [_format_entry(metrics.ranked[entry.id], metrics, evidence) for entry in canvas.entries],
        "reviews": [
            _format_review(review, metrics) for review in canvas.reviews if review.offer_id in metrics.offers
        ],
        "evidence": [_format_item(item, metrics) for item in canvas.evidence],
        "tests": [_format_test(test, metrics) for test in canvas.tests],
        "discussions": [_format_discussion(*each) for each in list_finished(discussions, metrics.ranked)],
        "gates": _format_gates(evidence.gates),
        "fit": _format_fit(metrics.fit, evidence.fit_in_evidence),
    }
    return _write(content)


def _write(content: Mapping[str, Any]) -> str:
    """Return an object with each member on a line of its own, and of a list each item.

    Python indents JSON more than ten times as slowly as it writes it on one line.
    """
    members = [f"  {_write_line(name)}: {_write_member(value)}" for name, value in content.items()]
    return "{\n" + ",\n".join(members) + "\n}"


def _write_member(value: Any) -> str:
    if not isinstance(value, list):
        return _write_line(value)
    items = ",\n".join(f"    {_write_line(item)}" for item in value)
    return f"[\n{items}\n  ]" if items else "[]"


def _format_discussion(discussion: Discussion, result: DiscussionResult, entry: Entry) -> dict[str, Any]:
    """Return a discussion with both results. A reason has its author only where the author wants it."""
    return {
        "entry": str(entry.id),
        "started_at": _format_time(discussion.started_at),
        "closed_at": _format_time(discussion.closed_at) if discussion.closed_at else None,
        "before": {
            "votes": result.levels_before,
            "score": _to_float(result.score_before),
            "agreement": result.agreement_before,
        },
        "after": {
            "votes": result.levels_after,
            "score": _to_float(result.score),
            "agreement": result.agreement,
        },
        "shift": _to_float(result.shift),
        "moved": {"up": result.moved_up, "down": result.moved_down, "stayed": result.stayed},
        "settled": result.is_settled,
        "reasons": [
            {"for": direction, "text": reason.text, "by": reason.user_id if reason.shows_name else None}
            for direction in Direction
            for reason in discussion.list_reasons(direction)
        ],
    }


def _format_review(review: Review, metrics: CanvasMetrics) -> dict[str, Any]:
    return {
        "offer": str(review.offer_id),
        "member": review.user_id,
        "marks": {
            # A mark is stored in halves: 2 is written as 1, 1 as 0.5.
            str(need_id): mark / 2 if mark % 2 else mark // 2
            for need_id, mark in review.marks.items()
            if need_id in metrics.needs
        },
    }


def _format_item(item: Evidence, metrics: CanvasMetrics) -> dict[str, Any]:
    return {
        "id": f"evidence-{item.id}",
        "source": replace_emoji_codes(item.source),
        "grade": item.grade.label,
        "n": item.count,
        "quote": replace_emoji_codes(item.quote),
        "link": item.link,
        "at": item.day.isoformat(),
        "by": item.recorder_id,
        "supports": [str(entry_id) for entry_id in item.supports if entry_id in metrics.ranked],
        "contradicts": [str(entry_id) for entry_id in item.contradicts if entry_id in metrics.ranked],
    }


def _format_test(test: AssumptionTest, metrics: CanvasMetrics) -> dict[str, Any]:
    """Return a test. The entry of a test is null if it was deleted: the decision log keeps its decision."""
    terms = test.terms
    return {
        "id": f"test-{test.id}",
        "entry": str(test.entry_id) if test.entry_id in metrics.ranked else None,
        "believe": replace_emoji_codes(test.belief),
        "check": replace_emoji_codes(terms.check),
        "measure": replace_emoji_codes(terms.measure),
        "right_if": {
            "op": terms.bound.value,
            "value": _to_number(terms.value),
            "unit": replace_emoji_codes(terms.unit),
        },
        "until": terms.until.isoformat(),
        "owner": terms.owner_id,
        "result": _format_result(test.result) if test.result else None,
        "decision": _format_decision(test.decision) if test.decision else None,
    }


def _format_result(result: Result) -> dict[str, Any]:
    return {
        "value": _to_number(result.value),
        "n": result.count,
        "grade": result.grade.label,
        "quote": replace_emoji_codes(result.quote),
        "outcome": result.outcome.value,
        "at": _format_time(result.at),
    }


def _format_decision(decision: Decision) -> dict[str, Any]:
    return {
        "what": decision.choice.value,
        "reason": replace_emoji_codes(decision.reason),
        "by": decision.decider_id,
        "at": _format_time(decision.at),
    }


def _to_number(value: Decimal) -> int | float:
    """Return a typed number for JSON; it has few enough digits for a float to keep them all."""
    return int(value) if value == value.to_integral_value() else float(value)


def _format_gates(gates: Gates) -> dict[str, Any]:
    return {
        "problem_solution": {
            "open": gates.problem_solution_fit,
            "addressed": [gates.addressed.passed, gates.addressed.total],
            "evidenced": [gates.evidenced.passed, gates.evidenced.total],
        },
        "product_market": {
            "open": gates.product_market_fit,
            "carried": [gates.carried.passed, gates.carried.total],
            "paid_sources": gates.paid_sources,
        },
    }


def _format_fit(fit: Fit, fit_in_evidence: Fraction | None) -> dict[str, Any]:
    return {
        **{f"{kind}s": _to_float(fit.shares[kind]) for kind in NEED_KINDS},
        "all": _to_float(fit.overall),
        "achieved": fit.achieved,
        "in_evidence": _to_float(fit_in_evidence),
        "must_haves": {
            f"{kind}s": [fit.must_haves[kind].addressed, fit.must_haves[kind].total] for kind in NEED_KINDS
        },
        "gaps": [str(need.ranked.entry.id) for need in fit.gaps],
    }


def _format_entry(ranked: RankedEntry, metrics: CanvasMetrics, evidence: EvidenceMetrics) -> dict[str, Any]:
    entry = ranked.entry
    shown, risk = evidence.entries[entry.id], evidence.risks.get(entry.id)
    need, offer = metrics.needs.get(entry.id), metrics.offers.get(entry.id)
    return {
        "id": str(entry.id),
        "kind": entry.kind.value,
        "text": replace_emoji_codes(entry.text),
        "category": entry.category,
        "author": entry.author_id,
        "created_at": _format_time(entry.created_at),
        "delivered_by": [str(product_id) for product_id in entry.delivered_by],
        "votes": dict(sorted(entry.votes.items())),
        "score": _to_float(ranked.score),
        "rank": ranked.rank,
        "agreement": ranked.agreement,
        "weight": _to_float(ranked.weight),
        "must_have": ranked.must_have,
        "evidence": {
            "for": shown.points_for,
            "against": shown.points_against,
            "lead": shown.lead,
            "confidence": _to_float(shown.confidence),
            "state": shown.state.value,
        },
        "risk": _to_float(risk.size) if risk else None,
        "coverage": _to_float(need.coverage) if need else None,
        "addressed": need.addressed if need else None,
        "proof": _to_float(evidence.proofs.get(entry.id)),
        "relevance": _to_float(offer.relevance) if offer else None,
        "reviewers": offer.reviewer_count if offer else None,
    }


def _to_float(value: Fraction | None) -> float | None:
    return None if value is None else value.numerator / value.denominator


def _format_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
