"""The state of a canvas: its entries, votes and reviews. All metrics are computed from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.method.kinds import Kind


class Mark(IntEnum):
    """How well an offer fits a need: the value counts halves. A need without a mark counts 0."""

    PARTIAL = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """An active entry: neither deleted nor merged into another."""

    id: int
    kind: Kind
    text: str
    author_id: str
    created_at: datetime
    category: str | None = None
    delivered_by: tuple[int, ...] = ()  # ids of products; only offers have them
    votes: Mapping[str, int] = field(default_factory=dict)  # user id to level 1..5


@dataclass(frozen=True, slots=True)
class Review:
    """One member's review of one offer. A review without marks means "fits nothing"."""

    offer_id: int
    user_id: str
    marks: Mapping[int, Mark]  # by need id


@dataclass(frozen=True, slots=True)
class Canvas:
    """One canvas with its active entries and its reviews, at one time."""

    id: int
    channel_id: str
    name: str
    segment: str
    starter_id: str
    time_zone: str
    created_at: datetime
    entries: tuple[Entry, ...] = ()  # in order of creation
    reviews: tuple[Review, ...] = ()

    @property
    def title(self) -> str:
        return canvas_title(self.name, self.segment)


def canvas_title(name: str, segment: str) -> str:
    """Return the title of a canvas: "NAME for SEGMENT", or "NAME" without a segment."""
    return f"{name} for {segment}" if segment else name
