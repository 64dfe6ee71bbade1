"""The documentation states what the code does."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.db.tables import Row
from bot.features.workspaces.oauth import listeners
from bot.features.workspaces.oauth.state_store import STATE_LIFETIME_SECONDS
from bot.jobs.throttles import EXPIRED_THROTTLE_RETENTION
from bot.manifest import OAUTH_REDIRECT_PATH, OPTIONAL_SCOPES, SCOPES
from bot.scheduler import IDEMPOTENCY_KEY_RETENTION
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PRIVACY = (ROOT / "PRIVACY.md").read_text()


def table_rows(text: str) -> dict[str, list[str]]:
    """Return the cells of each table row, by the code name in its first column."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line[:3] == "| `"
    ]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_scope_has_its_documented_reason() -> None:
    assert table_rows((ROOT / "docs" / "scopes.md").read_text()) == {
        scope: [why, OPTIONAL_SCOPES.get(scope, "–")] for scope, why in SCOPES.items()
    }


def test_the_privacy_page_names_every_table() -> None:
    assert table_rows(PRIVACY).keys() == Row.metadata.tables.keys()
    assert all(len(cells) == 3 and all(cells) for cells in table_rows(PRIVACY).values())


def test_the_privacy_page_gives_the_real_retention_times() -> None:
    retention = {table: cells[-1] for table, cells in table_rows(PRIVACY).items()}
    assert retention["idempotency_key"] == f"{IDEMPOTENCY_KEY_RETENTION.days} days"
    assert (retention["oauth_state"], STATE_LIFETIME_SECONDS) == ("ten minutes", 600)
    assert (retention["throttle"], EXPIRED_THROTTLE_RETENTION) == ("a day after", timedelta(days=1))
    days = Settings().forget_after_days
    assert f"after {days} days" in PRIVACY
    assert f"after {days} days" in (ROOT / "docs" / "marketplace.md").read_text()


def test_the_architecture_page_lists_the_features_as_the_import_contract_does() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["bot.features"])
    page = " ".join((ROOT / "docs" / "architecture.md").read_text().split())
    assert f"the same modules {' > '.join(layers).removesuffix(' > feature')} store/" in page


def test_the_manifest_and_the_oauth_pages_agree_on_the_redirect_path() -> None:
    assert listeners.REDIRECT_PATH == OAUTH_REDIRECT_PATH


@pytest.mark.parametrize("name", ["PRIVACY.md", "docs/marketplace.md", "docs/scopes.md"])
def test_paths_named_in_documents_exist(name: str) -> None:
    named = re.findall(r"`((?:bot|tests|docs)/[\w./]+|[A-Z]+\.md)`", (ROOT / name).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []
