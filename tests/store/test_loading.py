"""A whole canvas is loaded, as it is now and as it was."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.method.kinds import Kind
from bot.method.model import Mark
from bot.store import (
    canvases as canvas_store,
    entries as entry_store,
    reviews as review_store,
    votes as vote_store,
)
from bot.store.loading import load_canvas
from bot.store.model import Draft
from bot.store.votes import CastVote, Reaction
from bot.times.clock import to_microseconds
from tests.store.build import NOW, store_canvas


async def test_a_canvas_is_loaded_with_votes_reviews_and_times_in_utc(database: Database) -> None:
    info, (product, pain, gain, robot) = await store_canvas(database)
    async with database.transaction("T1") as session:
        await vote_store.record_reactions(
            session, [Reaction(pain, "U1", 5, True, 1), Reaction(pain, "U1", 2, True, 2)]
        )
        await review_store.save_review(session, robot, "U1", [pain, gain], {pain: Mark.STRONG}, NOW)
        await review_store.save_review(session, robot, "U1", [pain, gain], {gain: Mark.PARTIAL}, NOW)
    async with database.reading("T1") as session:
        found = await canvas_store.find_current_canvas(session, "C1")
        assert found == info
        canvas = await load_canvas(session, info.id)
    assert canvas.created_at == NOW
    assert [entry.id for entry in canvas.entries] == [product, pain, gain, robot]
    assert canvas.entries[1].votes == {"U1": 2}
    assert canvas.entries[3].delivered_by == (product,)
    assert [review.marks for review in canvas.reviews] == [{gain: Mark.PARTIAL}]


async def test_a_canvas_is_loaded_as_it_was_at_any_time(database: Database) -> None:
    info, (_, pain, gain, robot) = await store_canvas(database)
    times = [NOW + timedelta(hours=hour) for hour in range(8)]
    expected = {}

    async def load_now(hour: int) -> None:
        async with database.reading("T1") as session:
            expected[hour] = await load_canvas(session, info.id)

    async def change(hour: int, session: AsyncSession) -> None:
        now = times[hour]
        at_us = to_microseconds(now)
        match hour:
            case 1:
                await vote_store.record_reactions(session, [Reaction(pain, "U1", 5, True, at_us)])
            case 2:
                await review_store.save_review(session, robot, "U1", [pain], {pain: Mark.STRONG}, now)
                await vote_store.record_reactions(session, [Reaction(pain, "U1", 5, False, at_us)])
            case 3:
                await entry_store.edit_entry(session, robot, 1, "U1", Draft(Kind.GAIN_CREATOR, "bot"), now)
            case 4:
                await entry_store.delete_entry(session, gain, "U1", now)
                (slow,) = await entry_store.add_entries(session, info, "U2", [Draft(Kind.PAIN, "slow")], now)
                await vote_store.record_cast_votes(session, [CastVote(slow, "U3", 4, 0)])
            case 5:
                await entry_store.merge_entry(session, pain, robot + 1, "U1", now)
                await vote_store.record_reactions(session, [Reaction(robot + 1, "U3", 2, True, at_us)])
            case _:
                await entry_store.restore_entry(session, gain, "U1", now)
                await review_store.save_review(session, robot, "U1", [pain], {}, now)
                await vote_store.reset_votes(session, robot + 1, now)

    for hour in range(1, 7):
        async with database.transaction("T1") as session:
            await change(hour, session)
        await load_now(hour)
    assert len({repr(canvas) for canvas in expected.values()}) == 6, "each hour changes something"
    async with database.reading("T1") as session:
        for hour, canvas in expected.items():
            assert await load_canvas(session, info.id, times[hour] + timedelta(minutes=30)) == canvas
        assert (await load_canvas(session, info.id, NOW - timedelta(days=1))).entries == ()
