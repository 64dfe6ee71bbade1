"""What is searched each second or minute is found by an index that holds little else."""

import pytest

from bot.db.database import Database
from bot.features.digest import store as digest_store
from bot.features.digest.model import DigestSchedule
from bot.features.rounds import store as round_store
from bot.store import assumption_tests, vote_reading
from tests.db.plans import explain_reading
from tests.store.build import NOW, store_canvas

SEARCHES = {
    "ix_canvas_without_schedule": lambda session: digest_store.list_canvases_without_schedule(session, 4),
    "ix_canvas_votes_due_at": lambda session: vote_reading.list_due_teams(session, NOW),
    "ix_workspace_uninstalled": lambda session: vote_reading.list_due_teams(session, NOW),
    "ix_round_open": round_store.list_open_boxes,
    "ix_assumption_test_due": lambda session: assumption_tests.list_due_tests(session, NOW, 10),
}


@pytest.mark.parametrize("index", SEARCHES)
async def test_what_is_searched_often_is_found_by_its_index(database: Database, index: str) -> None:
    await store_canvas(database)
    assert index in await explain_reading(database, SEARCHES[index])


async def test_a_canvas_leaves_the_search_for_those_without_a_schedule(database: Database) -> None:
    info, _ = await store_canvas(database)
    async with database.reading(None) as session:
        found = await digest_store.list_canvases_without_schedule(session, 4)
    assert [canvas.id for _, canvas in found] == [info.id]
    schedule = DigestSchedule(info.id, "weekly mon 09:00 UTC", False, None, None)
    async with database.transaction("T1") as session:
        await digest_store.save_schedule(session, schedule)  # somebody was faster
        await digest_store.add_first_schedule(session, schedule, NOW)
    async with database.reading(None) as session:
        assert await digest_store.list_canvases_without_schedule(session, 4) == []


async def test_a_canvas_whose_cards_are_read_leaves_the_search_for_due_ones(database: Database) -> None:
    await store_canvas(database)
    for team, is_due in (("T1", True), ("T1", False)):
        async with database.transaction(team) as session:
            assert (await vote_reading.list_due_teams(session, NOW) == [team]) is is_due
            assert await vote_reading.find_cards_to_read(session, NOW, 10) == [], "it has no cards yet"
            later = {"open_due_at": NOW, "active_due_at": NOW.replace(hour=8), "quiet_due_at": NOW}
            await vote_reading.plan_next_reading(session, NOW, [], NOW, **later)
