"""Who is in which channel. Slack is asked, and its answers are remembered for a minute."""

from asyncio import sleep
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from math import ceil
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from bot.slack.api_errors import SLACK_CALL_ERRORS, read_slack_error
from bot.slack.blockkit.text import count_noun
from bot.slack.deps import Deps
from bot.slack.errors import SlackLimited, UserError, read_needed_scopes
from bot.slack.incoming.commands import HELP_COMMAND, split_command
from bot.slack.outgoing.paging import paginate
from bot.slack.request import Request, RequestSource

T = TypeVar("T")
BOT_NOT_IN_CHANNEL = (
    "I'm not in this channel, so I can't post here: invite me with `/invite` and my name, then try again. "
    "(Where Slack refuses that, as in a group message, go to a channel.)"
)
USER_NOT_IN_CHANNEL = (
    "Only members of that channel can do this: join it first, or ask somebody in it to invite you."
)
GROUP_MESSAGE_TEXT = (
    "A value map needs a channel: go to your team's, or change this group message to a private channel, then "
    "invite me there with `/invite` and my name, and type `/valuemap new NAME for SEGMENT`."
)
GROUP_MESSAGE_SCOPE = "mpim:read"  # with which Slack tells about group messages; the bot does without
NOT_MEMBER_ERRORS = {"channel_not_found", "not_in_channel"}
DEFAULT_PAGE_SIZE = 200  # Slack recommends at most 200
MAX_PAGE_SIZE = 999  # Slack asks for a limit under 1000
# Slack says that the user just typed this in the channel, so it is accepted where Slack lists no members.
# Buttons and forms, however, stay usable after their user left the channel.
TYPED_SOURCES = {RequestSource.COMMAND, RequestSource.MENTION}
# How long a request waits where Slack limits the question who is in a channel.
DEFAULT_WAIT_TIMEOUT = timedelta(seconds=10)
WAIT_TIMEOUTS: dict[RequestSource, timedelta] = {
    **dict.fromkeys(TYPED_SOURCES, timedelta(0)),
    RequestSource.VIEW: timedelta(seconds=1),  # Slack shows an error at a form after three seconds
}
# How long a typed text waits where Slack limits the question in which channels its author is: nobody has to
# type it again. A message that waits longer stays stored and is answered later.
TYPED_WAIT_TIMEOUT = timedelta(seconds=30)
MIN_COUNTED_INTERVAL = timedelta(seconds=1)  # of each attempt, so that it ends where Slack asks for no wait


class MembershipUnknown(SlackLimited):
    """Slack does not say in time who is in a channel, because it was asked too often."""

    def __init__(self, retry_after: timedelta) -> None:
        seconds = count_noun(max(1, ceil(retry_after.total_seconds())), "second")
        super().__init__(
            "Slack is too busy to tell me who is in this channel, so nothing was done: "
            f"please try again in {seconds}."
        )


async def reject_group_message(request: Request, _deps: Deps) -> None:
    """Raise UserError for a request from a group message, which has no canvas. Help is given anywhere."""
    if request.is_group_message and split_command(request.command_text)[0] != HELP_COMMAND:
        raise UserError(GROUP_MESSAGE_TEXT)


async def require_membership(request: Request, deps: Deps) -> None:
    """Raise UserError where the user is not in the request's channel, or Slack does not say so in time."""
    if request.is_direct or request.is_group_message:
        return
    try:
        is_allowed = await is_member(request, deps)
    except (MembershipUnknown, *SLACK_CALL_ERRORS) as error:
        slack_error = read_slack_error(error) if isinstance(error, SlackApiError) else None
        if request.source not in TYPED_SOURCES:
            if slack_error is not None and slack_error.reason in NOT_MEMBER_ERRORS:
                raise UserError(BOT_NOT_IN_CHANNEL) from error
            raise
        if slack_error is None or slack_error.is_temporary:  # the form that the command opens is accepted too
            deps.memberships.remember(request.team_id, request.channel_id, [request.user_id], deps.clock())
        return
    if not is_allowed:
        raise UserError(USER_NOT_IN_CHANNEL)


async def is_member(request: Request, deps: Deps) -> bool:
    """Return whether the request's user is in its channel, as Slack says now or said within a minute.

    Concurrent requests share one listing. Raises MembershipUnknown, and the errors of the Slack client.
    """
    team_id, channel_id = request.team_id, request.channel_id
    if deps.memberships.is_remembered(team_id, channel_id, request.user_id, deps.clock()):
        return True

    async def list_all_members() -> frozenset[str]:
        return await deps.member_lookups.run(
            (team_id, channel_id), lambda: _read_all_members(deps, team_id, channel_id)
        )

    timeout = WAIT_TIMEOUTS.get(request.source, DEFAULT_WAIT_TIMEOUT)
    return request.user_id in await _ask_with_waits(list_all_members, timeout)


async def list_channels(deps: Deps, team_id: str, user_id: str, source: RequestSource) -> frozenset[str]:
    """Return the ids of a user's channels, and remember them: public ones, and private ones with the bot.

    Raises MembershipUnknown, and the errors of the Slack client.
    """
    is_typed = source in {*TYPED_SOURCES, RequestSource.DIRECT_MESSAGE}
    timeout = TYPED_WAIT_TIMEOUT if is_typed else WAIT_TIMEOUTS.get(source, DEFAULT_WAIT_TIMEOUT)
    return await _ask_with_waits(lambda: _read_channels(deps, team_id, user_id), timeout)


async def _read_channels(deps: Deps, team_id: str, user_id: str) -> frozenset[str]:
    asked_at = deps.clock()
    pages = paginate(
        deps.slack.users_conversations,
        user=user_id,
        types="public_channel,private_channel",
        limit=DEFAULT_PAGE_SIZE,
        team_id=team_id,  # Slack requires it with the token of an organisation
    )
    channel_ids = frozenset([channel["id"] async for page in pages for channel in page["channels"]])
    for channel_id in channel_ids:
        deps.memberships.remember(team_id, channel_id, [user_id], asked_at)
    return channel_ids


async def list_members(deps: Deps, team_id: str, channel_id: str, limit: int) -> list[str]:
    """Return the user ids of a channel's members as Slack lists them now, bots included.

    Stop after the page that exceeds the limit: the caller then only needs to know that there are more.
    """
    user_ids: list[str] = []
    async for page in _iterate_members(deps, team_id, channel_id, DEFAULT_PAGE_SIZE):
        user_ids += page
        if len(user_ids) > limit:
            break
    return user_ids


async def require_bot_in_channel(deps: Deps, channel_id: str) -> None:
    """Raise UserError unless the bot can post in a channel."""
    try:
        answer = await _ask_with_waits(
            lambda: deps.slack.conversations_info(channel=channel_id), DEFAULT_WAIT_TIMEOUT
        )
    except SlackApiError as error:
        # Slack answers so for a private channel that the bot is not in, and for a group message.
        if read_slack_error(error).reason in NOT_MEMBER_ERRORS:
            raise UserError(BOT_NOT_IN_CHANNEL) from error
        if GROUP_MESSAGE_SCOPE in (read_needed_scopes(error) or ()):
            raise UserError(GROUP_MESSAGE_TEXT) from error
        raise
    channel: dict[str, Any] = answer["channel"]
    if channel.get("is_mpim"):
        raise UserError(GROUP_MESSAGE_TEXT)
    if channel.get("is_archived"):
        raise UserError("This channel is archived, so nothing can be added: unarchive it and try again.")
    if not channel.get("is_member", True):
        raise UserError(BOT_NOT_IN_CHANNEL)


async def is_private(deps: Deps, channel_id: str) -> bool:
    """Return whether a channel is private. Raises MembershipUnknown, and the errors of the Slack client."""
    answer = await _ask_with_waits(
        lambda: deps.slack.conversations_info(channel=channel_id), DEFAULT_WAIT_TIMEOUT
    )
    return bool(answer["channel"].get("is_private"))


async def _read_all_members(deps: Deps, team_id: str, channel_id: str) -> frozenset[str]:
    # Each page is a call that a user waits for, so the pages are as large as Slack allows.
    pages = _iterate_members(deps, team_id, channel_id, MAX_PAGE_SIZE)
    return frozenset([user_id async for page in pages for user_id in page])


async def _iterate_members(
    deps: Deps, team_id: str, channel_id: str, page_size: int
) -> AsyncIterator[list[str]]:
    """Yield the user ids of a channel's members, a page at a time, and remember them."""
    asked_at = deps.clock()
    async for page in paginate(deps.slack.conversations_members, channel=channel_id, limit=page_size):
        deps.memberships.remember(team_id, channel_id, page["members"], asked_at)
        yield page["members"]


async def _ask_with_waits(ask: Callable[[], Awaitable[T]], timeout: timedelta) -> T:  # noqa: ASYNC109 - waits asked for
    """Ask Slack, and again after the wait that it asks for; raise MembershipUnknown if that is too long."""
    remaining_wait = timeout
    while True:
        try:
            return await ask()
        except SlackApiError as error:
            retry_after = read_slack_error(error).retry_after
            if retry_after is None:
                raise
            remaining_wait -= max(retry_after, MIN_COUNTED_INTERVAL)
            if remaining_wait < timedelta(0):
                raise MembershipUnknown(retry_after) from error
            await sleep(retry_after.total_seconds())
