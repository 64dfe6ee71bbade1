"""What there is of a workspace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredData:
    """How much is stored of a workspace."""

    canvases: int
    entries: int
    votes: int
    reviews: int
