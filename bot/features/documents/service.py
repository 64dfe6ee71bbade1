"""Request the document of a value map, and stop keeping it."""

from bot.features.documents import store
from bot.features.documents.model import DOCUMENT_JOB, DocumentSubject
from bot.jobs import store as jobs
from bot.slack.deps import Deps
from bot.slack.request import Request
from bot.store.model import CanvasInfo


async def request_document(request: Request, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Enqueue the creation of a value map's document, or its update if there is one."""
    channel_id = "" if request.is_direct else request.channel_id
    subject = DocumentSubject(canvas_info.id, request.user_id, channel_id)
    async with deps.db.transaction(request.team_id) as session:
        await store.mark_wanted(session, canvas_info.id)
        await jobs.enqueue(session, DOCUMENT_JOB, [str(subject)], canvas_info.channel_id, deps.clock())


async def stop_document(request: Request, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Stop keeping the document. The Slack canvas stays, since people may have written into it."""
    async with deps.db.transaction(request.team_id) as session:
        await store.clear_document(session, canvas_info.id)
