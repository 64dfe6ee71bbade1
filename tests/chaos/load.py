"""What people and the clock do meanwhile: votes, words to the bot, digests that fall due."""

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
from bot.features.canvases.model import CANVAS_JOB
from bot.features.cards.model import CARD_JOB
from bot.features.digest import store as digests
from bot.features.digest.model import DigestSchedule
from bot.features.digest.store import DigestRow
from bot.jobs import store as jobs
from bot.method.kinds import Kind
from bot.method.votes import NUMBER_REACTIONS
from bot.store import canvases, entries as entry_store, workspaces
from bot.store.model import CanvasInfo, Draft
from bot.store.workspaces import Workspace

RETRIES = (0.0, 1.0, 3.0, 8.0)  # seconds before Slack's own, which are 0, 1 and 5 minutes
LOST, REPEATED = 0.08, 0.2


class Team:
    """People in channels, each with a canvas."""

    def __init__(self, slack: FakeSlack, doors: list[str], http: aiohttp.ClientSession, seed: int) -> None:
        self.slack, self.chance = slack, random.Random(seed)
        ways = [http_sender(http, door) for door in doors]

        async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
            return await self.chance.choice(ways)(body, headers)

        async def nothing() -> None:
            pass

        bench = Harness(slack, send, nothing)
        self.delivery: Delivery = bench.delivery
        self.people: list[Person] = [bench.add_person(f"P{number}") for number in range(5)]
        self._bench = bench
        self.channels: list[SlackChannel] = []
        self.canvases: list[int] = []
        self.taken: set[str] = set()  # what was said, where the bot said that it has it
        self.asked: dict[str, tuple[str, str]] = {}  # in which channel and by whom it was said
        self.votes = self.lost = self.repeated = 0
        self._telling: set[asyncio.Task[None]] = set()
        self._cards: list[SlackMessage] = []
        self._looked = 0  # messages that were looked at for cards

    async def settle_in(self, database: Database, number: int) -> None:
        """Start this many canvases with entries, as people's requests would have left them."""
        now = datetime.now(UTC)
        async with database.transaction(None) as session:
            await workspaces.save_workspace(
                session, Workspace(TEAM_ID, None, f"{self.slack.url}/", BOT_USER_ID), now
            )
        for count in range(number):
            channel = self._bench.add_channel(f"c{count}", *self.people)
            self.channels.append(channel)
            starter = self.people[count % len(self.people)].id
            async with database.transaction(TEAM_ID) as session:
                head = await canvases.add_canvas(
                    session, CanvasInfo(0, channel.id, f"Map {count}", "shops", starter, "UTC", now, None)
                )
                drafts = [Draft(Kind.PAIN, f"pain {count}"), Draft(Kind.PAIN_RELIEVER, f"relief {count}")]
                entries = await entry_store.add_entries(session, head, starter, drafts, now)
                await jobs.enqueue(session, CANVAS_JOB, [head.id], channel.id, now)
                await jobs.enqueue(session, CARD_JOB, entries, channel.id, now)
            self.canvases.append(head.id)

    # What people do

    async def vote_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0, 0.4))
            new, self._looked = self.slack.messages[self._looked :], len(self.slack.messages)
            self._cards += [posted for posted in new if key_of(posted).startswith("card:")]
            if self._cards:
                self._vote(self.chance.choice(self._cards), self.chance.choice(self.people))

    def _vote(self, card: SlackMessage, person: Person) -> None:
        name = self.chance.choice(list(NUMBER_REACTIONS))
        stands = person.id in card.reactions.get(name, ())
        (self.slack.remove_reaction if stands else self.slack.add_reaction)(card, name, person.id)
        self.votes += 1
        self._tell(
            person.member.reaction_event(card, name, "reaction_removed" if stands else "reaction_added")
        )

    async def speak_for_ever(self) -> None:
        """Mention the bot, which must not be lost once it is taken, and type commands."""
        number = 0
        while True:
            await asyncio.sleep(self.chance.uniform(1, 3))
            number += 1
            person, channel = self.chance.choice(self.people), self.chance.choice(self.channels)
            text = "".join(self.chance.choices(ascii_lowercase, k=24))  # not close to any other
            words = f"add job: {text}"
            self.asked[text] = (channel.id, person.id)
            if number % 2:
                ts = self.slack.new_ts()
                event = {"user": person.id, "channel": channel.id, "ts": ts, "event_ts": ts}
                self._tell({"type": "app_mention", "text": f"<@{BOT_USER_ID}> {words}", **event}, text)
            else:
                typed = "digest now" if number % 10 == 0 else words
                form = person.member.command_payload(channel, f"/valuemap {typed}")
                self._start(self._once(partial(self.delivery.send_command, form)))

    async def _once(self, send: Callable[[], Awaitable[None]]) -> None:
        """Send a command, perhaps twice as a double click does; Slack does not repeat it."""
        for _ in range(1 + (self.chance.random() < REPEATED)):
            with contextlib.suppress(DeliveryFailed):
                await send()

    def _tell(self, event: dict[str, object], text: str = "") -> None:
        """Send an event as it comes on bad days: late, several times, or not at all where it is a vote."""
        if not text and self.chance.random() < LOST:
            self.lost += 1
            return
        body = json.dumps(self.delivery.event_envelope(event))
        copies = 1 + (self.chance.random() < REPEATED)
        self.repeated += copies - 1
        for _ in range(copies):
            late = self.chance.choice((0, 0, 0, 0, 0.5, 2))
            self._start(self._deliver(body, late * self.chance.random(), text))

    async def _deliver(self, body: str, late: float, text: str) -> None:
        await asyncio.sleep(late)
        for pause in RETRIES:
            await asyncio.sleep(pause)
            try:
                await self.delivery.send_request(body, JSON_CONTENT_TYPE)
            except DeliveryFailed:
                continue
            if text:
                self.taken.add(text)
            return

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def fall_silent(self) -> None:
        while self._telling:
            await asyncio.wait(self._telling)


class DueDigests:
    """Makes each canvas's digest due again and again: the next one once the one before is sent."""

    def __init__(self, canvases: list[int], digests: int) -> None:
        self._canvases = canvases
        self.rounds = max(1, digests // len(canvases))

    @property
    def number(self) -> int:
        return self.rounds * len(self._canvases)

    async def feed(self, database: Database, progress: Callable[[], float]) -> None:
        while True:
            try:
                if await self._feed(database, min(1 + int(progress() * self.rounds), self.rounds)):
                    return
            except SQLAlchemyError:
                pass  # the database is down just now
            await asyncio.sleep(0.3)

    async def _feed(self, database: Database, allowed: int) -> bool:
        """Plan what may be planned; say whether all is."""
        planned = select(DigestRow.canvas_id, func.count(), func.count(col(DigestRow.sent_at))).where(
            col(DigestRow.slot).like("____-%")
        )
        async with database.reading(None) as session:
            counted = await session.exec(planned.group_by(col(DigestRow.canvas_id)))
            done = {canvas: (number, sent) for canvas, number, sent in counted}
        if all(done.get(canvas, (0, 0))[0] >= self.rounds for canvas in self._canvases):
            return True
        for canvas in self._canvases:
            number, sent = done.get(canvas, (0, 0))
            if number == sent and number < allowed:
                slot = datetime(2026, 1, 1, 9) + timedelta(days=number)  # noqa: DTZ001 - by the wall clock
                words, at = "weekly mon 09:00 UTC", datetime.now(UTC)
                async with database.transaction(TEAM_ID) as session:
                    due = DigestSchedule(canvas, words, True, slot.isoformat(timespec="minutes"), at)
                    await digests.save_schedule(session, due)
        return False


def key_of(posted: SlackMessage) -> str:
    """Return the name of the errand that a message came of."""
    return str(((posted.metadata or {}).get("event_payload") or {}).get("key", ""))
