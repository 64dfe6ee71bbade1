"""The processor time until a person sees an answer, beside the bare reads and calls that the answer needs.

The statements and calls of a command are recorded once, and then repeated without the bot: the same SQL
with its rows fetched and their JSON decoded, and as many calls that send as much. On SQLite, so that the time
of the database is in both. `show` also sends a picture after its answer, which has a row of its own.
"""

import gc
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp

from bot.app import Bot
from bot.db.database import Database
from bot.fake_slack.server.delivery import Asgi, call_asgi
from bot.server import build_http_app
from tests.bench import load, processes, seed
from tests.bench.constants import CHANNEL_ID, TEAM_ID
from tests.bench.options import Options
from tests.bench.processes import RunningProcess
from tests.bench.table import Row
from tests.statement_counts.counting import listen_to_statements

COMMANDS = ("", "fit", "rank", "show", "why Entry 0", "add pain: it rains", "review", "export")
MAX_MS = {60: 50.0, 600: 150.0, 2000: 500.0}  # by entries
VOTES_OF_ENTRY, MARKS_OF_ENTRY = 8, 5
WITH_PICTURE = "show"
SCOPES, SCOPES_WITHOUT_FILES = "commands,chat:write,files:write", "commands,chat:write"
JSON_COLUMNS = {"marks", "supports", "contradicts"}


async def measure_rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for entries, limit in MAX_MS.items():
        async with AsyncExitStack() as stack:
            url = stack.enter_context(processes.create_sqlite())
            slack = await stack.enter_async_context(processes.run_fake_slack())
            async with processes.open_migrated(url) as database:
                await _add_canvas(database, entries)
            bot = Bot(processes.make_settings(slack, url))
            await stack.enter_async_context(bot.running())
            http = await stack.enter_async_context(aiohttp.ClientSession())
            app = build_http_app(bot)
            gc.collect()
            gc.freeze()  # as `python -m bot` does
            with_picture, _ = await _measure_command(bot, app, http, slack, WITH_PICTURE, options.rounds)
            for command in COMMANDS:
                # Without the permission to send files no picture follows.
                scopes = SCOPES_WITHOUT_FILES if command == WITH_PICTURE else SCOPES
                bot.deps.scopes.record(TEAM_ID, scopes)
                ours, bare = await _measure_command(bot, app, http, slack, command, options.rounds)
                typed = f"/valuemap {command.partition(' ')[0]}".strip()
                if command == WITH_PICTURE:
                    name = f"the picture that follows `{typed}`, processor time, {entries:,} entries"
                    found.append(Row(name, with_picture - ours, None, "ms", ""))
                found.append(
                    Row(
                        f"`{typed}` until its answer, processor time, {entries:,} entries",
                        ours,
                        bare,
                        "ms",
                        "bare reads and calls",
                        max_ratio=3,
                        max_value=limit,
                    )
                )
    return found


async def _add_canvas(database: Database, entries: int) -> None:
    await seed.add_workspace(database)
    _, ids = await seed.add_canvas(database, entries, CHANNEL_ID)
    await seed.set_cards(database, ids)
    await seed.add_votes(database, ids, VOTES_OF_ENTRY * entries)
    await seed.add_reviews(database, *seed.split_roles(ids), MARKS_OF_ENTRY * entries)
    await seed.analyze_tables(database)


async def _measure_command(
    bot: Bot, app: Asgi, http: aiohttp.ClientSession, slack: RunningProcess, command: str, rounds: int
) -> tuple[float, float]:
    """Return the medians of the answer and of its bare reads and calls, in turn, in ms."""

    async def answer() -> None:
        head, _, body = load.make_command(command, slack.url).partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        status, _ = await call_asgi(
            app, "/slack/events", {name.lower(): value for name, _, value in lines}, body
        )
        assert status == 200, status
        await bot.deps.background.drain()

    await answer()
    calls_before, bytes_before = await _count_all_calls(http, slack)
    statements: list[tuple[str, Any]] = []
    with listen_to_statements(bot.db, lambda *executed: statements.append(executed)):
        await answer()
    calls_after, bytes_after = await _count_all_calls(http, slack)
    calls = calls_after - calls_before
    body = {"text": "x" * ((bytes_after - bytes_before) // calls)}

    async def repeat_bare() -> None:
        async with bot.db.engine.connect() as connection:
            for statement, parameters in statements:
                result = await connection.exec_driver_sql(statement, parameters)
                if result.returns_rows:
                    _read_rows(result)
            await connection.rollback()
        for _ in range(calls):
            async with http.post(f"{slack.url}/response/bare", json=body) as posted:
                await posted.read()

    pairs = [(await _time(answer), await _time(repeat_bare)) for _ in range(rounds)]
    return statistics.median(ours for ours, _ in pairs), statistics.median(bare for _, bare in pairs)


async def _time(work: Callable[[], Awaitable[None]]) -> float:
    began = time.process_time()
    await work()
    return (time.process_time() - began) * 1000


def _read_rows(result: Any) -> None:
    """Fetch the rows, and decode their JSON."""
    places = [place for place, name in enumerate(result.keys()) if name in JSON_COLUMNS]
    for row in result.all():
        for place in places:
            json.loads(row[place])


async def _count_all_calls(http: aiohttp.ClientSession, slack: RunningProcess) -> tuple[int, int]:
    """Return how many calls the fake Slack was sent, and how many bytes in them."""
    async with http.get(f"{slack.url}/called") as answer:
        calls = sum((await answer.json()).values())
    async with http.get(f"{slack.url}/received") as answer:
        return calls, int(await answer.text())
