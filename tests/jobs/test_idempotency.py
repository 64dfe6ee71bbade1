"""A repeated request is acted on once."""

import asyncio
from datetime import timedelta

from bot.db.database import Database
from bot.jobs import idempotency
from tests.store.build import NOW, store_canvas


async def test_one_of_several_simultaneous_transactions_claims_a_key(database: Database) -> None:
    await store_canvas(database)

    async def claim() -> bool:
        async with database.transaction("T1") as session:
            return await idempotency.claim_key(session, "view:1:h", NOW)

    assert sorted(await asyncio.gather(*(claim() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_request_without_a_key_is_no_repetition(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        assert [await idempotency.claim_key(session, "", NOW) for _ in range(2)] == [True, True]


async def test_a_released_key_can_be_claimed_again_and_no_other_key_is_released(database: Database) -> None:
    await store_canvas(database)
    async with database.transaction("T1") as session:
        for key in ("a", "b"):
            assert await idempotency.claim_key(session, key, NOW)
        assert [await idempotency.release_key(session, "a") for _ in range(2)] == [True, False]
        claimed = [await idempotency.is_key_claimed(session, key) for key in ("a", "b", "c")]
        assert claimed == [False, True, False]
        assert await idempotency.claim_key(session, "a", NOW)


async def test_only_keys_from_before_a_time_are_deleted(database: Database) -> None:
    await store_canvas(database)
    times = {"old": NOW - timedelta(seconds=1), "at": NOW, "new": NOW + timedelta(seconds=1)}
    async with database.transaction("T1") as session:
        for key, received_at in times.items():
            await idempotency.claim_key(session, key, received_at)
        await idempotency.delete_old_keys(session, NOW)
        assert [key for key in times if await idempotency.is_key_claimed(session, key)] == ["at", "new"]
