"""The state of a canvas: what the team wrote, voted and marked. All metrics follow from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.method.kinds import Kind


class Mark(IntEnum):
    """How well an offer fits a need, in halves. A need without a mark counts 0."""

    PARTIAL = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that counts: neither deleted nor merged into another."""

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
    """One member's review of one offer. No marks at all means "fits nothing"."""

    offer_id: int
    user_id: str
    marks: Mapping[int, Mark]  # by need id


@dataclass(frozen=True, slots=True)
class Canvas:
    """One canvas with everything that counts on it, at one time."""

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
    """Return what a canvas is called everywhere: "NAME for SEGMENT", or the name alone without a segment."""
    return f"{name} for {segment}" if segment else name
