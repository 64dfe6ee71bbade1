"""Votes of a sealed round count once it is over, whatever the order of casts, changes and deliveries."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import delete

from bot.db.database import Database
from bot.features.rounds import store as round_store
from bot.features.rounds.model import Round
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.store import (
    canvases as canvas_store,
    entries as entry_store,
    sealed_votes as sealed_vote_store,
    votes as vote_store,
)
from bot.store.loading import load_canvas
from bot.store.model import Draft
from bot.store.sealed_votes import SealedVote
from bot.store.votes import CastVote, CastVoteRow, Reaction
from bot.times.clock import to_microseconds
from tests.store.build import NOW, store_canvas

CLOSES_AT = NOW + timedelta(hours=2)
START_US, END_US = to_microseconds(NOW), to_microseconds(CLOSES_AT)


async def open_sealed_round(database: Database, kind: Kind | None = None) -> tuple[int, int, list[int]]:
    """Store a canvas and seal it; return canvas id, round id and the ids of its entries."""
    info, entry_ids = await store_canvas(database)
    round_ = Round(0, info.id, kind, "U1", "Europe/Berlin", NOW, CLOSES_AT, None, "", is_sealed=True)
    async with database.transaction("T1") as session:
        round_id = await round_store.add_round(session, round_)
        assert round_id is not None
        await sealed_vote_store.seal_entries(
            session, info.id, round_.kinds, round_id, CLOSES_AT, "Europe/Berlin"
        )
    return info.id, round_id, entry_ids


def draw_votes(random: Random, round_id: int, entry_ids: Sequence[int]) -> list[SealedVote]:
    """Return votes and changes of votes of a few members, in order of time."""
    return [
        SealedVote(
            round_id,
            random.choice(entry_ids),
            random.choice(["U1", "U2", "U3"]),
            random.choice([None, 1, 2, 3, 4, 5]),
            START_US + step,
        )
        for step in range(1, random.randrange(2, 20))
    ]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.databases("sqlite")
async def test_any_order_of_casts_and_changes_gives_the_figures_of_the_same_votes_by_reactions(
    database: Database, seed: int
) -> None:
    random = Random(seed)
    canvas_id, round_id, entry_ids = await open_sealed_round(database)
    votes = draw_votes(random, round_id, entry_ids)
    delivered = [*votes, *votes[:3]]  # late, in any order, and twice
    random.shuffle(delivered)
    last = {(vote.user_id, vote.entry_id): vote for vote in votes}.values()
    reactions = [
        Reaction(vote.entry_id, vote.user_id, vote.level, True, vote.cast_at_us)
        for vote in last
        if vote.level
    ]
    async with database.transaction("T1") as session:
        for vote in delivered:
            assert await sealed_vote_store.record_sealed_vote(session, vote, NOW)
        assert not any(entry.votes for entry in (await load_canvas(session, canvas_id)).entries)
        await sealed_vote_store.unseal_entries(session, round_id)
        await sealed_vote_store.reveal_votes(session, round_id, END_US)
        revealed = compute_metrics(await load_canvas(session, canvas_id))
        await session.exec(delete(CastVoteRow))
        await vote_store.record_reactions(session, reactions)
        by_reactions = compute_metrics(await load_canvas(session, canvas_id))
    assert (revealed.boxes, revealed.fit) == (by_reactions.boxes, by_reactions.fit)


async def test_a_vote_counts_from_the_end_until_its_member_sets_a_number(database: Database) -> None:
    canvas_id, round_id, (_, pain, *_) = await open_sealed_round(database, Kind.PAIN)
    async with database.transaction("T1") as session:
        await vote_store.record_reactions(session, [Reaction(pain, "U1", 1, True, START_US - 1)])
        assert await sealed_vote_store.record_sealed_vote(
            session, SealedVote(round_id, pain, "U1", 4, START_US + 5), NOW
        )
        await vote_store.record_reactions(session, [Reaction(pain, "U1", 2, True, START_US + 9)])
        assert await vote_store.load_votes(session, canvas_id) == {pain: {"U1": 2}}
        assert [entry.votes for entry in (await load_canvas(session, canvas_id)).entries] == [{}] * 4
        assert (await load_canvas(session, canvas_id, NOW + timedelta(hours=1))).entries[1].votes == {}
        await sealed_vote_store.unseal_entries(session, round_id)
        await sealed_vote_store.reveal_votes(session, round_id, END_US)
        assert (await load_canvas(session, canvas_id)).entries[1].votes == {"U1": 4}
        await vote_store.record_reactions(session, [Reaction(pain, "U1", 3, True, END_US + 1)])
        assert (await load_canvas(session, canvas_id)).entries[1].votes == {"U1": 3}


async def test_no_opinion_is_no_vote_and_counts_for_turnout(database: Database) -> None:
    canvas_id, round_id, (_, pain, gain, _) = await open_sealed_round(database)
    async with database.transaction("T1") as session:
        for user_id, entry_id, level in (("U1", pain, None), ("U2", pain, 3), ("U2", gain, None)):
            vote = SealedVote(round_id, entry_id, user_id, level, START_US)
            assert await sealed_vote_store.record_sealed_vote(session, vote, NOW)
        assert await sealed_vote_store.load_own_votes(session, "U2", [round_id]) == {pain: 3, gain: None}
        await sealed_vote_store.unseal_entries(session, round_id)
        await sealed_vote_store.reveal_votes(session, round_id, END_US)
        assert await vote_store.load_votes(session, canvas_id) == {pain: {"U2": 3}}
        assert await sealed_vote_store.load_turnout(session, round_id) == {
            "U1": frozenset({pain}),
            "U2": frozenset({pain, gain}),
        }


async def test_nothing_is_recorded_outside_the_round(database: Database) -> None:
    _, round_id, (product, pain, gain, _) = await open_sealed_round(database, Kind.PAIN)
    async with database.transaction("T1") as session:
        for number, entry_id, now in (
            (round_id, gain, NOW),  # not in the round
            (round_id + 1, pain, NOW),
            (round_id, pain, CLOSES_AT),
            (round_id, product + 1000, NOW),
        ):
            vote = SealedVote(number, entry_id, "U1", 5, START_US)
            assert not await sealed_vote_store.record_sealed_vote(session, vote, now)
        assert await entry_store.delete_entry(session, pain, "U1", NOW)
        await session.flush()
        vote = SealedVote(round_id, pain, "U1", 5, START_US)
        assert not await sealed_vote_store.record_sealed_vote(session, vote, NOW)


async def test_an_entry_that_a_sealed_one_is_merged_into_is_sealed(database: Database) -> None:
    canvas_id, round_id, (_, pain, *_) = await open_sealed_round(database, Kind.PAIN)
    async with database.transaction("T1") as session:
        await vote_store.record_cast_votes(session, [CastVote(pain, "U1", 5, START_US - 1)])
        sealed = (await load_canvas(session, canvas_id)).entries[1]
        assert sealed.seal is not None
        info = await canvas_store.find_canvas(session, canvas_id)
        assert info is not None
        (target,) = await entry_store.add_entries(session, info, "U1", [Draft(Kind.PAIN, "dear")], NOW)
        assert await entry_store.merge_entry(session, pain, target, "U1", NOW)
        await session.flush()
        merged = {entry.id: entry for entry in (await load_canvas(session, canvas_id)).entries}[target]
        assert (merged.votes, merged.seal) == ({}, sealed.seal)
        await sealed_vote_store.unseal_entries(session, round_id)
        merged = {entry.id: entry for entry in (await load_canvas(session, canvas_id)).entries}[target]
        assert (merged.votes, merged.seal) == ({"U1": 5}, None)


async def test_who_was_told_about_a_seal_is_told_once(database: Database) -> None:
    _, round_id, _ = await open_sealed_round(database)
    async with database.transaction("T1") as session:
        claim = sealed_vote_store.claim_seal_notices
        assert await claim(session, [(round_id, "U1")]) == [(round_id, "U1")]
        assert await claim(session, [(round_id, "U2"), (round_id, "U1")]) == [(round_id, "U2")]
        assert await claim(session, []) == []
