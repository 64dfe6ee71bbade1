"""Digests composed and sent, and how long acknowledgements take meanwhile."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bot.db.database import open_database
from bot.jobs.worker import MAX_CONCURRENT_CHANNELS
from tests.bench import load, processes, seed
from tests.bench.constants import CHANNEL_ID
from tests.bench.options import Options
from tests.bench.processes import RunningProcess
from tests.bench.table import Row, find_percentile

POSTED = "chat.postMessage"
DELAY_SECONDS, LONG_DELAY_SECONDS = 0.05, 0.5  # until the fake Slack answers
ENTRIES = 12
CONNECTIONS, PAUSE_SECONDS = 4, 0.08  # some 40 requests a second
MAX_ACKNOWLEDGEMENT_SECONDS = 0.3


async def measure_rows(options: Options) -> list[Row]:
    number = options.some(600)
    limit = MAX_CONCURRENT_CHANNELS / DELAY_SECONDS
    one = [await _measure_speed(name, number, 1, DELAY_SECONDS) for name in options.databases]
    delay_ms = DELAY_SECONDS * 1000
    note = f"the limit is {MAX_CONCURRENT_CHANNELS} calls at a time, each of which takes {delay_ms:.0f} ms"
    found = [
        Row(
            f"digests composed and sent, 1 worker, {name}",
            speed,
            limit,
            "/s",
            "the limit",
            min_ratio=0.8,
            note=note,
        )
        for name, speed in zip(options.databases, one, strict=True)
    ]
    slow, two = [
        await _measure_speed("PostgreSQL", number, workers, LONG_DELAY_SECONDS) for workers in (1, 2)
    ]
    slowly = f"the fake Slack answers after {LONG_DELAY_SECONDS * 1000:.0f} ms"
    found.append(
        Row("digests sent, 2 workers, PostgreSQL", two, slow, "/s", "1 worker", min_ratio=1.7, note=slowly)
    )
    return [
        *found,
        await _measure_waits(options, "SQLite", ("run",)),
        await _measure_waits(options, "PostgreSQL", ("web", "worker")),
    ]


async def _measure_speed(name: str, number: int, workers: int, delay: float) -> float:
    """Return how many digests are sent a second, from the first to the last."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.DATABASES[name]())
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            await seed.add_due_digests(database, number, ENTRIES)
        slack = await stack.enter_async_context(processes.run_fake_slack(delay))
        for _ in range(workers):
            await stack.enter_async_context(processes.run_worker(slack, url))
        await processes.wait_for_calls(slack, POSTED, 1)
        began = time.perf_counter()
        await processes.wait_for_calls(slack, POSTED, number)
        return (number - 1) / (time.perf_counter() - began)


async def _measure_waits(options: Options, name: str, verbs: Sequence[str]) -> Row:
    """Return the p99 of acknowledgements while digests are sent, beside the same while nothing is."""
    number = options.some(2000)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.DATABASES[name]())
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            _, entries = await seed.add_canvas(database, 40, CHANNEL_ID)
            cards = await seed.set_cards(database, entries)
        slack = await stack.enter_async_context(processes.run_fake_slack(DELAY_SECONDS))
        app = await stack.enter_async_context(processes.run_bot(slack, url, verbs[0]))
        if verbs[1:]:
            await stack.enter_async_context(processes.run_worker(slack, url))
        await load.send_requests(
            app.port, [load.make_command("fit", slack.url), load.make_reaction(cards[0])]
        )
        idle = await _send_steadily(app, slack, cards, options.some(800))
        async with open_database(url) as database:
            await seed.add_due_digests(database, number, ENTRIES)
        busy: list[float] = []
        while await processes.count_calls(slack, POSTED) < number:
            busy += await _send_steadily(app, slack, cards, 100)
    most = max(busy)
    by = " and ".join(f"`{verb}`" for verb in verbs)
    return Row(
        f"acknowledgements while {number:,} digests are sent by {by}, p99, {name}",
        find_percentile(busy, 0.99) * 1000,
        find_percentile(idle, 0.99) * 1000,
        "ms",
        "idle",
        max_ratio=3,
        note=f"the longest took {most * 1000:.0f} ms, and none may take more than 300 ms",
        is_also_met=most <= MAX_ACKNOWLEDGEMENT_SECONDS,
    )


async def _send_steadily(
    app: RunningProcess, slack: RunningProcess, cards: Sequence[str], number: int
) -> list[float]:
    requests = [
        load.make_command("fit", slack.url) if each % 4 == 0 else load.make_reaction(cards[each % len(cards)])
        for each in range(number)
    ]
    return list((await load.send_requests(app.port, requests, CONNECTIONS, PAUSE_SECONDS)).answer_seconds)
