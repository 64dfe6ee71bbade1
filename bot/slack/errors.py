"""Errors whose text a user reads, and the text that a user reads for every other error."""

from http import HTTPStatus
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ButtonElement
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeoutError

from bot.db.postgresql import READ_ONLY_SQLSTATE
from bot.slack.api_errors import SLACK_UNREACHABLE, read_slack_error
from bot.slack.blockkit.builders import Message, actions_blocks, build_message, section_block
from bot.slack.blockkit.text import escape, sanitize, truncate
from bot.slack.restrictions import RestrictionScope, find_restriction
from bot.slack.scopes import describe_lacking_scope, parse_scopes
from bot.times.errors import InvalidTime

MAX_QUOTED_CHARACTERS = 60  # of typed text in an error message
MISSING_SCOPE = "missing_scope"  # Slack's error for a call that needs a scope that was not granted


class UserError(Exception):
    """Something cannot be done. `text` says what, why and what to do, in one sentence of mrkdwn."""

    def __init__(self, text: str, *buttons: ButtonElement) -> None:
        super().__init__(text)
        self.text = text
        self.buttons = buttons

    def to_message(self) -> Message:
        """Return the text and the buttons as a message."""
        return build_message(self.text, section_block(self.text), *actions_blocks(self.buttons))


class SlackLimited(UserError):
    """Slack asks to wait for longer than the request could. The same request can be answered later."""


def is_limited_by_slack(error: BaseException) -> bool:
    """Return whether Slack asked to wait, and did nothing."""
    if isinstance(error, SlackApiError):
        return read_slack_error(error).retry_after is not None
    return isinstance(error, SlackLimited)


def explain_invalid_time(error: InvalidTime) -> UserError:
    """Return what the user reads about a typed day, time or schedule, with the typed text as it was typed."""
    return UserError(error.describe(lambda typed: escape(truncate(sanitize(typed), MAX_QUOTED_CHARACTERS))))


def is_database_error(error: BaseException) -> bool:
    """Return whether the database failed, not the code or Slack."""
    return isinstance(error, DBAPIError | PoolTimeoutError)


def is_read_only_error(error: BaseException) -> bool:
    """Return whether the database rejected a write because it is read-only now.

    PostgreSQL, for example a standby, has an error code for it; SQLite has only an error text.
    """
    cause: Any = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) == READ_ONLY_SQLSTATE or "readonly database" in str(cause)


def describe_failure(error: BaseException, reference: str) -> str:
    """Return what a user reads when an error is not a UserError; the log contains the reference too."""
    if is_read_only_error(error):
        text = "My storage lets me only read at the moment, so nothing was changed."
    elif is_database_error(error):
        text = "I can't reach my storage at the moment, so nothing was changed."
    elif (needed := read_needed_scopes(error)) is not None:
        return f"That is not possible here: {describe_lacking_scope(needed)}."
    elif isinstance(error, SLACK_UNREACHABLE) or _is_slack_overloaded(error):
        text = "Slack did not answer me just now."
    elif restriction := explain_restriction(error):
        return restriction
    else:
        return (
            f"Something went wrong on my side. Please try again; if it happens again, tell the person "
            f"who runs me the reference {reference}."
        )
    return f"{text} Please try again in a minute. (Reference {reference})"


def explain_restriction(error: BaseException) -> str:
    """Return what Slack refuses and who can change it; "" for an error that is no restriction."""
    if not isinstance(error, SlackApiError):
        return ""
    slack_error = read_slack_error(error)
    restriction = find_restriction(slack_error.reason)
    is_upload = slack_error.method.startswith("files.")
    if restriction is not None and not (is_upload and restriction.scope is RestrictionScope.CHANNEL):
        return restriction.describe()
    if is_upload and slack_error.reason and not slack_error.is_temporary:
        reason = slack_error.reason
        return f"Slack takes no file from me, a workspace admin can change that: it answers `{reason}`."
    return ""


def read_needed_scopes(error: BaseException) -> frozenset[str] | None:
    """Return the scopes of which a call needs one; None where it failed for another reason."""
    slack_error = read_slack_error(error) if isinstance(error, SlackApiError) else None
    if slack_error is None or slack_error.reason != MISSING_SCOPE:
        return None
    return parse_scopes(slack_error.needed_scopes)


def _is_slack_overloaded(error: BaseException) -> bool:
    if not isinstance(error, SlackApiError):
        return False
    status = read_slack_error(error).status
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
