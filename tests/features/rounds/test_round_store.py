"""Rounds are stored: one open round a canvas, closed once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.db.database import Database
from bot.features.rounds import store as round_store
from bot.features.rounds.model import Round, RoundState
from bot.method.kinds import Kind
from tests.store.build import NOW, store_canvas


async def test_a_canvas_has_one_open_round_even_when_many_start_at_once(database: Database) -> None:
    info, _ = await store_canvas(database)
    end = NOW + timedelta(days=1)
    wanted = Round(0, info.id, Kind.PAIN, "U1", "UTC", NOW, end, NOW + timedelta(hours=12), "{}")

    async def start() -> int | None:
        async with database.transaction("T1") as session:
            return await round_store.add_round(session, wanted)

    (first,) = [key for key in await asyncio.gather(*(start() for _ in range(8))) if key is not None]
    async with database.reading(None) as session:
        assert await round_store.list_due_rounds(session, NOW + timedelta(hours=11), 5) == []
        ((team, channel, found),) = await round_store.list_due_rounds(session, NOW + timedelta(hours=12), 5)
    assert (team, channel, found) == ("T1", "C1", replace(wanted, id=first))
    async with database.transaction("T1") as session:
        assert await round_store.claim_reminders(session, first)
        assert not await round_store.claim_reminders(session, first)
        assert list(await round_store.list_open_round_ids(session, "C1")) == [first]
        assert await round_store.mark_closing(session, first, end, "U1")
        assert not await round_store.mark_closing(session, first, end, None)
        closed = await round_store.find_round(session, first)
        assert closed is not None
        assert (closed.state, closed.closed_by_id) == (RoundState.CLOSING, "U1")
        assert await round_store.list_due_rounds(session, end, 5) == []
    assert await start() not in {None, first}


async def test_a_round_that_many_close_at_once_is_closed_once(database: Database) -> None:
    info, _ = await store_canvas(database)
    wanted = Round(0, info.id, None, "U1", "UTC", NOW, NOW + timedelta(days=1), None, "{}")
    async with database.transaction("T1") as session:
        key = await round_store.add_round(session, wanted)
    assert key is not None

    async def close() -> bool:
        async with database.transaction("T1") as session:
            return await round_store.mark_closing(session, key, NOW, None)

    assert sorted(await asyncio.gather(*(close() for _ in range(8)))) == [False] * 7 + [True]
