"""How much data of a workspace is stored."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredData:
    """The numbers that the deletion dialog shows."""

    canvases: int
    entries: int
    votes: int
    reviews: int
