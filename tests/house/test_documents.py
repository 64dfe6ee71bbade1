"""What the documents promise is what the code does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import KEEP_RECEIPTS
from bot.db.migrations.tables import METADATA
from bot.features.workspaces.oauth import listeners
from bot.features.workspaces.oauth.store import STATE_SECONDS
from bot.jobs.throttles import KEPT
from bot.manifest import REDIRECT, SCOPES
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PRIVACY = (ROOT / "PRIVACY.md").read_text()


def rows(text: str) -> dict[str, list[str]]:
    """Return the rows of tables by the name in their first column."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line[:3] == "| `"
    ]
    return {first.strip("`"): rest for first, *rest in cells}


def test_each_scope_has_its_reason() -> None:
    assert rows((ROOT / "docs" / "scopes.md").read_text()) == {scope: [why] for scope, why in SCOPES.items()}


def test_all_that_is_stored_is_named() -> None:
    assert rows(PRIVACY).keys() == METADATA.tables.keys()
    assert all(len(said) == 3 and all(said) for said in rows(PRIVACY).values())


def test_what_is_kept_for_a_time_is_kept_so_long() -> None:
    kept = {table: said[-1] for table, said in rows(PRIVACY).items()}
    assert kept["receipt"] == f"{KEEP_RECEIPTS.days} days"
    assert (kept["oauth_state"], STATE_SECONDS) == ("ten minutes", 600)
    assert (kept["pause"], KEPT) == ("a day after", timedelta(days=1))
    days = Settings().forget_after_days
    assert f"after {days} days" in PRIVACY
    assert f"after {days} days" in (ROOT / "docs" / "marketplace.md").read_text()


def test_slack_leads_back_to_where_installing_ends() -> None:
    assert listeners.REDIRECT == REDIRECT


@pytest.mark.parametrize("name", ["PRIVACY.md", "docs/marketplace.md", "docs/scopes.md"])
def test_what_documents_name_is_there(name: str) -> None:
    named = re.findall(r"`((?:bot|tests|docs)/[\w./]+|[A-Z]+\.md)`", (ROOT / name).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []
