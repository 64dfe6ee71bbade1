"""Who is who, and who is where. Slack knows; what is asked often is kept."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.jobs import store as jobs
from bot.slack.deps import Deps
from bot.slack.errors import is_database_error
from bot.slack.outgoing.errors import SLACK_CALL_ERRORS
from bot.store import workspaces as store
from bot.store.workspaces import Member, Workspace

log = logging.getLogger(__name__)

DEFAULT_TIME_ZONE = "UTC"
UNINSTALL_EVENTS = {"app_uninstalled", "tokens_revoked"}
NO_NEW_BLOCKS_PERIOD = timedelta(days=1)  # then the newest blocks are tried again


class WorkspaceBlockSupport:
    """Which workspaces know the newest blocks. It is stored in the database, so that all processes know it."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock

    async def is_supported(self, team_id: str) -> bool:
        async with self._db.reading(team_id) as session:
            return not await store.lacks_new_blocks(session, team_id, self._clock())

    async def mark_unsupported(self, team_id: str) -> None:
        until = self._clock() + NO_NEW_BLOCKS_PERIOD
        async with self._db.transaction(team_id) as session:
            await store.mark_new_blocks_unsupported(session, team_id, until)


async def store_workspace(deps: Deps, workspace: Workspace) -> None:
    """Store a workspace, or what is new about it; one whose token works has the app, whatever was before."""
    async with deps.db.transaction(None) as session:
        await store.save_workspace(session, workspace, deps.clock())
        if workspace.url and await store.mark_reinstalled(session, workspace.team_id):
            with as_team(session, workspace.team_id):
                await jobs.revive_all(session, deps.clock())


def workspace_middleware(deps: Deps) -> Callable[..., Awaitable[Any]]:
    """Return a Bolt middleware that stores each workspace before its first request is handled."""
    known: set[str] = set()

    async def get_acquainted(
        context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]
    ) -> Any:
        team, found = context.team_id, context.authorize_result
        if (body.get("event") or {}).get("type") in UNINSTALL_EVENTS:
            known.discard(team or "")
        elif (
            team is not None
            and team not in known
            and await register_workspace(deps, team, found.enterprise_id if found else None, context.bot_user_id or "")
        ):
            known.add(team)
        return await next_()

    return get_acquainted


async def register_workspace(deps: Deps, team: str, enterprise: str | None, bot_user: str) -> bool:
    """Store a workspace that has the app; False where not all that is needed is known yet."""
    url = await _address(deps.for_team(team))
    return await _learned(deps, Workspace(team, enterprise, url, bot_user)) and bool(url)


async def _learned(deps: Deps, workspace: Workspace) -> bool:
    """Store a workspace; where the storage fails, who asked something hears of it by the answer."""
    try:
        await store_workspace(deps, workspace)
    except Exception as error:
        if not is_database_error(error):
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
    except SLACK_CALL_ERRORS as error:
        log.warning("auth.test: %s", type(error).__name__)
        return ""


async def get_member(deps: Deps, team: str, user: str) -> Member:
    """Return who a user is; without a name, in UTC, where Slack does not say."""
    async with deps.db.reading(team) as session:
        known = await store.find_member(session, user)
    if known:
        return known
    try:
        asked = await fetch_member(deps, user)
    except SLACK_CALL_ERRORS as error:
        log.warning("users.info: %s", type(error).__name__)
        return Member(user, "somebody", is_bot=False, time_zone=DEFAULT_TIME_ZONE)
    async with deps.db.transaction(team) as session:
        await store.save_member(session, asked)
    return asked


async def fetch_member(deps: Deps, user: str) -> Member:
    """Ask Slack who a user is."""
    answer = await deps.slack.users_info(user=user)
    said: dict[str, Any] = answer["user"]
    profile = said.get("profile") or {}
    name = profile.get("display_name") or said.get("real_name") or said.get("name") or "somebody"
    bot = bool(said.get("is_bot")) or user == "USLACKBOT"
    return Member(user, str(name), is_bot=bot, time_zone=said.get("tz") or DEFAULT_TIME_ZONE)


async def is_admin(deps: Deps, user: str) -> bool:
    """Say whether a user is an admin or owner of the workspace. Asked each time: it may have changed."""
    said: dict[str, Any] = (await deps.slack.users_info(user=user))["user"]
    return bool(said.get("is_admin") or said.get("is_owner") or said.get("is_primary_owner"))
