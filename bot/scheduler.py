"""The scheduler: each second, enqueue the jobs of what is due, and run the due jobs.

APScheduler is only the timer. Schedules and jobs are in the database, so that any number of processes share
them.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, timedelta

from bot.concurrency.shutdown import ShutdownBudget
from bot.db.database import TRANSIENT_DB_ERRORS
from bot.features.feature import Maintenance, Work
from bot.health.service import HealthChecks
from bot.jobs import idempotency, store as jobs, throttles
from bot.jobs.worker import Worker
from bot.slack.deps import Deps

log = logging.getLogger(__name__)

IDEMPOTENCY_KEY_RETENTION = timedelta(days=7)


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
        self._deps = deps
        self._worker = worker
        self._health = health
        self._shutdown = shutdown
        self._at_start = tuple(at_start)
        self._each_tick = (*each_tick, self._sweep)
        self._each_sweep = (delete_expired_rows, *each_sweep)
        self._started_at = deps.clock()
        self._swept_at = deps.clock() - deps.timing.sweep_interval
        self._enqueue_lock = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tick until the context ends; then wait for running work within the shutdown budget."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - `web` starts 20 ms faster without it

        await self.prepare()
        ticker = AsyncIOScheduler(timezone=UTC)
        # A late tick still runs, several late ones run once, and no tick starts during the previous one.
        options = {
            "seconds": self._deps.timing.tick_interval.total_seconds(),
            "max_instances": 1,
            "coalesce": True,
            "misfire_grace_time": None,
        }
        # Two timers: slow jobs must not delay the enqueueing of what is due.
        for work in (self.enqueue_due_jobs, self._worker.run_due_jobs):
            ticker.add_job(_run_unless_database_fails, "interval", args=[work], **options)
        ticker.start()
        try:
            yield
        finally:
            ticker.pause()
            await self._worker.stop(self._shutdown.remaining_seconds())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._shutdown.remaining_seconds()), self._enqueue_lock:
                    pass
            ticker.shutdown(wait=False)

    async def prepare(self) -> None:
        """Revive all dead letters, since a restart may follow a repair, and run the features' start work."""
        async with self._deps.db.transaction(None) as session:
            await jobs.revive_all(session, self._deps.clock())
        for work in self._at_start:
            await work(self._deps)

    async def tick(self) -> None:
        """Enqueue and run everything that is due now."""
        await self.enqueue_due_jobs()
        await self._worker.run_due_jobs()

    async def enqueue_due_jobs(self) -> None:
        """Run each feature's work of a tick, which enqueues the jobs of what is due.

        Raises the first error, but only after all work has run: a failing feature must not stop the others.
        """
        async with self._enqueue_lock:
            self._health.ticked_at = self._deps.clock()
            errors: list[Exception] = []
            for work in self._each_tick:
                try:
                    await work(self._deps)
                except Exception as error:  # noqa: BLE001 - the first one is raised below
                    errors.append(error)
            if errors:
                raise errors[0]

    async def _sweep(self, deps: Deps) -> None:
        """Run the maintenance once in a sweep interval."""
        now = deps.clock()
        if now < self._swept_at + deps.timing.sweep_interval:
            return
        self._swept_at = now
        for maintain in self._each_sweep:
            await maintain(deps, self._started_at)


async def delete_expired_rows(deps: Deps, _started_at: object) -> None:
    """Delete old idempotency keys and expired throttles."""
    now = deps.clock()
    async with deps.db.transaction(None) as session:
        await idempotency.delete_old_keys(session, now - IDEMPOTENCY_KEY_RETENTION)
        await throttles.delete_expired_throttles(session, now)


async def _run_unless_database_fails(work: Callable[[], Awaitable[None]]) -> None:
    """Run work that the next tick repeats: an unreachable database is only logged."""
    try:
        await work()
    except TRANSIENT_DB_ERRORS as error:
        log.warning("the database fails: %s", type(error).__name__)
