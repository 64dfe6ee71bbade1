"""Where the document of a value map is written down: with the value map itself.

None: there is none. WANTED: somebody asked for it, and Slack has not made it yet. Otherwise Slack's id of it.
"""

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tenancy import team_of
from bot.store.canvases import CanvasRow

WANTED = ""


async def want(session: AsyncSession, canvas: int) -> None:
    """Note that a document is asked for, unless there is one."""
    none = col(CanvasRow.document_id).is_(None)
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas, none).values(document_id=WANTED))


async def note(session: AsyncSession, canvas: int, document: str) -> None:
    """Note the document that was made, unless nobody wants it any more."""
    wanted = col(CanvasRow.document_id) == WANTED
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas, wanted).values(document_id=document))


async def forget(session: AsyncSession, canvas: int) -> None:
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas).values(document_id=None))


async def holds(session: AsyncSession, document: str) -> bool:
    """Say whether this is the document of a value map."""
    held = select(CanvasRow.id).where(
        CanvasRow.team_id == team_of(session), CanvasRow.document_id == document
    )
    return (await session.exec(held.limit(1))).first() is not None
