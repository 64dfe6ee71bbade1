"""What a canvas keeps of its digests does not grow with their number."""

from datetime import timedelta

from sqlmodel import select

from bot.db.database import Database
from bot.features.digest import store
from bot.features.digest.model import MAX_TREND_DIGESTS
from bot.features.digest.store import DigestRow
from tests.store.build import NOW, store_canvas


async def test_a_canvas_keeps_the_snapshots_of_its_trend_only(database: Database) -> None:
    info, _ = await store_canvas(database)
    async with database.transaction("T1") as session:
        for day in range(12):
            digest_id = await store.add_digest(session, info.id, f"slot {day}", NOW)
            assert digest_id is not None
            sent_at = NOW + timedelta(days=day)
            await store.mark_sent(session, digest_id, "1.0", sent_at, snapshot=str(day), is_unchanged=False)
            await store.drop_old_snapshots(session, info.id)
        stored = (await session.exec(select(DigestRow.snapshot).order_by("sent_at"))).all()
        trend = await store.list_sent_digests(session, info.id, MAX_TREND_DIGESTS)
    kept = [str(day) for day in range(12 - MAX_TREND_DIGESTS, 12)]
    assert list(stored) == [None] * (12 - MAX_TREND_DIGESTS) + kept
    assert [digest.snapshot for digest in trend] == kept[::-1]
