"""The load of a run: people vote, mention the bot and type commands, and digests become due."""

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from string import ascii_lowercase

import aiohttp
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from bot.db.database import Database
from bot.fake_slack.client.harness import Harness, Person
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackChannel, SlackMessage
from bot.fake_slack.server.delivery import JSON_CONTENT_TYPE, Delivery, DeliveryFailed, Headers, http_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.features.cards.model import CANVAS_JOB, CARD_JOB
from bot.features.digest import store as digests
from bot.features.digest.model import DigestSchedule
from bot.features.digest.store import DigestRow
from bot.jobs import store as jobs
from bot.method.kinds import Kind
from bot.method.votes import NUMBER_REACTIONS
from bot.store import canvases, entries as entry_store, workspaces
from bot.store.model import CanvasInfo, Draft
from bot.store.workspaces import Workspace
from tests.bot_process import settle_nothing

RETRY_DELAYS_SECONDS = (0.0, 1.0, 3.0, 8.0)  # Slack's own are 0, 1 and 5 minutes
LOST_SHARE, REPEATED_SHARE = 0.08, 0.2


class Team:
    """People in channels that have a canvas each."""

    def __init__(self, slack: FakeSlack, urls: list[str], http: aiohttp.ClientSession, seed: int) -> None:
        self.slack, self.rng = slack, random.Random(seed)
        senders = [http_sender(http, url) for url in urls]

        async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
            return await self.rng.choice(senders)(body, headers)

        harness = Harness(slack, send, settle_nothing)
        self.delivery: Delivery = harness.delivery
        self.people: list[Person] = [harness.add_person(f"P{number}") for number in range(5)]
        self._harness = harness
        self.channels: list[SlackChannel] = []
        self.canvas_ids: list[int] = []
        self.acknowledged_texts: set[str] = set()  # of mentions to which the bot answered 200
        self.asked_by_text: dict[str, tuple[str, str]] = {}  # channel id and user id
        self.vote_count = self.lost_count = self.repeated_count = 0
        self._sending: set[asyncio.Task[None]] = set()
        self._cards: list[SlackMessage] = []
        self._seen_count = 0  # messages that were searched for cards

    async def add_canvases(self, database: Database, number: int) -> None:
        """Add canvases with entries to the database, their messages and cards still to be posted."""
        now = datetime.now(UTC)
        async with database.transaction(None) as session:
            await workspaces.save_workspace(
                session, Workspace(TEAM_ID, None, f"{self.slack.url}/", BOT_USER_ID), now
            )
        for count in range(number):
            channel = self._harness.add_channel(f"c{count}", *self.people)
            self.channels.append(channel)
            starter = self.people[count % len(self.people)].id
            async with database.transaction(TEAM_ID) as session:
                canvas_info = await canvases.add_canvas(
                    session, CanvasInfo(0, channel.id, f"Map {count}", "shops", starter, "UTC", now, None)
                )
                drafts = [Draft(Kind.PAIN, f"pain {count}"), Draft(Kind.PAIN_RELIEVER, f"relief {count}")]
                entry_ids = await entry_store.add_entries(session, canvas_info, starter, drafts, now)
                await jobs.enqueue(session, CANVAS_JOB, [canvas_info.id], channel.id, now)
                await jobs.enqueue(session, CARD_JOB, entry_ids, channel.id, now)
            self.canvas_ids.append(canvas_info.id)

    async def keep_voting(self) -> None:
        while True:
            await asyncio.sleep(self.rng.uniform(0, 0.4))
            new, self._seen_count = self.slack.messages[self._seen_count :], len(self.slack.messages)
            self._cards += [posted for posted in new if read_job_key(posted).startswith("card:")]
            if self._cards:
                self._vote(self.rng.choice(self._cards), self.rng.choice(self.people))

    def _vote(self, card: SlackMessage, person: Person) -> None:
        name = self.rng.choice(list(NUMBER_REACTIONS))
        is_set = person.id in card.reactions.get(name, ())
        (self.slack.remove_reaction if is_set else self.slack.add_reaction)(card, name, person.id)
        self.vote_count += 1
        self._send_event(
            person.member.reaction_event(card, name, "reaction_removed" if is_set else "reaction_added")
        )

    async def keep_asking(self) -> None:
        """Mention the bot and type commands. A mention must not be lost once it is acknowledged."""
        number = 0
        while True:
            await asyncio.sleep(self.rng.uniform(1, 3))
            number += 1
            person, channel = self.rng.choice(self.people), self.rng.choice(self.channels)
            text = "".join(self.rng.choices(ascii_lowercase, k=24))  # so that no two look like duplicates
            words = f"add job: {text}"
            self.asked_by_text[text] = (channel.id, person.id)
            if number % 2:
                ts = self.slack.new_ts()
                event = {"user": person.id, "channel": channel.id, "ts": ts, "event_ts": ts}
                self._send_event({"type": "app_mention", "text": f"<@{BOT_USER_ID}> {words}", **event}, text)
            else:
                typed = "digest now" if number % 10 == 0 else words
                form = person.member.command_payload(channel, f"/valuemap {typed}")
                self._start(self._send_once_or_twice(partial(self.delivery.send_command, form)))

    async def _send_once_or_twice(self, send: Callable[[], Awaitable[None]]) -> None:
        """Send a command, perhaps twice as a double click does; Slack does not repeat it."""
        for _ in range(1 + (self.rng.random() < REPEATED_SHARE)):
            with contextlib.suppress(DeliveryFailed):
                await send()

    def _send_event(self, event: dict[str, object], text: str = "") -> None:
        """Send an event late, several times, or, where it is a vote, perhaps not at all."""
        if not text and self.rng.random() < LOST_SHARE:
            self.lost_count += 1
            return
        body = json.dumps(self.delivery.event_envelope(event))
        copies = 1 + (self.rng.random() < REPEATED_SHARE)
        self.repeated_count += copies - 1
        for _ in range(copies):
            max_delay = self.rng.choice((0, 0, 0, 0, 0.5, 2))
            self._start(self._deliver(body, max_delay * self.rng.random(), text))

    async def _deliver(self, body: str, delay_seconds: float, text: str) -> None:
        await asyncio.sleep(delay_seconds)
        for retry_delay in RETRY_DELAYS_SECONDS:
            await asyncio.sleep(retry_delay)
            try:
                await self.delivery.send_request(body, JSON_CONTENT_TYPE)
            except DeliveryFailed:
                continue
            if text:
                self.acknowledged_texts.add(text)
            return

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def finish_sending(self) -> None:
        while self._sending:
            await asyncio.wait(self._sending)


class DueDigests:
    """Makes the digest of each canvas due again as soon as the one before is sent."""

    def __init__(self, canvas_ids: list[int], digest_count: int) -> None:
        self._canvas_ids = canvas_ids
        self.rounds = max(1, digest_count // len(canvas_ids))

    @property
    def digest_count(self) -> int:
        return self.rounds * len(self._canvas_ids)

    async def keep_scheduling(self, database: Database, progress: Callable[[], float]) -> None:
        while True:
            try:
                if await self._schedule_allowed(
                    database, min(1 + int(progress() * self.rounds), self.rounds)
                ):
                    return
            except SQLAlchemyError:
                pass  # the database is down just now
            await asyncio.sleep(0.3)

    async def _schedule_allowed(self, database: Database, allowed: int) -> bool:
        """Schedule the digests that the progress allows; say whether all are scheduled."""
        planned = select(DigestRow.canvas_id, func.count(), func.count(col(DigestRow.sent_at))).where(
            col(DigestRow.slot).like("____-%")
        )
        async with database.reading(None) as session:
            counted = await session.exec(planned.group_by(col(DigestRow.canvas_id)))
            done = {canvas: (number, sent) for canvas, number, sent in counted}
        if all(done.get(canvas, (0, 0))[0] >= self.rounds for canvas in self._canvas_ids):
            return True
        for canvas in self._canvas_ids:
            number, sent = done.get(canvas, (0, 0))
            if number == sent and number < allowed:
                slot = datetime(2026, 1, 1, 9) + timedelta(days=number)  # noqa: DTZ001 - by the wall clock
                words, at = "weekly mon 09:00 UTC", datetime.now(UTC)
                async with database.transaction(TEAM_ID) as session:
                    due = DigestSchedule(canvas, words, True, slot.isoformat(timespec="minutes"), at)
                    await digests.save_schedule(session, due)
        return False


def read_job_key(posted: SlackMessage) -> str:
    """Return the key of the job that posted a message; "" for other messages."""
    return str(((posted.metadata or {}).get("event_payload") or {}).get("key", ""))
