"""Send a file to one person.

It goes into the direct message: within a channel, Slack can show text to one person alone, but no file.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.slack.api_errors import SLACK_CALL_ERRORS
from bot.slack.blockkit.builders import build_message
from bot.slack.deps import Deps
from bot.slack.errors import explain_restriction
from bot.slack.outgoing.responses import deliver_answer, send_direct_answer
from bot.slack.request import Request
from bot.slack.scopes import describe_lacking_scope

log = logging.getLogger(__name__)

FILES_SCOPE = "files:write"


@dataclass(frozen=True, slots=True)
class File:
    """A file to send, and for a picture its alternative text."""

    name: str
    title: str
    content: str | bytes
    alt_text: str | None = None


async def send_file(deps: Deps, user_id: str, file: File) -> None:
    """Upload a file to a person's direct message with the bot. Raises the errors of the Slack client."""
    conversation = await deps.slack.conversations_open(users=user_id)
    await deps.slack.files_upload_v2(
        channel=conversation["channel"]["id"],
        content=file.content,
        filename=file.name,
        title=file.title,
        alt_txt=file.alt_text,
    )


def start_picture(
    request: Request, deps: Deps, create: Callable[[], Awaitable[File]], subject: str, retry_command: str
) -> str:
    """Start to send the picture that belongs to an answer; return what the answer says about it.

    `subject` is what the picture is of, and the channel, as mrkdwn.
    """
    if deps.scopes.lacks(request.team_id, FILES_SCOPE):
        return f"Its picture can't be sent: {describe_lacking_scope([FILES_SCOPE])}."
    deps.background.start(_send_picture(request, deps, create, subject, retry_command))
    return "I sent you the picture in our direct message."


async def _send_picture(
    request: Request, deps: Deps, create: Callable[[], Awaitable[File]], subject: str, retry_command: str
) -> None:
    try:
        file = await create()
    except Exception:  # whatever it was, the person has read that the picture is in the direct message
        log.exception("could not draw a picture")
        text = (
            f"I could not draw the picture of {subject}. There, `{retry_command}` tries again, "
            "and `/valuemap export json` has all that would be in it."
        )
        await send_direct_answer(build_message(text), request, deps)
        return
    try:
        await send_file(deps, request.user_id, file)
    except SLACK_CALL_ERRORS as error:
        log.warning("could not send a picture: %s", type(error).__name__)
        reason = explain_restriction(error) or f"`{retry_command}` tries again."
        text = f"I could not send you the picture just now. {reason}"
        await deliver_answer(build_message(text), request, deps)
