"""The metrics of a big canvas, beside SQL that aggregates the same, one statement for each table."""

import time
from collections.abc import Awaitable, Callable

from sqlalchemy import text

from bot.db.database import Database
from bot.method.metrics import compute_metrics
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo
from tests.bench import processes, seed
from tests.bench.constants import TEAM_ID
from tests.bench.options import Options
from tests.bench.table import Row, measure_alternately

ENTRIES, VOTES, MARKS = 600, 100_000, 20_000
ITEMS, FEW_VOTES, FEW_MARKS = 5_000, 6_000, 4_000  # of the canvas whose evidence is measured
ENTRIES_OF_CANVAS_SQL = "(SELECT id FROM entry WHERE canvas_id = :canvas)"
METRICS_SQL = (
    "SELECT id, kind, text FROM entry WHERE canvas_id = :canvas AND deleted_at IS NULL ORDER BY id",
    f"""
    SELECT entry_id, level, count(*) FROM (
        SELECT entry_id, user_id, max(level) AS level FROM (
            SELECT entry_id, user_id, level FROM reaction
            WHERE entry_id IN {ENTRIES_OF_CANVAS_SQL}
                AND user_id NOT IN (SELECT user_id FROM member WHERE is_bot)
            GROUP BY entry_id, user_id, level
            HAVING max(event_at_us) FILTER (WHERE is_set)
                > coalesce(max(event_at_us) FILTER (WHERE NOT is_set), -1)
        ) AS current_reactions GROUP BY entry_id, user_id
    ) AS votes GROUP BY entry_id, level
    """,
    f"""
    SELECT offer_id, mark.key, sum(CAST(mark.value AS integer)), count(*)
    FROM review, {{each}}(review.marks) AS mark
    WHERE offer_id IN {ENTRIES_OF_CANVAS_SQL} AND reviewed_at = (
        SELECT max(reviewed_at) FROM review AS newest
        WHERE newest.offer_id = review.offer_id AND newest.user_id = review.user_id
    )
    GROUP BY offer_id, mark.key
    """,
)


async def measure_rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for name in options.databases:
        with processes.DATABASES[name]() as url:
            async with processes.open_migrated(url) as database:
                found += await _measure_database(options, name, database)
    return found


async def _measure_database(options: Options, name: str, database: Database) -> list[Row]:
    await seed.add_workspace(database)
    whole, half = await _add_canvas(database, VOTES, "C1"), await _add_canvas(database, VOTES // 2, "C2")
    mine, other = await measure_alternately(
        options.rounds, _measure_bot(database, whole), _measure_sql(database, whole)
    )
    twice, once = await measure_alternately(
        options.rounds, _measure_bot(database, whole), _measure_bot(database, half)
    )
    canvas_info = await _add_canvas_with_evidence(database)
    proven, read = await measure_alternately(
        options.rounds, _measure_evidence(database, canvas_info), _measure_reading(database, canvas_info)
    )
    size = f"{ENTRIES} entries, {VOTES:,} votes, {MARKS:,} marks"
    return [
        Row(f"metrics of {size}, {name}", mine, other, "ms", "one SQL statement a table", max_ratio=2),
        Row(f"metrics of {size}, {name}", twice, once, "ms", "with half the votes", max_ratio=2.2),
        Row(
            f"metrics of {ENTRIES} entries with {ITEMS:,} items of evidence, {name}",
            proven,
            read,
            "ms",
            "reading the tables alone",
            max_ratio=2,
        ),
    ]


async def _add_canvas(database: Database, votes: int, channel: str, marks: int = MARKS) -> CanvasInfo:
    canvas_info, entries = await seed.add_canvas(database, ENTRIES, channel)
    await seed.add_votes(database, entries, votes)
    await seed.add_reviews(database, *seed.split_roles(entries), marks)
    await seed.analyze_tables(database)
    return canvas_info


async def _add_canvas_with_evidence(database: Database) -> CanvasInfo:
    canvas_info = await _add_canvas(database, FEW_VOTES, "C3", FEW_MARKS)
    async with database.reading(TEAM_ID) as session:
        entry_ids = [entry.id for entry in (await load_canvas(session, canvas_info.id)).entries]
    await seed.add_evidence(database, canvas_info, entry_ids, ITEMS)
    await seed.analyze_tables(database)
    return canvas_info


def _measure_evidence(database: Database, canvas_info: CanvasInfo) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        began = time.perf_counter()
        async with database.reading(TEAM_ID) as session:
            canvas = await load_canvas(session, canvas_info.id)
        assert compute_metrics(canvas).evidence.entries
        return (time.perf_counter() - began) * 1000

    return measure


def _measure_reading(database: Database, canvas_info: CanvasInfo) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        began = time.perf_counter()
        async with database.reading(TEAM_ID) as session:
            await load_canvas(session, canvas_info.id)
        return (time.perf_counter() - began) * 1000

    return measure


def _measure_bot(database: Database, canvas_info: CanvasInfo) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        began = time.perf_counter()
        async with database.reading(TEAM_ID) as session:
            canvas = await load_canvas(session, canvas_info.id)
        compute_metrics(canvas)
        return (time.perf_counter() - began) * 1000

    return measure


def _measure_sql(database: Database, canvas_info: CanvasInfo) -> Callable[[], Awaitable[float]]:
    each = "json_each" if database.is_sqlite else "json_each_text"

    async def measure() -> float:
        began = time.perf_counter()
        async with database.engine.connect() as connection:
            for statement in METRICS_SQL:
                asked = await connection.execute(
                    text(statement.format(each=each)), {"canvas": canvas_info.id}
                )
                assert asked.all()
        return (time.perf_counter() - began) * 1000

    return measure
