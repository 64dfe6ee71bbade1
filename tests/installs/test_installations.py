"""Which installation a workspace has, on SQLite and on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.db.database import Database
from bot.features.workspaces.oauth import store
from bot.features.workspaces.oauth.encryption import Vault
from bot.features.workspaces.oauth.service import require_keys, rotate
from bot.features.workspaces.oauth.store import Installations, Installed
from bot.settings import InvalidSettings
from bot.store import workspaces
from bot.store.workspaces import Workspace
from tests.stories.installing import KEY, OLD_KEY

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)


@pytest.fixture
def installations(database: Database) -> Installations:
    return Installations(database, "1.2", Vault([KEY]), lambda: NOW)


def installation(
    team: str | None = None, org: str | None = None, ends_in: int | None = None, token: str = ""
) -> Installation:
    return Installation(
        app_id="A1",
        team_id=team,
        enterprise_id=org,
        bot_token=token or f"xoxb-{team}-{org}",
        bot_id="B1",
        bot_user_id="UBOT",
        bot_scopes="commands",
        bot_refresh_token="xoxe-1" if ends_in else None,
        bot_token_expires_in=ends_in,
        user_id="U1",
        user_token="xoxp-1",
        incoming_webhook_url="https://hooks.slack.com/1",
        is_enterprise_install=team is None,
    )


async def found(installations: Installations, team: str | None, org: str | None = None) -> Installed:
    installed = await installations.find(team, org)
    assert installed is not None
    return installed


async def test_a_workspaces_own_comes_before_its_organisations(installations: Installations) -> None:
    await installations.async_save(installation(None, "E1"))
    assert (await found(installations, "T1", "E1")).token == "xoxb-None-E1"
    await installations.async_save(installation("T1", "E1"))
    assert (await found(installations, "T1", "E1")).token == "xoxb-T1-E1"
    assert (await found(installations, "T1")).token == "xoxb-T1-E1", "whatever its organisation is called"
    assert (await found(installations, None, "E1")).token == "xoxb-None-E1"
    assert await installations.find("T2", None) is None
    assert await installations.find("T2", "E2") is None


async def test_for_whom_a_guest_works_does_not_matter(
    database: Database, installations: Installations
) -> None:
    for org in ("E1", "E2"):
        await installations.async_save(installation(None, org))
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace("T1", "E1", "", "UBOT"), NOW)
    assert (await found(installations, "T1", "E2")).token == "xoxb-None-E1"
    assert (await found(installations, "T1")).token == "xoxb-None-E1"


async def test_another_app_on_the_same_database_is_another(
    database: Database, installations: Installations
) -> None:
    await Installations(database, "other", Vault([KEY]), lambda: NOW).async_save(installation("T1"))
    assert await installations.find("T1", None) is None


async def test_it_is_what_slack_sdk_looks_for(installations: Installations) -> None:
    await installations.async_save(installation("T1", None, 43_200))
    bot = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert (bot.bot_token, bot.bot_refresh_token, bot.bot_user_id) == ("xoxb-T1-None", "xoxe-1", "UBOT")
    assert bot.bot_token_expires_at == int((NOW + timedelta(hours=12)).timestamp())
    assert await installations.async_find_bot(enterprise_id=None, team_id="T2") is None


async def test_a_newer_one_takes_the_place_even_when_two_come_at_once(
    database: Database, installations: Installations
) -> None:
    await asyncio.gather(*(installations.async_save(installation("T1", token=f"xoxb-{n}")) for n in range(4)))
    await installations.async_save(installation("T1", token="xoxb-last"))
    await installations.async_save(installation("T2"))
    async with database.reading(None) as session:
        assert await store.number(session) == 2
    assert (await found(installations, "T1")).token == "xoxb-last"


async def test_what_was_installed_after_the_news_of_a_removal_stays(installations: Installations) -> None:
    await installations.async_save(installation("T1"))
    assert not await installations.forget("T1", None, NOW - timedelta(seconds=1))
    assert await installations.find("T1", None) is not None
    assert await installations.forget("T1", None, NOW)
    assert await installations.find("T1", None) is None


async def test_one_process_renews_and_a_dead_one_is_replaced(database: Database) -> None:
    at = [NOW]
    installations = Installations(database, "1.2", Vault([KEY]), lambda: at[0])
    await installations.async_save(installation("T1", None, 3600))
    old = await found(installations, "T1")
    assert sorted(await asyncio.gather(*(installations.begin_renewing(old) for _ in range(4)))) == [
        False
    ] * 3 + [True]
    at[0] += timedelta(seconds=61)
    assert await installations.begin_renewing(old)
    fresh = await installations.renewed(old, "xoxb-new", "xoxe-2", timedelta(hours=12))
    assert await found(installations, "T1") == fresh
    assert not await installations.begin_renewing(old), "what it read is not what is there"


async def test_keys_are_changed_and_who_lacks_one_says_so(
    database: Database, installations: Installations
) -> None:
    for number in range(3):
        await installations.async_save(installation(f"T{number}", None, 3600))
    assert await rotate(database, Vault([OLD_KEY, KEY])) == 3
    assert await rotate(database, Vault([OLD_KEY, KEY])) == 0
    with pytest.raises(InvalidSettings, match="which is not among ENCRYPTION_KEYS"):
        await require_keys(database, Vault([KEY]))
    with pytest.raises(InvalidSettings, match="which is not among ENCRYPTION_KEYS"):
        await rotate(database, Vault([KEY]))
    await require_keys(database, Vault([OLD_KEY]))
    renewed = Installations(database, "1.2", Vault([OLD_KEY]), lambda: NOW)
    assert (await found(renewed, "T2")).refresh_token == "xoxe-1"


async def test_who_has_fewer_scopes_is_found(database: Database, installations: Installations) -> None:
    await installations.async_save(installation("T1"))
    async with database.reading(None) as session:
        assert await store.lacking(session, frozenset({"commands"})) == []
        assert await store.lacking(session, frozenset({"commands", "chat:write"})) == ["T1"]
