"""Digests and their schedules are stored."""

from datetime import timedelta

from bot.db.database import Database
from bot.features.digest import store as digest_store
from bot.features.digest.model import DigestSchedule
from tests.store.build import NOW, store_canvas


async def test_a_slot_makes_one_digest(database: Database) -> None:
    info, _ = await store_canvas(database)
    async with database.transaction("T1") as session:
        await digest_store.save_schedule(
            session, DigestSchedule(info.id, "daily 09:00 UTC", True, "2026-10-12T09:00", NOW)
        )
        assert await digest_store.add_digest(session, info.id, "2026-10-12T09:00", NOW)
        assert await digest_store.add_digest(session, info.id, "2026-10-12T09:00", NOW) is None
    async with database.transaction(None) as session:
        ((team, canvas_info, planned),) = await digest_store.claim_due_schedules(session, NOW, 5)
        assert (team, canvas_info.channel_id, planned.canvas_id) == ("T1", "C1", info.id)
        assert await digest_store.claim_due_schedules(session, NOW - timedelta(seconds=1), 5) == []
