"""The state of a canvas: what the team wrote, voted and marked. The figures follow from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.method.kinds import Kind


class Mark(IntEnum):
    """How well an offer fits a need, in halves; a need that is not marked counts 0."""

    PARTIAL = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    kind: Kind
    text: str
    author: str
    created_at: datetime
    category: str | None = None
    delivered_by: tuple[int, ...] = ()  # ids of products; for offers
    votes: Mapping[str, int] = field(default_factory=dict)  # member to level 1..5


@dataclass(frozen=True, slots=True)
class Review:
    """One member's review of one offer. No marks at all means 'fits nothing'."""

    offer: int
    member: str
    marks: Mapping[int, Mark]  # need to mark


@dataclass(frozen=True, slots=True)
class Canvas:
    """One canvas with everything that counts on it now; entries in order of creation."""

    id: int
    channel: str
    name: str
    segment: str
    starter: str
    time_zone: str
    created_at: datetime
    entries: tuple[Entry, ...] = ()
    reviews: tuple[Review, ...] = ()
