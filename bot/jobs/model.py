"""Job kinds, the jobs of a worker, and why a job can stop before it is done. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a job does. Each feature declares its kinds in its own `model.py`."""

    name: str  # stored in the row, and the first part of a message's idempotency key
    priority: int  # the lowest runs first, of several jobs that are due in different channels
    methods: frozenset[str] = frozenset()  # of Slack: when Slack limits one, every kind that calls it waits


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this worker has claimed."""

    id: int
    team_id: str
    kind: JobKind
    subject: str  # the id of what the job is about, which the handler reads
    channel_id: str
    version: int
    attempts: int  # including the current one
    failures: int  # attempts that failed for a reason of our own, not Slack's or the network's
    lease_token: str
    maybe_posted_since: datetime | None  # an attempt that began then may have reached Slack

    @property
    def key(self) -> str:
        """The idempotency key, which names the job in the metadata of the message that it posts."""
        return f"{self.kind.name}:{self.subject}"


class LeaseLost(Exception):
    """Another worker has claimed the job, since this one took longer than its lease."""


class ChannelThrottled(Exception):
    """The channel has had as many posts as Slack allows; it takes the next one at `free_at`."""

    def __init__(self, free_at: datetime) -> None:
        super().__init__(free_at)
        self.free_at = free_at


class DependencyNotReady(Exception):
    """Another job has to be done first, such as the canvas's message before the cards in its thread."""
