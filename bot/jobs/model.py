"""Job kinds, claimed jobs, and the errors that postpone a job. Pure."""

from dataclasses import dataclass
from datetime import datetime

# From this priority on, jobs run after all others of their channel, too.
LAST_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a job does. Each feature declares its kinds in its own `model.py`.

    The priorities: up to 65 what a person waits for, up to 79 what the clock brings, then pictures and
    documents, then what nobody waits for, and reading votes back last.
    """

    name: str  # stored in the row, and the first part of a message's idempotency key
    priority: int  # the lowest runs first; within one channel the due time decides, up to LAST_PRIORITY
    # The Slack methods that the handler calls: when Slack limits one of them, every kind that calls it waits.
    methods: frozenset[str] = frozenset()


# Tells a member that a job which they asked for was not done. Its subject is USER:CHANNEL:ERROR.
NOTICE_JOB = JobKind(
    "notice", 55, frozenset({"chat.postMessage", "chat.postEphemeral", "conversations.open"})
)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to enqueue."""

    team_id: str
    kind: JobKind
    subject: int | str
    channel_id: str
    due_at: datetime
    requester_id: str = ""  # who reads it if it becomes a dead letter, "" for nobody


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this worker has claimed."""

    id: int
    team_id: str
    kind: JobKind
    subject: str  # the id of what the job is about, such as an entry; the handler loads it
    channel_id: str
    version: int  # the row's when it was claimed; a higher one now means that the job was enqueued again
    attempts: int  # including the current one
    failures: int  # attempts that failed for a reason of our own, not Slack's or the network's
    lease_token: str
    maybe_posted_since: datetime | None  # the last attempt that may have posted began at this time

    @property
    def key(self) -> str:
        """The idempotency key, which the metadata of the job's message contains."""
        return f"{self.kind.name}:{self.subject}"


class LeaseLost(Exception):
    """Another worker has claimed the job, because this one took longer than its lease."""


class ChannelThrottled(Exception):
    """The channel has had as many posts as Slack allows; the next one is possible at `free_at`."""

    def __init__(self, free_at: datetime) -> None:
        super().__init__(free_at)
        self.free_at = free_at


class ChannelRestricted(Exception):
    """Slack refuses the bot's messages in the channel, as it told another job: it was not called again."""

    def __init__(self, error_code: str) -> None:
        super().__init__(error_code)
        self.error_code = error_code


class DependencyNotReady(Exception):
    """Another job must be done first: a canvas's message is posted before the cards in its thread."""
