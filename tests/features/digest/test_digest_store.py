"""Digests and their schedules are stored."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.db.database import Database
from bot.features.digest import store as digest_store
from bot.features.digest.model import DigestSchedule, NewDigest
from bot.features.digest.service import enqueue_due_digests
from bot.features.digest.store import DigestScheduleRow
from bot.jobs.store import JobRow
from bot.store import canvases, workspaces
from bot.store.model import CanvasInfo
from bot.store.workspaces import Workspace
from tests.conftest import World
from tests.statement_counts.counting import record_statements
from tests.store.build import NOW, store_canvas


async def test_a_slot_makes_one_digest(database: Database) -> None:
    info, _ = await store_canvas(database)
    async with database.transaction("T1") as session:
        await digest_store.save_schedule(
            session, DigestSchedule(info.id, "daily 09:00 UTC", True, "2026-10-12T09:00", NOW)
        )
        new_digest = NewDigest("T1", info.id, "2026-10-12T09:00", NOW)
        assert (await digest_store.add_digests(session, [new_digest])).keys() == {info.id}
        assert await digest_store.add_digests(session, [new_digest]) == {}
    async with database.transaction(None) as session:
        ((team, canvas_info, planned),) = await digest_store.claim_due_schedules(session, NOW, 5)
        assert (team, canvas_info.channel_id, planned.canvas_id) == ("T1", "C1", info.id)
        assert await digest_store.claim_due_schedules(session, NOW - timedelta(seconds=1), 5) == []


@pytest.mark.parametrize("number", [1, 20])
async def test_planning_takes_as_many_statements_for_twenty_digests_as_for_one(
    world: World, number: int
) -> None:
    """Each statement of the planning waits for a turn among everything that the worker does."""
    database, now = world.bot.db, world.clock.now()
    async with database.transaction(None) as session:
        for team_id in ("T1", "T2"):
            await workspaces.save_workspace(session, Workspace(team_id, None, "", "U0"), now)
    for each in range(number):
        async with database.transaction(f"T{1 + each % 2}") as session:
            info = CanvasInfo(0, f"C{each}", "Reports", "", "U1", "UTC", now, None)
            info = await canvases.add_canvas(session, info)
            schedule = DigestSchedule(info.id, "daily 09:00 UTC", True, "2026-01-01T09:00", now)
            await digest_store.add_first_schedule(session, schedule, now)
    with record_statements(database) as statements:
        await enqueue_due_digests(world.bot.deps)
    others = 1 + (number == 20)  # new canvases are looked for, and after a full batch the next one
    assert len(statements) == 4 + others
    async with database.reading(None) as session:
        jobs = (await session.exec(select(JobRow))).all()
        schedules = (await session.exec(select(DigestScheduleRow))).all()
    assert {(job.team_id, job.channel_id, job.kind) for job in jobs} == {
        (f"T{1 + each % 2}", f"C{each}", "digest") for each in range(number)
    }
    assert {job.requester_id for job in jobs} == {"U1"}
    assert all(schedule.next_due_at and schedule.next_due_at > now for schedule in schedules)
