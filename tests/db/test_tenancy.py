"""A write changes the rows of its session's workspace, whoever wrote before it."""

from typing import Any

import pytest
from sqlmodel import col, delete, select, update

from bot.db.database import Database
from bot.db.tenancy import as_team
from bot.store.canvases import CanvasRow
from bot.store.workspaces import WorkspaceRow
from tests.features.workspaces.test_many_workspaces import NOW, make_canvas

TEAM_IDS = ("T1", "T2", "T3")
RENAME = update(CanvasRow).values(name="renamed").execution_options(synchronize_session=False)
DELETE = delete(CanvasRow).execution_options(synchronize_session=False)


async def add_canvases(database: Database) -> None:
    async with database.transaction(None) as session:
        session.add_all(WorkspaceRow(team_id=team_id, created_at=NOW) for team_id in TEAM_IDS)
        await session.flush()
        session.add_all(make_canvas(number, team_id) for number, team_id in enumerate(TEAM_IDS, 1))


async def read_names(database: Database) -> dict[str, str]:
    async with database.reading(None) as session:
        rows = await session.exec(select(CanvasRow.team_id, CanvasRow.name).order_by(col(CanvasRow.id)))
        return dict(rows.all())


@pytest.mark.parametrize(
    ("statement", "after_first", "after_second"),
    [
        (RENAME, {"T1": "renamed", "T2": "T2", "T3": "T3"}, {"T1": "renamed", "T2": "renamed", "T3": "T3"}),
        (DELETE, {"T2": "T2", "T3": "T3"}, {"T3": "T3"}),
    ],
    ids=["update", "delete"],
)
async def test_each_write_changes_the_rows_of_its_own_workspace(
    database: Database, statement: Any, after_first: dict[str, str], after_second: dict[str, str]
) -> None:
    await add_canvases(database)
    for team_id, names in (("T1", after_first), ("T2", after_second)):
        async with database.transaction(team_id) as session:
            await session.exec(statement)
        assert await read_names(database) == names


async def test_a_session_that_writes_for_several_workspaces_binds_each_statement(database: Database) -> None:
    await add_canvases(database)
    async with database.transaction(None) as session:
        for team_id in ("T2", "T3"):
            with as_team(session, team_id):
                await session.exec(update(CanvasRow).values(name=f"by {team_id}"))
    assert await read_names(database) == {"T1": "T1", "T2": "by T2", "T3": "by T3"}
