"""What becomes of a job whose attempt failed. Pure: the worker carries the decision out.

Three questions decide. Can a later attempt succeed? If not, the job becomes a dead letter until somebody
revives its channel. May Slack have done what it was asked? Then the next attempt waits until Slack must be
done, and looks for the message before it posts. Was the failure our own? Then it counts, and too many make
the job a dead letter; an outage of Slack or of the network never does, however long it lasts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.db.database import TRANSIENT_DB_ERRORS
from bot.jobs.model import ChannelThrottled, DependencyNotReady, Job, JobKind, LeaseLost
from bot.slack.api_errors import SLACK_UNREACHABLE, read_slack_error
from bot.timing import Timing

MAX_FAILURES = 8
MAX_DOUBLINGS = 12  # of the delay: far beyond the longest delay, and 2 ** attempts stays small
NETWORK_ERRORS = (*SLACK_UNREACHABLE, OSError)
# Calls that look for a message which an earlier attempt may have posted. Few jobs make them, so a limit on
# one of them keeps no other job waiting.
LOOKUP_METHODS = frozenset({"conversations.history", "conversations.replies"})
UNEXPECTED_ERROR = "failed"  # the reason of a dead letter; the log has the traceback


@dataclass(frozen=True, slots=True)
class Abandon:
    """Write nothing: the job is another worker's."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Run the job again."""

    due_at: datetime
    maybe_posted_until: datetime | None = None  # Slack may do until then what it gave no answer to
    is_failure: bool = False  # of our own, which counts
    problem: str = ""  # for the log; "" where waiting is part of the plan


@dataclass(frozen=True, slots=True)
class Throttle:
    """Run the job again, and let every job of these kinds in its workspace wait until then."""

    kinds: frozenset[JobKind]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Give the job up until somebody revives it."""

    reason: str


Decision = Abandon | Retry | Throttle | DeadLetter


def decide_next_step(  # noqa: PLR0911 - one return for each kind of error
    error: Exception, job: Job, kinds: Collection[JobKind], now: datetime, timing: Timing, jitter: float
) -> Decision:
    """Decide what becomes of a job whose handler raised this error.

    `kinds` are all kinds that this bot knows. `jitter`, from 0.5 to 1, shortens the delay, so that jobs that
    failed together do not all come back together.
    """
    retry_at = now + _longest_retry_delay(job, timing) * jitter
    maybe_posted_until = now + timing.uncertain_period
    if isinstance(error, LeaseLost):
        return Abandon()
    if isinstance(error, ChannelThrottled):
        return Retry(error.free_at)
    if isinstance(error, DependencyNotReady):
        return Retry(retry_at)
    if isinstance(error, SlackApiError):
        return _decide_slack_error(error, job, kinds, now, timing, retry_at)
    if isinstance(error, aiohttp.ClientConnectorError):  # the request never left
        return Retry(retry_at, problem=f"no answer from Slack: {type(error).__name__}")
    if isinstance(error, NETWORK_ERRORS):
        return Retry(retry_at, maybe_posted_until, problem=f"no answer from Slack: {type(error).__name__}")
    if isinstance(error, TRANSIENT_DB_ERRORS):  # perhaps after the message was posted
        return Retry(retry_at, maybe_posted_until, problem=f"the database fails: {type(error).__name__}")
    if job.failures + 1 >= MAX_FAILURES:
        return DeadLetter(UNEXPECTED_ERROR)
    return Retry(retry_at, maybe_posted_until, is_failure=True, problem=UNEXPECTED_ERROR)


def is_unexpected(error: Exception) -> bool:
    """Whether an error is a bug of ours, whose traceback belongs in the log."""
    expected = (LeaseLost, ChannelThrottled, DependencyNotReady, SlackApiError)
    return not isinstance(error, (*expected, *NETWORK_ERRORS, *TRANSIENT_DB_ERRORS))


def _decide_slack_error(
    error: SlackApiError,
    job: Job,
    kinds: Collection[JobKind],
    now: datetime,
    timing: Timing,
    retry_at: datetime,
) -> Decision:
    slack_error = read_slack_error(error)
    problem = f"Slack answered {slack_error.reason or slack_error.status}"
    if slack_error.retry_after is not None:
        return Throttle(
            _kinds_to_throttle(slack_error.method, job.kind, kinds), now + slack_error.retry_after
        )
    if slack_error.is_permanent:
        return DeadLetter(slack_error.reason)
    if slack_error.is_outage:
        return Retry(retry_at, now + timing.uncertain_period, problem=problem)
    if job.failures + 1 >= MAX_FAILURES:
        return DeadLetter(slack_error.reason)
    return Retry(retry_at, is_failure=True, problem=problem)


def _kinds_to_throttle(method: str, kind: JobKind, kinds: Collection[JobKind]) -> frozenset[JobKind]:
    """Return the kinds that wait when Slack limits this method: all that call it, and the caller's own.

    Slack limits each method for each workspace; see https://docs.slack.dev/apis/web-api/rate-limits.
    """
    if method in LOOKUP_METHODS:
        return frozenset()
    return frozenset(each for each in kinds if method in each.methods) | {kind}


def _longest_retry_delay(job: Job, timing: Timing) -> timedelta:
    """Return the longest delay before the next attempt; it doubles with each."""
    factor: int = 2 ** min(job.attempts, MAX_DOUBLINGS)
    return min(timing.first_retry_delay * factor, timing.max_retry_delay)
