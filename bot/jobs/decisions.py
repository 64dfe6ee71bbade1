"""The decision what to do with a job after a failed attempt. Pure: the worker applies it.

Three questions decide:

- Can a later attempt succeed? If Slack refuses what the job does, with an error of `bot.slack.restrictions`,
  the job becomes a dead letter until somebody revives its channel.
- May Slack still carry out the call? Then the next attempt waits until Slack has certainly finished: an old
  text of a message would else replace the new one. A job that may have posted looks for its message first.
- Is the failure our own? Then it counts, and `MAX_FAILURES` of them make the job a dead letter. An outage of
  Slack or of the network never makes one, however long it lasts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.db.database import TRANSIENT_DB_ERRORS
from bot.jobs.model import ChannelRestricted, ChannelThrottled, DependencyNotReady, Job, JobKind, LeaseLost
from bot.slack.api_errors import SLACK_UNREACHABLE, SlackError, read_slack_error
from bot.slack.restrictions import restricts_channel
from bot.timing import Timing

MAX_FAILURES = 8
MAX_DOUBLINGS = 12  # of the delay; the longest delay is reached earlier, and 2 ** attempts stays small
NETWORK_ERRORS = (*SLACK_UNREACHABLE, OSError)
# Calls that look for a message that an earlier attempt may have posted. Few jobs make them, so a rate limit
# on one of them delays only the job that hit it.
LOOKUP_METHODS = frozenset({"conversations.history", "conversations.replies"})
POST_METHOD = "chat.postMessage"
UNEXPECTED_ERROR = "failed"  # as a dead letter's reason; the log has the traceback


@dataclass(frozen=True, slots=True)
class Abandon:
    """Write nothing, because another worker has the job."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Run the job again at `due_at`."""

    due_at: datetime
    maybe_posted_until: datetime | None = None  # a job that may have posted waits until then
    is_failure: bool = False  # our own failure, which counts towards MAX_FAILURES
    problem: str = ""  # for the log; "" if the wait is expected


@dataclass(frozen=True, slots=True)
class Throttle:
    """Run the job again at `due_at`, and no job of these kinds in its workspace before that."""

    kinds: frozenset[JobKind]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Make no further attempt until somebody revives the job."""

    reason: str  # Slack's error code, or UNEXPECTED_ERROR
    restricts_channel: bool = False  # Slack refuses the bot's messages in the job's channel


Decision = Abandon | Retry | Throttle | DeadLetter


def decide_next_step(  # noqa: PLR0911 - one return for each kind of error
    error: Exception, job: Job, kinds: Collection[JobKind], now: datetime, timing: Timing, jitter: float
) -> Decision:
    """Decide what happens to a job whose handler raised this error.

    `kinds` are all job kinds of this bot. `jitter`, from 0.5 to 1, is a factor of the delay: it spreads the
    retries of jobs that failed at the same time.
    """
    retry_at = now + _longest_retry_delay(job, timing) * jitter
    settled_at = now + timing.uncertain_period
    if isinstance(error, LeaseLost):
        return Abandon()
    if isinstance(error, ChannelThrottled):
        return Retry(error.free_at)
    if isinstance(error, ChannelRestricted):
        return DeadLetter(error.error_code, restricts_channel=True)
    if isinstance(error, DependencyNotReady):
        return Retry(retry_at)
    if isinstance(error, SlackApiError):
        return _decide_slack_error(error, job, kinds, now, timing, retry_at)
    if isinstance(error, aiohttp.ClientConnectorError):  # no connection, so Slack did not get the request
        return Retry(retry_at, problem=f"no answer from Slack: {type(error).__name__}")
    if isinstance(error, NETWORK_ERRORS):
        problem = f"no answer from Slack: {type(error).__name__}"
        return Retry(max(retry_at, settled_at), settled_at, problem=problem)
    if isinstance(error, TRANSIENT_DB_ERRORS):  # the message may have been posted before
        return Retry(retry_at, settled_at, problem=f"the database fails: {type(error).__name__}")
    return _decide_own_failure(error, job, retry_at, settled_at)


def decide_cut_short(now: datetime, timing: Timing) -> Retry:
    """Decide what happens to a job in whose midst the process stops: Slack may still carry out its call."""
    settled_at = now + timing.uncertain_period
    return Retry(settled_at, settled_at)


def is_unexpected(error: Exception) -> bool:
    """Say whether an error is a bug of ours, whose traceback belongs in the log."""
    postponed = (LeaseLost, ChannelThrottled, ChannelRestricted, DependencyNotReady)
    failed = (SlackApiError, SlackRequestError, *NETWORK_ERRORS, *TRANSIENT_DB_ERRORS)
    return not isinstance(error, (*postponed, *failed))


def _decide_own_failure(error: Exception, job: Job, retry_at: datetime, settled_at: datetime) -> Decision:
    if job.failures + 1 >= MAX_FAILURES:
        return DeadLetter(UNEXPECTED_ERROR)
    # Slack shows no file whose content it did not take; any other message may have been posted before.
    is_unposted = isinstance(error, SlackRequestError)
    return Retry(retry_at, None if is_unposted else settled_at, is_failure=True, problem=UNEXPECTED_ERROR)


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
    if slack_error.is_restriction:
        return DeadLetter(slack_error.reason, restricts_channel=_restricts_channel(slack_error))
    if slack_error.is_outage:
        settled_at = now + timing.uncertain_period
        return Retry(max(retry_at, settled_at), settled_at, problem=problem)
    if job.failures + 1 >= MAX_FAILURES:
        return DeadLetter(slack_error.reason)
    return Retry(retry_at, is_failure=True, problem=problem)


def _restricts_channel(slack_error: SlackError) -> bool:
    """Say whether Slack refuses the bot's messages in the channel, and not only what this method does."""
    return slack_error.method == POST_METHOD or restricts_channel(slack_error.reason)


def _kinds_to_throttle(method: str, kind: JobKind, kinds: Collection[JobKind]) -> frozenset[JobKind]:
    """Return the kinds that wait when Slack limits this method: all that call it, and the job's own kind.

    Slack limits each method separately in each workspace:
    https://docs.slack.dev/apis/web-api/rate-limits.
    """
    if method in LOOKUP_METHODS:
        return frozenset()
    return frozenset(each for each in kinds if method in each.methods) | {kind}


def _longest_retry_delay(job: Job, timing: Timing) -> timedelta:
    """Return the delay before the next attempt without jitter; it doubles with each attempt."""
    factor: int = 2 ** min(job.attempts, MAX_DOUBLINGS)
    return min(timing.first_retry_delay * factor, timing.max_retry_delay)
