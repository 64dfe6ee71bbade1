"""Rows of one workspace are out of reach of another, and foreign keys hold."""

import itertools

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    votes as vote_store,
)
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.loading import load_entries
from bot.store.votes import Reaction
from tests.store.build import NOW, store_canvas


async def test_a_cached_statement_reads_for_the_workspace_of_each_session(database: Database) -> None:
    stored = {team: await store_canvas(database, team) for team in ("T1", "T2")}
    for team, (info, entries) in stored.items():
        async with database.transaction(team) as session:
            await vote_store.record_reactions(session, [Reaction(entries[0], "U1", 4, True, 1)])
            await card_store.set_card(session, entries[0], "7.1", None)
        async with database.reading(None) as session:
            assert (await vote_store.load_votes(session, info.id)).keys() == {entries[0]}
    for team, other in itertools.permutations(stored):
        own, foreign = stored[team], stored[other]
        async with database.reading(team) as session:
            assert await vote_store.load_votes(session, own[0].id) == {own[1][0]: {"U1": 4}}
            assert await vote_store.load_votes(session, foreign[0].id) == {}
            assert await vote_store.load_entry_votes(session, [own[1][0], foreign[1][0]]) == {"U1": 4}
            assert await vote_store.load_votes(session, own[0].id, NOW) == {own[1][0]: {"U1": 4}}
            found = await card_store.find_entries_by_cards(session, {("C1", "7.1")})
            assert found == {("C1", "7.1"): (own[1][0], None)}


async def test_a_workspace_reaches_no_row_of_another(database: Database) -> None:
    info, ids = await store_canvas(database, "T1")
    await store_canvas(database, "T2")
    async with database.transaction("T2") as session:
        assert await canvas_store.find_canvas(session, info.id) is None
        assert await card_store.find_card(session, ids[0]) is None
        assert await load_entries(session, info.id) == []
        assert (await session.exec(select(EntryRow.text).where(col(EntryRow.id).in_(ids)))).all() == []
        inner = select(CanvasRow.id).where(CanvasRow.id == info.id)
        assert (await session.exec(select(EntryRow.id).where(col(EntryRow.canvas_id).in_(inner)))).all() == []
        changed = await session.exec(update(EntryRow).where(col(EntryRow.id).in_(ids)).values(text="stolen"))
        assert changed.rowcount == 0
        gone = await session.exec(delete(EntryRow).where(col(EntryRow.id).in_(ids)))
        assert gone.rowcount == 0
    async with database.reading("T1") as session:
        assert [entry.text for entry in await load_entries(session, info.id)][-1] == "robot"


async def test_a_reaction_on_an_unknown_entry_is_rejected(database: Database) -> None:
    async def record_orphan(session: AsyncSession) -> None:
        await vote_store.record_reactions(session, [Reaction(999, "U1", 5, True, 1)])

    await store_canvas(database)
    with pytest.raises(IntegrityError):
        async with database.transaction("T1") as session:
            await record_orphan(session)
