"""Switching, renaming, archiving, restoring and deleting canvases, and their settings."""

from bot.canvas import entry_store, store
from bot.canvas.model import Changers, Head, Rules
from bot.canvas.service import NO_CANVAS, sees
from bot.canvases.blocks import Listed
from bot.digest import store as digests
from bot.fit import store as fit
from bot.kit.errors import Refusal
from bot.kit.request import Deps, Request
from bot.kit.text import esc
from bot.method.model import Canvas
from bot.outbox import store as outbox
from bot.outbox.store import Errand
from bot.rounds import store as rounds
from bot.workspaces.service import member


async def listed(request: Request, deps: Deps) -> list[Listed]:
    """Return all canvases of the request's channel."""
    async with deps.db.reading(request.team) as session:
        return [
            Listed(head, archived, len(await entry_store.live(session, head.id)))
            for head, archived in await store.all_of(session, request.channel)
        ]


async def in_hand(request: Request, deps: Deps, canvas: int) -> Head:
    """Return a canvas that this person may rename, archive or delete; raise Refusal otherwise."""
    async with deps.db.reading(request.team) as session:
        head = await store.find_any(session, canvas)
    if head is None or not await sees(request, deps, head.channel):
        raise Refusal(NO_CANVAS)
    await require_may_manage(request, deps, head)
    return head


async def require_may_manage(request: Request, deps: Deps, head: Head) -> None:
    """Raise Refusal where the team decided that not everybody changes things, and this is not the starter."""
    if head.rules.changers is Changers.ANYONE or request.user == head.starter:
        return
    starter = await member(deps, request.team, head.starter)
    raise Refusal(f"Only {esc(starter.name)}, who started *{esc(head.title)}*, can do that.")


async def is_archived(request: Request, deps: Deps, head: Head) -> bool:
    async with deps.db.reading(request.team) as session:
        return await store.find(session, head.id) is None


async def contents(request: Request, deps: Deps, head: Head) -> Canvas:
    async with deps.db.reading(request.team) as session:
        return await fit.read(session, head)


async def switch(request: Request, deps: Deps, head: Head) -> None:
    async with deps.db.transaction(request.team) as session:
        await store.change(session, head.id, current_since=deps.now())


async def rename(request: Request, deps: Deps, head: Head, name: str, segment: str) -> None:
    async with deps.db.transaction(request.team) as session:
        await store.change(session, head.id, name=name, segment=segment)
        await outbox.put(session, Errand.CANVAS, [head.id], head.channel, deps.now())
        kept = [head.id] if head.document else []
        await outbox.put(session, Errand.DOCUMENT, kept, head.channel, deps.now())


async def archive(request: Request, deps: Deps, head: Head, *, archived: bool) -> None:
    async with deps.db.transaction(request.team) as session:
        await store.change(session, head.id, archived_at=deps.now() if archived else None)
        running = await rounds.open_on(session, [head.id])
        calls = [round_.id for round_ in running.values()]
        await outbox.put(session, Errand.ROUND, calls, head.channel, deps.now())


async def delete(request: Request, deps: Deps, head: Head) -> None:
    """Delete a canvas for good; its own message will say so."""
    async with deps.db.transaction(request.team) as session:
        await digests.forget(session, head.id)
        ended = await rounds.forget(session, head.id, deps.now())
        await store.erase(session, head.id, deps.now())
        await outbox.put(session, Errand.CANVAS, [head.id], head.channel, deps.now())
        await outbox.put(session, Errand.ROUND, ended, head.channel, deps.now())


async def decide(request: Request, deps: Deps, head: Head, rules: Rules) -> None:
    async with deps.db.transaction(request.team) as session:
        await store.change(session, head.id, cards_in=rules.cards_in.value, changers=rules.changers.value)
        await outbox.put(session, Errand.CANVAS, [head.id], head.channel, deps.now())
