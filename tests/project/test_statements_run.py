"""A complete run fails if a statement of the bot runs on SQLite alone."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import select

from bot.db.database import Database, open_database
from bot.db.migrations.upgrade import migrate_database
from bot.fake_slack.clock import FakeClock
from bot.jobs import store as jobs
from bot.store import workspaces
from bot.store.workspaces import WorkspaceRow
from tests import conftest
from tests.statements_run import StatementsRun


async def run_statements(database: Database) -> None:
    """Run one statement of a test, and two of the bot, one of them with parameters of several types."""
    async with database.transaction(None) as session:
        await session.exec(select(WorkspaceRow.url))
        await workspaces.find_workspace(session, "T1")
        await jobs.revive_all(session, FakeClock().now())


async def test_statements_of_the_bot_are_the_same_on_both_databases(
    sqlite_url: str, postgresql_url: str
) -> None:
    run = StatementsRun()
    for url, missing_count in ((sqlite_url, 2), (postgresql_url, 0)):
        async with open_database(url) as database:
            run.listen(database.engine.sync_engine)
            await run_statements(database)
        assert len(run.list_missing()) == missing_count


async def test_what_a_migration_copies_on_sqlite_alone_is_no_statement_of_the_bot(tmp_path: Path) -> None:
    run = StatementsRun()
    async with open_database(f"sqlite:///{tmp_path / 'new.db'}") as database:
        run.listen(database.engine.sync_engine)
        await migrate_database(database)
    assert run.list_missing() == []


@pytest.mark.parametrize(
    ("statements", "narrowed", "expected_status"),
    [
        ({"sqlite": ["SELECT 1"], "postgresql": ["SELECT 1"]}, "", pytest.ExitCode.OK),
        ({"sqlite": ["SELECT 1"]}, "", pytest.ExitCode.TESTS_FAILED),
        ({"sqlite": ["SELECT 1"]}, "not postgresql", pytest.ExitCode.OK),
    ],
)
def test_a_complete_run_fails_for_a_statement_on_sqlite_alone(
    monkeypatch: pytest.MonkeyPatch, statements: dict[str, list[str]], narrowed: str, expected_status: int
) -> None:
    run = StatementsRun()
    run.add(statements)
    monkeypatch.setattr(conftest, "STATEMENTS_RUN", run)
    option = SimpleNamespace(markexpr=narrowed, keyword="", collectonly=False)
    config = SimpleNamespace(option=option, args_source=pytest.Config.ArgsSource.TESTPATHS)
    session: Any = SimpleNamespace(config=config, exitstatus=pytest.ExitCode.OK)
    conftest.pytest_sessionfinish(session)
    assert session.exitstatus == expected_status
