"""One family of errors whose message is what the user reads."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ButtonElement
from sqlalchemy.exc import DBAPIError, TimeoutError as NoConnection

from bot.db.postgresql import READ_ONLY_SQLSTATE
from bot.slack.blockkit.builders import Message, actions_block, build_message, section_block
from bot.slack.outgoing.errors import SLACK_UNREACHABLE

BUSY, BROKEN = 429, 500  # what Slack's HTTP status says


class UserError(Exception):
    """Something cannot be done. The message says what, why and what to do, in one sentence of mrkdwn."""

    def __init__(self, says: str, *buttons: ButtonElement) -> None:
        super().__init__(says)
        self.text = says
        self.buttons = buttons

    def to_message(self) -> Message:
        return build_message(self.text, section_block(self.text), actions_block(*self.buttons))


def is_database_error(error: BaseException) -> bool:
    """Say whether the database failed, not the code or Slack."""
    return isinstance(error, DBAPIError | NoConnection)


def is_read_only_error(error: BaseException) -> bool:
    """Say whether the database refused to write since it may be read alone at the moment."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) == READ_ONLY_SQLSTATE or "readonly database" in str(cause)


def describe_failure(error: BaseException, reference: str) -> str:
    """Return what to say of something that went wrong, with the reference that the log has too."""
    if is_read_only_error(error):
        says = "My storage lets me only read at the moment, so nothing was changed."
    elif is_database_error(error):
        says = "I can't reach my storage at the moment, so nothing was changed."
    elif isinstance(error, SLACK_UNREACHABLE) or _is_busy(error):
        says = "Slack did not answer me just now."
    else:
        return (
            f"Something went wrong on my side. Please try again; if it happens again, tell whoever runs me "
            f"the reference {reference}."
        )
    return f"{says} Please try again in a minute. (Reference {reference})"


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, SlackApiError) and (
        error.response.status_code == BUSY or error.response.status_code >= BROKEN
    )
