"""SQL that marks uninstalled workspaces, counts and deletes the data of a workspace."""

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


async def count_stored_data(session: AsyncSession, team_id: str) -> StoredData:
    """Count the rows of a workspace that the deletion dialog names."""

    async def count_rows(table: type[TenantRow]) -> int:
        count = select(func.count()).select_from(table).where(col(table.team_id) == team_id)
        return (await session.exec(count)).one()

    return StoredData(
        await count_rows(CanvasRow),
        await count_rows(EntryRow),
        await count_rows(ReactionRow),
        await count_rows(ReviewRow),
    )


async def mark_uninstalled(session: AsyncSession, team_id: str, at: datetime) -> None:
    """Store when a workspace removed the app. A time that is stored already stays: Slack sends two events."""
    is_installed = (col(WorkspaceRow.team_id) == team_id) & col(WorkspaceRow.uninstalled_at).is_(None)
    await session.exec(update(WorkspaceRow).where(is_installed).values(uninstalled_at=at))


async def list_teams_uninstalled_before(session: AsyncSession, at: datetime) -> list[str]:
    """Return the ids of workspaces that removed the app before this time."""
    return list(
        await session.exec(select(WorkspaceRow.team_id).where(col(WorkspaceRow.uninstalled_at) <= at))
    )


async def delete_workspace(session: AsyncSession, team_id: str) -> bool:
    """Delete all data of a workspace; return False if there is none.

    Deleting the workspace's row deletes all others by ON DELETE CASCADE. If the workspace still has the app,
    its row is inserted again, because the rows of the next request refer to it.
    """
    row = (await session.exec(select(WorkspaceRow).where(WorkspaceRow.team_id == team_id))).first()
    if row is None:
        return False
    kept = WorkspaceRow.model_validate(row.model_dump()) if row.uninstalled_at is None else None
    await session.exec(delete(WorkspaceRow).where(col(WorkspaceRow.team_id) == team_id))
    session.expunge(row)
    if kept is not None:
        session.add(kept)
        await session.flush()
    return True
