"""Who is in which channel. Slack is asked each time, since people join and leave."""

from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack.api_errors import SLACK_CALL_ERRORS, read_slack_error
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.outgoing.paging import paginate
from bot.slack.request import Request, RequestSource

BOT_NOT_IN_CHANNEL = (
    "I'm not in this channel, so I can't post here: invite me with `/invite` and my name, then try again."
)
USER_NOT_IN_CHANNEL = (
    "Only members of that channel can do this: join it first, or ask somebody in it to invite you."
)
DEFAULT_PAGE_SIZE = 200  # Slack recommends at most 200
MAX_PAGE_SIZE = 999  # Slack asks for a limit under 1000


async def list_channels(deps: Deps, team_id: str, user_id: str) -> frozenset[str]:
    """Return the ids of a user's channels: all public ones, and the private ones that the bot is in too."""
    pages = paginate(
        deps.slack.users_conversations,
        user=user_id,
        types="public_channel,private_channel",
        limit=DEFAULT_PAGE_SIZE,
        team_id=team_id,  # Slack requires it with the token of an organisation
    )
    return frozenset([channel["id"] async for page in pages for channel in page["channels"]])


async def list_members(deps: Deps, channel_id: str, limit: int) -> list[str]:
    """Return the user ids of a channel's members, bots included.

    Stop after the page that exceeds the limit: the caller then only needs to know that there are more.
    """
    user_ids: list[str] = []
    async for page in _iterate_members(deps, channel_id, DEFAULT_PAGE_SIZE):
        user_ids += page
        if len(user_ids) > limit:
            break
    return user_ids


async def is_member(deps: Deps, channel_id: str, user_id: str) -> bool:
    """Return whether a user is in a channel now."""
    # Each page is a call that the user waits for, so the pages are as large as Slack allows.
    async for page in _iterate_members(deps, channel_id, MAX_PAGE_SIZE):
        if user_id in page:
            return True
    return False


async def _iterate_members(deps: Deps, channel_id: str, page_size: int) -> AsyncIterator[list[str]]:
    """Yield the user ids of a channel's members, a page at a time."""
    async for page in paginate(deps.slack.conversations_members, channel=channel_id, limit=page_size):
        yield page["members"]


async def require_membership(request: Request, deps: Deps) -> None:
    """Raise UserError where the user is not in the request's channel now.

    Buttons and dialogs stay usable after their user leaves the channel. A command, however, was typed in the
    channel just now, so it is accepted where Slack does not list the members.
    """
    if request.is_direct:
        return
    try:
        is_allowed = await is_member(deps, request.channel_id, request.user_id)
    except SLACK_CALL_ERRORS as error:
        if request.source is RequestSource.COMMAND:
            return
        if isinstance(error, SlackApiError) and read_slack_error(error).reason in {
            "channel_not_found",
            "not_in_channel",
        }:
            raise UserError(BOT_NOT_IN_CHANNEL) from error
        raise
    if not is_allowed:
        raise UserError(USER_NOT_IN_CHANNEL)


async def require_bot_in_channel(deps: Deps, channel_id: str) -> None:
    """Raise UserError unless the bot can post in a channel."""
    try:
        answer = await deps.slack.conversations_info(channel=channel_id)
    except SlackApiError as error:
        # Slack answers so for a private channel that the bot is not in.
        if read_slack_error(error).reason == "channel_not_found":
            raise UserError(BOT_NOT_IN_CHANNEL) from error
        raise
    channel: dict[str, Any] = answer["channel"]
    if channel.get("is_archived"):
        raise UserError("This channel is archived, so nothing can be added: unarchive it and try again.")
    if not channel.get("is_member", True):
        raise UserError(BOT_NOT_IN_CHANNEL)
