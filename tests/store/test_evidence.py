"""Items of evidence are stored with all that they were."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.method.model import Grade
from bot.store import entries as entry_store, evidence as evidence_store
from bot.store.evidence import EvidenceDraft
from bot.store.loading import load_canvas
from bot.store.model import Draft
from tests.store.build import NOW, store_canvas

HOUR = timedelta(hours=1)


def build_draft(*supports: int, quote: str = "it is slow", message_key: str = "") -> EvidenceDraft:
    return EvidenceDraft(
        quote, "Customer 7", Grade.TOLD, 1, date(2026, 11, 2), supports, (), "https://x", message_key
    )


async def test_an_item_is_changed_deleted_and_restored_and_past_days_keep_it(database: Database) -> None:
    info, (_, pain, gain, _) = await store_canvas(database)
    async with database.transaction("T1") as session:
        (item,) = await evidence_store.add_evidence(session, info.id, "U1", [build_draft(pain)], NOW)
        assert await evidence_store.change_evidence(
            session, info.id, item, build_draft(gain, quote="it is late"), NOW + HOUR
        )
        assert await evidence_store.delete_evidence(session, info.id, item, NOW + 2 * HOUR)
        assert not await evidence_store.delete_evidence(session, info.id, item, NOW + 2 * HOUR)
        assert not await evidence_store.change_evidence(session, info.id, item, build_draft(), NOW)
        assert await evidence_store.restore_evidence(session, info.id, item, NOW + 3 * HOUR)
        assert not await evidence_store.restore_evidence(session, info.id, item, NOW + 3 * HOUR)
    async with database.reading("T1") as session:
        states = {
            hours: [
                (each.id, each.quote, each.supports, each.recorder_id)
                for each in (await load_canvas(session, info.id, NOW + hours * HOUR / 2)).evidence
            ]
            for hours in (-1, 1, 3, 5, 7)
        }
        found = await evidence_store.find_evidence(session, info.id, item)
        assert found is not None
        assert found.item == (await load_canvas(session, info.id)).evidence[0]
    late = [(item, "it is late", (gain,), "U1")]
    assert states == {-1: [], 1: [(item, "it is slow", (pain,), "U1")], 3: late, 5: [], 7: late}


async def test_the_id_of_a_later_row_is_no_item(database: Database) -> None:
    info, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        (item,) = await evidence_store.add_evidence(session, info.id, "U1", [build_draft(pain)], NOW)
        await evidence_store.change_evidence(session, info.id, item, build_draft(pain), NOW + HOUR)
        later_row = item + 1
        assert not await evidence_store.restore_evidence(session, info.id, later_row, NOW + 2 * HOUR)
        assert not await evidence_store.delete_evidence(session, info.id, later_row, NOW + 2 * HOUR)
        assert [each.id for each in await evidence_store.load_evidence(session, info.id, {})] == [item]


async def test_an_item_on_a_merged_entry_is_on_its_target_once(database: Database) -> None:
    info, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        (slow,) = await entry_store.add_entries(session, info, "U1", [Draft(Kind.PAIN, "slow")], NOW)
        await evidence_store.add_evidence(session, info.id, "U1", [build_draft(pain, slow)], NOW)
        await entry_store.merge_entry(session, slow, pain, "U1", NOW)
        (item,) = (await load_canvas(session, info.id)).evidence
    assert item.supports == (pain,)


async def test_the_same_message_finds_its_first_item_on_its_canvas_only(database: Database) -> None:
    info, (_, pain, *_) = await store_canvas(database)
    async with database.transaction("T1") as session:
        drafts = [build_draft(pain, message_key="C1:1.0"), build_draft(pain, message_key="C1:1.0")]
        first, _ = await evidence_store.add_evidence(session, info.id, "U1", drafts, NOW)
        assert await evidence_store.find_evidence_of_message(session, info.id, "C1:1.0") == first
        assert await evidence_store.find_evidence_of_message(session, info.id, "C1:2.0") is None
        assert await evidence_store.find_evidence_of_message(session, info.id + 1, "C1:1.0") is None
        assert await evidence_store.find_evidence(session, info.id + 1, first) is None
        assert not await evidence_store.delete_evidence(session, info.id + 1, first, NOW)


async def test_an_unlinked_entry_leaves_the_values_that_somebody_changed_meanwhile(
    database: Database,
) -> None:
    info, (_, pain, gain, _) = await store_canvas(database)
    async with database.transaction("T1") as session:
        (item,) = await evidence_store.add_evidence(session, info.id, "U1", [build_draft(pain, gain)], NOW)
        before = await evidence_store.lock_version(session, info.id, item)
        changed = build_draft(pain, gain, quote="it is late")
        await evidence_store.change_evidence(session, info.id, item, changed, NOW + HOUR)
        assert await evidence_store.lock_version(session, info.id, item) != before
        assert await evidence_store.unlink_evidence(session, info.id, item, {pain}, NOW + HOUR)
        found = await evidence_store.find_evidence(session, info.id, item)
        assert found is not None
        assert (found.item.quote, found.item.supports) == ("it is late", (gain,))
        await evidence_store.delete_evidence(session, info.id, item, NOW + 2 * HOUR)
        assert not await evidence_store.unlink_evidence(session, info.id, item, {gain}, NOW + 2 * HOUR)
        assert await evidence_store.lock_version(session, info.id, item) is None


async def test_two_people_at_once_lose_nothing_of_each_other(database: Database) -> None:
    info, (_, pain, gain, job) = await store_canvas(database)
    linked = [pain, gain, job]
    async with database.transaction("T1") as session:
        (item,) = await evidence_store.add_evidence(session, info.id, "U1", [build_draft(*linked)], NOW)

    async def unlink(entry_id: int) -> None:
        async with database.transaction("T1") as session:
            await evidence_store.unlink_evidence(session, info.id, item, {entry_id}, NOW + HOUR)

    await asyncio.gather(unlink(pain), unlink(gain))
    async with database.reading("T1") as session:
        found = await evidence_store.find_evidence(session, info.id, item)
        assert found is not None
        assert found.item.supports == (job,)
        assert len(await evidence_store.load_evidence(session, info.id, {})) == 1


async def test_the_items_of_an_entry_are_found_by_its_whole_id(database: Database) -> None:
    info, _ = await store_canvas(database)
    async with database.transaction("T1") as session:
        drafts = [Draft(Kind.PAIN, f"pain {number}") for number in range(30)]
        ids = await entry_store.add_entries(session, info, "U1", drafts, NOW)
        items = await evidence_store.add_evidence(
            session, info.id, "U1", [build_draft(entry_id) for entry_id in ids], NOW
        )
        against = replace(build_draft(quote="they left"), contradicts=(ids[0], ids[9]))
        (other,) = await evidence_store.add_evidence(session, info.id, "U1", [against], NOW)
        for entry_id, item in zip(ids, items, strict=True):
            found = await evidence_store.load_entry_evidence(session, info.id, {entry_id})
            expected = [item, other] if entry_id in {ids[0], ids[9]} else [item]
            assert [each.id for each in found] == expected
        both = await evidence_store.load_entry_evidence(session, info.id, {ids[1], ids[2]})
        assert [each.id for each in both] == [items[1], items[2]]
        assert await evidence_store.load_entry_evidence(session, info.id + 1, {ids[0]}) == []
