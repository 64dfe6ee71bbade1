"""The decision about a job, for each error and number of attempts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import SlackApiError, SlackRequestError
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError as PoolTimeoutError

from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.entries.model import OLD_CARD_JOB
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs.decisions import (
    MAX_FAILURES,
    Abandon,
    DeadLetter,
    Decision,
    Retry,
    Throttle,
    decide_cut_short,
    decide_next_step,
    is_unexpected,
)
from bot.jobs.model import ChannelRestricted, ChannelThrottled, DependencyNotReady, Job, LeaseLost
from bot.timing import DEFAULT_TIMING

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KINDS = (CARD_JOB, DIGEST_JOB, OLD_CARD_JOB, READ_VOTES_JOB)
JOB = Job(
    id=1,
    team_id="T1",
    kind=CARD_JOB,
    subject="7",
    channel_id="C1",
    version=1,
    attempts=1,
    failures=0,
    lease_token="token",
    maybe_posted_since=None,
)
IN_2_SECONDS = NOW + 2 * SECOND  # the first delay doubles with the first attempt
SETTLED_AT = NOW + DEFAULT_TIMING.uncertain_period
UPLOAD_FAILED = SlackRequestError("Failed to upload a file (status: 503, …)")
CONNECT_FAILED = aiohttp.ClientConnectorError(
    ConnectionKey("slack.com", 443, True, True, None, None, None), OSError("refused")
)


def make_slack_error(
    status: int = 200, error: str = "", *, method: str = "chat.postMessage", retry_after: str = ""
) -> SlackApiError:
    response: Any = SimpleNamespace(
        status_code=status,
        data={"ok": False, "error": error} if error else "<html>",
        headers={"Retry-After": retry_after} if retry_after else {},
        api_url=f"https://slack.com/api/{method}",
    )
    return SlackApiError("failed", response)  # type: ignore[no-untyped-call]


def decide_for_job(error: Exception, *, attempts: int = 1, failures: int = 0, jitter: float = 1) -> Decision:
    job = replace(JOB, attempts=attempts, failures=failures)
    return decide_next_step(error, job, KINDS, NOW, DEFAULT_TIMING, jitter)


def make_retry(*, may_have_posted: bool = False, is_failure: bool = False, problem: str = "") -> Retry:
    return Retry(IN_2_SECONDS, SETTLED_AT if may_have_posted else None, is_failure, problem)


def make_unanswered(problem: str) -> Retry:
    return Retry(SETTLED_AT, SETTLED_AT, problem=problem)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (LeaseLost(), Abandon()),
        (ChannelThrottled(NOW + 3 * SECOND), Retry(NOW + 3 * SECOND)),
        (DependencyNotReady(), make_retry()),
        (make_slack_error(200, "channel_not_found"), DeadLetter("channel_not_found", restricts_channel=True)),
        (make_slack_error(200, "token_revoked"), DeadLetter("token_revoked", restricts_channel=True)),
        (
            make_slack_error(200, "missing_scope", method="reactions.add"),
            DeadLetter("missing_scope", restricts_channel=False),
        ),
        (
            make_slack_error(200, "not_in_channel", method="reactions.get"),
            DeadLetter("not_in_channel", restricts_channel=True),
        ),
        (
            make_slack_error(200, "restricted_action_new_kind"),
            DeadLetter("restricted_action_new_kind", restricts_channel=True),
        ),
        (ChannelRestricted("restricted_action"), DeadLetter("restricted_action", restricts_channel=True)),
        (
            make_slack_error(200, "invalid_blocks"),
            make_retry(is_failure=True, problem="Slack answered invalid_blocks"),
        ),
        (
            make_slack_error(200, "internal_error"),
            make_unanswered("Slack answered internal_error"),
        ),
        (make_slack_error(500), make_unanswered("Slack answered 500")),
        (
            make_slack_error(503, "fatal_error"),
            make_unanswered("Slack answered fatal_error"),
        ),
        (make_slack_error(200), make_unanswered("Slack answered 200")),
        (CONNECT_FAILED, make_retry(problem="no answer from Slack: ClientConnectorError")),
        (UPLOAD_FAILED, make_retry(is_failure=True, problem="failed")),
        (
            aiohttp.ServerDisconnectedError(),
            make_unanswered("no answer from Slack: ServerDisconnectedError"),
        ),
        (TimeoutError(), make_unanswered("no answer from Slack: TimeoutError")),
        (
            ConnectionResetError(),
            make_unanswered("no answer from Slack: ConnectionResetError"),
        ),
        (
            OperationalError("SELECT", {}, Exception()),
            make_retry(may_have_posted=True, problem="the database fails: OperationalError"),
        ),
        (PoolTimeoutError(), make_retry(may_have_posted=True, problem="the database fails: TimeoutError")),
        (ValueError(), make_retry(may_have_posted=True, is_failure=True, problem="failed")),
        (
            IntegrityError("INSERT", {}, Exception()),
            make_retry(may_have_posted=True, is_failure=True, problem="failed"),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("failures", [0, MAX_FAILURES - 2])
def test_each_error_leads_to_its_decision(error: Exception, decision: Decision, failures: int) -> None:
    assert decide_for_job(error, failures=failures) == decision


@pytest.mark.parametrize(
    ("error", "reason"),
    [(make_slack_error(200, "invalid_blocks"), "invalid_blocks"), (ValueError(), "failed")],
)
def test_too_many_failures_of_our_own_make_a_dead_letter(error: Exception, reason: str) -> None:
    assert decide_for_job(error, failures=MAX_FAILURES - 1) == DeadLetter(reason)


@pytest.mark.parametrize(
    "error",
    [
        make_slack_error(500),
        TimeoutError(),
        CONNECT_FAILED,
        PoolTimeoutError(),
        DependencyNotReady(),
        ChannelThrottled(NOW),
    ],
)
def test_an_outage_never_makes_a_dead_letter(error: Exception) -> None:
    decision = decide_for_job(error, attempts=10_000, failures=MAX_FAILURES - 1)
    assert isinstance(decision, Retry)
    assert not decision.is_failure


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (8, 256), (9, 300), (12, 300), (10_000, 300)]
)
def test_the_delay_doubles_with_each_attempt_up_to_five_minutes(attempts: int, seconds: int) -> None:
    decision = decide_for_job(DependencyNotReady(), attempts=attempts)
    assert decision == Retry(NOW + seconds * SECOND)


@pytest.mark.parametrize("error", [TimeoutError(), make_slack_error(502)])
def test_a_long_delay_is_not_shortened_where_slack_did_not_answer(error: Exception) -> None:
    decision = decide_for_job(error, attempts=12)
    assert isinstance(decision, Retry)
    assert decision.due_at == NOW + DEFAULT_TIMING.max_retry_delay


def test_jitter_shortens_the_delay() -> None:
    assert decide_for_job(DependencyNotReady(), jitter=0.5) == Retry(NOW + SECOND)


@pytest.mark.parametrize(
    ("method", "kinds"),
    [
        ("chat.postMessage", {CARD_JOB, DIGEST_JOB}),
        ("chat.update", {CARD_JOB, OLD_CARD_JOB}),
        ("users.info", {CARD_JOB}),
        ("conversations.history", set()),
        ("conversations.replies", set()),
    ],
)
def test_a_limit_throttles_every_kind_that_calls_the_method(method: str, kinds: set[object]) -> None:
    decision = decide_for_job(make_slack_error(429, "ratelimited", method=method, retry_after="30"))
    assert decision == Throttle(frozenset(kinds), NOW + 30 * SECOND)  # type: ignore[arg-type]


@pytest.mark.parametrize("retry_after", ["", "soon", "²"])
def test_a_limit_without_a_valid_retry_after_waits_one_second(retry_after: str) -> None:
    decision = decide_for_job(make_slack_error(429, "ratelimited", retry_after=retry_after))
    assert isinstance(decision, Throttle)
    assert decision.due_at == NOW + SECOND


def test_a_job_in_whose_midst_the_process_stops_waits_until_slack_has_finished() -> None:
    assert decide_cut_short(NOW, DEFAULT_TIMING) == Retry(SETTLED_AT, SETTLED_AT)


def test_only_our_own_bugs_are_unexpected() -> None:
    assert is_unexpected(ValueError())
    assert is_unexpected(IntegrityError("INSERT", {}, Exception()))
    for error in (
        make_slack_error(),
        TimeoutError(),
        CONNECT_FAILED,
        UPLOAD_FAILED,
        PoolTimeoutError(),
        LeaseLost(),
    ):
        assert not is_unexpected(error)


def test_a_decision_counts_no_failure_and_restricts_no_channel_unless_it_says_so() -> None:
    assert not Retry(NOW).is_failure
    assert not DeadLetter("is_archived").restricts_channel
