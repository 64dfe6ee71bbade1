"""Errors of Slack's Web API, and what they mean for the bot. Pure.

What Slack refuses until somebody changes something is in `bot.slack.restrictions`; the other kinds are here.
`read_slack_error` reads every error that Slack answers with; SLACK_UNREACHABLE lists the exceptions that are
raised where no answer comes.
"""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.slack.restrictions import find_restriction

# No answer came. Not every timeout of aiohttp is a ClientError: some are a plain TimeoutError.
SLACK_UNREACHABLE = (aiohttp.ClientError, TimeoutError)
# No answer or an error: for callers that can do without the result. SlackRequestError is raised where Slack
# does not take the content of a file.
SLACK_CALL_ERRORS = (SlackApiError, SlackRequestError, *SLACK_UNREACHABLE)

# The message, or the thread that it replies to, is not there (any more), or is not the bot's to change: the
# message is posted again.
GONE_ERRORS = frozenset(
    {
        "cant_update_message",
        "invalid_thread_ts",
        "message_deleted",
        "message_not_found",
        "thread_not_found",
    }
)
# Slack knows some of the blocks not yet: it gets plain ones.
UNSUPPORTED_BLOCKS_ERRORS = frozenset({"invalid_attachments", "invalid_blocks", "invalid_blocks_format"})
# The message is shortened.
TOO_LONG_ERRORS = frozenset(
    {"attachment_payload_limit_exceeded", "message_too_long", "msg_blocks_too_long", "msg_too_long"}
)
OUTAGE_ERRORS = frozenset(
    {
        "external_channel_migrating",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "update_failed",
    }
)
RATE_LIMIT_ERRORS = frozenset({"rate_limited", "ratelimited"})
# The first kind that fits counts.
NETWORK_PROBLEMS: dict[type[Exception], str] = {
    aiohttp.ClientHttpProxyError: "the proxy answered {status}",
    aiohttp.ClientProxyConnectionError: "the proxy {host}:{port} does not answer",
    aiohttp.ClientConnectorCertificateError: (
        "the certificate of {host} is not trusted: name the file of its issuer in SSL_CERT_FILE"
    ),
    aiohttp.ClientConnectorDNSError: "the host {host} is not known",
    aiohttp.ClientConnectorError: "{host}:{port} does not answer",
    aiohttp.WSServerHandshakeError: "the websocket was refused with {status}",
    TimeoutError: "no answer in time",
}
DEFAULT_RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class SlackError:
    """A call that failed. Slack may have carried it out nevertheless: see `is_outage`."""

    method: str
    status: int
    reason: str  # Slack's error code; "" where a proxy answered
    retry_after: timedelta | None  # None where Slack asks for no delay
    needed_scopes: str = ""  # of which the call needs one, separated by commas; for `missing_scope`
    details: str = ""  # what Slack writes about the arguments

    @property
    def is_restriction(self) -> bool:
        """Whether a retry fails too until somebody changes something: see `bot.slack.restrictions`."""
        return find_restriction(self.reason) is not None

    @property
    def is_gone(self) -> bool:
        """Whether the message or its thread is not there any more."""
        return self.reason in GONE_ERRORS

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


def describe_call_error(error: Exception) -> str:
    """Say in a few words why a call to Slack failed, for logs and operators; nothing that Slack wrote."""
    if isinstance(error, SlackApiError):
        slack_error = read_slack_error(error)
        return f"Slack answered {slack_error.reason or slack_error.status}"
    texts = (text for kind, text in NETWORK_PROBLEMS.items() if isinstance(error, kind))
    return next(texts, "no answer: {kind}").format(
        kind=type(error).__name__,
        host=getattr(error, "host", ""),
        port=getattr(error, "port", ""),
        status=getattr(error, "status", ""),
    )


def read_slack_error(error: SlackApiError) -> SlackError:
    """Return what an exception of Slack's client says."""
    response: Any = error.response
    data = getattr(response, "data", None)
    # The client raises with its own response, or with aiohttp's response where the body is not JSON.
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    body = data if isinstance(data, dict) else {}
    reason = str(body.get("error") or "")
    retry_after = None
    if status == HTTPStatus.TOO_MANY_REQUESTS or reason in RATE_LIMIT_ERRORS:
        seconds = str(response.headers.get("Retry-After", ""))
        is_number = seconds.isascii() and seconds.isdigit()
        retry_after = timedelta(seconds=int(seconds) if is_number else DEFAULT_RETRY_AFTER_SECONDS)
    return SlackError(
        method=str(getattr(response, "api_url", "")).rstrip("/").rpartition("/")[2],
        status=status,
        reason=reason,
        retry_after=retry_after,
        needed_scopes=str(body.get("needed") or ""),
        details=str(body.get("response_metadata") or ""),
    )
