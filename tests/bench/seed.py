"""Canvases to measure with, written directly into the database."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.db.database import Database
from bot.features.digest import store as digests
from bot.features.digest.model import DigestSchedule
from bot.method.kinds import OFFER_KINDS, Kind
from bot.method.model import Grade, Mark
from bot.store import (
    canvases,
    cards as card_store,
    entries as entry_store,
    evidence as evidence_store,
    reviews,
    votes,
    workspaces,
)
from bot.store.evidence import EvidenceDraft
from bot.store.model import CanvasInfo, Draft
from bot.store.statistics import update_sqlite_statistics
from bot.store.votes import Reaction
from bot.store.workspaces import Member, Workspace
from tests.bench.constants import BOT_USER_ID, CHANNEL_ID, MEMBER_COUNT, TEAM_ID

CREATED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAX_ROWS_PER_STATEMENT = 4000


async def add_workspace(database: Database) -> None:
    """Add a workspace and its members."""
    async with database.transaction(None) as session:
        await workspaces.save_workspace(
            session, Workspace(TEAM_ID, None, "https://bench.example/", BOT_USER_ID), CREATED_AT
        )
    async with database.transaction(TEAM_ID) as session:
        for number in range(MEMBER_COUNT):
            member = Member(f"U{number:04d}", f"Member {number}", False, "UTC", datetime.now(UTC))
            await workspaces.save_member(session, member)


async def add_canvas(
    database: Database, entries: int, channel: str = CHANNEL_ID
) -> tuple[CanvasInfo, list[int]]:
    """Add a canvas with entries of all kinds; return it and their ids."""
    async with database.transaction(TEAM_ID) as session:
        canvas_info = await canvases.add_canvas(session, _make_canvas_info(channel))
        await canvases.set_message_ts(session, canvas_info.id, f"1000.{canvas_info.id:06d}")
        return canvas_info, await entry_store.add_entries(
            session, canvas_info, "U0000", _make_drafts(entries), CREATED_AT
        )


def _make_canvas_info(channel: str) -> CanvasInfo:
    return CanvasInfo(0, channel, "Reports", "small shops", "U0000", "UTC", CREATED_AT, None)


def _make_drafts(number: int) -> list[Draft]:
    kinds = list(Kind)
    words = "what small shops need at the end of the month"
    return [Draft(kinds[each % len(kinds)], f"Entry {each}: {words}") for each in range(number)]


async def set_cards(database: Database, entries: Sequence[int]) -> list[str]:
    """Give entries their cards; return the ts of the cards."""
    card_ts_by_entry_id = {entry: f"1001.{entry:06d}" for entry in entries}
    async with database.transaction(TEAM_ID) as session:
        for entry, ts in card_ts_by_entry_id.items():
            await card_store.set_card(session, entry, ts, None)
    return list(card_ts_by_entry_id.values())


async def add_votes(database: Database, entries: Sequence[int], number: int) -> None:
    """Add so many votes, evenly over the entries, each by another member."""
    rng = random.Random(1)
    reactions = [
        Reaction(entries[each % len(entries)], f"U{each // len(entries):04d}", rng.randint(1, 5), True, each)
        for each in range(number)
    ]
    async with database.transaction(TEAM_ID) as session:
        for start in range(0, number, MAX_ROWS_PER_STATEMENT):
            await votes.record_reactions(session, reactions[start : start + MAX_ROWS_PER_STATEMENT])


async def add_reviews(database: Database, offers: Sequence[int], needs: Sequence[int], number: int) -> None:
    """Add reviews of all offers with so many marks, by as many members as that takes."""
    of_each = min(len(needs), 10)
    rounds = number // (len(offers) * of_each)
    async with database.transaction(TEAM_ID) as session:
        for member in range(rounds):
            for place, offer in enumerate(offers):
                marked = [needs[(place + step + member) % len(needs)] for step in range(of_each)]
                marks = {need: Mark(1 + (need + member) % 2) for need in marked}
                await reviews.save_review(session, offer, f"U{member:04d}", needs, marks, CREATED_AT)


async def add_evidence(
    database: Database, canvas_info: CanvasInfo, entries: Sequence[int], number: int
) -> None:
    """Add so many items, each of them on two entries, by as many sources as there are entries."""
    rng, grades = random.Random(1), list(Grade)
    drafts = [
        EvidenceDraft(
            f"I waited for an hour, and then {each} minutes more",
            f"Customer {each % len(entries)}",
            rng.choice(grades),
            rng.choice([1, 1, 12, 120]),
            CREATED_AT.date(),
            (entries[each % len(entries)], entries[(each * 7 + 1) % len(entries)])[: 1 + each % 2],
            (entries[(each * 11 + 2) % len(entries)],)[each % 2 :],
        )
        for each in range(number)
    ]
    async with database.transaction(TEAM_ID) as session:
        await evidence_store.add_evidence(session, canvas_info.id, "U0000", drafts, CREATED_AT)


async def analyze_tables(database: Database) -> None:
    """Update the planner's statistics, as autovacuum does within a minute and the bot on SQLite each hour."""
    if database.is_sqlite:
        async with database.transaction(None) as session:
            await update_sqlite_statistics(session)
        return
    async with database.engine.begin() as connection:
        await connection.execute(text("ANALYZE"))


async def add_due_digests(
    database: Database, number: int, entries: int, votes_of_entry: int = 1, *, marks: int = 0
) -> list[list[int]]:
    """Add canvases, each in a channel of its own, whose digests are due; return the ids of their entries."""
    due_at = CREATED_AT + timedelta(days=7)
    entry_ids: list[list[int]] = []
    for each in range(number):
        canvas_info, ids = await add_canvas(database, entries, f"C{each:06d}")
        entry_ids.append(ids)
        await add_votes(database, ids, votes_of_entry * len(ids))
        if marks:
            await add_reviews(database, *split_roles(ids), marks)
        schedule = DigestSchedule(canvas_info.id, "weekly mon 09:00 UTC", True, "2026-03-09T09:00", due_at)
        async with database.transaction(TEAM_ID) as session:
            await digests.add_first_schedule(session, schedule, CREATED_AT)
    await analyze_tables(database)
    return entry_ids


def split_roles(entry_ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the offers and the needs among the entries of a canvas."""
    kinds = [*Kind]
    kind_of = {entry: kinds[place % len(kinds)] for place, entry in enumerate(entry_ids)}
    offers = [entry for entry in entry_ids if kind_of[entry] in OFFER_KINDS]
    return offers, [entry for entry in entry_ids if kind_of[entry].is_need]
