"""Figures of the database, as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WAITING, RETRIED, PARKED = "waiting", "retried", "parked"  # states of errands
ON_TIME, LATE = "on_time", "late"  # and of digests, which may be parked too


@dataclass(frozen=True, slots=True)
class Numbers:
    errands: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by errand and state
    digests: Mapping[str, int] = field(default_factory=dict)  # by state
    overdue: float = 0  # seconds
    said: int = 0
    unread: float = 0  # seconds
