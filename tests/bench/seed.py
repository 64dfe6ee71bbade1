"""Canvases to measure with, written straight into the database."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.db.database import Database
from bot.features.digest import store as digests
from bot.features.digest.model import DigestSchedule
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store import canvases, cards as card_store, entries as entry_store, reviews, votes, workspaces
from bot.store.model import CanvasInfo, Draft
from bot.store.votes import Reaction
from bot.store.workspaces import Member, Workspace
from tests.bench.constants import BOT_USER, CHANNEL, MEMBERS, TEAM

WHEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT_ONCE = 4000  # rows in one statement


async def workspace(database: Database) -> None:
    """Store a workspace, and members whose names are known."""
    async with database.transaction(None) as session:
        await workspaces.save_workspace(
            session, Workspace(TEAM, None, "https://bench.example/", BOT_USER), WHEN
        )
    async with database.transaction(TEAM) as session:
        for number in range(MEMBERS):
            await workspaces.save_member(
                session, Member(f"U{number:04d}", f"Member {number}", is_bot=False, time_zone="UTC")
            )


async def canvas(database: Database, entries: int, channel: str = CHANNEL) -> tuple[CanvasInfo, list[int]]:
    """Store a canvas with entries of all kinds; return it with their ids."""
    async with database.transaction(TEAM) as session:
        head = await canvases.add_canvas(session, _wanted(channel))
        await canvases.set_message_ts(session, head.id, f"1000.{head.id:06d}")
        return head, await entry_store.add_entries(session, head, "U0000", _drafts(entries), WHEN)


def _wanted(channel: str) -> CanvasInfo:
    return CanvasInfo(0, channel, "Reports", "small shops", "U0000", "UTC", WHEN, None)


def _drafts(number: int) -> list[Draft]:
    kinds = list(Kind)
    words = "what small shops need at the end of the month"
    return [Draft(kinds[each % len(kinds)], f"Entry {each}: {words}") for each in range(number)]


async def cards(database: Database, entries: Sequence[int]) -> list[str]:
    """Give entries their cards, read back so that nothing is left to do; return the cards' ts."""
    known = {entry: f"1001.{entry:06d}" for entry in entries}
    async with database.transaction(TEAM) as session:
        for entry, ts in known.items():
            await card_store.set_card(session, entry, ts, None)
    return list(known.values())


async def vote(database: Database, entries: Sequence[int], number: int) -> None:
    """Store so many votes, each of another member of an entry, evenly over the entries."""
    chance = random.Random(1)
    cast = [
        Reaction(
            entries[each % len(entries)], f"U{each // len(entries):04d}", chance.randint(1, 5), True, each
        )
        for each in range(number)
    ]
    async with database.transaction(TEAM) as session:
        for start in range(0, number, AT_ONCE):
            await votes.record_reactions(session, cast[start : start + AT_ONCE])


async def mark(database: Database, offers: Sequence[int], needs: Sequence[int], number: int) -> None:
    """Store so many marks in reviews of all offers, by as many members as that takes."""
    of_each = min(len(needs), 10)
    rounds = number // (len(offers) * of_each)
    async with database.transaction(TEAM) as session:
        for member in range(rounds):
            for place, offer in enumerate(offers):
                marked = [needs[(place + step + member) % len(needs)] for step in range(of_each)]
                marks = {need: Mark(1 + (need + member) % 2) for need in marked}
                await reviews.save_review(session, offer, f"U{member:04d}", needs, marks, WHEN)


async def settled(database: Database) -> None:
    """Let PostgreSQL know what is there, as it does by itself within a minute."""
    if not database.is_sqlite:
        async with database.engine.begin() as connection:
            await connection.execute(text("ANALYZE"))


async def due_digests(database: Database, number: int, entries: int) -> None:
    """Store canvases, each with its votes in a channel of its own, whose digests are due."""
    slot = WHEN + timedelta(days=7)
    async with database.transaction(TEAM) as session:
        for each in range(number):
            head = await canvases.add_canvas(session, _wanted(f"C{each:06d}"))
            ids = await entry_store.add_entries(session, head, "U0000", _drafts(entries), WHEN)
            cast = [Reaction(entry, f"U{entry % 7:04d}", entry % 5 + 1, True, entry) for entry in ids]
            await votes.record_reactions(session, cast)
            planned = DigestSchedule(head.id, "weekly mon 09:00 UTC", True, "2026-03-09T09:00", slot)
            await digests.save_schedule(session, planned)
    await settled(database)
