"""One family of errors whose message is what the user reads."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ButtonElement
from sqlalchemy.exc import DBAPIError, TimeoutError as NoConnection

from bot.db.postgresql import READ_ONLY
from bot.slack.blockkit.builders import Message, actions, message, section

BUSY, BROKEN = 429, 500  # what Slack's HTTP status says


class Refusal(Exception):
    """Something cannot be done. The message says what, why and what to do, in one sentence of mrkdwn."""

    def __init__(self, says: str, *buttons: ButtonElement) -> None:
        super().__init__(says)
        self.says = says
        self.buttons = buttons

    def reply(self) -> Message:
        return message(self.says, section(self.says), actions(*self.buttons))


def is_of_storage(error: BaseException) -> bool:
    """Say whether the database failed, not the code or Slack."""
    return isinstance(error, DBAPIError | NoConnection)


def is_read_only(error: BaseException) -> bool:
    """Say whether the database refused to write since it may be read alone at the moment."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) == READ_ONLY or "readonly database" in str(cause)


def trouble(error: BaseException, reference: str) -> str:
    """Return what to say of something that went wrong, with the reference that the log has too."""
    if is_read_only(error):
        says = "My storage lets me only read at the moment, so nothing was changed."
    elif is_of_storage(error):
        says = "I can't reach my storage at the moment, so nothing was changed."
    elif isinstance(error, aiohttp.ClientError | TimeoutError) or _is_busy(error):
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
