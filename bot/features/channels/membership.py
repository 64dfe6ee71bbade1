"""TODO: say what this module is."""

from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.outgoing.errors import SLACK_CALL_ERRORS, read_slack_error
from bot.slack.outgoing.paging import paginate
from bot.slack.request import Request, RequestSource

BOT_NOT_IN_CHANNEL = (
    "I'm not in this channel, so I can't post here: invite me with `/invite` and my name, then try again."
)


USER_NOT_IN_CHANNEL = "Only members of that channel can do this: join it first, or ask somebody in it to invite you."


PAGE = 200


MOST_A_PAGE = 1000  # that Slack gives


async def list_channels(deps: Deps, user: str) -> frozenset[str]:
    """Return the channels that a user is in and the bot can see."""
    types = "public_channel,private_channel"
    pages = paginate(deps.slack.users_conversations, user=user, types=types, limit=PAGE)
    return frozenset([channel["id"] async for page in pages for channel in page["channels"]])


async def list_members(deps: Deps, channel: str, most: int) -> list[str]:
    """Return who is in a channel, bots among them; where they are more than this, some more than this."""
    members: list[str] = []
    async for page in _members(deps, channel, PAGE):
        members += page
        if len(members) > most:
            break
    return members


async def _members(deps: Deps, channel: str, a_page: int) -> AsyncIterator[list[str]]:
    """Yield who is in a channel, some at a time."""
    async for page in paginate(deps.slack.conversations_members, channel=channel, limit=a_page):
        yield page["members"]


async def require_membership(request: Request, deps: Deps) -> None:
    """Raise Refusal where somebody acts upon a channel that they are not in at this moment.

    Buttons and dialogs outlive a membership. Of a command Slack has just said where it was typed, so it is
    taken at its word where it cannot say who is there.
    """
    if request.is_direct:
        return
    try:
        there = await is_member(deps, request.channel_id, request.user_id)
    except SLACK_CALL_ERRORS as error:
        if request.source is RequestSource.COMMAND:
            return
        if isinstance(error, SlackApiError) and read_slack_error(error).reason in {
            "channel_not_found",
            "not_in_channel",
        }:
            raise UserError(BOT_NOT_IN_CHANNEL) from error
        raise
    if not there:
        raise UserError(USER_NOT_IN_CHANNEL)


async def is_member(deps: Deps, channel: str, user: str) -> bool:
    """Say whether a user is in a channel now."""
    async for page in _members(deps, channel, MOST_A_PAGE):
        if user in page:
            return True
    return False


async def require_bot_in_channel(deps: Deps, channel: str) -> None:
    """Raise Refusal unless the bot can post in a channel."""
    try:
        answer = await deps.slack.conversations_info(channel=channel)
    except SlackApiError as error:
        if read_slack_error(error).reason == "channel_not_found":
            raise UserError(BOT_NOT_IN_CHANNEL) from error
        raise
    about: dict[str, Any] = answer["channel"]
    if about.get("is_archived"):
        raise UserError("This channel is archived, so nothing can be added: unarchive it and try again.")
    if not about.get("is_member", True):
        raise UserError(BOT_NOT_IN_CHANNEL)
