"""A stored workspace with a canvas, for tests of the stores."""

from datetime import UTC, datetime

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.store import (
    canvases as canvas_store,
    entries as entry_store,
    workspaces as workspace_store,
)
from bot.store.model import CanvasInfo, Draft
from bot.store.workspaces import Workspace

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)


async def store_canvas(database: Database, team_id: str = "T1") -> tuple[CanvasInfo, list[int]]:
    """Store a workspace with a canvas of a product, a pain, a gain and a reliever."""
    async with database.transaction(None) as session:
        await workspace_store.save_workspace(
            session, Workspace(team_id, None, "https://x.slack.com/", "UBOT"), NOW
        )
    async with database.transaction(team_id) as session:
        info = await canvas_store.add_canvas(
            session, CanvasInfo(0, "C1", "Reports", "shops", "U1", "UTC", NOW, None)
        )
        drafts = [Draft(kind, kind.value) for kind in (Kind.PRODUCT, Kind.PAIN, Kind.GAIN)]
        entry_ids = await entry_store.add_entries(session, info, "U1", drafts, NOW)
        entry_ids += await entry_store.add_entries(
            session, info, "U1", [Draft(Kind.PAIN_RELIEVER, "robot", None, (entry_ids[0],))], NOW
        )
    return info, entry_ids
