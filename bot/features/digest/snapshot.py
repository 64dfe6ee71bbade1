"""Convert a canvas to JSON, which each digest keeps, and back. Pure.

Two snapshots are equal if nothing changed that a digest reports. A snapshot has an edition: figures that were
reported by other rules are not compared with those of today.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.method.kinds import Kind
from bot.method.model import Canvas, Entry, Evidence, Grade, Mark, Review

EDITION = 2  # 1 counted the highest number of a member, and gave entries without votes a score

# Snapshots contain no creation times: metrics depend only on the order of the entries.
_UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)


def take_snapshot(canvas: Canvas) -> str:
    """Return the entries with their votes, the reviews with their marks, and the evidence, as JSON."""
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
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def restore_snapshot(snapshot: str, canvas: Canvas) -> Canvas | None:
    """Return the canvas as it was when the snapshot was taken; None if the snapshot is of another edition.

    Name and segment are those of `canvas`.
    """
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
            entry["votes"],
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
    return replace(canvas, entries=entries, reviews=reviews, evidence=evidence)
