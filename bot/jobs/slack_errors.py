"""What Slack's refusals mean. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.jobs.store import Errand

HOPELESS = frozenset(
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
SLACK_TROUBLE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
POSTING = frozenset(
    {
        Errand.CANVAS,
        Errand.CARD,
        Errand.EDITION,
        Errand.ROUND,
        Errand.DIGEST,
        Errand.REMINDER,
        Errand.RESULT,
    }
)
UPDATING = frozenset({Errand.CANVAS, Errand.CARD, Errand.OLD_CARD, Errand.ROUND})
USES = {"chat.postMessage": POSTING, "chat.update": UPDATING}  # of what many kinds of errands call
LOOKS = frozenset({"conversations.history", "conversations.replies"})  # for a message that may stand there


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that Slack did not do, or that it did and did not say so."""

    method: str
    status: int
    reason: str
    wait: timedelta | None  # that Slack asks for

    @property
    def is_hopeless(self) -> bool:
        return self.reason in HOPELESS

    @property
    def is_trouble(self) -> bool:
        """Whether it is Slack's own trouble, in which it may have done what was asked."""
        return self.status >= 500 or self.reason in SLACK_TROUBLE or not self.reason

    @property
    def passes(self) -> bool:
        """Whether it is of use to ask again later."""
        return self.is_trouble or self.wait is not None

    def concerns(self, errand: Errand) -> frozenset[Errand]:
        """Return the kinds of errands that wait when Slack asks for it."""
        return frozenset() if self.method in LOOKS else USES.get(self.method, frozenset()) | {errand}


def refusal(error: SlackApiError) -> Refusal:
    """Read what Slack's client raises; its answer is no answer of Slack's where a proxy spoke."""
    response: Any = error.response
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    wait = None
    if status == 429:
        asked = str(response.headers.get("Retry-After", ""))
        wait = timedelta(seconds=int(asked) if asked.isascii() and asked.isdigit() else 1)
    return Refusal(
        str(getattr(response, "api_url", "")).rstrip("/").rpartition("/")[2],
        status,
        str(data.get("error") or "") if isinstance(data, dict) else "",
        wait,
    )
