"""What runs each second, and what runs each minute."""

from datetime import datetime, timedelta

import pytest

from bot.concurrency.shutdown import ShutdownBudget
from bot.scheduler import Scheduler
from bot.slack.deps import Deps
from tests.conftest import World


async def test_work_runs_each_tick_and_maintenance_once_a_minute(world: World) -> None:
    ticked_at: list[datetime] = []
    swept_at: list[datetime] = []

    async def work(deps: Deps) -> None:
        ticked_at.append(deps.clock())

    async def maintain(deps: Deps, started_at: datetime) -> None:
        assert started_at == start
        swept_at.append(deps.clock())

    start = world.clock.now()
    bot = world.bot
    scheduler = Scheduler(
        bot.deps,
        bot.worker,
        bot.health,
        ShutdownBudget(timedelta(seconds=1)),
        at_start=(),
        each_tick=(work,),
        each_sweep=(maintain,),
    )
    seconds = (0, 1, 59, 60, 61, 119, 120, 500)
    for second in seconds:
        world.clock.move_to(start + timedelta(seconds=second))
        await scheduler.tick()
    assert ticked_at == [start + timedelta(seconds=second) for second in seconds]
    assert swept_at == [start + timedelta(seconds=second) for second in (0, 60, 120, 500)]


async def test_work_that_fails_stops_no_other(world: World) -> None:
    done: list[str] = []

    async def fail(_deps: Deps) -> None:
        raise ValueError("the first")

    async def work(_deps: Deps) -> None:
        done.append("work")

    async def maintain(_deps: Deps, _started_at: datetime) -> None:
        done.append("maintenance")

    bot = world.bot
    scheduler = Scheduler(
        bot.deps,
        bot.worker,
        bot.health,
        ShutdownBudget(timedelta(seconds=1)),
        at_start=(),
        each_tick=(fail, work),
        each_sweep=(maintain,),
    )
    with pytest.raises(ValueError, match="the first"):
        await scheduler.enqueue_due_jobs()
    assert done == ["work", "maintenance"]
