"""What runs each second, and what runs each minute."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.app import Bot
from bot.concurrency.shutdown import ShutdownBudget
from bot.features.feature import Maintenance, Work
from bot.scheduler import Scheduler
from bot.slack.deps import Deps
from bot.timing import Timing
from tests.conftest import TEST_TIMING, World
from tests.statement_counts.counting import record_statements

QUICK_TIMING = replace(TEST_TIMING, tick_interval=timedelta(milliseconds=10))


def build_scheduler(
    bot: Bot,
    each_tick: Sequence[Work],
    maintain: Maintenance,
    timing: Timing = TEST_TIMING,
    at_start: Sequence[Work] = (),
) -> Scheduler:
    """Return a scheduler of a bot that does only this work."""
    budget = ShutdownBudget(timedelta(milliseconds=100))
    deps = replace(bot.deps, timing=timing)
    return Scheduler(
        deps, bot.worker, bot.health, budget, at_start=at_start, each_tick=each_tick, each_sweep=(maintain,)
    )


async def test_work_runs_each_tick_and_maintenance_once_a_minute(world: World) -> None:
    ticked_at: list[datetime] = []
    swept_at: list[datetime] = []

    async def work(deps: Deps) -> None:
        ticked_at.append(deps.clock())

    async def maintain(deps: Deps, started_at: datetime) -> None:
        assert started_at == start
        swept_at.append(deps.clock())

    start = world.clock.now()
    scheduler = build_scheduler(world.bot, (work,), maintain)
    seconds = (0, 1, 59, 60, 61, 119, 120, 500)
    for second in seconds:
        world.clock.move_to(start + timedelta(seconds=second))
        await scheduler.tick()
    assert ticked_at == [start + timedelta(seconds=second) for second in seconds]
    assert swept_at == [start + timedelta(seconds=second) for second in (0, 60, 120, 500)]


@pytest.mark.parametrize(("second", "number"), [(0, 1), (60, 1), (3600, 2), (3660, 2)])
async def test_statistics_are_updated_once_an_hour_on_sqlite(world: World, second: int, number: int) -> None:
    async def maintain(deps: Deps, started_at: datetime) -> None:
        pass

    start = world.clock.now()
    scheduler = build_scheduler(world.bot, (), maintain)
    with record_statements(world.bot.db) as statements:
        await scheduler.tick()
        world.clock.move_to(start + timedelta(seconds=second))
        await scheduler.tick()
    updates = statements.count("ANALYZE reaction")
    assert updates == (number if world.bot.db.is_sqlite else 0)


async def test_work_that_fails_stops_no_other(world: World) -> None:
    done: list[str] = []

    async def fail(_deps: Deps) -> None:
        raise ValueError("the first")

    async def work(_deps: Deps) -> None:
        done.append("work")

    async def maintain(_deps: Deps, _started_at: datetime) -> None:
        done.append("maintenance")

    scheduler = build_scheduler(world.bot, (fail, work), maintain)
    with pytest.raises(ValueError, match="the first"):
        await scheduler.enqueue_due_jobs()
    await scheduler.sweep()
    assert done == ["work", "maintenance"]


async def test_work_goes_on_while_other_work_or_the_sweep_takes_long(world: World) -> None:
    ticks, sweeps, slow_starts = 0, 0, 0
    is_over = asyncio.Event()

    async def work(_deps: Deps) -> None:
        nonlocal ticks
        ticks += 1
        if ticks >= 3 and sweeps and slow_starts:
            is_over.set()

    async def work_slowly(_deps: Deps) -> None:
        nonlocal slow_starts
        slow_starts += 1
        await asyncio.Event().wait()

    async def maintain_slowly(_deps: Deps, _started_at: datetime) -> None:
        nonlocal sweeps
        sweeps += 1
        await asyncio.Event().wait()

    scheduler = build_scheduler(world.bot, (work_slowly, work), maintain_slowly, QUICK_TIMING)
    async with scheduler.running():
        await is_over.wait()
    assert (sweeps, slow_starts) == (1, 1)


async def test_what_follows_a_start_holds_up_nothing(world: World) -> None:
    is_over = asyncio.Event()

    async def start_slowly(_deps: Deps) -> None:
        await asyncio.Event().wait()

    async def work(_deps: Deps) -> None:
        is_over.set()

    async def maintain(_deps: Deps, _started_at: datetime) -> None: ...

    scheduler = build_scheduler(world.bot, (work,), maintain, QUICK_TIMING, (start_slowly,))
    async with scheduler.running():
        await is_over.wait()


async def test_a_stop_during_the_planning_and_the_sweep_logs_no_error(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    work_began, sweep_began = asyncio.Event(), asyncio.Event()

    async def hang(_deps: Deps) -> None:
        work_began.set()
        await asyncio.Event().wait()

    async def hang_in_sweep(_deps: Deps, _started_at: datetime) -> None:
        sweep_began.set()
        await asyncio.Event().wait()

    async with build_scheduler(world.bot, (hang,), hang_in_sweep, QUICK_TIMING).running():
        await work_began.wait()
        await sweep_began.wait()
    assert [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []
