"""Votes stored a second in one process, beside a plain loop of the same upsert."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

import aiosqlite
import psycopg

from bot.app import Bot
from bot.db.database import Database
from bot.features.votes.listeners import handle_reaction
from bot.settings import Settings
from tests.bench import processes, seed
from tests.bench.constants import BOT_TOKEN, CHANNEL_ID, SIGNING_SECRET, TEAM_ID
from tests.bench.options import Options
from tests.bench.table import Row, measure_alternately

CONCURRENT_EVENTS = 64  # as many as Slack may send at the same time
COLUMNS = "team_id, entry_id, user_id, level, event_at_us, is_set"
UPSERT = f"INSERT INTO reaction ({COLUMNS}) VALUES ({{}}) ON CONFLICT DO NOTHING"
_counter = itertools.count(1)


async def measure_rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for name in options.databases:
        with processes.DATABASES[name]() as url:
            async with processes.open_migrated(url) as database:
                await seed.add_workspace(database)
                _, entries = await seed.add_canvas(database, 40, CHANNEL_ID)
                cards = await seed.set_cards(database, entries)
                number = options.some(2000)
                plain = _measure_sqlite_loop if database.is_sqlite else _measure_postgresql_loop
                bot = Bot(Settings(bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, database_url=url))
                mine, other = await measure_alternately(
                    options.rounds, _measure_bot(bot, cards, number), plain(database, entries, number)
                )
                await bot.db.close()
                note = f"{CONCURRENT_EVENTS} at once, as Slack sends them; the loop is one connection's"
                loop = "a plain loop of the same upsert, each committed"
                found.append(
                    Row(
                        f"votes stored within one process, {name}",
                        mine,
                        other,
                        "/s",
                        loop,
                        min_ratio=0.5,
                        note=note,
                    )
                )
    return found


def _measure_bot(bot: Bot, cards: list[str], number: int) -> Callable[[], Awaitable[float]]:
    async def vote() -> None:
        for _ in range(number // CONCURRENT_EVENTS):
            each = next(_counter)
            event = {
                "type": "reaction_added",
                "user": f"U{each % 200:04d}",
                "reaction": ("one", "two", "three", "four", "five")[each % 5],
                "item": {"type": "message", "channel": CHANNEL_ID, "ts": cards[each % len(cards)]},
                "event_ts": f"{time.time():.0f}.{each:06d}",
            }
            await handle_reaction(TEAM_ID, event, bot.deps)

    async def measure() -> float:
        began = time.perf_counter()
        await asyncio.gather(*(vote() for _ in range(CONCURRENT_EVENTS)))
        return number // CONCURRENT_EVENTS * CONCURRENT_EVENTS / (time.perf_counter() - began)

    return measure


def _make_row(entries: list[int]) -> tuple[str, int, str, int, int, bool]:
    each = next(_counter)
    return (
        TEAM_ID,
        entries[each % len(entries)],
        f"U{each % 200:04d}",
        each % 5 + 1,
        time.time_ns() // 1000,
        True,
    )


def _measure_sqlite_loop(
    database: Database, entries: list[int], number: int
) -> Callable[[], Awaitable[float]]:
    """The same driver, and the same durability: WAL, synchronous NORMAL, one transaction a vote."""

    async def measure() -> float:
        assert database.url.database
        async with aiosqlite.connect(database.url.database, isolation_level=None) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
                await connection.execute(f"PRAGMA {pragma}")
            began = time.perf_counter()
            for _ in range(number):
                await connection.execute("BEGIN IMMEDIATE")
                await connection.execute(UPSERT.format("?, ?, ?, ?, ?, ?"), _make_row(entries))
                await connection.commit()
            return number / (time.perf_counter() - began)

    return measure


def _measure_postgresql_loop(
    database: Database, entries: list[int], number: int
) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address) as connection:
            began = time.perf_counter()
            for _ in range(number):
                await connection.execute(UPSERT.format("%s, %s, %s, %s, %s, %s"), _make_row(entries))
                await connection.commit()
            return number / (time.perf_counter() - began)

    return measure
