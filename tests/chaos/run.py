"""One run: set up, let things fail for a while, wait until all is done, and audit."""

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
from bot.features.votes.service import REACTION_SETTLE_DELAY
from bot.manifest import build_manifest
from tests.chaos.audit import AuditReport, audit_run, count_unfinished
from tests.chaos.databases import DatabaseServer, serve_database
from tests.chaos.fault_policy import FaultPolicy
from tests.chaos.fleet import Fleet
from tests.chaos.load import DueDigests, Team
from tests.chaos.process import FAST_TIMING
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Plan:
    database: str = "postgresql"
    kills: int = 200
    digests: int = 2000
    workers: int = 4
    webs: int = 2
    canvases: int = 100
    seed: int = 1
    kill_interval_seconds: tuple[float, float] = (0.4, 2.6)
    single_process_factor: float = 2.5  # a single process needs more time between kills, or it never works
    kills_per_connection_cut: int = 10
    kills_per_restart: int = 40
    finish_timeout_seconds: float = 600

    @property
    def verbs(self) -> list[str]:
        """SQLite is for one process that does everything."""
        return ["run"] if self.database == "sqlite" else ["web"] * self.webs + ["worker"] * self.workers


async def run_chaos(plan: Plan, folder: Path, log: Path, say: Callable[[str], None]) -> AuditReport:
    """Run as planned; return what is there in the end."""
    since, rng = time.monotonic(), random.Random(plan.seed)
    clock = FakeClock(datetime.now(UTC))
    clock.start()
    app = build_manifest("https://bot.example/slack/events", socket_mode=False)
    async with (
        serve_database(plan.database, folder) as server,
        CheckedFakeSlack(clock, app) as slack,
        aiohttp.ClientSession() as http,
        open_database(server.url) as database,
    ):
        fault_policy = FaultPolicy(rng, FAST_TIMING.call_timeout.total_seconds())
        fleet = Fleet(plan.verbs, _environ(slack, server), log)
        team = Team(slack, fleet.urls, http, plan.seed)
        await team.add_canvases(database, plan.canvases)
        due = DueDigests(team.canvas_ids, plan.digests)
        slack.fault_policy = fault_policy
        async with fleet.running():
            scheduling = asyncio.create_task(
                due.keep_scheduling(database, lambda: min(1, fleet.kill_count / plan.kills))
            )
            async with _running_meanwhile(team.keep_voting(), team.keep_asking()):
                await _kill_processes(plan, rng, fleet, server, say)
                await asyncio.wait_for(scheduling, plan.finish_timeout_seconds)
            await team.finish_sending()
            slack.fault_policy = None
            say("no more faults")
            left = await wait_until_finished(database, plan.finish_timeout_seconds, say)
            report = await audit_run(database, slack, team, due)
        report.unfinished = sum(left.values())
        report.kills, report.crashes = fleet.kill_count, fleet.crash_count
        report.slowest_stop_seconds = fleet.slowest_stop_seconds
        report.connection_cuts, report.database_restarts = server.connection_cuts, server.restarts
        report.faults, report.faults_by_kind = (
            fault_policy.fault_counts.total(),
            dict(fault_policy.fault_counts),
        )
        report.seconds = time.monotonic() - since
        return report


async def _kill_processes(
    plan: Plan, rng: random.Random, fleet: Fleet, server: DatabaseServer, say: Callable[[str], None]
) -> None:
    while fleet.kill_count < plan.kills:
        await asyncio.sleep(
            rng.uniform(*plan.kill_interval_seconds)
            * (plan.single_process_factor if len(plan.verbs) == 1 else 1)
        )
        fleet.kill_one(rng)
        if fleet.kill_count % plan.kills_per_connection_cut == 0:
            await server.cut_connections(rng)
            say(f"{fleet.kill_count} kills")
        if fleet.kill_count % plan.kills_per_restart == 0:
            await server.restart()


async def wait_until_finished(
    database: Database, timeout_seconds: float, say: Callable[[str], None]
) -> dict[str, int]:
    """Wait until everything is done; return what is not done in time.

    First the reading of each card has to be enqueued, late enough to correct the last reactions whose events
    were lost. Then it has to be done, and at last the jobs that it has enqueued.
    """
    until = time.monotonic() + timeout_seconds
    left = {"everything": 1}
    async for left in _count_repeatedly(database, datetime.now(UTC) + REACTION_SETTLE_DELAY, until):
        if "unread_cards" not in left:
            break
    for _ in ("reading", "cards"):
        async for left in _count_repeatedly(database, datetime.now(UTC), until):
            left.pop("unread_cards", None)
            if not left:
                break
    say(f"left: {left}")
    return left


async def _count_repeatedly(
    database: Database, since: datetime, until: float
) -> AsyncIterator[dict[str, int]]:
    """Count what was to be done since then and is not, again and again, until this monotonic time."""
    while time.monotonic() < until:
        await asyncio.sleep(POLL_SECONDS)
        with suppress(SQLAlchemyError):  # a connection from before a restart of the database
            yield await count_unfinished(database, since)


@asynccontextmanager
async def _running_meanwhile(*works: Awaitable[None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _environ(slack: FakeSlack, server: DatabaseServer) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": server.url,
        "LOG_LEVEL": "WARNING",
    }
