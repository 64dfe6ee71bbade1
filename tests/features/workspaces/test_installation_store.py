"""Which installation a workspace has, on SQLite and on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.db.database import Database
from bot.features.workspaces.oauth import store
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.features.workspaces.oauth.service import reencrypt_all_tokens, require_keys
from bot.features.workspaces.oauth.store import InstallationStore, InstalledApp
from bot.settings import InvalidSettings
from bot.store import workspaces
from bot.store.workspaces import Workspace
from tests.stories.installing import KEY, OLD_KEY

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)


@pytest.fixture
def installations(database: Database) -> InstallationStore:
    return InstallationStore(database, "1.2", TokenEncryption([KEY]), lambda: NOW)


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


async def found(installations: InstallationStore, team: str | None, org: str | None = None) -> InstalledApp:
    installed = await installations.find_installation(team, org)
    assert installed is not None
    return installed


async def test_a_workspaces_own_comes_before_its_organisations(installations: InstallationStore) -> None:
    await installations.async_save(installation(None, "E1"))
    assert (await found(installations, "T1", "E1")).token == "xoxb-None-E1"
    await installations.async_save(installation("T1", "E1"))
    assert (await found(installations, "T1", "E1")).token == "xoxb-T1-E1"
    assert (await found(installations, "T1")).token == "xoxb-T1-E1", "whatever its organisation is called"
    assert (await found(installations, None, "E1")).token == "xoxb-None-E1"
    assert await installations.find_installation("T2", None) is None
    assert await installations.find_installation("T2", "E2") is None


async def test_for_whom_a_guest_works_does_not_matter(
    database: Database, installations: InstallationStore
) -> None:
    for org in ("E1", "E2"):
        await installations.async_save(installation(None, org))
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace("T1", "E1", "", "UBOT"), NOW)
    assert (await found(installations, "T1", "E2")).token == "xoxb-None-E1"
    assert (await found(installations, "T1")).token == "xoxb-None-E1"


async def test_another_app_on_the_same_database_is_another(
    database: Database, installations: InstallationStore
) -> None:
    await InstallationStore(database, "other", TokenEncryption([KEY]), lambda: NOW).async_save(
        installation("T1")
    )
    assert await installations.find_installation("T1", None) is None


async def test_it_is_what_slack_sdk_looks_for(installations: InstallationStore) -> None:
    await installations.async_save(installation("T1", None, 43_200))
    bot = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert (bot.bot_token, bot.bot_refresh_token, bot.bot_user_id) == ("xoxb-T1-None", "xoxe-1", "UBOT")
    assert bot.bot_token_expires_at == int((NOW + timedelta(hours=12)).timestamp())
    assert await installations.async_find_bot(enterprise_id=None, team_id="T2") is None


async def test_a_newer_one_takes_the_place_even_when_two_come_at_once(
    database: Database, installations: InstallationStore
) -> None:
    await asyncio.gather(*(installations.async_save(installation("T1", token=f"xoxb-{n}")) for n in range(4)))
    await installations.async_save(installation("T1", token="xoxb-last"))
    await installations.async_save(installation("T2"))
    async with database.reading(None) as session:
        assert await store.count_installations(session) == 2
    assert (await found(installations, "T1")).token == "xoxb-last"


async def test_what_was_installed_after_the_news_of_a_removal_stays(installations: InstallationStore) -> None:
    await installations.async_save(installation("T1"))
    assert not await installations.delete_installation("T1", None, NOW - timedelta(seconds=1))
    assert await installations.find_installation("T1", None) is not None
    assert await installations.delete_installation("T1", None, NOW)
    assert await installations.find_installation("T1", None) is None


async def test_one_process_renews_and_a_dead_one_is_replaced(database: Database) -> None:
    at = [NOW]
    installations = InstallationStore(database, "1.2", TokenEncryption([KEY]), lambda: at[0])
    await installations.async_save(installation("T1", None, 3600))
    old = await found(installations, "T1")
    assert sorted(await asyncio.gather(*(installations.start_renewal(old) for _ in range(4)))) == [
        False
    ] * 3 + [True]
    at[0] += timedelta(seconds=61)
    assert await installations.start_renewal(old)
    fresh = await installations.save_renewed_token(old, "xoxb-new", "xoxe-2", timedelta(hours=12))
    assert await found(installations, "T1") == fresh
    assert not await installations.start_renewal(old), "what it read is not what is there"


async def test_keys_are_changed_and_who_lacks_one_says_so(
    database: Database, installations: InstallationStore
) -> None:
    for number in range(3):
        await installations.async_save(installation(f"T{number}", None, 3600))
    assert await reencrypt_all_tokens(database, TokenEncryption([OLD_KEY, KEY])) == 3
    assert await reencrypt_all_tokens(database, TokenEncryption([OLD_KEY, KEY])) == 0
    with pytest.raises(InvalidSettings, match="which is not among ENCRYPTION_KEYS"):
        await require_keys(database, TokenEncryption([KEY]))
    with pytest.raises(InvalidSettings, match="which is not among ENCRYPTION_KEYS"):
        await reencrypt_all_tokens(database, TokenEncryption([KEY]))
    await require_keys(database, TokenEncryption([OLD_KEY]))
    renewed = InstallationStore(database, "1.2", TokenEncryption([OLD_KEY]), lambda: NOW)
    assert (await found(renewed, "T2")).refresh_token == "xoxe-1"


async def test_who_has_fewer_scopes_is_found(database: Database, installations: InstallationStore) -> None:
    await installations.async_save(installation("T1"))
    async with database.reading(None) as session:
        assert await store.list_installations_lacking_scopes(session, frozenset({"commands"})) == []
        assert await store.list_installations_lacking_scopes(
            session, frozenset({"commands", "chat:write"})
        ) == ["T1"]
