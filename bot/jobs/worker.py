"""Doing the errands: each once, at Slack's pace, none held up by another channel's trouble."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import TROUBLE
from bot.jobs import store, throttles as pauses
from bot.jobs.posting import Paced, post_once, update
from bot.jobs.slack_errors import Refusal, refusal
from bot.jobs.store import Errand, Job, LeaseLost
from bot.slack.request import Deps

__all__ = ["Doer", "NotYet", "Note", "Outbox", "post_once", "update"]

log = logging.getLogger(__name__)

Note = Callable[[AsyncSession], Awaitable[None]]  # writes down what came of an errand
Doer = Callable[[Job, Deps], Awaitable[Note | None]]

CHANNELS_AT_ONCE = 20
MOST_FAILURES = 8
DOUBLINGS = 12
NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError)


class NotYet(Exception):
    """Something else has to be done first."""


class Outbox:
    """Takes what is due and does it."""

    def __init__(self, deps: Deps, doers: Mapping[Errand, Doer]) -> None:
        self._deps = deps
        self._doers = doers
        self._channels: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run_due(self) -> None:
        """Do all that is due now; return when nothing more is."""
        while not self._stopping:
            if len(self._channels) <= CHANNELS_AT_ONCE // 2 and await self._take_more():
                continue
            if not self._channels:
                return
            tick = self._deps.pace.tick.total_seconds()
            await asyncio.wait(self._channels, timeout=tick, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self, seconds: float) -> None:
        """Take nothing more, finish what was begun if it takes no longer, give the rest to other workers."""
        self._stopping = True
        if self._channels:
            _, late = await asyncio.wait(self._channels, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _take_more(self) -> bool:
        limit, lease = CHANNELS_AT_ONCE - len(self._channels), self._deps.pace.lease
        async with self._deps.db.transaction(None) as session:
            jobs = await store.take(session, self._deps.now(), limit, lease)
        channels: defaultdict[tuple[str, str], list[Job]] = defaultdict(list)
        for job in jobs:
            channels[job.team, job.channel].append(job)
        for channel in channels.values():
            task = asyncio.create_task(self._run_channel(channel))
            self._channels.add(task)
            task.add_done_callback(self._channels.discard)
        return bool(jobs)

    async def _run_channel(self, jobs: Sequence[Job]) -> None:
        """Do one channel's errands in their order. Those that cannot be noted come again with their lease."""
        left = list(jobs)
        try:
            while left and not self._stopping:
                if left[0] is jobs[0] or await self._begin(left[0]):
                    await self._run(left[0])
                left.pop(0)
        except TROUBLE as error:
            log.warning("%s waits for the database: %s", left[0].key, type(error).__name__)
        except Exception:
            log.exception("%s failed", left[0].key)
        finally:
            if left and self._stopping:
                async with self._deps.db.transaction(left[0].team) as session:
                    await store.give_back(session, left)

    async def _begin(self, job: Job) -> bool:
        async with self._deps.db.transaction(job.team) as session:
            return await store.begin(session, job, self._deps.now(), self._deps.pace.lease)

    async def _run(self, job: Job) -> None:
        """Do one errand, and write down what came of it."""
        try:
            note = await self._doers[job.errand](job, self._deps.within(job.team))
            await self._done(job, note)
        except LeaseLost:
            log.warning("%s took longer than its lease", job.key)
        except Paced as paced:
            await self._later(job, paced.pause)
        except NotYet:
            await self._again(job, uncertain=False)
        except SlackApiError as error:
            await self._refused(job, refusal(error))
        except NO_ANSWER as error:
            log.warning("%s: no answer from Slack: %s", job.key, type(error).__name__)
            await self._again(job, uncertain=not isinstance(error, aiohttp.ClientConnectorError))
        except TROUBLE as error:
            log.warning("%s: the database fails: %s", job.key, type(error).__name__)
            await self._again(job, uncertain=True)
        except Exception:
            log.exception("%s failed", job.key)
            await self._failed(job, "failed", uncertain=True)

    async def _done(self, job: Job, note: Note | None) -> None:
        async with self._deps.db.transaction(job.team) as session:
            if await store.done(session, job, self._deps.now()) and note is not None:
                await note(session)

    async def _refused(self, job: Job, said: Refusal) -> None:
        if said.wait is not None:
            await self._pause(job, said)
        elif said.is_hopeless:
            await self._park(job, said.reason)
        else:
            log.warning("%s: Slack answered %s", job.key, said.reason or said.status)
            if said.is_trouble:
                await self._again(job, uncertain=True)
            else:
                await self._failed(job, said.reason, uncertain=False)

    async def _pause(self, job: Job, said: Refusal) -> None:
        """Let wait what Slack wants to wait: what else calls the same method in the same workspace."""
        assert said.wait is not None
        until = self._deps.now() + said.wait
        async with self._deps.db.transaction(job.team) as session:
            await store.again(session, job, until)
            if concerned := said.concerns(job.errand):
                await pauses.pause(session, concerned, until)

    async def _failed(self, job: Job, reason: str, *, uncertain: bool) -> None:
        """Try again what failed for a reason of our own, or give up after many times."""
        if job.failures + 1 >= MOST_FAILURES:
            await self._park(job, reason)
        else:
            await self._again(job, uncertain=uncertain, failed=True)

    async def _again(self, job: Job, *, uncertain: bool, failed: bool = False) -> None:
        """Try again after a pause that doubles each time, and differs, so that not all come back at once."""
        pace = self._deps.pace
        longest = min(pace.first_pause * 2 ** min(job.attempts, DOUBLINGS), pace.longest_pause)
        pause = longest * random.uniform(0.5, 1)  # noqa: S311 - no secret
        await self._later(job, pause, uncertain=uncertain, failed=failed)

    async def _later(
        self, job: Job, pause: timedelta, *, uncertain: bool = False, failed: bool = False
    ) -> None:
        async with self._deps.db.transaction(job.team) as session:
            now = self._deps.now()
            unsure_until = now + self._deps.pace.lag if uncertain else None
            await store.again(session, job, now + pause, unsure_until=unsure_until, failed=failed)

    async def _park(self, job: Job, reason: str) -> None:
        log.warning("%s parked: %s", job.key, reason)
        async with self._deps.db.transaction(job.team) as session:
            await store.park(session, job, reason)
