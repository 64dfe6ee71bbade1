"""Sending a message with the newest blocks, or in plain ones where a workspace's Slack does not know them."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from bot.slack.blockkit.builders import Block, Message
from bot.slack.request import Deps

log = logging.getLogger(__name__)

T = TypeVar("T")
INVALID = "invalid_blocks"  # what Slack answers to blocks that it does not know


class NotKnown(Exception):
    """Slack does not know some of the blocks."""


async def send(said: Message, team: str, deps: Deps, way: Callable[[Sequence[Block]], Awaitable[T]]) -> T:
    """Send a message's blocks by this way; where Slack does not know some, the plain ones, for a day.

    Only a message with newest blocks asks whether its workspace is spared them, by one read of a key.
    """
    if said.plain == said.blocks:
        return await way(said.blocks)
    if await deps.sparing.is_spared(team):
        return await way(said.plain)
    try:
        return await way(said.blocks)
    except (NotKnown, SlackApiError) as error:
        if isinstance(error, SlackApiError) and error.response.get("error") != INVALID:
            raise
    log.warning("%s does not know the newest blocks, and is spared them for a day", team)
    await deps.sparing.spare(team)  # before the message: sent and not noted, it would be sent twice
    return await way(said.plain)
