"""Send a message with the newest blocks, or plain ones where a workspace's Slack does not support them."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from bot.slack.api_errors import read_slack_error
from bot.slack.blockkit.builders import Block, Message
from bot.slack.deps import Deps

log = logging.getLogger(__name__)

T = TypeVar("T")
INVALID_BLOCKS = "invalid_blocks"  # Slack's error for blocks that it does not support


class BlocksRejected(Exception):
    """A response_url rejected some of the blocks; the Web API raises SlackApiError instead."""


async def send_message(
    message: Message, team_id: str, deps: Deps, send_blocks: Callable[[Sequence[Block]], Awaitable[T]]
) -> T:
    """Send a message's blocks with `send_blocks`; where Slack rejects the newest ones, send plain ones.

    The workspace then gets plain blocks for a day. Only a message that has newer blocks reads whether its
    workspace supports them, which is one read by key.
    """
    if message.plain_blocks == message.blocks:
        return await send_blocks(message.blocks)
    if not await deps.block_support.is_supported(team_id):
        return await send_blocks(message.plain_blocks)
    try:
        return await send_blocks(message.blocks)
    except BlocksRejected:
        pass
    except SlackApiError as error:
        if read_slack_error(error).reason != INVALID_BLOCKS:
            raise
    log.warning("workspace %s does not support the newest blocks: it gets plain ones for a day", team_id)
    # Stored before the message is sent: a failure after the sending would make the retry send it twice.
    await deps.block_support.mark_unsupported(team_id)
    return await send_blocks(message.plain_blocks)
