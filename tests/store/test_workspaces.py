"""What is stored of a workspace."""

from bot.db.database import Database
from bot.store import (
    workspaces as workspace_store,
)
from bot.store.workspaces import Workspace
from tests.store.build import NOW


async def test_a_workspace_keeps_its_url_while_slack_does_not_say_it(database: Database) -> None:
    for url, expected_url in (
        ("", ""),
        ("https://x.slack.com/", "https://x.slack.com/"),
        ("", "https://x.slack.com/"),
    ):
        async with database.transaction(None) as session:
            await workspace_store.save_workspace(session, Workspace("T1", None, url, "UBOT"), NOW)
            found = await workspace_store.find_workspace(session, "T1")
        assert found == Workspace("T1", None, expected_url, "UBOT")
