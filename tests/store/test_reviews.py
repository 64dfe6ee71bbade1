"""Reviews of merged entries."""

from datetime import timedelta

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store import (
    entries as entry_store,
    reviews as review_store,
)
from bot.store.loading import load_canvas
from bot.store.model import Draft
from tests.store.build import NOW, store_canvas


async def test_a_review_of_a_merge_target_is_stored_for_each_merged_entry(database: Database) -> None:
    info, (_, pain, gain, robot) = await store_canvas(database)
    async with database.transaction("T1") as session:
        drafts = [Draft(Kind.PAIN, "slow"), Draft(Kind.PAIN_RELIEVER, "bot")]
        other, copy = await entry_store.add_entries(session, info, "U2", drafts, NOW)
        await review_store.save_review(session, copy, "U1", [pain, other], {other: Mark.STRONG}, NOW)
        for entry, into in ((other, pain), (copy, robot)):
            assert await entry_store.merge_entry(session, entry, into, "U1", NOW)
        later = NOW + timedelta(minutes=1)
        await review_store.save_review(session, robot, "U1", [pain, gain], {gain: Mark.PARTIAL}, later)
    async with database.reading("T1") as session:
        (review,) = (await load_canvas(session, info.id)).reviews
    assert review.marks == {gain: Mark.PARTIAL}, "earlier marks on either entry are replaced"
