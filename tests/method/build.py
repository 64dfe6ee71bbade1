"""Canvases written by hand, entry by entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry, Mark, Review

STARTED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def entry(
    key: int, kind: Kind, votes: Mapping[str, int], text: str = "", delivered_by: Iterable[int] = ()
) -> Entry:
    created_at = STARTED + timedelta(minutes=key)
    return Entry(key, kind, text or f"{kind} {key}", "U0", created_at, None, tuple(delivered_by), votes)


def canvas(entries: Iterable[Entry], reviews: Iterable[Review] = ()) -> Canvas:
    return Canvas(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED, tuple(entries), tuple(reviews))


def voted(*levels: int) -> dict[str, int]:
    return {f"U{number}": level for number, level in enumerate(levels)}


@dataclass
class Board:
    """A canvas in the making: each call adds one thing, each review is by another member."""

    entries: list[Entry] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    def add(self, kind: Kind, *levels: int, text: str = "", delivered_by: Iterable[int] = ()) -> int:
        self.entries.append(entry(len(self.entries) + 1, kind, voted(*levels), text, delivered_by))
        return len(self.entries)

    def review(self, offer: int, marks: Mapping[int, Mark] | None = None) -> None:
        self.reviews.append(Review(offer, f"U{len(self.reviews)}", marks or {}))

    def compute_metrics(self) -> CanvasMetrics:
        return compute_metrics(canvas(self.entries, self.reviews))
