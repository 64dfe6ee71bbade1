"""A repeated request is acted on once."""

import asyncio

from bot.db.database import Database
from bot.jobs import idempotency
from tests.store.build import NOW, store_canvas


async def test_one_of_several_simultaneous_transactions_claims_a_key(database: Database) -> None:
    await store_canvas(database)

    async def claim() -> bool:
        async with database.transaction("T1") as session:
            return await idempotency.claim_key(session, "view:1:h", NOW)

    assert sorted(await asyncio.gather(*(claim() for _ in range(8)))) == [False] * 7 + [True]
