"""The figures of a big canvas from the database, beside one SQL statement a table that adds the same up."""

import time
from collections.abc import Awaitable, Callable

from sqlalchemy import text

from bot.db.database import Database
from bot.method.metrics import compute_metrics
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo
from tests.bench import processes, seed
from tests.bench.constants import TEAM
from tests.bench.options import Options
from tests.bench.table import Row, alternating

ENTRIES, VOTES, MARKS = 600, 100_000, 20_000
OF_CANVAS = "(SELECT id FROM entry WHERE canvas_id = :canvas)"
ADDED_UP = (
    "SELECT id, kind, text FROM entry WHERE canvas_id = :canvas AND deleted_at IS NULL ORDER BY id",
    f"""
    SELECT entry_id, level, count(*) FROM (
        SELECT entry_id, member, max(level) AS level FROM (
            SELECT entry_id, member, level FROM reaction
            WHERE entry_id IN {OF_CANVAS} AND member NOT IN (SELECT user_id FROM member WHERE is_bot)
            GROUP BY entry_id, member, level
            HAVING max(event_at) FILTER (WHERE stands) > coalesce(max(event_at) FILTER (WHERE NOT stands), -1)
        ) AS standing GROUP BY entry_id, member
    ) AS votes GROUP BY entry_id, level
    """,
    f"""
    SELECT offer_id, mark.key, sum(CAST(mark.value AS integer)), count(*)
    FROM review, {{each}}(review.marks) AS mark
    WHERE offer_id IN {OF_CANVAS} AND reviewed_at = (
        SELECT max(reviewed_at) FROM review AS newest
        WHERE newest.offer_id = review.offer_id AND newest.member = review.member
    )
    GROUP BY offer_id, mark.key
    """,
)


async def rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for name in options.databases:
        with processes.DATABASES[name]() as url:
            async with processes.migrated(url) as database:
                found += await _measured(options, name, database)
    return found


async def _measured(options: Options, name: str, database: Database) -> list[Row]:
    await seed.workspace(database)
    whole, half = await _seeded(database, VOTES, "C1"), await _seeded(database, VOTES // 2, "C2")
    mine, other = await alternating(options.rounds, _ours(database, whole), _added_up(database, whole))
    twice, once = await alternating(options.rounds, _ours(database, whole), _ours(database, half))
    size = f"{ENTRIES} entries, {VOTES:,} votes, {MARKS:,} marks"
    return [
        Row(f"figures of {size}, {name}", mine, other, "ms", "one SQL statement a table", most=2),
        Row(f"the same, {name}", twice, once, "ms", "half the votes", most=2.2),
    ]


async def _seeded(database: Database, votes: int, channel: str) -> CanvasInfo:
    head, entries = await seed.canvas(database, ENTRIES, channel)
    await seed.vote(database, entries, votes)
    needs = [entry for place, entry in enumerate(entries) if place % 6 < 3]
    offers = [entry for place, entry in enumerate(entries) if place % 6 in {4, 5}]
    await seed.mark(database, offers, needs, MARKS)
    await seed.settled(database)
    return head


def _ours(database: Database, head: CanvasInfo) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        began = time.perf_counter()
        async with database.reading(TEAM) as session:
            canvas = await load_canvas(session, head.id)
        compute_metrics(canvas)
        return (time.perf_counter() - began) * 1000

    return measure


def _added_up(database: Database, head: CanvasInfo) -> Callable[[], Awaitable[float]]:
    each = "json_each" if database.is_sqlite else "json_each_text"

    async def measure() -> float:
        began = time.perf_counter()
        async with database.engine.connect() as connection:
            for statement in ADDED_UP:
                asked = await connection.execute(text(statement.format(each=each)), {"canvas": head.id})
                assert asked.all()
        return (time.perf_counter() - began) * 1000

    return measure
