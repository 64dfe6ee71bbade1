"""Decide about a digest that is due: send it, send that nothing changed, or skip it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.features.digest.model import MAX_BACKUP_AGE, MAX_DIGEST_DELAY, MAX_UNCHANGED_IN_A_ROW, Digest


class DigestAction(StrEnum):
    """What to do with a digest that is due."""

    SEND = "send"
    SEND_UNCHANGED = "send_unchanged"  # one line
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class DigestDecision:
    """What to do with a digest that is due, and what its message needs for that."""

    action: DigestAction
    late_due_at: datetime | None = None  # when it was due; None if it is on time
    unchanged_in_a_row: int = 0  # including this one
    # The channel is searched for it from this time on, in case it is posted already; None for no search.
    may_be_posted_since: datetime | None = None

    @property
    def pauses_schedule(self) -> bool:
        """Whether the schedule is switched off, because too many digests in a row were unchanged."""
        return self.unchanged_in_a_row >= MAX_UNCHANGED_IN_A_ROW


def decide_digest(
    digest: Digest,
    snapshot: str,
    sent_digests: Sequence[Digest],
    now: datetime,
    *,
    has_later_digest: bool,
    started_at: datetime | None = None,
) -> DigestDecision:
    """Decide about a digest that is due.

    `snapshot` is the canvas as it is now, `sent_digests` are the earlier digests, the newest first, and
    `has_later_digest` is whether the schedule has a later digest. A digest by `digest now` is always sent.
    One that was due before this process began, at `started_at`, may stand in the channel already: the
    database may be a backup from before it was sent.
    """
    if digest.sent_at is not None:
        return DigestDecision(DigestAction.SKIP)
    if not digest.is_scheduled:
        return DigestDecision(DigestAction.SEND)
    if has_later_digest:
        return DigestDecision(DigestAction.SKIP)  # the later one reports what this one would, and more
    delay = now - digest.due_at
    is_late = delay > MAX_DIGEST_DELAY
    is_older = started_at is not None and digest.due_at <= started_at
    may_be_posted_since = digest.due_at if (is_late or is_older) and delay <= MAX_BACKUP_AGE else None
    if sent_digests and sent_digests[0].snapshot == snapshot:
        unchanged_in_a_row = 1 + _count_unchanged(sent_digests)
        return DigestDecision(
            DigestAction.SEND_UNCHANGED,
            unchanged_in_a_row=unchanged_in_a_row,
            may_be_posted_since=may_be_posted_since,
        )
    late_due_at = digest.due_at if is_late else None
    return DigestDecision(DigestAction.SEND, late_due_at, may_be_posted_since=may_be_posted_since)


def _count_unchanged(sent_digests: Sequence[Digest]) -> int:
    """Return how many of the newest digests in a row were unchanged."""
    return next(
        (index for index, digest in enumerate(sent_digests) if not digest.is_unchanged), len(sent_digests)
    )
