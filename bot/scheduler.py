"""The scheduler: each second, enqueue the jobs of what is due, and run the due jobs.

APScheduler is only the timer. Schedules and jobs are in the database, so that any number of processes share
them. Each piece of work has a loop of its own: a slow one, such as the sweep, holds up no other.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from bot.concurrency.shutdown import ShutdownBudget
from bot.db.database import TRANSIENT_DB_ERRORS
from bot.features.feature import Maintenance, Work
from bot.health.service import HealthChecks
from bot.jobs import idempotency, store as jobs, throttles
from bot.jobs.worker import Worker
from bot.slack.deps import Deps
from bot.store.statistics import update_sqlite_statistics

log = logging.getLogger(__name__)

IDEMPOTENCY_KEY_RETENTION = timedelta(days=7)
STATISTICS_INTERVAL = timedelta(hours=1)

Repeated = Callable[[], Awaitable[None]]


class Scheduler:
    """The timers of one process. `at_start`, `each_tick` and `each_sweep` are work of the features."""

    def __init__(
        self,
        deps: Deps,
        worker: Worker,
        health: HealthChecks,
        shutdown: ShutdownBudget,
        *,
        at_start: Sequence[Work],
        each_tick: Sequence[Work],
        each_sweep: Sequence[Maintenance],
    ) -> None:
        self._is_stopping = False
        self._deps = replace(deps, is_stopping=lambda: self._is_stopping)
        self._worker = worker
        self._health = health
        self._shutdown = shutdown
        self._at_start = tuple(at_start)
        self._plans = [Loop(self._make_plan(work)) for work in each_tick]
        self._sweep = Loop(self._sweep_when_due)
        self._jobs = Loop(worker.run_due_jobs)
        self._start = Loop(self._do_start_work)
        self._each_sweep = (delete_expired_rows, self._update_statistics, *each_sweep)
        self._started_at = deps.clock()
        self._swept_at = deps.clock() - deps.timing.sweep_interval
        self._counted_at = deps.clock() - STATISTICS_INTERVAL

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tick until the context ends; then wait for running work within the shutdown budget.

        Work of many steps ends after the step that it does: another process does the rest, or the next start.
        """
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - `web` starts 20 ms faster without it

        await self._revive_dead_letters()
        ticker = AsyncIOScheduler(timezone=UTC)
        # A late tick still runs, several late ones run once, and no tick starts during the previous one.
        options = {
            "seconds": self._deps.timing.tick_interval.total_seconds(),
            "max_instances": 1,
            "coalesce": True,
            "misfire_grace_time": None,
        }
        for loop in (*self._plans, self._jobs, self._sweep):
            ticker.add_job(loop.run_unless_database_fails, "interval", **options)
        ticker.add_job(self._start.run_unless_database_fails, misfire_grace_time=None)  # once
        ticker.start()
        try:
            yield
        finally:
            self._is_stopping = True
            ticker.pause()
            await self._worker.stop(self._shutdown.remaining_seconds())
            for loop in (*self._plans, self._jobs, self._start, self._sweep):
                await loop.stop(self._shutdown.remaining_seconds())
            ticker.shutdown(wait=False)

    async def prepare(self) -> None:
        """Do what follows a start: at once, while `running` does it beside the other work."""
        await self._revive_dead_letters()
        await self._start.run()

    async def _revive_dead_letters(self) -> None:
        """Revive all dead letters, since a restart may follow a repair."""
        async with self._deps.db.transaction(None) as session:
            await jobs.revive_all(session, self._deps.clock())

    async def _do_start_work(self) -> None:
        await _run_all(partial(work, self._deps) for work in self._at_start)

    async def tick(self) -> None:
        """Enqueue and run everything that is due now, and sweep if that is due."""
        await self.enqueue_due_jobs()
        await self.sweep()
        await self.run_due_jobs()

    async def enqueue_due_jobs(self) -> None:
        """Run each feature's work of a tick, which enqueues the jobs of what is due.

        Raises the first error, but only after all work has run: a failing feature must not stop the others.
        """
        await _run_all(plan.run for plan in self._plans)

    async def run_due_jobs(self) -> None:
        """Run the jobs that are due, and those that they enqueue."""
        await self._jobs.run()

    async def sweep(self) -> None:
        """Run the maintenance once in a sweep interval; the errors are raised as above."""
        await self._sweep.run()

    def _make_plan(self, work: Work) -> Repeated:
        async def plan() -> None:
            self._health.ticked_at = self._deps.clock()
            await work(self._deps)

        return plan

    async def _sweep_when_due(self) -> None:
        now = self._deps.clock()
        # A clock that went back must not put the sweep off.
        if self._swept_at <= now < self._swept_at + self._deps.timing.sweep_interval:
            return
        self._swept_at = now
        await _run_all(partial(maintain, self._deps, self._started_at) for maintain in self._each_sweep)

    async def _update_statistics(self, deps: Deps, _started_at: object) -> None:
        """Update the statistics of SQLite's planner, once in an interval."""
        now = deps.clock()
        if not deps.db.is_sqlite or self._counted_at <= now < self._counted_at + STATISTICS_INTERVAL:
            return
        self._counted_at = now
        async with deps.db.transaction(None) as session:
            await update_sqlite_statistics(session)


class Loop:
    """Work that is repeated, and never runs twice at once."""

    def __init__(self, work: Repeated) -> None:
        self._work = work
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[Any] | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Do the work once, after the one that may run already."""
        async with self._lock:
            self._task = asyncio.current_task()
            try:
                await self._work()
            finally:
                self._task = None

    async def run_unless_database_fails(self) -> None:
        """Do work that the next tick repeats: an unreachable database is only logged."""
        try:
            await self.run()
        except TRANSIENT_DB_ERRORS as error:
            log.warning("the database fails: %s", type(error).__name__)
        except asyncio.CancelledError:
            if not self._is_stopping:
                raise

    async def stop(self, timeout_seconds: float) -> None:
        """Let the work that runs end within the timeout, then cancel it: its open transaction is undone."""
        self._is_stopping = True
        task = self._task
        if task is not None:
            await asyncio.wait({task}, timeout=timeout_seconds)
            task.cancel()
            await asyncio.wait({task})


async def _run_all(works: Iterable[Repeated]) -> None:
    """Do all of this work, then raise the first error."""
    errors: list[Exception] = []
    for work in works:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the first one is raised below
            errors.append(error)
    if errors:
        raise errors[0]


async def delete_expired_rows(deps: Deps, _started_at: object) -> None:
    """Delete old idempotency keys and expired throttles."""
    now = deps.clock()
    async with deps.db.transaction(None) as session:
        await idempotency.delete_old_keys(session, now - IDEMPOTENCY_KEY_RETENTION)
        await throttles.delete_expired_throttles(session, now)
