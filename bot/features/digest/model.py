"""A digest, its schedule, the facts that it reports, and its jobs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from slack_sdk.models.blocks import ButtonElement

from bot.jobs.model import JobKind
from bot.method.fit import Fit
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest
from bot.store.model import CanvasInfo

DIGEST_JOB = JobKind("digest", 70, frozenset({"chat.postMessage"}))
PICTURE_JOB = JobKind(
    "picture", 80, frozenset({"files.getUploadURLExternal", "files.completeUploadExternal"})
)

DEFAULT_SCHEDULE = "weekly mon 09:00"
MAX_DIGEST_DELAY = timedelta(minutes=5)  # a digest that is sent later than this says so
# A database may be restored from a backup of this age, which lacks the digests that were posted since. So a
# digest up to this age that is late, or was due before the process began, is searched in the channel first.
MAX_BACKUP_AGE = timedelta(days=2)
MAX_TREND_DIGESTS = 8  # before the current one
MAX_UNCHANGED_IN_A_ROW = 4  # then the schedule is switched off


@dataclass(frozen=True, slots=True)
class DigestSchedule:
    """When the digest of a canvas is due."""

    canvas_id: int
    expression: str  # "weekly mon 09:00 Europe/Berlin"
    is_on: bool
    next_local_time: str | None  # in the schedule's zone, ISO format; the slot of the next digest
    next_due_at: datetime | None  # the same in UTC; None if the schedule is off

    @property
    def time_zone(self) -> str:
        """The last word of the expression."""
        return self.expression.rpartition(" ")[2]

    def is_due(self, now: datetime) -> bool:
        """Return whether its next digest is due."""
        return self.next_due_at is not None and self.next_due_at <= now


@dataclass(frozen=True, slots=True)
class NewDigest:
    """A digest that is to be stored and sent."""

    team_id: str
    canvas_id: int
    slot: str  # as in `Digest`
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, sent or still to be sent."""

    id: int
    canvas_id: int
    slot: str  # the local time for which it is planned, or the idempotency key of `digest now`
    due_at: datetime
    sent_at: datetime | None
    is_unchanged: bool  # whether it reported that nothing changed
    snapshot: str | None  # the canvas when it was sent, as JSON; only the newest digest keeps it
    reported_fit: str | None = None  # the fit that it reported, as JSON

    @property
    def is_scheduled(self) -> bool:
        """Whether it comes from a schedule and not from `/valuemap digest now`."""
        return is_scheduled_slot(self.slot)


@dataclass(frozen=True, slots=True)
class ReportedFit:
    """The fit that a digest reported. A share is 0..1, and None if no need had votes."""

    overall: Fraction | None
    shares: Mapping[Kind, Fraction | None]  # by kind of need

    @classmethod
    def of(cls, fit: Fit) -> "ReportedFit":
        """Return what a digest reports of this fit."""
        return cls(fit.overall, fit.shares)


Trend = Sequence[tuple[str, ReportedFit]]  # by day, the oldest first


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """Everything that a digest reports."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    previous_metrics: CanvasMetrics | None  # of the last digest; None for the first digest
    trend: Trend  # of the earlier digests and this one
    late_due_at: datetime | None = None  # when it was due; None if it is on time
    previous_sent_at: datetime | None = None  # None for the first digest
    overdue: Sequence[AssumptionTest] = ()  # the first to end first


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A titled list in a digest; without lines it is left out."""

    title: str
    lines: Sequence[str]  # mrkdwn, user text in them escaped
    button: ButtonElement | None = None


def is_scheduled_slot(slot: str) -> bool:
    """Return whether a slot is a local time: it begins with a digit, and no idempotency key does."""
    return slot[:1].isdigit()
