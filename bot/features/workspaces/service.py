"""Who is who, and who is where. Slack knows; what is asked often is kept."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncBoltContext
from slack_sdk.errors import SlackApiError

from bot.db.database import Database, acting_for
from bot.jobs import store as outbox
from bot.slack.errors import Refusal, is_of_storage
from bot.slack.request import Deps, Request, Via
from bot.store import workspaces as store
from bot.store.workspaces import Member, Workspace

log = logging.getLogger(__name__)

UTC_ZONE = "UTC"
NOT_IN_CHANNEL = (
    "I'm not in this channel, so I can't post here: invite me with `/invite` and my name, then try again."
)
NOT_THERE = "Only members of that channel can do this: join it first, or ask somebody in it to invite you."
PAGE = 200
MOST_A_PAGE = 1000  # that Slack gives
LEAVING = {"app_uninstalled", "tokens_revoked"}
SPARED_FOR = timedelta(days=1)


class Spared:
    """Which workspaces are spared the newest blocks: in the database, so that all processes know of it."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db, self._now = db, now

    async def is_spared(self, team: str) -> bool:
        async with self._db.reading(team) as session:
            return await store.is_spared(session, team, self._now())

    async def spare(self, team: str) -> None:
        async with self._db.transaction(team) as session:
            await store.spare(session, team, self._now() + SPARED_FOR)


async def learn(deps: Deps, workspace: Workspace) -> None:
    """Store a workspace, or what is new about it; one whose token works has the app, whatever was before."""
    async with deps.db.transaction(None) as session:
        await store.save(session, workspace, deps.now())
        if workspace.url and await store.come_back(session, workspace.team):
            with acting_for(session, workspace.team):
                await outbox.unpark_all(session, deps.now())


def acquaintance(deps: Deps) -> Callable[..., Awaitable[Any]]:
    """Return a Bolt middleware that stores each workspace before its first request is handled."""
    known: set[str] = set()

    async def get_acquainted(
        context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]
    ) -> Any:
        team, found = context.team_id, context.authorize_result
        if (body.get("event") or {}).get("type") in LEAVING:
            known.discard(team or "")
        elif (
            team is not None
            and team not in known
            and await meet(deps, team, found.enterprise_id if found else None, context.bot_user_id or "")
        ):
            known.add(team)
        return await next_()

    return get_acquainted


async def meet(deps: Deps, team: str, enterprise: str | None, bot_user: str) -> bool:
    """Store a workspace that has the app; False where not all that is needed is known yet."""
    url = await _address(deps.within(team))
    return await _learned(deps, Workspace(team, enterprise, url, bot_user)) and bool(url)


async def _learned(deps: Deps, workspace: Workspace) -> bool:
    """Store a workspace; where the storage fails, who asked something hears of it by the answer."""
    try:
        await learn(deps, workspace)
    except Exception as error:
        if not is_of_storage(error):
            raise
        log.warning("the workspace is not stored", exc_info=error)
        return False
    return True


async def _address(deps: Deps) -> str:
    """Return the workspace's address, https://acme.slack.com/, which Bolt asks for too but does not pass on.

    "" where Slack does not say now: it is asked again with the next request.
    """
    try:
        return str((await deps.slack.auth_test())["url"])
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("auth.test: %s", type(error).__name__)
        return ""


async def member(deps: Deps, team: str, user: str) -> Member:
    """Return who a user is; without a name, in UTC, where Slack does not say."""
    async with deps.db.reading(team) as session:
        known = await store.find_member(session, user)
    if known:
        return known
    try:
        asked = await ask(deps, user)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("users.info: %s", type(error).__name__)
        return Member(user, "somebody", is_bot=False, time_zone=UTC_ZONE)
    async with deps.db.transaction(team) as session:
        await store.save_member(session, asked)
    return asked


async def ask(deps: Deps, user: str) -> Member:
    """Ask Slack who a user is."""
    answer = await deps.slack.users_info(user=user)
    said: dict[str, Any] = answer["user"]
    profile = said.get("profile") or {}
    name = profile.get("display_name") or said.get("real_name") or said.get("name") or "somebody"
    bot = bool(said.get("is_bot")) or user == "USLACKBOT"
    return Member(user, str(name), is_bot=bot, time_zone=said.get("tz") or UTC_ZONE)


async def is_admin(deps: Deps, user: str) -> bool:
    """Say whether a user is an admin or owner of the workspace. Asked each time: it may have changed."""
    said: dict[str, Any] = (await deps.slack.users_info(user=user))["user"]
    return bool(said.get("is_admin") or said.get("is_owner") or said.get("is_primary_owner"))


async def channels_of(deps: Deps, user: str) -> frozenset[str]:
    """Return the channels that a user is in and the bot can see."""
    channels: set[str] = set()
    cursor: str | None = None
    while True:
        answer = await deps.slack.users_conversations(
            user=user, types="public_channel,private_channel", limit=PAGE, cursor=cursor
        )
        channels.update(channel["id"] for channel in answer["channels"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return frozenset(channels)


async def members_of(deps: Deps, channel: str, most: int) -> list[str]:
    """Return who is in a channel, bots among them; where they are more than this, some more than this."""
    members: list[str] = []
    async for page in _members(deps, channel, PAGE):
        members += page
        if len(members) > most:
            break
    return members


async def _members(deps: Deps, channel: str, a_page: int) -> AsyncIterator[list[str]]:
    """Yield who is in a channel, some at a time."""
    cursor: str | None = None
    while True:
        answer = await deps.slack.conversations_members(channel=channel, limit=a_page, cursor=cursor)
        yield answer["members"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


async def require_there(request: Request, deps: Deps) -> None:
    """Raise Refusal where somebody acts upon a channel that they are not in at this moment.

    Buttons and dialogs outlive a membership. Of a command Slack has just said where it was typed, so it is
    taken at its word where it cannot say who is there.
    """
    if request.direct:
        return
    try:
        there = await is_in(deps, request.channel, request.user)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        if request.via is Via.COMMAND:
            return
        if isinstance(error, SlackApiError) and error.response.get("error") in {
            "channel_not_found",
            "not_in_channel",
        }:
            raise Refusal(NOT_IN_CHANNEL) from error
        raise
    if not there:
        raise Refusal(NOT_THERE)


async def is_in(deps: Deps, channel: str, user: str) -> bool:
    """Say whether a user is in a channel now."""
    async for page in _members(deps, channel, MOST_A_PAGE):
        if user in page:
            return True
    return False


async def require_bot_in(deps: Deps, channel: str) -> None:
    """Raise Refusal unless the bot can post in a channel."""
    try:
        answer = await deps.slack.conversations_info(channel=channel)
    except SlackApiError as error:
        if error.response.get("error") == "channel_not_found":
            raise Refusal(NOT_IN_CHANNEL) from error
        raise
    about: dict[str, Any] = answer["channel"]
    if about.get("is_archived"):
        raise Refusal("This channel is archived, so nothing can be added: unarchive it and try again.")
    if not about.get("is_member", True):
        raise Refusal(NOT_IN_CHANNEL)
