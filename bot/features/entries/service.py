"""Editing, moving, merging and deleting entries. One transaction each, Slack after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.channels.service import sound
from bot.features.entries import blocks
from bot.features.workspaces import service as workspaces
from bot.jobs import store as outbox
from bot.jobs.store import Errand, Job
from bot.jobs.worker import NotYet, post_once, update
from bot.method.model import Entry
from bot.slack.blockkit.text import permalink
from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.store import entries as entry_store, votes as ranking, workspaces as receipts
from bot.store.model import Card, Draft


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else edited the entry since the form was opened."""

    card: Card
    editor: str  # their name


async def votes_on(deps: Deps, team: str, card: Card) -> int:
    """Return how many votes an entry has."""
    async with deps.db.reading(team) as session:
        return len(await ranking.votes_on(session, card.stands_for))


async def edit(
    request: Request, deps: Deps, card: Card, version: int, draft: Draft, *, anew: bool
) -> Overtaken | None:
    """Write over an entry as it was in this version; `anew`: its votes do not stand for what it says now."""
    now, entry = deps.now(), card.entry.id
    async with deps.db.transaction(request.team_id) as session:
        if not await receipts.first_time(session, request.key, now):
            return None
        wanted = sound(draft, await entry_store.live(session, card.canvas_id))
        had_votes = bool(await ranking.votes_on(session, card.stands_for))
        edition = await entry_store.edit(session, entry, version, request.user, wanted, now, anew=anew)
        if edition is not None:
            if had_votes:
                await outbox.enqueue(session, Errand.EDITION, [edition], card.channel_id, now)
            if anew:
                await _start_anew(session, card, deps)
            await outbox.enqueue(session, Errand.CARD, [entry], card.channel_id, now)
            return None
        newest = await entry_store.find_card(session, entry)
    if newest is None or newest.deleted_by is not None:
        raise Refusal("Somebody deleted this entry meanwhile: press *Undo* on its card, then edit it again.")
    editor = await workspaces.member(deps, request.team_id, newest.edited_by or request.user)
    return Overtaken(newest, editor.name)


async def _start_anew(session: AsyncSession, card: Card, deps: Deps) -> None:
    """Let no vote stand. Reactions are their members' own, so the entry gets a new card without any."""
    now = deps.now()
    for entry in sorted(card.stands_for):
        await ranking.start_anew(session, entry, now)
    if card.ts is not None:
        await entry_store.retire_card(session, card.entry.id)
        await outbox.enqueue(session, Errand.OLD_CARD, [f"{card.entry.id}:{card.ts}"], card.channel_id, now)


async def box_mates(request: Request, deps: Deps, card: Card) -> Sequence[Entry]:
    """Return the other entries of an entry's box."""
    async with deps.db.reading(request.team_id) as session:
        there = await entry_store.live(session, card.canvas_id)
    return [entry for entry in there if entry.kind is card.entry.kind and entry.id != card.entry.id]


async def merge(request: Request, deps: Deps, card: Card, into: Card) -> bool:
    """Merge an entry into another of its box; False where one of them is not there any more."""
    now = deps.now()
    async with deps.db.transaction(request.team_id) as session:
        merged = await entry_store.mark_deleted(session, card.entry.id, request.user, now, into=into.entry.id)
        if merged:
            await outbox.enqueue(session, Errand.CARD, [card.entry.id, into.entry.id], card.channel_id, now)
        return merged


async def delete(request: Request, deps: Deps, card: Card) -> bool:
    """Delete an entry; False where it was deleted before. Its card says so and offers to undo it."""
    now = deps.now()
    async with deps.db.transaction(request.team_id) as session:
        deleted = await entry_store.mark_deleted(session, card.entry.id, request.user, now)
        if deleted:
            await outbox.enqueue(session, Errand.CARD, [card.entry.id], card.channel_id, now)
        return deleted


async def bring_back(request: Request, deps: Deps, card: Card) -> bool:
    """Undo that an entry was deleted or merged; False where it is back already."""
    now, entry = deps.now(), card.entry.id
    cards = [entry] if card.merged_into is None else [entry, card.merged_into]
    async with deps.db.transaction(request.team_id) as session:
        back = await entry_store.bring_back(session, entry, request.user, now)
        if back:
            await outbox.enqueue(session, Errand.CARD, cards, card.channel_id, now)
            # Reactions on the card of a deleted entry were not listened to.
            await outbox.enqueue(session, Errand.VOTES, [entry], card.channel_id, now)
        return back


async def tell_edition(job: Job, deps: Deps) -> None:
    """Do the errand of showing in an entry's thread what somebody changed about it."""
    async with deps.db.reading(job.team) as session:
        found = await entry_store.find_edition(session, int(job.subject))
        card = await entry_store.find_card(session, found[0].entry) if found else None
    if found is None or card is None:
        return
    if card.ts is None:
        raise NotYet
    before, after = found
    editor = await workspaces.member(deps, job.team, before.ended_by)
    said = blocks.edited(before, after or card.entry, editor.name)
    await post_once(job, deps, said, thread=card.thread or card.ts)


async def close_old_card(job: Job, deps: Deps) -> None:
    """Do the errand of saying on an entry's former card that its votes started anew on another."""
    entry, _, ts = job.subject.partition(":")
    async with deps.db.reading(job.team) as session:
        card = await entry_store.find_card(session, int(entry))
        workspace = await receipts.find(session, job.team)
    if card is None:
        return
    if card.ts is None and card.deleted_by is None:
        raise NotYet
    url = workspace.url if workspace else ""
    link = permalink(url, job.channel, card.ts, card.thread) if url and card.ts else ""
    await update(job, deps, ts, blocks.old_card(card, link))
