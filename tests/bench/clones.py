"""Many workspaces at once: copies of the first one, made within the database."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.db.tables import Row, table_of
from bot.features.digest.store import DigestScheduleRow
from bot.jobs.store import JobRow
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.votes import ReactionRow
from bot.store.workspaces import WorkspaceRow
from tests.bench.constants import TEAM_ID
from tests.bench.seed import analyze_tables

ID_STEP = 1000  # from the ids of one copy to those of the next
NEXT_ID = f"source.id + series.n * {ID_STEP}"
CHANNEL = {"channel_id": "'C' || CAST(series.n AS text)"}


async def clone_workspace(database: Database, number: int) -> None:
    """Copy the first workspace with its canvases, entries, reactions and schedules so many times."""
    async with database.engine.begin() as connection:
        await _clone(connection, WorkspaceRow, number)
        await _clone(connection, CanvasRow, number, id=NEXT_ID, **CHANNEL)
        canvas = {"canvas_id": NEXT_ID.replace("source.id", "source.canvas_id")}
        card = {"card_ts": "source.card_ts || CAST(series.n AS text)"}
        await _clone(connection, EntryRow, number, id=NEXT_ID, **CHANNEL, **canvas, **card)
        entry = {"entry_id": NEXT_ID.replace("source.id", "source.entry_id")}
        await _clone(connection, ReactionRow, number, **entry)
        await _clone(connection, DigestScheduleRow, number, **canvas)
    await analyze_tables(database)


async def clone_job(database: Database, number: int, teams: int, channels: int) -> None:
    """Copy the only job so many times, over so many of the workspaces and so many channels of each."""
    async with database.engine.begin() as connection:
        await _clone(
            connection,
            JobRow,
            number,
            id=NEXT_ID,
            subject="CAST(series.n AS text)",
            team_id=f"'T' || CAST(1 + series.n % {teams} AS text)",
            channel_id=f"'C' || CAST(series.n / {teams} % {channels} AS text)",
        )
    await analyze_tables(database)


async def _clone(connection: AsyncConnection, row_class: type[Row], number: int, **changed: Any) -> None:
    """Copy the rows of the first workspace; `changed` gives other values as SQL."""
    table = table_of(row_class)
    values = {"team_id": "'T' || CAST(series.n AS text)", **changed}
    columns = [column.name for column in table.columns]
    selected = ", ".join(values.get(name, f"source.{name}") for name in columns)
    statement = (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :number) "
        f"SELECT {selected} FROM series CROSS JOIN {table.name} AS source WHERE source.team_id = :team_id"
    )
    if connection.dialect.name == "postgresql":
        # The bot's is too short for millions of rows.
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
    await connection.execute(text(statement), {"number": number, "team_id": TEAM_ID})
