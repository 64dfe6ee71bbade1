"""How long a worker needs to claim jobs, with 100,000 waiting."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from bot.app import FEATURES
from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.feature import collect_job_handlers
from bot.jobs import claim_store, store, throttles
from bot.jobs.claim_store import ClaimWindows
from bot.jobs.store import JobRow
from bot.jobs.worker import MAX_CONCURRENT_CHANNELS
from tests.bench import processes, seed
from tests.bench.clones import clone_job, clone_workspace
from tests.bench.constants import CHANNEL_ID, TEAM_ID
from tests.bench.options import Options
from tests.bench.table import Row, find_percentile

WAITING, TEAMS = 100_000, 200
FEW = 1000
CLAIMS = 25
MAX_CLAIM_MS = 10.0
KINDS = [*collect_job_handlers(FEATURES)]
# By name: workspaces, channels of each, and whether the first workspace, with most jobs, is throttled.
SHAPES = {
    "of many workspaces": (TEAMS, 50, False),
    "most of a throttled workspace": (1, 50, True),
    "most of one channel": (1, 1, False),
}


async def measure_rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for name in options.databases:
        with processes.DATABASES[name]() as url:
            async with processes.open_migrated(url) as database:
                await seed.add_workspace(database)
                await clone_workspace(database, TEAMS)
                for shape in SHAPES:
                    few = await _measure_shape(database, shape, FEW)
                    many = await _measure_shape(database, shape, options.some(WAITING))
                    found.append(
                        Row(
                            f"a claim with {options.some(WAITING):,} jobs waiting, {shape}, {name}",
                            many,
                            few,
                            "ms",
                            f"with {FEW:,}",
                            max_ratio=1.5,
                            max_value=MAX_CLAIM_MS,
                        )
                    )
    return found


async def _measure_shape(database: Database, shape: str, waiting: int) -> float:
    """Return how long a claim takes, in ms: the lower quartile, since other work shares the machine."""
    teams, channels, is_throttled = SHAPES[shape]
    now = datetime.now(UTC)
    async with database.engine.begin() as connection:
        await connection.execute(delete(JobRow))
    async with database.transaction(TEAM_ID) as session:
        await store.enqueue(session, CARD_JOB, ["0"], CHANNEL_ID, now)
    await clone_job(database, waiting, teams, channels)
    if is_throttled:
        async with database.transaction("T1") as session:
            await throttles.set_throttles(session, [CARD_JOB.name], now + timedelta(hours=1))
    if teams == 1:  # others wait behind it
        async with database.transaction("T2") as session:
            await store.enqueue(
                session, CARD_JOB, [f"behind {each}" for each in range(500)], "C", now + timedelta(seconds=1)
            )
    windows, seconds = ClaimWindows(), list[float]()
    for _ in range(CLAIMS):
        began = time.perf_counter()
        async with database.transaction(None) as session:
            claimed = await claim_store.claim_due_jobs(
                session, KINDS, now + timedelta(seconds=2), MAX_CONCURRENT_CHANNELS, windows=windows
            )
        seconds.append(time.perf_counter() - began)
        for job in claimed:
            async with database.transaction(job.team_id) as session:
                await store.complete_job(session, job, now)
    return find_percentile(seconds, 0.25) * 1000
