"""Digests composed and sent, and how long acknowledgements take meanwhile."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bot.db.database import open_database
from bot.jobs.worker import MAX_CONCURRENT_CHANNELS
from tests.bench import load, processes, seed
from tests.bench.constants import CHANNEL
from tests.bench.options import Options
from tests.bench.processes import Running
from tests.bench.table import Row, percentile

POSTED = "chat.postMessage"
DELAY, LONG_DELAY = 0.05, 0.5  # seconds that the stand-in takes for an answer
ENTRIES = 12
CONNECTIONS, PAUSE = 4, 0.08  # some 40 requests a second
MOST_WAIT = 0.3  # seconds that no acknowledgement may take


async def rows(options: Options) -> list[Row]:
    number = options.some(600)
    limit = MAX_CONCURRENT_CHANNELS / DELAY
    one = [await _sent(name, number, 1, DELAY) for name in options.databases]
    note = (
        f"the limit is {MAX_CONCURRENT_CHANNELS} calls at a time, each of which takes {DELAY * 1000:.0f} ms"
    )
    found = [
        Row(
            f"digests composed and sent, 1 worker, {name}",
            speed,
            limit,
            "/s",
            "the limit",
            least=0.8,
            note=note,
        )
        for name, speed in zip(options.databases, one, strict=True)
    ]
    slow, two = [await _sent("PostgreSQL", number, workers, LONG_DELAY) for workers in (1, 2)]
    slowly = f"the stand-in takes {LONG_DELAY * 1000:.0f} ms for an answer, and so is the limit"
    found.append(
        Row("digests sent, 2 workers, PostgreSQL", two, slow, "/s", "1 worker", least=1.7, note=slowly)
    )
    return [
        *found,
        await _waits(options, "SQLite", ("run",)),
        await _waits(options, "PostgreSQL", ("web", "worker")),
    ]


async def _sent(name: str, number: int, workers: int, delay: float) -> float:
    """Return how many digests are sent a second, from the first to the last."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.DATABASES[name]())
        async with processes.migrated(url) as database:
            await seed.workspace(database)
            await seed.due_digests(database, number, ENTRIES)
        slack = await stack.enter_async_context(processes.yes_slack(delay))
        for _ in range(workers):
            await stack.enter_async_context(processes.worker(slack, url))
        await processes.until_called(slack, POSTED, 1)
        began = time.perf_counter()
        await processes.until_called(slack, POSTED, number)
        return (number - 1) / (time.perf_counter() - began)


async def _waits(options: Options, name: str, verbs: Sequence[str]) -> Row:
    """Return the p99 of acknowledgements while digests are sent, beside the same while nothing is."""
    number = options.some(2000)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.DATABASES[name]())
        async with processes.migrated(url) as database:
            await seed.workspace(database)
            _, entries = await seed.canvas(database, 40, CHANNEL)
            cards = await seed.cards(database, entries)
        slack = await stack.enter_async_context(processes.yes_slack(DELAY))
        app = await stack.enter_async_context(processes.ours(slack, url, verbs[0]))
        if verbs[1:]:
            await stack.enter_async_context(processes.worker(slack, url))
        await load.send(app.port, [load.command("fit", slack.url), load.reaction(cards[0])])
        idle = await _steady(app, slack, cards, options.some(800))
        async with open_database(url) as database:
            await seed.due_digests(database, number, ENTRIES)
        busy: list[float] = []
        while await processes.called(slack, POSTED) < number:
            busy += await _steady(app, slack, cards, 100)
    most = max(busy)
    by = " and ".join(f"`{verb}`" for verb in verbs)
    return Row(
        f"acknowledgements while {number:,} digests are sent by {by}, p99, {name}",
        percentile(busy, 0.99) * 1000,
        percentile(idle, 0.99) * 1000,
        "ms",
        "idle",
        most=3,
        note=f"the longest took {most * 1000:.0f} ms, and none may take more than 300 ms",
        also=most <= MOST_WAIT,
    )


async def _steady(app: Running, slack: Running, cards: Sequence[str], number: int) -> list[float]:
    requests = [
        load.command("fit", slack.url) if each % 4 == 0 else load.reaction(cards[each % len(cards)])
        for each in range(number)
    ]
    return list((await load.send(app.port, requests, CONNECTIONS, PAUSE)).waits)
