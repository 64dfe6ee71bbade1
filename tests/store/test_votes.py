"""Votes follow from reactions in any order, and from imported files."""

import itertools

from sqlmodel import delete

from bot.db.database import Database
from bot.store import (
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.votes import Reaction
from bot.store.workspaces import Member
from tests.store.build import NOW, store_canvas


async def test_reactions_in_any_order_and_repeated_give_the_same_votes(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    history = [
        Reaction(pain, "U1", 3, True, 1),
        Reaction(pain, "U1", 3, False, 2),
        Reaction(pain, "U1", 3, True, 3),
        Reaction(pain, "U2", 5, True, 4),
        Reaction(pain, "U2", 5, False, 5),
    ]
    for order in itertools.permutations(history):
        async with database.transaction("T1") as session:
            await session.exec(delete(vote_store.ReactionRow))
        for reaction in (*order, *order[:2]):
            async with database.transaction("T1") as session:
                await vote_store.record_reactions(session, [reaction])
        async with database.reading("T1") as session:
            assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 3}


async def test_bots_do_not_vote(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        await workspace_store.save_member(session, Member("U9", "Robot", True, "UTC", NOW))
        await vote_store.record_reactions(session, [Reaction(pain, "U9", 5, True, 1)])
        assert await vote_store.load_entry_votes(session, [pain]) == {}


async def test_an_imported_vote_counts_until_its_member_sets_a_number(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        await vote_store.record_imported_votes(session, {pain: {"U1": 5, "U2": 4}})
        assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 5, "U2": 4}
        await vote_store.record_reactions(session, [Reaction(pain, "U1", 2, True, 1)])
        assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 2, "U2": 4}
        await vote_store.record_reactions(session, [Reaction(pain, "U1", 2, False, 2)])
        assert await vote_store.load_entry_votes(session, [pain]) == {"U2": 4}
        await vote_store.reset_votes(session, pain, NOW)
        assert await vote_store.load_entry_votes(session, [pain]) == {}
