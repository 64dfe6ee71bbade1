"""Switching, renaming, archiving, restoring and deleting canvases, and their settings."""

from bot.features.canvases.blocks import Listed
from bot.features.channels.service import NO_CANVAS, sees
from bot.features.digest import store as digests
from bot.features.rounds import store as rounds
from bot.features.workspaces.service import member
from bot.jobs import store as outbox
from bot.jobs.store import Errand
from bot.method.model import Canvas
from bot.slack.blockkit.text import esc
from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.store import canvases as store, entries as entry_store, reviews as fit
from bot.store.model import CanvasInfo, Changers, Rules


async def listed(request: Request, deps: Deps) -> list[Listed]:
    """Return all canvases of the request's channel."""
    async with deps.db.reading(request.team_id) as session:
        return [
            Listed(head, archived, len(await entry_store.live(session, head.id)))
            for head, archived in await store.all_of(session, request.channel)
        ]


async def in_hand(request: Request, deps: Deps, canvas: int) -> CanvasInfo:
    """Return a canvas that this person may rename, archive or delete; raise Refusal otherwise."""
    async with deps.db.reading(request.team_id) as session:
        head = await store.find_any(session, canvas)
    if head is None or not await sees(request, deps, head.channel_id):
        raise Refusal(NO_CANVAS)
    await require_may_manage(request, deps, head)
    return head


async def require_may_manage(request: Request, deps: Deps, head: CanvasInfo) -> None:
    """Raise Refusal where the team decided that not everybody changes things, and this is not the starter."""
    if head.rules.changers is Changers.ANYONE or request.user == head.starter_id:
        return
    starter = await member(deps, request.team_id, head.starter_id)
    raise Refusal(f"Only {esc(starter.name)}, who started *{esc(head.title)}*, can do that.")


async def is_archived(request: Request, deps: Deps, head: CanvasInfo) -> bool:
    async with deps.db.reading(request.team_id) as session:
        return await store.find(session, head.id) is None


async def contents(request: Request, deps: Deps, head: CanvasInfo) -> Canvas:
    async with deps.db.reading(request.team_id) as session:
        return await fit.read(session, head)


async def switch(request: Request, deps: Deps, head: CanvasInfo) -> None:
    async with deps.db.transaction(request.team_id) as session:
        await store.change(session, head.id, current_since=deps.now())


async def rename(request: Request, deps: Deps, head: CanvasInfo, name: str, segment: str) -> None:
    async with deps.db.transaction(request.team_id) as session:
        await store.change(session, head.id, name=name, segment=segment)
        await outbox.enqueue(session, Errand.CANVAS, [head.id], head.channel_id, deps.now())
        kept = [head.id] if head.document_id else []
        await outbox.enqueue(session, Errand.DOCUMENT, kept, head.channel_id, deps.now())


async def archive(request: Request, deps: Deps, head: CanvasInfo, *, archived: bool) -> None:
    async with deps.db.transaction(request.team_id) as session:
        await store.change(session, head.id, archived_at=deps.now() if archived else None)
        running = await rounds.open_on(session, [head.id])
        calls = [round_.id for round_ in running.values()]
        await outbox.enqueue(session, Errand.ROUND, calls, head.channel_id, deps.now())


async def delete(request: Request, deps: Deps, head: CanvasInfo) -> None:
    """Delete a canvas for good; its own message will say so."""
    async with deps.db.transaction(request.team_id) as session:
        await digests.forget(session, head.id)
        ended = await rounds.forget(session, head.id, deps.now())
        await store.erase(session, head.id, deps.now())
        await outbox.enqueue(session, Errand.CANVAS, [head.id], head.channel_id, deps.now())
        await outbox.enqueue(session, Errand.ROUND, ended, head.channel_id, deps.now())


async def decide(request: Request, deps: Deps, head: CanvasInfo, rules: Rules) -> None:
    async with deps.db.transaction(request.team_id) as session:
        await store.change(session, head.id, cards_in=rules.cards_in.value, changers=rules.changers.value)
        await outbox.enqueue(session, Errand.CANVAS, [head.id], head.channel_id, deps.now())
