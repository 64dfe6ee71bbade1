"""Due times after a change of a zone's rules: only what the change touches is written."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.digest import service
from bot.features.digest.store import DigestScheduleRow
from bot.store import canvases as canvas_store
from bot.store.model import CanvasInfo
from bot.times.schedule_reader import read_schedule
from tests.bench import seed
from tests.bench.constants import TEAM_ID
from tests.conftest import World
from tests.statement_counts.counting import record_statements

DUE_AT = datetime(2026, 10, 19, 7, tzinfo=UTC)  # Monday 09:00 in Berlin
ZONES = ("Europe/Berlin", "UTC+2", "Africa/Tripoli")
COUNT = 1200


async def add_schedules(session: AsyncSession, now: datetime) -> list[int]:
    """Add canvases with weekly schedules, which are due at the same time."""
    canvas_ids = []
    for number in range(COUNT):
        canvas = CanvasInfo(0, f"C{number}", "Map", "", "U1", "UTC", now, None)
        canvas_ids.append((await canvas_store.add_canvas(session, canvas)).id)
        session.add(
            DigestScheduleRow(
                team_id=TEAM_ID,
                canvas_id=canvas_ids[-1],
                expression=f"weekly mon 09:00 {ZONES[number % len(ZONES)]}",
                next_local_time="2026-10-19T09:00",
                next_due_at=DUE_AT,
            )
        )
    return canvas_ids


async def set_due_time(session: AsyncSession, canvas_ids: Sequence[int], due_at: datetime) -> None:
    is_one = col(DigestScheduleRow.canvas_id).in_(canvas_ids)
    await session.exec(update(DigestScheduleRow).where(is_one).values(next_due_at=due_at))


async def test_a_start_writes_only_the_schedules_whose_zone_has_other_rules(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed.add_workspace(world.bot.db)
    async with world.bot.db.transaction(TEAM_ID) as session:
        canvas_ids = await add_schedules(session, world.clock.now())
        touched = [canvas_ids[number] for number in (3, 4, 5, 700, 1199)]
        await set_due_time(session, touched, DUE_AT + timedelta(hours=1))  # by the rules of an older tzdata
        due = canvas_ids[6]
        await set_due_time(session, [due], world.clock.now() - timedelta(minutes=1))
    parsed: list[str] = []

    def count_parsed(text: str, time_zone: str) -> object:
        parsed.append(text)
        return read_schedule(text, time_zone)

    monkeypatch.setattr("bot.features.digest.service.read_schedule", count_parsed)
    with record_statements(world.bot.db) as statements:
        await service.reschedule_digests(world.bot.deps)
    assert len(parsed) == len(touched), "reading an expression takes long"
    assert len([each for each in statements if each.startswith("UPDATE")]) == len(touched)
    assert len(statements) - len(touched) <= COUNT / service.MAX_SCHEDULES_PER_PAGE + 2
    async with world.bot.db.reading(None) as session:
        due_times = dict(
            (await session.exec(select(DigestScheduleRow.canvas_id, DigestScheduleRow.next_due_at))).all()
        )
    assert due_times.pop(due) == world.clock.now() - timedelta(minutes=1)
    assert {*due_times.values()} == {DUE_AT}


async def test_a_schedule_without_its_zone_is_switched_off_at_the_start(world: World) -> None:
    await world.start_canvas(world.harness.add_channel("product"))
    async with world.bot.db.transaction(None) as session:
        expression = "weekly mon 09:00 Mars/Crater"
        await session.exec(update(DigestScheduleRow).values(expression=expression))
    await service.reschedule_digests(world.bot.deps)
    async with world.bot.db.reading(None) as session:
        assert (await session.exec(select(DigestScheduleRow.is_on))).all() == [False]
