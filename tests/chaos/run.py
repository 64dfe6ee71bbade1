"""One run: set up, storm, rest, reckoning."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.db.database import Database, open_database
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.server.http_server import FakeSlack
from bot.manifest import build_manifest
from tests.chaos.audit import Figures, reckon, unrest
from tests.chaos.databases import Server, served
from tests.chaos.fault_policy import Storm
from tests.chaos.fleet import Fleet
from tests.chaos.load import DueDigests, Team
from tests.chaos.process import HURRY


@dataclass(frozen=True)
class Plan:
    database: str = "postgresql"
    kills: int = 200
    digests: int = 2000
    workers: int = 4
    webs: int = 2
    canvases: int = 100
    seed: int = 1
    between_kills: tuple[float, float] = (0.4, 2.6)  # seconds
    alone: float = 2.5  # times as long where there is one process only, which is to come so far as to work
    cut_every: int = 10  # kills
    restart_every: int = 40  # kills
    patience: float = 600  # seconds for the rest at the end

    @property
    def verbs(self) -> list[str]:
        """SQLite is for one process that does everything."""
        return ["run"] if self.database == "sqlite" else ["web"] * self.webs + ["worker"] * self.workers


async def chaos(plan: Plan, folder: Path, log: Path, say: Callable[[str], None]) -> Figures:
    """Run as planned; return what is there in the end."""
    since, chance = time.monotonic(), random.Random(plan.seed)
    clock = FakeClock(datetime.now(UTC))
    clock.start()
    app = build_manifest("https://bot.example/slack/events", socket_mode=False)
    async with (
        served(plan.database, folder) as server,
        FakeSlack(clock, app) as slack,
        aiohttp.ClientSession() as http,
        open_database(server.url) as database,
    ):
        storm = Storm(chance, HURRY.call_timeout.total_seconds())
        fleet = Fleet(plan.verbs, _environ(slack, server), log)
        team = Team(slack, fleet.doors, http, plan.seed)
        await team.settle_in(database, plan.canvases)
        due = DueDigests(team.canvases, plan.digests)
        slack.fault_policy = storm
        async with fleet.running():
            feed = asyncio.create_task(due.feed(database, lambda: min(1, fleet.kills / plan.kills)))
            async with _meanwhile(team.vote_for_ever(), team.speak_for_ever()):
                await _kill(plan, chance, fleet, server, say)
                await feed
            await team.fall_silent()
            slack.fault_policy = None
            say("the storm is over")
            left = await _rest(database, plan.patience, say)
            figures = await reckon(database, slack, team, due)
        figures.unfinished = sum(left.values())
        figures.kills, figures.fell, figures.slowest_stop = fleet.kills, fleet.fell, fleet.slowest_stop
        figures.connection_cuts, figures.database_restarts = server.cuts, server.restarts
        figures.faults, figures.faults_by_kind = storm.seen.total(), dict(storm.seen)
        figures.seconds = time.monotonic() - since
        return figures


async def _kill(
    plan: Plan, chance: random.Random, fleet: Fleet, server: Server, say: Callable[[str], None]
) -> None:
    while fleet.kills < plan.kills:
        await asyncio.sleep(chance.uniform(*plan.between_kills) * (plan.alone if len(plan.verbs) == 1 else 1))
        fleet.kill_one(chance)
        if fleet.kills % plan.cut_every == 0:
            await server.cut(chance)
            say(f"{fleet.kills} kills")
        if fleet.kills % plan.restart_every == 0:
            await server.restart()


async def _rest(database: Database, patience: float, say: Callable[[str], None]) -> dict[str, int]:
    """Wait until all that was begun is done; return what is not in time."""
    since, until = datetime.now(UTC), time.monotonic() + patience
    left, read = {"everything": 1}, False
    while left and time.monotonic() < until:
        await asyncio.sleep(0.5)
        with suppress(SQLAlchemyError):
            left = await unrest(database, since)
        if "unread" not in left and not read:  # what reading back brought is to be done too
            since, read, left = datetime.now(UTC), True, left or {"everything": 1}
        if read:
            left.pop("unread", None)
    say(f"left: {left}")
    return left


@asynccontextmanager
async def _meanwhile(*works: Awaitable[None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _environ(slack: FakeSlack, server: Server) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": server.url,
        "LOG_LEVEL": "WARNING",
    }
