"""What the bot does by itself: each second it enqueues what is due and runs the jobs that are due.

APScheduler only ticks: what is due is in the database, so that any number of processes can share it.
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
    """The clock of one process. `each_tick` and `each_sweep` are the work of the features."""

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
        """Tick until the context ends, then let what was started finish within the shutdown budget."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - 20 ms that `web` can save

        await self.prepare()
        ticker = AsyncIOScheduler(timezone=UTC)
        options = {
            "seconds": self._deps.timing.tick_interval.total_seconds(),
            "max_instances": 1,
            "coalesce": True,
            "misfire_grace_time": None,
        }
        # Two timers: jobs that take long to run delay nothing that is due.
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
        """Revive dead letters, since a restart may follow a repair, and do what features do at the start."""
        async with self._deps.db.transaction(None) as session:
            await jobs.revive_all(session, self._deps.clock())
        for work in self._at_start:
            await work(self._deps)

    async def tick(self) -> None:
        """Enqueue and run everything that is due now."""
        await self.enqueue_due_jobs()
        await self._worker.run_due_jobs()

    async def enqueue_due_jobs(self) -> None:
        """Turn what is due now into jobs. One that fails does not keep the others from their turn.

        Raises the first error of them all, after all had their turn.
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
        """Do what is in no hurry, once in a sweep interval."""
        now = deps.clock()
        if now < self._swept_at + deps.timing.sweep_interval:
            return
        self._swept_at = now
        for maintain in self._each_sweep:
            await maintain(deps, self._started_at)


async def delete_expired_rows(deps: Deps, _started_at: object) -> None:
    """Delete idempotency keys and throttles that nothing asks for any more."""
    now = deps.clock()
    async with deps.db.transaction(None) as session:
        await idempotency.delete_old_keys(session, now - IDEMPOTENCY_KEY_RETENTION)
        await throttles.delete_expired_throttles(session, now)


async def _run_unless_database_fails(work: Callable[[], Awaitable[None]]) -> None:
    """Run work that comes again in a second; a database that is away needs no more than a log line."""
    try:
        await work()
    except TRANSIENT_DB_ERRORS as error:
        log.warning("the database fails: %s", type(error).__name__)
