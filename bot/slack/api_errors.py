"""What Slack answered, and what it means that it did not answer.

One function reads every error of the Web API, `read_slack_error`, and one constant says which exceptions mean
that Slack cannot be reached. Pure.
"""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

# No answer came. The client raises TimeoutError by itself: aiohttp's timeouts are of both kinds.
SLACK_UNREACHABLE = (aiohttp.ClientError, TimeoutError)
# No answer, or one that says no: for callers that can do without what they asked for.
SLACK_CALL_ERRORS = (SlackApiError, *SLACK_UNREACHABLE)

# Errors that no later attempt gets past unless somebody changes something at Slack, such as inviting the bot.
PERMANENT_ERRORS = frozenset(
    {
        "account_inactive",
        "cant_update_message",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "not_authed",
        "not_in_channel",
        "restricted_action",
        "token_expired",
        "token_revoked",
    }
)
OUTAGE_ERRORS = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
DEFAULT_RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class SlackError:
    """A call that failed, as far as the answer says; Slack may still have done what it was asked."""

    method: str
    status: int
    reason: str  # Slack's name for the error; "" where the answer was not Slack's own
    retry_after: timedelta | None  # how long Slack asks to wait; None where it does not ask

    @property
    def is_permanent(self) -> bool:
        return self.reason in PERMANENT_ERRORS

    @property
    def is_outage(self) -> bool:
        """Whether Slack itself failed. It may have done what it was asked all the same."""
        return (
            self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.reason in OUTAGE_ERRORS or not self.reason
        )

    @property
    def is_temporary(self) -> bool:
        """Whether the same call may succeed later."""
        return self.is_outage or self.retry_after is not None


def read_slack_error(error: SlackApiError) -> SlackError:
    """Read the exception of Slack's client. A proxy's answer has no reason in it."""
    response: Any = error.response
    data = getattr(response, "data", None)
    # The client raises with its own response, or with aiohttp's where the body was no JSON.
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    retry_after = None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = str(response.headers.get("Retry-After", ""))
        is_number = seconds.isascii() and seconds.isdigit()
        retry_after = timedelta(seconds=int(seconds) if is_number else DEFAULT_RETRY_AFTER_SECONDS)
    return SlackError(
        method=str(getattr(response, "api_url", "")).rstrip("/").rpartition("/")[2],
        status=status,
        reason=str(data.get("error") or "") if isinstance(data, dict) else "",
        retry_after=retry_after,
    )
