"""Convert the canvas and the fit that a digest reports to JSON, and back. Pure.

Two snapshots are equal if nothing changed that a digest reports. They have an edition: figures that were
reported by other rules are not compared with those of today.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from bot.features.digest.model import ReportedFit
from bot.method.assumption_tests import is_overdue
from bot.method.kinds import NEED_KINDS, Kind
from bot.method.model import Canvas, Entry, Evidence, Grade, Mark, Review

EDITION = 2  # 1 counted the highest number of a member, and gave entries without votes a score

# Reported shares are stored in billionths, rounded down. Percentages and their tenths have their halves at
# whole billionths, so a share that was stored is shown like the exact one.
_BILLION = 10**9

# Snapshots contain no creation times: metrics depend only on the order of the entries.
_UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)


def take_snapshot(canvas: Canvas, today: date) -> str:
    """Return the entries with their votes, the reviews with their marks, evidence and tests, as JSON.

    A test without a result is another one once its last day is over; `today` is in the canvas's time zone.
    """
    entries = [
        {
            "id": entry.id,
            "kind": entry.kind.value,
            "text": entry.text,
            "author": entry.author_id,
            "by": entry.delivered_by,
            "votes": dict(sorted(entry.votes.items())),
        }
        for entry in canvas.entries
    ]
    reviews = [
        {
            "offer": review.offer_id,
            "member": review.user_id,
            "marks": {str(need_id): int(mark) for need_id, mark in sorted(review.marks.items())},
        }
        for review in canvas.reviews
    ]
    evidence = [
        {
            "id": item.id,
            "source": item.source,
            "grade": int(item.grade),
            "n": item.count,
            "day": item.day.isoformat(),
            "for": item.supports,
            "against": item.contradicts,
        }
        for item in canvas.evidence
    ]
    state = {"edition": EDITION, "entries": entries, "reviews": reviews, "evidence": evidence}
    if canvas.tests:  # without, it equals that of a version that knew no tests
        state["tests"] = [
            [
                test.id,
                test.terms.until.isoformat(),
                test.result.outcome if test.result else is_overdue(test, today),
                test.decision.choice if test.decision else None,
            ]
            for test in canvas.tests
        ]
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def restore_snapshot(snapshot: str, canvas: Canvas) -> Canvas | None:
    """Return the canvas as it was when the snapshot was taken; None if the snapshot is of another edition.

    Name and segment are those of `canvas`. What is sealed in `canvas` has no votes in the past either. It has
    no tests: a digest tells by their times what is new.
    """
    seals = {entry.id: entry.seal for entry in canvas.entries if entry.seal}
    state = json.loads(snapshot)
    if state.get("edition") != EDITION:
        return None
    entries = tuple(
        Entry(
            entry["id"],
            Kind(entry["kind"]),
            entry["text"],
            entry["author"],
            _UNKNOWN_TIME,
            None,
            tuple(entry["by"]),
            {} if entry["id"] in seals else entry["votes"],
            seals.get(entry["id"]),
        )
        for entry in state["entries"]
    )
    reviews = tuple(
        Review(
            review["offer"],
            review["member"],
            {int(need_id): Mark(mark) for need_id, mark in review["marks"].items()},
        )
        for review in state["reviews"]
    )
    evidence = tuple(
        Evidence(
            item["id"],
            "",  # a digest does not need the quotes again
            item["source"],
            Grade(item["grade"]),
            item["n"],
            date.fromisoformat(item["day"]),
            tuple(item["for"]),
            tuple(item["against"]),
        )
        for item in state.get("evidence", ())
    )
    return replace(canvas, entries=entries, reviews=reviews, evidence=evidence, tests=())


def dump_reported_fit(fit: ReportedFit) -> str:
    """Return the shares of a fit as JSON."""
    shares = {kind.value: _to_billionths(fit.shares[kind]) for kind in NEED_KINDS}
    return json.dumps({"edition": EDITION, "all": _to_billionths(fit.overall), **shares})


def load_reported_fit(stored: str | None) -> ReportedFit | None:
    """Return the shares of a fit that a digest reported; None without one, or if it is of another edition."""
    state = json.loads(stored) if stored else {}
    if state.get("edition") != EDITION:
        return None
    shares = {kind: _from_billionths(state[kind.value]) for kind in NEED_KINDS}
    return ReportedFit(_from_billionths(state["all"]), shares)


def _to_billionths(share: Fraction | None) -> int | None:
    return None if share is None else int(share * _BILLION)


def _from_billionths(billionths: int | None) -> Fraction | None:
    return None if billionths is None else Fraction(billionths, _BILLION)
