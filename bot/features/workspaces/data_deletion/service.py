"""Following a workspace that removes the app, and deleting what is stored of it."""

import logging
from datetime import datetime, timedelta

from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.features.workspaces.data_deletion import store
from bot.features.workspaces.data_deletion.model import StoredData
from bot.features.workspaces.oauth import store as installs
from bot.features.workspaces.service import is_admin
from bot.jobs import idempotency, store as jobs
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request

log = logging.getLogger(__name__)

UNINSTALLED_REASON = "account_inactive"  # why nothing is sent any more, by Slack's own name for it
NOT_ADMIN_TEXT = (
    "Only an admin of this workspace can delete all its data: ask one of them to press this. A canvas of "
    "your own goes by `/valuemap canvases`."
)


async def handle_uninstall(deps: Deps, team: str) -> None:
    """Stop all sending at once. The data rests until it is time to delete it."""
    async with deps.db.transaction(team) as session:
        await store.mark_uninstalled(session, team, deps.clock())
        await jobs.dead_letter_all(session, UNINSTALLED_REASON)
    log.info("workspace %s removed the app", team)


async def require_admin(request: Request, deps: Deps) -> None:
    """Raise Refusal unless this is an admin or owner of the workspace."""
    if not await is_admin(deps, request.user_id):
        raise UserError(NOT_ADMIN_TEXT)


async def count_stored_data(request: Request, deps: Deps) -> StoredData:
    async with deps.db.reading(request.team_id) as session:
        return await store.count_stored_data(session, request.team_id)


async def delete_data_on_request(request: Request, deps: Deps) -> None:
    """Delete all that is stored of a workspace, which keeps the app and its token; once for a request."""
    team, now = request.team_id, deps.clock()
    async with deps.db.transaction(None) as session:
        with as_team(session, team):
            if not await idempotency.claim_key(session, request.idempotency_key, now):
                return
            await store.delete_workspace(session, team)
            await idempotency.claim_key(
                session, request.idempotency_key, now
            )  # noted before, and gone with all the rest
    log.info("all data of workspace %s is deleted", team)


async def delete_workspace(database: Database, team: str) -> bool:
    """Delete all that is stored of a workspace, and its token; False where nothing is."""
    async with database.transaction(None) as session:
        found = await store.delete_workspace(session, team)
        found = await installs.delete_installation(session, team) or found
    log.info("all data of workspace %s is deleted", team)
    return found


async def delete_uninstalled_workspaces(deps: Deps, after: timedelta) -> None:
    """Delete what is stored of workspaces that removed the app so long ago."""
    before: datetime = deps.clock() - after
    async with deps.db.reading(None) as session:
        gone = await store.list_teams_uninstalled_before(session, before)
    for team in gone:
        await delete_workspace(deps.db, team)
