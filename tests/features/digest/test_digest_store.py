"""Digests and their schedules are stored."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

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


MINUTE = timedelta(minutes=1)


async def store_two_canvases(database: Database) -> tuple[int, int]:
    """Store two canvases of one workspace; return their ids."""
    first, _ = await store_canvas(database)
    async with database.transaction("T1") as session:
        second = await canvases.add_canvas(session, CanvasInfo(0, "C2", "Map", "", "U1", "UTC", NOW, None))
    return first.id, second.id


def plan(canvas_id: int, due_at: datetime = NOW, expression: str = "daily 09:00 UTC") -> DigestSchedule:
    return DigestSchedule(canvas_id, expression, True, "2026-10-12T09:00", due_at)


async def test_a_schedule_is_replaced_and_switched_off_for_its_canvas_alone(database: Database) -> None:
    first, second = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        for canvas_id in (first, second):
            await digest_store.save_schedule(session, plan(canvas_id))
        changed = plan(first, NOW + MINUTE, "daily 10:00 UTC")
        await digest_store.save_schedule(session, changed)
        assert await digest_store.find_schedule(session, first) == changed
        await digest_store.switch_off_schedule(session, first)
        off = DigestSchedule(first, "daily 10:00 UTC", False, None, None)
        assert await digest_store.find_schedule(session, first) == off
        assert await digest_store.find_schedule(session, second) == plan(second)
        assert await digest_store.find_schedule(session, 77) is None
        assert await digest_store.list_active_schedules(session, 0, 9) == [plan(second)]


async def test_schedules_are_listed_by_canvas_a_page_at_a_time(database: Database) -> None:
    first, second = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        for canvas_id in (second, first):
            await digest_store.save_schedule(session, plan(canvas_id))
        pages = [await digest_store.list_active_schedules(session, after, 1) for after in (0, first, second)]
    assert [[schedule.canvas_id for schedule in page] for page in pages] == [[first], [second], []]


async def test_a_schedule_that_somebody_changed_meanwhile_is_not_rescheduled(database: Database) -> None:
    first, second = await store_two_canvases(database)
    later = plan(first, NOW + MINUTE)
    async with database.transaction("T1") as session:
        for canvas_id in (first, second):
            await digest_store.save_schedule(session, plan(canvas_id))
        for stale in (plan(first, expression="daily 10:00 UTC"), plan(first, NOW - MINUTE)):
            await digest_store.reschedule(session, stale, later)
        assert await digest_store.find_schedule(session, first) == plan(first)
        await digest_store.reschedule(session, plan(first), later)
        assert await digest_store.find_schedule(session, first) == later
        assert await digest_store.find_schedule(session, second) == plan(second)


@pytest.mark.parametrize("column", ["archived_at", "deleted_at"])
async def test_due_schedules_of_active_canvases_are_claimed_the_longest_due_first(
    database: Database, column: str
) -> None:
    first, second = await store_two_canvases(database)

    async def claim(now: datetime, limit: int = 9) -> list[int]:
        async with database.transaction(None) as session:
            due = await digest_store.claim_due_schedules(session, now, limit)
            return [schedule.canvas_id for _, _, schedule in due]

    async with database.transaction("T1") as session:
        await digest_store.save_schedule(session, plan(first, NOW + MINUTE))
        await digest_store.save_schedule(session, plan(second))
    assert [await claim(NOW), await claim(NOW + MINUTE)] == [[second], [second, first]]
    assert await claim(NOW + MINUTE, limit=1) == [second]
    async with database.transaction("T1") as session:
        await canvases.update_canvas(session, second, **{column: NOW})
    assert await claim(NOW + MINUTE) == [first]
    async with database.transaction("T1") as session:
        await digest_store.switch_off_schedule(session, first)
    assert await claim(NOW + MINUTE) == []


@pytest.mark.parametrize("column", ["archived_at", "deleted_at"])
async def test_active_canvases_get_a_first_schedule_once(database: Database, column: str) -> None:
    first, second = await store_two_canvases(database)

    async def find(limit: int = 9) -> list[int]:
        async with database.transaction(None) as session:
            found = await digest_store.list_canvases_without_schedule(session, limit)
            return [canvas_info.id for _, canvas_info in found]

    assert sorted(await find()) == [first, second]
    assert len(await find(limit=1)) == 1
    async with database.transaction("T1") as session:
        await canvases.update_canvas(session, second, **{column: NOW})
    assert await find() == [first]
    async with database.transaction("T1") as session:
        await digest_store.save_schedule(session, plan(first))
        await digest_store.add_first_schedule(session, plan(first, NOW + MINUTE), NOW)
        assert await digest_store.find_schedule(session, first) == plan(first), "somebody was faster"
    assert await find() == []


async def add_digest(session: AsyncSession, canvas_id: int, slot: str, due_at: datetime = NOW) -> int:
    added = await digest_store.add_digests(session, [NewDigest("T1", canvas_id, slot, due_at)])
    return added[canvas_id]


async def send(session: AsyncSession, digest_id: int, sent_at: datetime) -> None:
    await digest_store.mark_sent(
        session, digest_id, "1.5", sent_at, snapshot="{}", reported_fit=None, is_unchanged=False
    )


async def test_only_unsent_digests_of_the_schedule_are_deleted(database: Database) -> None:
    first, second = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        unsent = await add_digest(session, first, "2026-10-12T09:00")
        sent = await add_digest(session, first, "2026-10-11T09:00")
        typed = await add_digest(session, first, "command:1")
        other = await add_digest(session, second, "2026-10-12T09:00")
        await send(session, sent, NOW)
        await digest_store.delete_unsent_scheduled_digests(session, first)
        ids = (unsent, sent, typed, other)
        kept = [each for each in ids if await digest_store.find_digest(session, each)]
    assert kept == [sent, typed, other]


async def test_a_later_digest_is_one_of_the_schedule_of_the_same_canvas(database: Database) -> None:
    first, second = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        await add_digest(session, first, "2026-10-13T09:00", NOW + MINUTE)  # added before it
        digest = await digest_store.find_digest(session, await add_digest(session, first, "2026-10-12T09:00"))
        assert digest is not None
        await add_digest(session, second, "2026-10-12T09:00", NOW + MINUTE)
        await add_digest(session, first, "command:1", NOW + MINUTE)
        await add_digest(session, first, "2026-10-12T10:00", NOW)
        assert not await digest_store.has_later_scheduled_digest(session, digest)
        await add_digest(session, first, "2026-10-14T09:00", NOW + MINUTE)
        assert await digest_store.has_later_scheduled_digest(session, digest)


async def test_sent_digests_are_listed_the_newest_first_and_the_last_keeps_its_snapshot(
    database: Database,
) -> None:
    first, second = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        ids = [await add_digest(session, first, f"2026-10-1{day}T09:00") for day in range(4)]
        other = await add_digest(session, second, "2026-10-10T09:00")
        for digest_id, sent_at in zip(ids, (NOW, NOW + MINUTE, NOW), strict=False):
            await send(session, digest_id, sent_at)
        await send(session, other, NOW)
        newest_first = [ids[1], ids[2], ids[0]]
        sent = await digest_store.list_sent_digests(session, first, 9)
        assert [digest.id for digest in sent] == newest_first
        assert [digest.sent_at for digest in sent] == [NOW + MINUTE, NOW, NOW]
        shortened = await digest_store.list_sent_digests(session, first, 2)
        assert [digest.id for digest in shortened] == newest_first[:2]
        await digest_store.drop_old_snapshots(session, first)
        found = [await digest_store.find_digest(session, each) for each in (*newest_first, ids[3], other)]
        assert [digest and digest.snapshot for digest in found] == ["{}", None, None, None, "{}"]
        await digest_store.delete_canvas_digests(session, first)
        assert await digest_store.list_sent_digests(session, first, 9) == []
        assert len(await digest_store.list_sent_digests(session, second, 9)) == 1


async def test_a_digest_is_late_from_more_than_five_minutes_on(database: Database) -> None:
    first, _ = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        for number, delay in enumerate((0, 5, 5.01, 60)):
            digest_id = await add_digest(session, first, f"2026-10-1{number}T09:00", NOW)
            await send(session, digest_id, NOW + delay * MINUTE)
        await add_digest(session, first, "2026-10-19T09:00")
        assert await digest_store.count_sent_digests(session, NOW - MINUTE) == (2, 2)
        assert await digest_store.count_sent_digests(session, NOW) == (1, 2), "after that time"


async def test_the_next_slots_of_several_schedules_are_stored_at_once(database: Database) -> None:
    first, second = await store_two_canvases(database)
    async with database.transaction("T1") as session:
        for canvas_id in (first, second):
            await digest_store.save_schedule(session, plan(canvas_id))
        off = DigestSchedule(first, "daily 09:00 UTC", False, None, None)
        await digest_store.save_next_slots(session, [off])
        assert await digest_store.find_schedule(session, first) == off
        assert await digest_store.find_schedule(session, second) == plan(second)
