"""Send a message with the newest blocks, or with plain or shorter ones where Slack refuses it so."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from bot.slack.api_errors import TOO_LONG_ERRORS, UNSUPPORTED_BLOCKS_ERRORS, read_slack_error
from bot.slack.blockkit.builders import Block, Message
from bot.slack.blockkit.length import shorten_blocks
from bot.slack.blockkit.text import truncate_mrkdwn
from bot.slack.deps import Deps

log = logging.getLogger(__name__)

T = TypeVar("T")
Sender = Callable[[str, Sequence[Block]], Awaitable[T]]  # of text and blocks
SHORTER_CHARACTERS = (6000, 2500)  # of a message that Slack finds too long, one after the other
MAX_SHORTER_TEXT_CHARACTERS = 1000  # of its text for notifications
INVALID_BLOCKS = "invalid_blocks"
INVALID_VIEW, UNSUPPORTED_TYPE = "invalid_arguments", "unsupported type"  # Slack answers so for a view


class BlocksRejected(Exception):
    """A response_url rejected the blocks with this error; the Web API raises SlackApiError instead."""

    def __init__(self, error_code: str) -> None:
        super().__init__(error_code)
        self.error_code = error_code


async def send_message(message: Message, team_id: str, deps: Deps, send: Sender[T]) -> T:
    """Send a message with `send`; where Slack rejects its newest blocks or its length, send another version.

    A workspace that rejects the newest blocks gets plain ones for a day. Only a message that has newer blocks
    reads whether its workspace supports them, which is one read by key.
    """
    blocks = message.blocks
    if message.plain_blocks != blocks and not await deps.block_support.is_supported(team_id):
        blocks = message.plain_blocks
    try:
        return await send(message.text, blocks)
    except (BlocksRejected, SlackApiError) as error:
        error_code = _read_error_code(error)
        if error_code in UNSUPPORTED_BLOCKS_ERRORS and blocks != message.plain_blocks:
            # Stored before the message is sent: if that failed afterwards, the retry would send it twice.
            await deps.block_support.mark_unsupported(team_id)
        elif error_code not in TOO_LONG_ERRORS:
            raise
    log.warning("workspace %s rejects a message: %s", team_id, error_code)
    if error_code in TOO_LONG_ERRORS:
        return await _send_shorter(message, send)
    try:
        return await send(message.text, message.plain_blocks)
    except (BlocksRejected, SlackApiError) as error:
        if _read_error_code(error) not in TOO_LONG_ERRORS:
            raise
    return await _send_shorter(message, send)


async def _send_shorter(message: Message, send: Sender[T]) -> T:
    """Send the plain blocks with their long texts cut, and cut further if that is still too long."""
    text = truncate_mrkdwn(message.text, MAX_SHORTER_TEXT_CHARACTERS)
    longest, shortest = (shorten_blocks(message.plain_blocks, limit) for limit in SHORTER_CHARACTERS)
    try:
        return await send(text, longest)
    except (BlocksRejected, SlackApiError) as error:
        if _read_error_code(error) not in TOO_LONG_ERRORS:
            raise
    return await send(text, shortest)


def _read_error_code(error: BlocksRejected | SlackApiError) -> str:
    if isinstance(error, BlocksRejected):
        return error.error_code
    slack_error = read_slack_error(error)
    # Slack has another error for a view with blocks that it does not support.
    is_unsupported_view = slack_error.reason == INVALID_VIEW and UNSUPPORTED_TYPE in slack_error.details
    return INVALID_BLOCKS if is_unsupported_view else slack_error.reason
