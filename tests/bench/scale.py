"""Many workspaces: digests due at once, what people wait for beside a full backlog, and starts."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
from sqlalchemy import ColumnElement
from sqlmodel import col, delete, func, select, update

from bot.db.database import Database, open_database
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import PICTURE_JOB
from bot.features.digest.store import DigestRow, DigestScheduleRow
from bot.features.rounds import store as rounds
from bot.features.rounds.model import Round
from bot.features.rounds.outcome import snapshot_ranking
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import store as jobs
from bot.jobs.store import JobRow
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.loading import load_canvas
from tests.bench import load, processes, seed
from tests.bench.clones import ID_STEP, clone_workspace
from tests.bench.constants import CHANNEL_ID, TEAM_ID
from tests.bench.digests import POSTED, change_votes, make_due
from tests.bench.options import Options
from tests.bench.processes import RunningProcess
from tests.bench.table import Row, find_percentile

DATABASE = "PostgreSQL"  # on which many processes run
WORKSPACES, ENTRIES, CHANGES = 1000, 12, 6
LONG_DELAY_SECONDS = 0.5  # until the fake Slack answers, where Slack is to be the limit
# By one or two workers. Each sends twenty at once, so fewer are two or three batches and a second of waiting
# for the tick, which a second worker does not shorten.
MIN_SENT = 200
MANY_WORKSPACES, CARDS = 5000, 60
PLANNED, PLANNING_SECONDS = 400, 20  # digests that become due, spread over this time
SCHEDULES = 10_000
POLL_SECONDS = 0.05


async def measure_rows(options: Options) -> list[Row]:
    """Measure digests of many workspaces that are due at once."""
    return await _measure_digests(options)


async def measure_backlog_rows(options: Options) -> list[Row]:
    """Measure what people and the clock wait for beside a full backlog, and a start with many schedules."""
    return [*await _measure_backlog(options), await _measure_start(options)]


@asynccontextmanager
async def _prepare(workspaces: int, entries: int, votes_of_entry: int = 1) -> AsyncIterator[str]:
    """Provide a database with so many workspaces, each with a canvas that has cards and a schedule."""
    with processes.DATABASES[DATABASE]() as url:
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            (ids,) = await seed.add_due_digests(database, 1, entries, votes_of_entry)
            await seed.set_cards(database, ids)
            in_a_year = datetime.now(UTC) + timedelta(days=365)
            async with database.transaction(None) as session:
                await session.exec(update(DigestScheduleRow).values(next_due_at=in_a_year))
                await session.exec(update(CanvasRow).values(votes_due_at=in_a_year))
            await clone_workspace(database, workspaces - 1)
        yield url


async def _measure_digests(options: Options) -> list[Row]:
    """Return the digests a second of a core, of two workers, and what twice the workspaces cost."""
    number = options.some(WORKSPACES)
    half = await _measure_workers(number // 2, 1, processes.DELAY_SECONDS)
    whole = await _measure_workers(number, 1, processes.DELAY_SECONDS)
    sent = max(number // 4, MIN_SENT)
    one, two = [await _measure_workers(sent, each, LONG_DELAY_SECONDS) for each in (1, 2)]
    twice = f"of {number // 2:,} workspaces"
    return [
        Row(
            f"digests of {ENTRIES} entries, {CHANGES} changed, {number:,} due at once, one core",
            number / whole.processor_seconds,
            None,
            "/s",
            "",
            min_value=40,
        ),
        Row(
            f"digests sent by 2 workers, Slack answers after {LONG_DELAY_SECONDS * 1000:.0f} ms",
            sent / two.seconds,
            sent / one.seconds,
            "/s",
            "by 1",
            min_ratio=1.7,
        ),
        Row(
            f"processor time of the digests of {ENTRIES} entries of {number:,} workspaces",
            whole.processor_seconds,
            half.processor_seconds,
            "s",
            twice,
            max_ratio=2.1,
        ),
        Row(
            f"memory of a worker after the digests of {number:,} workspaces",
            whole.worker_mib,
            half.worker_mib,
            "MiB",
            twice,
            max_ratio=1.1,
        ),
        Row(
            f"memory of `web` beside {number:,} workspaces",
            whole.web_mib,
            half.web_mib,
            "MiB",
            twice,
            max_ratio=1.1,
            note="after 300 commands",
        ),
    ]


class _Measured:
    """What sending one digest of each workspace took."""

    def __init__(self, seconds: float, processor_seconds: float, worker_mib: float, web_mib: float) -> None:
        self.seconds, self.processor_seconds = seconds, processor_seconds
        self.worker_mib, self.web_mib = worker_mib, web_mib


async def _measure_workers(number: int, workers: int, delay: float) -> _Measured:
    """Send a first digest for each workspace, change votes, and measure the next one."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(_prepare(number, ENTRIES, votes_of_entry=3))
        database = await stack.enter_async_context(open_database(url))
        slack = await stack.enter_async_context(processes.run_fake_slack(delay))
        running = [await stack.enter_async_context(processes.run_worker(slack, url)) for _ in range(workers)]
        web = await stack.enter_async_context(processes.run_bot(slack, url))
        await load.send_requests(web.port, [load.make_command("fit", slack.url) for _ in range(300)], 4)
        await make_due(database)
        await _wait_until(lambda: _count_sent(database), number)
        await _drop_pictures(database)
        await _change_all(database, number)
        before = sum(worker.processor_seconds for worker in running)
        began = time.perf_counter()
        await make_due(database)
        await _wait_until(lambda: _count_sent(database), 2 * number)
        return _Measured(
            time.perf_counter() - began,
            sum(worker.processor_seconds for worker in running) - before,
            max(worker.memory_mib for worker in running),
            web.memory_mib,
        )


async def _change_all(database: Database, number: int) -> None:
    first = select(func.min(EntryRow.id)).group_by(col(EntryRow.canvas_id))
    async with database.reading(None) as session:
        first_ids = [entry_id or 0 for entry_id in await session.exec(first)]
    await change_votes(database, [entry_id + each for entry_id in first_ids for each in range(CHANGES)])


async def _measure_backlog(options: Options) -> list[Row]:
    """Return how long planning, a vote's result and a new card take while all cards are read back."""
    number = options.some(MANY_WORKSPACES)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(_prepare(number, CARDS))
        database = await stack.enter_async_context(open_database(url))
        async with database.transaction(None) as session:
            await session.exec(update(CanvasRow).values(votes_due_at=datetime.now(UTC)))
            await session.exec(update(EntryRow).where(col(EntryRow.team_id) == "T2").values(card_ts=None))
        slack = await stack.enter_async_context(processes.run_fake_slack(processes.DELAY_SECONDS))
        worker = await stack.enter_async_context(processes.run_worker(slack, url, with_health=True))
        await _wait_until(lambda: _count(database, JobRow.kind == READ_VOTES_JOB.name), 2000)
        result = await _time_result(database)
        card = await _time_card(database, slack)
        planned, oldest_tick = await _time_planning(database, worker)
        waiting = await _count(database, JobRow.kind == READ_VOTES_JOB.name)
    beside = f"beside a backlog of {waiting:,} readings"
    return [
        Row(
            f"a digest from due to planned, p99, {number:,} workspaces, all cards unread",
            find_percentile(planned, 0.99),
            None,
            "s",
            "",
            max_value=2,
            note=f"of {len(planned)} digests over {PLANNING_SECONDS} seconds, seen every {POLL_SECONDS:g} s",
        ),
        Row(
            f"highest age of the tick in `/metrics`, {number:,} workspaces, all cards unread",
            oldest_tick,
            None,
            "s",
            "",
            max_value=5,
        ),
        Row(f"a vote's result {beside}", result, None, "s", "", max_value=5),
        Row(f"a new card and its numbers {beside}", card, None, "s", "", max_value=5),
    ]


async def _time_result(database: Database) -> float:
    """Close a round of ten cards; return the seconds until its result is posted."""
    now, began = datetime.now(UTC), time.perf_counter()
    canvas_id = 1 + ID_STEP
    async with database.transaction("T1") as session:
        metrics = compute_metrics(await load_canvas(session, canvas_id))
        ranking = snapshot_ranking(metrics, [Kind.PAIN])
        closing = Round(0, canvas_id, Kind.PAIN, "U0000", "UTC", now, now, None, ranking)
        round_id = await rounds.add_round(session, closing)
    assert round_id is not None
    while True:
        async with database.reading("T1") as session:
            found = await rounds.find_round(session, round_id)
        if found and found.result_ts:
            return time.perf_counter() - began
        await asyncio.sleep(POLL_SECONDS)


async def _time_card(database: Database, slack: RunningProcess) -> float:
    """Enqueue a card; return the seconds until its five number reactions are set."""
    began = time.perf_counter()
    async with database.transaction("T2") as session:
        entry_id = (await session.exec(select(func.min(EntryRow.id)))).one()
        await jobs.enqueue(session, CARD_JOB, [entry_id or 0], "C2", datetime.now(UTC))
    await processes.wait_for_calls(slack, "reactions.add", 5)
    return time.perf_counter() - began


async def _time_planning(database: Database, worker: RunningProcess) -> tuple[list[float], float]:
    """Let digests become due; return the seconds until each was planned, and the oldest tick seen."""
    begins = datetime.now(UTC) + timedelta(seconds=1)
    async with database.transaction(None) as session:
        schedules = select(DigestScheduleRow).order_by(col(DigestScheduleRow.canvas_id)).limit(PLANNED)
        for place, schedule in enumerate(await session.exec(schedules)):
            schedule.next_due_at = begins + timedelta(seconds=PLANNING_SECONDS * place / PLANNED)
    seconds: dict[int, float] = {}
    oldest_tick = 0.0
    async with aiohttp.ClientSession() as http:
        while len(seconds) < PLANNED:
            async with database.reading(None) as session:
                rows = (await session.exec(select(DigestRow.id, DigestRow.due_at))).all()
            now = datetime.now(UTC)
            for digest_id, due_at in rows:
                seconds.setdefault(digest_id or 0, (now - due_at).total_seconds())
            async with http.get(f"{worker.url}/metrics") as answer:
                ticked_at = (await answer.text()).partition("\nvaluemap_clock_ticked_timestamp_seconds ")[2]
            oldest_tick = max(oldest_tick, time.time() - float(ticked_at.split(maxsplit=1)[0]))
            await asyncio.sleep(POLL_SECONDS)
    return list(seconds.values()), oldest_tick


async def _measure_start(options: Options) -> Row:
    """Return the seconds from the start of a worker to its first post."""
    number = options.some(SCHEDULES)
    async with _prepare(number, 1) as url, processes.run_fake_slack() as slack:
        async with open_database(url) as database, database.transaction(TEAM_ID) as session:
            entry_id = (await session.exec(select(func.min(EntryRow.id)))).one()
            await session.exec(update(EntryRow).values(card_ts=None))
            await jobs.enqueue(session, CARD_JOB, [entry_id or 0], CHANNEL_ID, datetime.now(UTC))
        began = time.perf_counter()
        async with processes.run_worker(slack, url):
            await processes.wait_for_calls(slack, POSTED, 1)
            seconds = time.perf_counter() - began
    return Row(f"start with {number:,} schedules, until the first job", seconds, None, "s", "", max_value=3)


async def _count(database: Database, condition: ColumnElement[bool] | bool) -> int:
    async with database.reading(None) as session:
        return (await session.exec(select(func.count()).select_from(JobRow).where(condition))).one()


async def _drop_pictures(database: Database) -> None:
    """Delete the pictures that wait, and let those end that are being made.

    They would take the processor's time from what is measured, and the places of digests in their workers.
    """
    is_picture = col(JobRow.kind) == PICTURE_JOB.name
    while await _count(database, is_picture):
        async with database.transaction(None) as session:
            await session.exec(delete(JobRow).where(is_picture, col(JobRow.lease_until).is_(None)))
        await asyncio.sleep(POLL_SECONDS)


async def _count_sent(database: Database) -> int:
    async with database.reading(None) as session:
        sent = select(func.count()).select_from(DigestRow).where(col(DigestRow.sent_at).is_not(None))
        return (await session.exec(sent)).one()


async def _wait_until(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    while await count() < wanted:  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(POLL_SECONDS)
