"""Handle the removal of the app, and delete the data of a workspace."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.features.workspaces import service as workspaces
from bot.features.workspaces.data_deletion import store
from bot.features.workspaces.data_deletion.model import StoredData
from bot.features.workspaces.oauth import store as oauth_store
from bot.jobs import idempotency, store as jobs
from bot.slack.api_errors import SLACK_CALL_ERRORS
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import workspaces as workspace_store

log = logging.getLogger(__name__)

UNINSTALLED_REASON = "account_inactive"  # of dead letters; Slack's error code for a removed app
NOT_ADMIN_TEXT = (
    "Only an admin or owner of this workspace can delete all its data: ask one of them to do it in my Home. "
    "A canvas alone is deleted with `/valuemap canvases`."
)
UNKNOWN_ROLE_TEXT = (
    "Slack does not tell me whether you are an admin of this workspace, so nothing is deleted: "
    "try again in a minute."
)


async def handle_uninstall(deps: Deps, team_id: str) -> None:
    """Record that a workspace removed the app, and stop all its jobs.

    Its data is deleted after the retention; see `delete_uninstalled_workspaces`.
    """
    async with deps.db.transaction(team_id) as session:
        await store.mark_uninstalled(session, team_id, deps.clock())
        await jobs.dead_letter_workspace_jobs(session, UNINSTALLED_REASON)
    log.info("workspace %s removed the app", team_id)


async def handle_granted_access(deps: Deps, team_id: str, granted_ids: Sequence[str]) -> None:
    """Register the workspaces that an organisation gave the app; what was stored of them before stays.

    `team_id` is one of them, which is registered already. Their urls are fetched in the background.
    """
    async with deps.db.reading(team_id) as session:
        registered = await workspace_store.find_workspace(session, team_id)
    if registered is None:
        raise LookupError(team_id)  # the database failed before: Slack sends the event again
    for granted_id in granted_ids:
        await workspaces.store_workspace(deps, replace(registered, team_id=granted_id, url=""), has_app=True)
        deps.background.start(
            workspaces.register_workspace(deps, granted_id, registered.enterprise_id, registered.bot_user_id)
        )
    log.info("an organisation gave the app to %s of its workspaces", len(granted_ids))


async def require_admin(request: Request, deps: Deps) -> None:
    """Raise UserError unless the user is an admin or owner of the workspace, as Slack says now."""
    try:
        is_admin = await workspaces.is_admin(deps, request.user_id)
    except SLACK_CALL_ERRORS as error:
        raise UserError(UNKNOWN_ROLE_TEXT) from error
    if not is_admin:
        raise UserError(NOT_ADMIN_TEXT)


async def count_stored_data(request: Request, deps: Deps) -> StoredData:
    """Count what is stored of the request's workspace."""
    async with deps.db.reading(request.team_id) as session:
        return await store.count_stored_data(session, request.team_id)


async def delete_data_on_request(request: Request, deps: Deps) -> None:
    """Delete all data of the request's workspace, which keeps the app and its token.

    Do nothing if the request was handled before: new data may have been added since.
    """
    team_id, now = request.team_id, deps.clock()
    async with deps.db.transaction(None) as session:
        with as_team(session, team_id):
            if not await idempotency.claim_key(session, request.idempotency_key, now):
                return
            await store.delete_workspace(session, team_id)
            # The deletion has removed the key too. It is claimed again, in case Slack repeats the request.
            await idempotency.claim_key(session, request.idempotency_key, now)
    log.info("all data of workspace %s is deleted", team_id)


async def delete_workspace(database: Database, team_id: str) -> bool:
    """Delete all data of a workspace and its token; return False if nothing was stored."""
    async with database.transaction(None) as session:
        return await _delete_workspace(session, team_id)


async def _delete_workspace(session: AsyncSession, team_id: str) -> bool:
    found = await store.delete_workspace(session, team_id)
    found = await oauth_store.delete_installation(session, team_id) or found
    log.info("all data of workspace %s is deleted", team_id)
    return found


async def delete_uninstalled_workspaces(deps: Deps, retention: timedelta) -> None:
    """Delete the data of workspaces that removed the app longer than `retention` ago and are without it."""
    before = deps.clock() - retention
    async with deps.db.reading(None) as session:
        team_ids = await store.list_teams_uninstalled_before(session, before)
    for team_id in team_ids:
        async with deps.db.transaction(None) as session:
            with as_team(session, team_id):
                await workspace_store.lock_workspace(session)
            if team_id in await store.list_teams_uninstalled_before(session, before):
                await _delete_workspace(session, team_id)
