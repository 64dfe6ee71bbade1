"""What a digest costs, how many are sent a second, and acknowledgements while big ones are made."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from sqlmodel import update

from bot.app import Bot
from bot.db.database import Database, open_database
from bot.features.digest.model import PICTURE_JOB
from bot.features.digest.store import DigestScheduleRow
from bot.store import votes
from bot.store.votes import Reaction
from tests.bench import load, processes, seed
from tests.bench.constants import CHANNEL_ID, TEAM_ID
from tests.bench.options import Options
from tests.bench.processes import RunningProcess
from tests.bench.table import Row, find_percentile

POSTED = "chat.postMessage"
CANVASES, ENTRIES, CHANGES = 30, 60, 38
BIG_CANVASES, BIG_ENTRIES = 12, 600
VOTES_OF_ENTRY, MARKS = 6, 3000
CONNECTIONS, PAUSE_SECONDS = 4, 0.08  # some 40 requests a second
MAX_HOLD_MS = 100.0
MAX_QUIET_MS, MAX_ACKNOWLEDGEMENT_SECONDS = 15.0, 0.3


async def measure_rows(options: Options) -> list[Row]:
    return [
        *[row for name in options.databases for row in await _measure_cost(name)],
        await _measure_hold(),
        await _measure_waits(options, "SQLite", ("run",)),
        await _measure_waits(options, "PostgreSQL", ("web", "worker")),
    ]


async def _measure_cost(name: str) -> list[Row]:
    """Return the processor time of a digest within one process, quiet and after changes."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.DATABASES[name]())
        slack = await stack.enter_async_context(processes.run_fake_slack())
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            entry_ids = await seed.add_due_digests(database, CANVASES, ENTRIES, VOTES_OF_ENTRY)
        bot = Bot(processes.make_settings(slack, url))
        await stack.enter_async_context(bot.running())
        await _send_due_digests(bot)  # the first ones, which later ones compare with
        await _send_due_digests(bot)
        quiet = await _send_due_digests(bot)
        for ids in entry_ids:
            await change_votes(bot.db, ids[:CHANGES])
        changed = await _send_due_digests(bot)
    return [
        Row(
            f"a digest of {ENTRIES} entries without changes, processor time, {name}",
            quiet,
            None,
            "ms",
            "",
            max_value=MAX_QUIET_MS,
            note="one line in the channel",
        ),
        Row(
            f"a digest of {ENTRIES} entries with {CHANGES} changes, processor time, {name}",
            changed,
            quiet,
            "ms",
            "without changes",
            max_ratio=1.5,
            note="without the picture, which comes after everything that is due",
        ),
    ]


async def _measure_hold() -> Row:
    """Return the longest that the event loop's own work holds it while big digests are made."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.create_sqlite())
        slack = await stack.enter_async_context(processes.run_fake_slack())
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            entry_ids = await seed.add_due_digests(
                database, BIG_CANVASES, BIG_ENTRIES, VOTES_OF_ENTRY, marks=MARKS
            )
        bot = Bot(processes.make_settings(slack, url))
        await stack.enter_async_context(bot.running())
        await _send_due_digests(bot)
        for ids in entry_ids:
            await change_votes(bot.db, ids)
        watching = asyncio.create_task(_watch_loop(longest := [0.0]))
        await _send_due_digests(bot)
        watching.cancel()
    made = f"{BIG_CANVASES} digests of {BIG_ENTRIES} changed entries are made"
    return Row(
        f"longest hold of the event loop while {made}",
        longest[0] * 1000,
        None,
        "ms",
        "",
        max_value=MAX_HOLD_MS,
        note="its own processor time from one turn to the next; SQLite, without pictures",
    )


async def _watch_loop(longest: list[float]) -> None:
    """Record the processor time of the loop's thread between two of its turns."""
    while True:
        began = time.thread_time()
        await asyncio.sleep(0)
        longest[0] = max(longest[0], time.thread_time() - began)


async def _send_due_digests(bot: Bot) -> float:
    """Make all digests due and send them without pictures; return the processor time of each, in ms."""
    bot.worker._handlers = {kind: run for kind, run in bot.worker._handlers.items() if kind != PICTURE_JOB}
    await make_due(bot.db)
    await bot.scheduler.enqueue_due_jobs()
    began = time.process_time()
    await bot.worker.run_due_jobs()
    return (time.process_time() - began) * 1000 / CANVASES


async def make_due(database: Database) -> None:
    """Make the next digest of every schedule due, as a slot of its own."""
    now = datetime.now(UTC)
    values = {"next_due_at": now, "next_local_time": now.replace(tzinfo=None).isoformat()}
    async with database.transaction(None) as session:
        await session.exec(update(DigestScheduleRow).values(**values))


async def change_votes(database: Database, entry_ids: Sequence[int]) -> None:
    """Change one vote on each of these entries."""
    at = time.time_ns() // 1000
    reactions = [Reaction(entry, "U0000", 5 - entry % 2, True, at) for entry in entry_ids]
    async with database.transaction(TEAM_ID) as session:
        await votes.record_reactions(session, reactions)


async def _measure_waits(options: Options, name: str, verbs: Sequence[str]) -> Row:
    """Return the p99 of acknowledgements while big digests are made, beside the same while nothing is."""
    number = options.some(BIG_CANVASES)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(processes.DATABASES[name]())
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            _, entries = await seed.add_canvas(database, 40, CHANNEL_ID)
            cards = await seed.set_cards(database, entries)
            entry_ids = await seed.add_due_digests(database, number, BIG_ENTRIES, VOTES_OF_ENTRY, marks=MARKS)
        slack = await stack.enter_async_context(processes.run_fake_slack(processes.DELAY_SECONDS))
        app = await stack.enter_async_context(processes.run_bot(slack, url, verbs[0]))
        if verbs[1:]:
            await stack.enter_async_context(processes.run_worker(slack, url))
        await processes.wait_for_calls(slack, POSTED, number)  # the first ones, which later ones compare with
        await processes.wait_for_calls(slack, "files.completeUploadExternal", number)
        idle = await _send_steadily(app, slack, cards, options.some(800))
        async with open_database(url) as database:
            for ids in entry_ids:
                await change_votes(database, ids)
            await make_due(database)
        busy: list[float] = []
        while await processes.count_calls(slack, POSTED) < 2 * number:
            busy += await _send_steadily(app, slack, cards, 40)
    most = max(busy)
    by = " and ".join(f"`{verb}`" for verb in verbs)
    made = f"{number} digests of {BIG_ENTRIES} changed entries are made by {by}"
    return Row(
        f"acknowledgements while {made}, p99, {name}",
        find_percentile(busy, 0.99) * 1000,
        find_percentile(idle, 0.99) * 1000,
        "ms",
        "idle",
        max_ratio=3,
        note=f"the longest of {len(busy)} took {most * 1000:.0f} ms, and none may take more than 300 ms",
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
