"""SQL of what a workspace leaves behind, and of deleting it."""

from datetime import datetime

from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tenancy import TenantRow
from bot.features.workspaces.data_deletion.model import StoredData
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.reviews import ReviewRow
from bot.store.votes import ReactionRow
from bot.store.workspaces import WorkspaceRow


async def count_stored_data(session: AsyncSession, team: str) -> StoredData:
    async def number(table: type[TenantRow]) -> int:
        counted = select(func.count()).select_from(table).where(col(table.team_id) == team)
        return (await session.exec(counted)).one()

    return StoredData(
        await number(CanvasRow), await number(EntryRow), await number(ReactionRow), await number(ReviewRow)
    )


async def mark_uninstalled(session: AsyncSession, team: str, at: datetime) -> None:
    """Note that a workspace removed the app, unless that is known."""
    there = (col(WorkspaceRow.team_id) == team) & col(WorkspaceRow.uninstalled_at).is_(None)
    await session.exec(update(WorkspaceRow).where(there).values(uninstalled_at=at))


async def list_teams_uninstalled_before(session: AsyncSession, at: datetime) -> list[str]:
    """Return the workspaces that removed the app before this time."""
    return list(await session.exec(select(WorkspaceRow.team_id).where(col(WorkspaceRow.uninstalled_at) <= at)))


async def delete_workspace(session: AsyncSession, team: str) -> bool:
    """Delete all that is stored of a workspace; False where nothing is.

    What names a workspace that still has the app is stored anew: the next request finds it.
    """
    row = (await session.exec(select(WorkspaceRow).where(WorkspaceRow.team_id == team))).first()
    if row is None:
        return False
    kept = WorkspaceRow.model_validate(row.model_dump()) if row.uninstalled_at is None else None
    await session.exec(delete(WorkspaceRow).where(col(WorkspaceRow.team_id) == team))
    session.expunge(row)
    if kept is not None:
        session.add(kept)
        await session.flush()
    return True
