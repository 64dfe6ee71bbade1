"""What is searched each second or minute is found by an index that holds little else."""

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.features.digest import store as digest_store
from bot.features.digest.model import DigestSchedule
from bot.features.rounds import store as round_store
from bot.store import assumption_tests, discussions, vote_reading
from bot.store.loading import load_canvas
from bot.store.statistics import update_sqlite_statistics
from bot.store.votes import Reaction, record_reactions
from tests.db.plans import explain_reading
from tests.store.build import NOW, store_canvas

SEARCHES = {
    "ix_canvas_without_schedule": lambda session: digest_store.list_canvases_without_schedule(session, 4),
    "ix_canvas_votes_due_at": lambda session: vote_reading.list_due_teams(session, NOW),
    "ix_workspace_uninstalled": lambda session: vote_reading.list_due_teams(session, NOW),
    "ix_round_open": round_store.list_open_boxes,
    "ix_discussion_due": lambda session: discussions.list_due_discussions(session, NOW, 10),
    "ix_assumption_test_due": lambda session: assumption_tests.list_due_tests(session, NOW, 10),
}


@pytest.mark.parametrize("index", SEARCHES)
async def test_what_is_searched_often_is_found_by_its_index(database: Database, index: str) -> None:
    await store_canvas(database)
    assert index in await explain_reading(database, SEARCHES[index])


@pytest.mark.databases("sqlite")
async def test_a_canvas_is_loaded_without_reading_the_others_of_its_workspace(database: Database) -> None:
    canvases = [await store_canvas(database) for _ in range(3)]
    async with database.transaction("T1") as session:
        for _, entry_ids in canvases:
            for entry_id in entry_ids:
                await record_reactions(session, [Reaction(entry_id, "U1", 5, True, 1)])
    async with database.transaction(None) as session:
        await update_sqlite_statistics(session)

    async def load(session: AsyncSession) -> None:
        with as_team(session, "T1"):
            await load_canvas(session, canvases[0][0].id)

    plan = await explain_reading(database, load)
    assert "reaction USING INDEX sqlite_autoindex_reaction_1 (entry_id=?)" in plan
    assert "entry USING INDEX ix_entry_canvas_id" in plan
    assert "USING INDEX ix_entry_team_id" not in plan


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
