"""What a digest told of: the state of a canvas as JSON, and back. Pure."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from bot.method.kinds import Kind
from bot.method.model import Canvas, Entry, Mark, Review


def remember(canvas: Canvas) -> str:
    entries = [
        {
            "id": entry.id,
            "kind": entry.kind.value,
            "text": entry.text,
            "author": entry.author,
            "by": entry.delivered_by,
            "votes": dict(sorted(entry.votes.items())),
        }
        for entry in canvas.entries
    ]
    reviews = [
        {
            "offer": review.offer,
            "member": review.member,
            "marks": {str(need): int(mark) for need, mark in sorted(review.marks.items())},
        }
        for review in canvas.reviews
    ]
    return json.dumps({"entries": entries, "reviews": reviews}, ensure_ascii=False, separators=(",", ":"))


def recall(told: str, canvas: Canvas) -> Canvas:
    """Return the canvas as it was when this was told of."""
    state = json.loads(told)
    long_ago = datetime.fromtimestamp(0, UTC)  # times of creation play no part: the order does
    return replace(
        canvas,
        entries=tuple(
            Entry(
                one["id"],
                Kind(one["kind"]),
                one["text"],
                one["author"],
                long_ago,
                None,
                tuple(one["by"]),
                one["votes"],
            )
            for one in state["entries"]
        ),
        reviews=tuple(
            Review(
                one["offer"], one["member"], {int(need): Mark(mark) for need, mark in one["marks"].items()}
            )
            for one in state["reviews"]
        ),
    )
