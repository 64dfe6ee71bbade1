"""Errors of Slack's Web API: which are permanent, which are temporary. Pure.

`read_slack_error` reads every error that Slack answers with; SLACK_UNREACHABLE lists the exceptions that are
raised where no answer comes.
"""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

# No answer came. Not every timeout of aiohttp is a ClientError: some are a plain TimeoutError.
SLACK_UNREACHABLE = (aiohttp.ClientError, TimeoutError)
# No answer or an error: for callers that can do without the result.
SLACK_CALL_ERRORS = (SlackApiError, *SLACK_UNREACHABLE)

# A retry fails too until somebody changes something in Slack, for example invites the bot.
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
    """A call that failed. Slack may have carried it out nevertheless: see `is_outage`."""

    method: str
    status: int
    reason: str  # Slack's error code; "" where a proxy answered
    retry_after: timedelta | None  # None where Slack asks for no delay

    @property
    def is_permanent(self) -> bool:
        """Whether a retry fails too until somebody changes something in Slack."""
        return self.reason in PERMANENT_ERRORS

    @property
    def is_outage(self) -> bool:
        """Whether Slack itself failed. It may have carried out the call nevertheless."""
        return (
            self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.reason in OUTAGE_ERRORS or not self.reason
        )

    @property
    def is_temporary(self) -> bool:
        """Whether the same call may succeed later."""
        return self.is_outage or self.retry_after is not None


def read_slack_error(error: SlackApiError) -> SlackError:
    """Return what an exception of Slack's client says."""
    response: Any = error.response
    data = getattr(response, "data", None)
    # The client raises with its own response, or with aiohttp's response where the body is not JSON.
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
