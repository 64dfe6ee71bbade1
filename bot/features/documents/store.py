"""SQL of documents. A canvas row names its document.

NULL: there is none. DOCUMENT_WANTED: somebody requested one, and it is not created yet. Otherwise the id of
the Slack canvas that holds it.
"""

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tenancy import team_of
from bot.features.documents.model import DOCUMENT_WANTED
from bot.store.canvases import CanvasRow


async def mark_wanted(session: AsyncSession, canvas_id: int) -> None:
    """Store that a document is wanted, unless there is one."""
    has_no_document = col(CanvasRow.document_id).is_(None)
    await session.exec(
        update(CanvasRow)
        .where(col(CanvasRow.id) == canvas_id, has_no_document)
        .values(document_id=DOCUMENT_WANTED)
    )


async def set_document_id(session: AsyncSession, canvas_id: int, document_id: str) -> None:
    """Store the id of a document that was created, unless it is not wanted any more."""
    is_wanted = col(CanvasRow.document_id) == DOCUMENT_WANTED
    await session.exec(
        update(CanvasRow).where(col(CanvasRow.id) == canvas_id, is_wanted).values(document_id=document_id)
    )


async def clear_document(session: AsyncSession, canvas_id: int) -> None:
    """Store that the canvas has no document, and that none is wanted."""
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas_id).values(document_id=None))


async def is_document(session: AsyncSession, slack_canvas_id: str) -> bool:
    """Return whether a Slack canvas holds the document of a value map."""
    statement = select(CanvasRow.id).where(
        CanvasRow.team_id == team_of(session), CanvasRow.document_id == slack_canvas_id
    )
    return (await session.exec(statement.limit(1))).first() is not None
