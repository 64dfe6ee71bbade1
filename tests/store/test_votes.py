"""Votes follow from reactions in any order, and from imported files."""

import itertools
from collections.abc import Iterable

from sqlmodel import delete
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.store import (
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.votes import CastVote, Reaction
from bot.store.workspaces import Member
from tests.store.build import NOW, store_canvas


async def record(session: AsyncSession, rows: Iterable[Reaction | CastVote]) -> None:
    for row in rows:
        if isinstance(row, Reaction):
            await vote_store.record_reactions(session, [row])
        else:
            await vote_store.record_cast_votes(session, [row])


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


async def test_what_a_member_did_last_counts(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    steps: list[tuple[list[Reaction | CastVote], dict[str, int]]] = [
        ([CastVote(pain, "U1", 5, 0), CastVote(pain, "U2", 4, 0)], {"U1": 5, "U2": 4}),
        ([Reaction(pain, "U1", 2, True, 10)], {"U1": 2, "U2": 4}),
        ([Reaction(pain, "U1", 1, True, 20)], {"U1": 1, "U2": 4}),
        ([CastVote(pain, "U1", 3, 30)], {"U1": 3, "U2": 4}),
        ([Reaction(pain, "U1", 1, False, 40)], {"U1": 3, "U2": 4}),
        ([CastVote(pain, "U1", None, 50)], {"U1": 2, "U2": 4}),
        ([Reaction(pain, "U1", 2, False, 60)], {"U2": 4}),
    ]
    async with database.transaction("T1") as session:
        for rows, expected in steps:
            await record(session, rows)
            assert await vote_store.load_entry_votes(session, [pain]) == expected
        await vote_store.reset_votes(session, pain, NOW)
        assert await vote_store.load_entry_votes(session, [pain]) == {}


async def test_a_taken_back_number_gives_way_to_the_next_latest(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        await record(
            session, [Reaction(pain, "U1", level, True, at_us) for at_us, level in [(1, 2), (2, 5), (3, 1)]]
        )
        for taken_back, vote in [(1, 5), (5, 2)]:
            await record(session, [Reaction(pain, "U1", taken_back, False, 9)])
            assert await vote_store.load_entry_votes(session, [pain]) == {"U1": vote}


async def test_of_numbers_that_were_read_back_together_the_highest_counts(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    found = [Reaction(pain, "U1", level, True, 100, is_read_back=True) for level in (2, 5, 3)]
    async with database.transaction("T1") as session:
        await record(session, found)
        assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 5}
        await record(session, [Reaction(pain, "U1", 1, True, 101)])
        assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 1}


async def test_a_late_event_gives_a_number_that_was_read_back_its_own_time(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    rows = [
        Reaction(pain, "U1", 2, True, 10),  # arrives late: the number was read back before
        Reaction(pain, "U1", 5, True, 20),
        Reaction(pain, "U1", 2, True, 30, is_read_back=True),
    ]
    for order in itertools.permutations(rows):
        async with database.transaction("T1") as session:
            await session.exec(delete(vote_store.ReactionRow))
            await record(session, order)
            assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 5}


async def test_votes_stay_when_a_card_is_gone_with_its_numbers(database: Database) -> None:
    _, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        await record(session, [Reaction(pain, "U1", 5, True, 10), Reaction(pain, "U1", 2, True, 20)])
        await record(session, [Reaction(pain, "U2", 4, True, 10), CastVote(pain, "U2", 1, 30)])
        for _ in range(2):  # the job may run twice
            await vote_store.keep_votes(session, pain, "50.000000")
            assert await vote_store.load_current_reactions(session, pain) == set()
            assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 2, "U2": 1}
        await record(session, [Reaction(pain, "U1", 3, True, 60_000_000)])
        assert await vote_store.load_entry_votes(session, [pain]) == {"U1": 3, "U2": 1}
