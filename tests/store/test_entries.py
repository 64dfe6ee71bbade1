"""Entries are edited, deleted, merged and restored."""

from dataclasses import replace

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.method.model import Mark, Review
from bot.store import (
    cards as card_store,
    entries as entry_store,
    reviews as review_store,
    votes as vote_store,
)
from bot.store.loading import load_canvas, load_entries
from bot.store.model import Draft
from bot.store.votes import Reaction
from tests.store.build import NOW, store_canvas


async def test_an_edit_of_an_outdated_version_is_rejected_and_a_deletion_is_undone(
    database: Database,
) -> None:
    info, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        assert await entry_store.edit_entry(session, pain, 1, "U1", Draft(Kind.PAIN, "slower"), NOW)
        assert await entry_store.edit_entry(session, pain, 1, "U2", Draft(Kind.PAIN, "slowest"), NOW) is None
        assert await entry_store.delete_entry(session, pain, "U1", NOW)
        assert not await entry_store.delete_entry(session, pain, "U1", NOW)
        assert pain not in [entry.id for entry in await load_entries(session, info.id)]
        assert await entry_store.restore_entry(session, pain, "U1", NOW)
        assert not await entry_store.restore_entry(session, pain, "U1", NOW)
        assert "slower" in [entry.text for entry in await load_entries(session, info.id)]


async def test_a_merge_moves_votes_reviews_and_links_and_its_undo_moves_them_back(database: Database) -> None:
    info, (product, pain, gain, robot) = await store_canvas(database)
    async with database.transaction("T1") as session:
        other, twin, copy = await entry_store.add_entries(
            session,
            info,
            "U2",
            [Draft(Kind.PAIN, "slow"), Draft(Kind.PRODUCT, "plan"), Draft(Kind.PAIN_RELIEVER, "bot")],
            NOW,
        )
        await vote_store.record_reactions(
            session, [Reaction(pain, "U1", 2, True, 1), Reaction(other, "U1", 5, True, 2)]
        )
        await review_store.save_review(session, robot, "U1", [pain], {pain: Mark.PARTIAL}, NOW)
        await review_store.save_review(
            session, copy, "U1", [gain, other], {gain: Mark.PARTIAL, other: Mark.STRONG}, NOW
        )
    async with database.reading("T1") as session:
        before = await load_canvas(session, info.id)
    async with database.transaction("T1") as session:
        assert not await entry_store.merge_entry(session, pain, pain, "U1", NOW)
        assert not await entry_store.merge_entry(session, pain, gain, "U1", NOW)
        for entry, target in ((other, pain), (product, twin), (copy, robot)):
            assert await entry_store.merge_entry(session, entry, target, "U1", NOW)
        assert not await entry_store.merge_entry(session, pain, other, "U1", NOW)
        assert await vote_store.load_entry_votes(session, [pain, other]) == {"U1": 5}
    async with database.reading("T1") as session:
        merged = await load_canvas(session, info.id)
        card = await card_store.find_card(session, robot)
    assert {entry.id: (entry.votes, entry.delivered_by) for entry in merged.entries} == {
        pain: ({"U1": 5}, ()),
        gain: ({}, ()),
        robot: ({}, (twin,)),
        twin: ({}, ()),
    }
    assert merged.reviews == (Review(robot, "U1", {pain: Mark.STRONG, gain: Mark.PARTIAL}),)
    assert card is not None
    assert card.entry.delivered_by == (twin,)
    async with database.transaction("T1") as session:
        for entry in (other, product, copy):
            assert await entry_store.restore_entry(session, entry, "U1", NOW)
    async with database.reading("T1") as session:
        assert await load_canvas(session, info.id) == before


async def test_an_edit_of_the_products_applies_to_merged_entries_too(database: Database) -> None:
    info, (product, _, _, robot) = await store_canvas(database)
    async with database.transaction("T1") as session:
        drafts = [Draft(Kind.PRODUCT, "plan"), Draft(Kind.PAIN_RELIEVER, "bot")]
        plan, copy = await entry_store.add_entries(session, info, "U2", drafts, NOW)
        assert await entry_store.edit_entry(
            session, copy, 1, "U1", replace(drafts[1], delivered_by=(plan,)), NOW
        )
        assert await entry_store.merge_entry(session, copy, robot, "U1", NOW)
        entries = {entry.id: entry for entry in await load_entries(session, info.id)}
        assert entries[robot].delivered_by == (product, plan)
        assert await entry_store.edit_entry(
            session, robot, 1, "U1", replace(drafts[1], delivered_by=(plan,)), NOW
        )
        entries = {entry.id: entry for entry in await load_entries(session, info.id)}
        assert entries[robot].delivered_by == (plan,)
