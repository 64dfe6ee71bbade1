"""Workspaces and their members, which are fetched from Slack once and then kept in the database."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.jobs import store as jobs
from bot.slack.api_errors import SLACK_CALL_ERRORS
from bot.slack.blockkit.text import sanitize
from bot.slack.deps import Deps
from bot.slack.errors import is_database_error
from bot.store import workspaces as store
from bot.store.workspaces import Member, Workspace

log = logging.getLogger(__name__)

DEFAULT_TIME_ZONE = "UTC"
UNKNOWN_NAME = "somebody"
TIME_ZONE_PATTERN = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
SLACKBOT_USER_ID = "USLACKBOT"
UNINSTALL_EVENTS = {"app_uninstalled", "tokens_revoked"}
ACCESS_REVOKED_EVENT = "team_access_revoked"  # an organisation takes the app from some of its workspaces
MAX_MEMBER_AGE = timedelta(days=1)  # then Slack is asked again, in case an event about the member was lost
NO_NEW_BLOCKS_PERIOD = timedelta(days=1)  # after Slack rejects them, until they are tried again


class WorkspaceBlockSupport:
    """Which workspaces support the newest blocks, stored in the database for all processes."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock

    async def is_supported(self, team_id: str) -> bool:
        """Say whether a workspace gets the newest blocks."""
        async with self._db.reading(team_id) as session:
            return not await store.lacks_new_blocks(session, team_id, self._clock())

    async def mark_unsupported(self, team_id: str) -> None:
        """Store that a workspace refused the newest blocks, for `NO_NEW_BLOCKS_PERIOD`."""
        until = self._clock() + NO_NEW_BLOCKS_PERIOD
        async with self._db.transaction(team_id) as session:
            await store.mark_new_blocks_unsupported(session, team_id, until)


async def store_workspace(deps: Deps, workspace: Workspace, *, has_app: bool) -> None:
    """Add or update a workspace.

    With `has_app`, it certainly has the app. So if it had removed the app, it has installed it again, and the
    jobs that the removal stopped are revived.
    """
    async with deps.db.transaction(None) as session:
        await store.save_workspace(session, workspace, deps.clock())
        if has_app and await store.mark_reinstalled(session, workspace.team_id):
            with as_team(session, workspace.team_id):
                await jobs.revive_all(session, deps.clock())


def build_workspace_middleware(deps: Deps) -> Callable[..., Awaitable[Any]]:
    """Return a Bolt middleware that stores each workspace before its first request is handled.

    Every other row refers to the row of its workspace.
    """
    registered_team_ids: set[str] = set()  # by this process

    async def register_new_workspace(
        context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]
    ) -> Any:
        team_id, authorized = context.team_id, context.authorize_result
        event = body.get("event") or {}
        if event.get("type") in {*UNINSTALL_EVENTS, ACCESS_REVOKED_EVENT}:
            # Registering it here would mark it as installed again.
            registered_team_ids.difference_update([team_id or "", *event.get("team_ids", ())])
        elif team_id is not None and team_id not in registered_team_ids:
            enterprise_id = authorized.enterprise_id if authorized else None
            if await register_workspace(deps, team_id, enterprise_id, context.bot_user_id or ""):
                registered_team_ids.add(team_id)
        return await next_()

    return register_new_workspace


async def register_workspace(deps: Deps, team_id: str, enterprise_id: str | None, bot_user_id: str) -> bool:
    """Store a workspace that has the app; return False if the next request must try again."""
    url = await _fetch_url(deps.for_team(team_id))
    return await _try_to_store(deps, Workspace(team_id, enterprise_id, url, bot_user_id)) and bool(url)


async def _try_to_store(deps: Deps, workspace: Workspace) -> bool:
    """Store a workspace; return False if the database fails.

    The request is handled all the same: its handler then fails too, and tells the user why.
    """
    try:
        # A url proves that the token works.
        await store_workspace(deps, workspace, has_app=bool(workspace.url))
    except Exception as error:
        if not is_database_error(error):
            raise
        log.warning("storing the workspace failed", exc_info=error)
        return False
    return True


async def _fetch_url(deps: Deps) -> str:
    """Return the workspace's url, such as https://acme.slack.com/; "" if Slack does not answer.

    Bolt calls auth.test too, but its AuthorizeResult does not contain the url.
    """
    try:
        return str((await deps.slack.auth_test())["url"])
    except SLACK_CALL_ERRORS as error:
        log.warning("auth.test: %s", type(error).__name__)
        return ""


async def get_member(deps: Deps, team_id: str, user_id: str) -> Member:
    """Return a user as Slack stated it within a day.

    If Slack does not answer, return what it stated before; without that, "somebody" in UTC.
    """
    async with deps.db.reading(team_id) as session:
        stored = await store.find_member(session, user_id)
    if stored and deps.clock() - stored.fetched_at < MAX_MEMBER_AGE:
        return stored
    try:
        fetched = await fetch_member(deps, user_id)
    except SLACK_CALL_ERRORS as error:
        log.warning("users.info: %s", type(error).__name__)
        return stored or build_unknown_member(user_id, deps.clock())
    async with deps.db.transaction(team_id) as session:
        await store.save_member(session, fetched)
    return fetched


def build_unknown_member(user_id: str, fetched_at: datetime) -> Member:
    """Return a user of whom Slack says nothing."""
    return Member(user_id, UNKNOWN_NAME, is_bot=False, time_zone=DEFAULT_TIME_ZONE, fetched_at=fetched_at)


async def fetch_member(deps: Deps, user_id: str) -> Member:
    """Fetch a user from Slack; raise SlackApiError or a network error."""
    user: dict[str, Any] = (await deps.slack.users_info(user=user_id))["user"]
    return read_member({**user, "id": user_id}, deps.clock())


def read_member(user: Mapping[str, Any], fetched_at: datetime) -> Member:
    """Return Slack's description of a user as a Member. Its texts are what the user chose."""
    profile, time_zone = user.get("profile") or {}, str(user.get("tz") or "")
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"))
    return Member(
        user["id"],
        next((name for each in names if isinstance(each, str) and (name := sanitize(each))), UNKNOWN_NAME),
        is_bot=bool(user.get("is_bot")) or user["id"] == SLACKBOT_USER_ID,  # Slack sets no is_bot for it
        time_zone=time_zone if TIME_ZONE_PATTERN.fullmatch(time_zone) else DEFAULT_TIME_ZONE,
        fetched_at=fetched_at,
    )


async def is_admin(deps: Deps, user_id: str) -> bool:
    """Say whether a user is an admin or owner of the workspace. Nothing is cached, because roles change."""
    user: dict[str, Any] = (await deps.slack.users_info(user=user_id))["user"]
    return bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner"))
