"""How much data there is of a workspace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredData:
    """The numbers that the deletion dialog shows."""

    canvases: int
    entries: int
    votes: int
    reviews: int
