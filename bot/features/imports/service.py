"""Comparing what somebody wants to import with the canvas, and adding it: all or nothing."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.imports import store
from bot.features.imports.parsed import Found, Reading
from bot.features.imports.plan import Plan, plan
from bot.features.imports.reading import read
from bot.jobs import store as outbox
from bot.jobs.store import Errand
from bot.slack.request import Deps, Request
from bot.store import entries as entry_store, votes as ranking, workspaces as receipts
from bot.store.model import CanvasInfo, Draft

AT_ONCE = 500  # errands in one statement


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import would do, or what it did."""

    plan: Plan
    added: bool = False


async def understood(content: bytes) -> Reading:
    """Read a file or a text, beside everything else that the bot does: it may be long."""
    return await asyncio.to_thread(read, content)


async def look(
    request: Request, deps: Deps, head: CanvasInfo, reading: Reading, _shown: str
) -> Outcome | None:
    """Say what an import would do."""
    async with deps.db.reading(request.team_id) as session:
        return Outcome(plan(reading, await entry_store.live(session, head.id)))


async def add(request: Request, deps: Deps, head: CanvasInfo, reading: Reading, shown: str) -> Outcome | None:
    """Add what was read, if that is what was shown; else say what it would do now.

    Asked twice with the same key, it adds once and answers nothing the second time.
    """
    now = deps.now()
    async with deps.db.transaction(request.team_id) as session:
        if await receipts.was_received(session, request.key):
            return None
        wanted = plan(reading, await entry_store.live(session, head.id))
        if wanted.wrong or wanted.digest != shown:
            return Outcome(wanted)
        if not await receipts.first_time(session, request.key, now):
            return None
        await _store(session, head, request.user, wanted, now)
        return Outcome(wanted, added=True)


async def _store(session: AsyncSession, head: CanvasInfo, user: str, wanted: Plan, now: datetime) -> None:
    new = wanted.new
    made = await entry_store.add(session, head, user, [_draft(found, now) for found in new.values()], now)
    ids = {**wanted.known, **dict(zip(new, made, strict=True))}
    await store.deliver(session, wanted.deliveries(ids))
    await ranking.record_imported(session, {ids[place]: found.votes for place, found in new.items()})
    await store.review(session, wanted.reviews, ids, now)
    for start in range(0, len(made), AT_ONCE):
        await outbox.enqueue(session, Errand.CARD, made[start : start + AT_ONCE], head.channel_id, now)


def _draft(found: Found, now: datetime) -> Draft:
    at = min(found.created_at, now) if found.created_at else None
    return Draft(found.kind, found.text, found.category, author=found.author, created_at=at)
