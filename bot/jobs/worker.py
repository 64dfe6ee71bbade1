"""The worker: runs the due jobs, each once. A failure in one channel does not delay the other channels."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import assert_never

from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.contextvars import bound_contextvars

from bot.db.database import TRANSIENT_DB_ERRORS
from bot.jobs import claim_store, store, throttles
from bot.jobs.claim_store import ClaimWindows
from bot.jobs.decisions import (
    Abandon,
    DeadLetter,
    Decision,
    Retry,
    Throttle,
    decide_cut_short,
    decide_next_step,
    is_unexpected,
)
from bot.jobs.handler import JobHandlers, OnSuccess
from bot.jobs.model import NOTICE_JOB, Job
from bot.slack.deps import Deps

log = logging.getLogger(__name__)

MAX_CONCURRENT_CHANNELS = 20
MAX_CLAIMS_IN_VAIN = 10  # in a row, before the worker waits for the next tick or the end of a job


class Worker:
    """Claims due jobs and runs them: channels concurrently, the jobs of one channel in order."""

    def __init__(self, deps: Deps, handlers: JobHandlers) -> None:
        self._deps = deps
        self._handlers = handlers
        assert len({kind.name for kind in handlers}) == len(handlers), "two job kinds have the same name"
        self._channels: set[asyncio.Task[None]] = set()
        self._windows = ClaimWindows()
        self._is_stopping = False

    async def run_due_jobs(self) -> None:
        """Run jobs until none is due."""
        claims_in_vain = 0
        while not self._is_stopping:
            was_idle = not self._channels
            # Claim when half of the channels have ended, not after each: a claim costs three statements.
            if len(self._channels) <= MAX_CONCURRENT_CHANNELS // 2:
                if await self._claim_and_start():
                    claims_in_vain = 0
                    continue
                claims_in_vain += 1
                if self._windows.is_behind and claims_in_vain < MAX_CLAIMS_IN_VAIN:
                    continue
            if not self._channels:
                if was_idle:
                    return
                continue  # one ended during the claim, and may have enqueued what it did not find
            tick = self._deps.timing.tick_interval.total_seconds()
            await asyncio.wait(self._channels, timeout=tick, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self, timeout_seconds: float) -> None:
        """Claim no more jobs, let running ones finish until the timeout, then cancel and release the rest."""
        self._is_stopping = True
        if self._channels:
            _, unfinished = await asyncio.wait(self._channels, timeout=timeout_seconds)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def _claim_and_start(self) -> bool:
        """Claim jobs and start a task for each channel; return False if none is due."""
        limit, lease = MAX_CONCURRENT_CHANNELS - len(self._channels), self._deps.timing.job_lease
        async with self._deps.db.transaction(None) as session:
            jobs = await claim_store.claim_due_jobs(
                session, self._handlers, self._deps.clock(), limit, lease, self._windows
            )
        jobs_by_channel: defaultdict[tuple[str, str], list[Job]] = defaultdict(list)
        for job in jobs:
            jobs_by_channel[job.team_id, job.channel_id].append(job)
        for channel_jobs in jobs_by_channel.values():
            task = asyncio.create_task(self._run_channel(channel_jobs))
            self._channels.add(task)
            task.add_done_callback(self._channels.discard)
        return bool(jobs)

    async def _run_channel(self, jobs: Sequence[Job]) -> None:
        """Run one channel's jobs in order.

        If the database fails, the remaining jobs keep their leases, and are claimed again when these end.
        """
        remaining = list(jobs)
        try:
            while remaining and not self._is_stopping:
                # The claim has started the first job already.
                if remaining[0] is jobs[0] or await self._start_job(remaining[0]):
                    await self._run_job(remaining[0])
                remaining.pop(0)
        except TRANSIENT_DB_ERRORS as error:
            log.warning("%s: the database fails: %s", remaining[0].key, type(error).__name__)
        except Exception:
            log.exception("%s failed", remaining[0].key)
        finally:
            if remaining and self._is_stopping:
                async with self._deps.db.transaction(remaining[0].team_id) as session:
                    await store.release_jobs(session, remaining)

    async def _start_job(self, job: Job) -> bool:
        async with self._deps.db.transaction(job.team_id) as session:
            return await store.start_job(session, job, self._deps.clock(), self._deps.timing.job_lease)

    async def _run_job(self, job: Job) -> None:
        """Run a job, and store its result or what happens next."""
        with bound_contextvars(request=job.kind.name, team_id=job.team_id, channel_id=job.channel_id):
            try:
                on_success = await self._handlers[job.kind](job, self._deps.for_team(job.team_id))
                await self._complete_job(job, on_success)
            except asyncio.CancelledError:
                await self._apply_decision(decide_cut_short(self._deps.clock(), self._deps.timing), job)
                raise
            except Exception as error:
                if is_unexpected(error):
                    log.exception("%s failed", job.key)
                await self._apply_decision(self._decide(error, job), job)

    def _decide(self, error: Exception, job: Job) -> Decision:
        jitter = random.uniform(0.5, 1)  # noqa: S311 - no secret
        now, timing = self._deps.clock(), self._deps.timing
        return decide_next_step(error, job, self._handlers.keys(), now, timing, jitter)

    async def _complete_job(self, job: Job, on_success: OnSuccess | None) -> None:
        async with self._deps.db.transaction(job.team_id) as session:
            is_ours = await store.complete_job(session, job, self._deps.clock())
            if is_ours and on_success is not None:
                await on_success(session)

    async def _apply_decision(self, decision: Decision, job: Job) -> None:
        if isinstance(decision, Abandon):
            log.warning("%s took longer than its lease", job.key)
            return
        async with self._deps.db.transaction(job.team_id) as session:
            match decision:
                case Retry():
                    if decision.problem:
                        log.warning("%s: %s", job.key, decision.problem)
                    await store.retry_job(
                        session,
                        job,
                        decision.due_at,
                        maybe_posted_until=decision.maybe_posted_until,
                        is_failure=decision.is_failure,
                    )
                case Throttle():
                    await store.retry_job(session, job, decision.due_at)
                    names = [kind.name for kind in decision.kinds]
                    await throttles.set_throttles(session, names, decision.due_at)
                case DeadLetter():
                    log.warning("%s is a dead letter: %s", job.key, decision.reason)
                    await self._dead_letter_job(session, job, decision)
                case _:
                    assert_never(decision)

    async def _dead_letter_job(self, session: AsyncSession, job: Job, decision: DeadLetter) -> None:
        """Give a job up until it is revived, and enqueue the notice to the user who asked for it."""
        reason, restricts_channel = decision.reason, decision.restricts_channel
        requester_id = await store.dead_letter_job(session, job, reason, restricts_channel=restricts_channel)
        if requester_id:
            subject = f"{requester_id}:{job.channel_id}:{reason}"
            await store.enqueue(session, NOTICE_JOB, [subject], requester_id, self._deps.clock())
