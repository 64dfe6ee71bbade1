"""The export format `valuemap/1`: everything of a canvas, with its figures unrounded. Pure."""

import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from bot.method.kinds import NEEDS, Kind
from bot.method.metrics import Figures
from bot.method.ranking import Ranked

FORMAT = "valuemap/1"


def to_json(figures: Figures) -> str:
    canvas, fit = figures.canvas, figures.fit
    return json.dumps(
        {
            "format": FORMAT,
            "canvas": {
                "name": canvas.name,
                "segment": canvas.segment,
                "created_at": _time(canvas.created_at),
                "time_zone": canvas.time_zone,
            },
            "entries": [_entry(figures.ranked[entry.id], figures) for entry in canvas.entries],
            "reviews": [
                {
                    "offer": str(review.offer),
                    "member": review.member,
                    "marks": {
                        str(need): mark / 2 if mark % 2 else mark // 2
                        for need, mark in review.marks.items()
                        if need in figures.needs
                    },
                }
                for review in canvas.reviews
                if review.offer in figures.offers
            ],
            "fit": {
                "jobs": _number(fit.shares[Kind.JOB]),
                "pains": _number(fit.shares[Kind.PAIN]),
                "gains": _number(fit.shares[Kind.GAIN]),
                "all": _number(fit.all),
                "achieved": fit.achieved,
                "must_haves": {
                    f"{kind}s": [fit.must_haves[kind].addressed, fit.must_haves[kind].total] for kind in NEEDS
                },
                "gaps": [str(need.ranked.entry.id) for need in fit.gaps],
            },
        },
        ensure_ascii=False,
        indent=2,
    )


def _entry(place: Ranked, figures: Figures) -> dict[str, Any]:
    entry = place.entry
    need, offer = figures.needs.get(entry.id), figures.offers.get(entry.id)
    return {
        "id": str(entry.id),
        "kind": entry.kind.value,
        "text": entry.text,
        "category": entry.category,
        "author": entry.author,
        "created_at": _time(entry.created_at),
        "delivered_by": [str(product) for product in entry.delivered_by],
        "votes": dict(sorted(entry.votes.items())),
        "score": _number(place.score),
        "rank": place.rank,
        "agreement": place.agreement,
        "weight": _number(place.weight),
        "must_have": place.must_have,
        "coverage": _number(need.coverage) if need else None,
        "addressed": need.addressed if need else None,
        "relevance": _number(offer.relevance) if offer else None,
        "reviewers": offer.reviewers if offer else None,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
