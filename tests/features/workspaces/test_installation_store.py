"""Installations of workspaces and organisations, on SQLite and on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.db.database import Database
from bot.features.workspaces.oauth import store
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.features.workspaces.oauth.service import reencrypt_all_tokens, require_keys_of_tokens
from bot.features.workspaces.oauth.store import InstallationStore, InstalledApp
from bot.settings import InvalidSettings
from bot.store import workspaces
from bot.store.workspaces import Workspace
from tests.stories.installing import KEY, OLD_KEY

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)


@pytest.fixture
def installations(database: Database) -> InstallationStore:
    return InstallationStore(database, "1.2", TokenEncryption([KEY]), lambda: NOW)


def make_installation(
    team_id: str | None = None,
    enterprise_id: str | None = None,
    lifetime_seconds: int | None = None,
    token: str = "",
) -> Installation:
    return Installation(
        app_id="A1",
        team_id=team_id,
        enterprise_id=enterprise_id,
        bot_token=token or f"xoxb-{team_id}-{enterprise_id}",
        bot_id="B1",
        bot_user_id="UBOT",
        bot_scopes="commands",
        bot_refresh_token="xoxe-1" if lifetime_seconds else None,
        bot_token_expires_in=lifetime_seconds,
        user_id="U1",
        user_token="xoxp-1",
        incoming_webhook_url="https://hooks.slack.com/1",
        is_enterprise_install=team_id is None,
    )


async def find_installed(
    installations: InstallationStore, team_id: str | None, enterprise_id: str | None = None
) -> InstalledApp:
    installed = await installations.find_installation(team_id, enterprise_id)
    assert installed is not None
    return installed


async def test_a_workspace_uses_its_own_installation_before_its_organisations(
    installations: InstallationStore,
) -> None:
    await installations.async_save(make_installation(None, "E1"))
    assert (await find_installed(installations, "T1", "E1")).token == "xoxb-None-E1"
    await installations.async_save(make_installation("T1", "E1"))
    assert (await find_installed(installations, "T1", "E1")).token == "xoxb-T1-E1"
    assert (await find_installed(installations, "T1")).token == "xoxb-T1-E1", (
        "its own installation needs no enterprise_id"
    )
    assert (await find_installed(installations, None, "E1")).token == "xoxb-None-E1"
    assert await installations.find_installation("T2", None) is None
    assert await installations.find_installation("T2", "E2") is None


async def test_the_organisation_of_a_guest_does_not_matter(
    database: Database, installations: InstallationStore
) -> None:
    for enterprise_id in ("E1", "E2"):
        await installations.async_save(make_installation(None, enterprise_id))
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace("T1", "E1", "", "UBOT"), NOW)
    assert (await find_installed(installations, "T1", "E2")).token == "xoxb-None-E1"
    assert (await find_installed(installations, "T1")).token == "xoxb-None-E1"


async def test_an_installation_of_another_app_is_not_found(
    database: Database, installations: InstallationStore
) -> None:
    await InstallationStore(database, "other", TokenEncryption([KEY]), lambda: NOW).async_save(
        make_installation("T1")
    )
    assert await installations.find_installation("T1", None) is None


async def test_slack_sdk_finds_the_bot_of_an_installation(installations: InstallationStore) -> None:
    await installations.async_save(make_installation("T1", None, 43_200))
    bot = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert (bot.bot_token, bot.bot_refresh_token, bot.bot_user_id) == ("xoxb-T1-None", "xoxe-1", "UBOT")
    assert bot.bot_token_expires_at == int((NOW + timedelta(hours=12)).timestamp())
    assert await installations.async_find_bot(enterprise_id=None, team_id="T2") is None


async def test_a_newer_installation_replaces_the_older_one_even_when_several_come_at_once(
    database: Database, installations: InstallationStore
) -> None:
    await asyncio.gather(
        *(installations.async_save(make_installation("T1", token=f"xoxb-{n}")) for n in range(4))
    )
    await installations.async_save(make_installation("T1", token="xoxb-last"))
    await installations.async_save(make_installation("T2"))
    async with database.reading(None) as session:
        assert await store.count_installations(session) == 2
    assert (await find_installed(installations, "T1")).token == "xoxb-last"


async def test_an_installation_that_is_newer_than_its_removal_is_not_deleted(
    installations: InstallationStore,
) -> None:
    await installations.async_save(make_installation("T1"))
    assert not await installations.delete_installation("T1", None, NOW - timedelta(seconds=1))
    assert await installations.find_installation("T1", None) is not None
    assert await installations.delete_installation("T1", None, NOW)
    assert await installations.find_installation("T1", None) is None


async def test_one_process_renews_a_token_and_another_takes_over_when_it_dies(database: Database) -> None:
    now = [NOW]
    installations = InstallationStore(database, "1.2", TokenEncryption([KEY]), lambda: now[0])
    await installations.async_save(make_installation("T1", None, 3600))
    old = await find_installed(installations, "T1")
    assert sorted(await asyncio.gather(*(installations.start_renewal(old) for _ in range(4)))) == [
        False
    ] * 3 + [True]
    now[0] += timedelta(seconds=61)
    assert await installations.start_renewal(old)
    renewed = await installations.save_renewed_token(old, "xoxb-new", "xoxe-2", timedelta(hours=12))
    assert await find_installed(installations, "T1") == renewed
    assert not await installations.start_renewal(old), "the token that it read was renewed"


async def test_keys_are_rotated_and_a_missing_key_is_an_error(
    database: Database, installations: InstallationStore
) -> None:
    for number in range(3):
        await installations.async_save(make_installation(f"T{number}", None, 3600))
    assert await reencrypt_all_tokens(database, TokenEncryption([OLD_KEY, KEY])) == 3
    assert await reencrypt_all_tokens(database, TokenEncryption([OLD_KEY, KEY])) == 0
    with pytest.raises(InvalidSettings, match="which is not among ENCRYPTION_KEYS"):
        await require_keys_of_tokens(database, TokenEncryption([KEY]))
    with pytest.raises(InvalidSettings, match="which is not among ENCRYPTION_KEYS"):
        await reencrypt_all_tokens(database, TokenEncryption([KEY]))
    await require_keys_of_tokens(database, TokenEncryption([OLD_KEY]))
    renewed = InstallationStore(database, "1.2", TokenEncryption([OLD_KEY]), lambda: NOW)
    assert (await find_installed(renewed, "T2")).refresh_token == "xoxe-1"


async def test_the_scopes_that_a_workspace_granted_are_stored(
    database: Database, installations: InstallationStore
) -> None:
    await installations.async_save(make_installation("T1"))
    async with database.reading(None) as session:
        assert await store.load_granted_scopes(session) == {"T1": frozenset({"commands"})}
