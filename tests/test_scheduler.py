"""What runs each second, and what runs each minute."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.app import Bot
from bot.concurrency.shutdown import ShutdownBudget
from bot.features.feature import Maintenance, Work
from bot.scheduler import Scheduler
from bot.slack.deps import Deps
from tests.conftest import World


def build_scheduler(bot: Bot, each_tick: Sequence[Work], maintain: Maintenance) -> Scheduler:
    """Return a scheduler of a bot that does only this work."""
    budget = ShutdownBudget(timedelta(seconds=1))
    return Scheduler(
        bot.deps, bot.worker, bot.health, budget, at_start=(), each_tick=each_tick, each_sweep=(maintain,)
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
    assert done == ["work", "maintenance"]
