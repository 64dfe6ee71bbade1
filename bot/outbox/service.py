"""Doing the errands: each once, at Slack's pace, none held up by another channel's trouble."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.kit.blocks import Block, Message
from bot.kit.request import Deps
from bot.kit.sending import send
from bot.outbox import store
from bot.outbox.store import LEASE, Errand, Job

log = logging.getLogger(__name__)

Note = Callable[[AsyncSession], Awaitable[None]]  # writes down what came of an errand
Doer = Callable[[Job, Deps], Awaitable[Note | None]]

BATCH = 100
CHANNELS_AT_ONCE = 20
SPARE = timedelta(seconds=30)  # of the lease, that a call to Slack may still take
MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(minutes=10)
EVENT_TYPE = "valuemap"

HOPELESS = frozenset(
    {
        "account_inactive",
        "cant_update_message",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "not_authed",
        "not_in_channel",
        "restricted_action",
        "token_expired",
        "token_revoked",
    }
)
SLACK_TROUBLE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})


class NotYet(Exception):
    """Something else has to be done first."""


class Outbox:
    """Takes what is due and does it."""

    def __init__(self, deps: Deps, doers: Mapping[Errand, Doer]) -> None:
        self._deps = deps
        self._doers = doers

    async def run_due(self) -> None:
        """Do all that is due now; return when nothing more is."""
        while await self._run_batch():
            pass

    async def _run_batch(self) -> bool:
        now = self._deps.now()
        async with self._deps.db.transaction(None) as session:
            jobs = await store.take(session, now, BATCH)
        channels: defaultdict[tuple[str, str], list[Job]] = defaultdict(list)
        for job in jobs:
            channels[job.team, job.channel].append(job)
        at_once = asyncio.Semaphore(CHANNELS_AT_ONCE)
        await asyncio.gather(*(self._run_channel(channel, at_once) for channel in channels.values()))
        return bool(jobs)

    async def _run_channel(self, jobs: Iterable[Job], at_once: asyncio.Semaphore) -> None:
        """Do one channel's errands in their order; once Slack says wait, the rest of a kind waits too."""
        waiting: dict[Errand, timedelta] = {}
        async with at_once:
            for job in jobs:
                if job.errand in waiting or self._deps.now() > job.taken_at + LEASE - SPARE:
                    await self._later(job, waiting.get(job.errand, timedelta(0)))
                elif pause := await self._run(job):
                    waiting[job.errand] = pause

    async def _run(self, job: Job) -> timedelta | None:
        """Do one errand; return how long Slack wants this kind of errand to wait, if it does."""
        try:
            note = await self._doers[job.errand](job, self._deps)
        except NotYet:
            await self._again(job, uncertain=False)
        except SlackApiError as error:
            return await self._refused(job, error)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("%s: no answer from Slack: %s", job.key, type(error).__name__)
            await self._retry(
                job, uncertain=not isinstance(error, aiohttp.ClientConnectorError), why="no answer"
            )
        except Exception:
            log.exception("%s failed", job.key)
            await self._retry(job, uncertain=False, why="failed")
        else:
            async with self._deps.db.transaction(job.team) as session:
                if note is not None:
                    await note(session)
                await store.done(session, job, self._deps.now())
        return None

    async def _refused(self, job: Job, error: SlackApiError) -> timedelta | None:
        response: Any = error.response
        reason = str(response.get("error", "")) if isinstance(response.data, dict) else ""
        if response.status_code == 429:
            pause = timedelta(seconds=float(response.headers.get("Retry-After", 1)))
            async with self._deps.db.transaction(job.team) as session:
                await store.again(session, job, self._deps.now() + pause, uncertain=False, tried=False)
                await store.hold(session, job, self._deps.now() + pause)
            return pause
        if reason in HOPELESS:
            await self._park(job, reason)
        else:
            trouble = response.status_code >= 500 or reason in SLACK_TROUBLE
            log.warning("%s: Slack answered %s", job.key, reason or response.status_code)
            await self._retry(job, uncertain=trouble, why=reason or str(response.status_code))
        return None

    async def _later(self, job: Job, pause: timedelta) -> None:
        async with self._deps.db.transaction(job.team) as session:
            await store.again(session, job, self._deps.now() + pause, uncertain=False, tried=False)

    async def _retry(self, job: Job, *, uncertain: bool, why: str) -> None:
        """Try again after a pause that doubles each time, or give up after many attempts."""
        if job.attempts >= MOST_ATTEMPTS:
            await self._park(job, why)
            return
        await self._again(job, uncertain=uncertain)

    async def _again(self, job: Job, *, uncertain: bool) -> None:
        pause = min(timedelta(seconds=2**job.attempts), LONGEST_PAUSE)
        async with self._deps.db.transaction(job.team) as session:
            await store.again(session, job, self._deps.now() + pause, uncertain=uncertain)

    async def _park(self, job: Job, reason: str) -> None:
        log.warning("%s parked: %s", job.key, reason)
        async with self._deps.db.transaction(job.team) as session:
            await store.park(session, job, reason)


async def update(job: Job, deps: Deps, ts: str, said: Message) -> bool:
    """Bring a message of the job's channel up to date; False where somebody deleted it."""

    async def change(blocks: Sequence[Block]) -> None:
        await deps.slack.chat_update(channel=job.channel, ts=ts, text=said.text, blocks=blocks)

    try:
        await send(said, job.team, deps, change)
    except SlackApiError as error:
        if error.response.get("error") != "message_not_found":
            raise
        return False
    return True


async def post_once(job: Job, deps: Deps, said: Message, thread: str | None = None) -> str:
    """Post a message into the job's channel, unless an earlier attempt did; return its ts."""
    if job.uncertain_since is not None and (posted := await _posted(job, deps, thread)):
        return posted

    async def post(blocks: Sequence[Block]) -> str:
        answer = await deps.slack.chat_postMessage(
            channel=job.channel,
            text=said.text,
            blocks=blocks,
            thread_ts=thread,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": job.key}},
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )
        return str(answer["ts"])

    return await send(said, job.team, deps, post)


async def _posted(job: Job, deps: Deps, thread: str | None) -> str | None:
    """Return the ts of the message that an earlier attempt posted, if Slack has it.

    Where Slack does not let us look, better a double than a loss.
    """
    assert job.uncertain_since is not None
    since = str((job.uncertain_since - timedelta(seconds=5)).timestamp())
    cursor: str | None = None
    while True:
        window: dict[str, Any] = {
            "channel": job.channel,
            "oldest": since,
            "include_all_metadata": True,
            "limit": 200,
            "cursor": cursor,
        }
        try:
            if thread:
                answer = await deps.slack.conversations_replies(ts=thread, **window)
            else:
                answer = await deps.slack.conversations_history(**window)
        except SlackApiError as error:
            if error.response.status_code == 429:
                raise
            log.warning("%s: cannot look it up: %s", job.key, error.response.get("error"))
            return None
        for found in answer["messages"]:
            if found.get("metadata", {}).get("event_payload", {}).get("key") == job.key:
                return str(found["ts"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
