"""Many workspaces in one deployment: each installs the app by OAuth and has a token of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio
from sqlmodel import col, select, text, update

from bot.cli import main
from bot.db.tables import Row
from bot.fake_slack.client.events import build_revoked_event, build_uninstalled_event
from bot.features.workspaces.oauth.pages import PAGE_HEADERS, STYLE
from bot.features.workspaces.oauth.state_store import OAuthStateRow
from bot.features.workspaces.oauth.store import InstallationRow
from bot.manifest import SCOPES, build_manifest
from bot.server import build_http_app
from bot.settings import Settings
from bot.slack.incoming.middleware import FORM_CONTENT_TYPE
from tests.conftest import World
from tests.slack.incoming.test_middleware import sign_request
from tests.stories.installing import (
    HOST,
    KEY,
    OLD_KEY,
    Deployment,
    encode_keys,
    find_button_url,
    make_settings,
    open_deployment,
    open_process,
    parse_query,
)

TWELVE_HOURS_SECONDS = 43_200


@pytest_asyncio.fixture
async def deployment(database_url: str) -> AsyncIterator[Deployment]:
    async with open_deployment(database_url) as deployment:
        yield deployment


async def install_in_both(deployment: Deployment) -> tuple[World, World]:
    """Install the app in both workspaces."""
    worlds = []
    for slack in deployment.slack.workspaces:
        assert (await deployment.install(slack)).status_code == 200
        worlds.append(deployment.make_world(slack))
    return worlds[0], worlds[1]


async def read_installations(deployment: Deployment) -> list[InstallationRow]:
    async with deployment.bot.db.reading(None) as session:
        return list((await session.exec(select(InstallationRow))).all())


async def dump_database(deployment: Deployment) -> str:
    """Return all rows of the database as text."""
    async with deployment.bot.db.engine.connect() as connection:
        found = [
            (await connection.execute(text(f'SELECT * FROM "{name}"'))).all() for name in Row.metadata.tables
        ]
    return "\n".join(map(str, found))


# Installing


async def test_the_install_link_asks_for_the_scopes_of_the_manifest_only(deployment: Deployment) -> None:
    page = await deployment.browser.get("/slack/install")
    authorize_query = parse_query(find_button_url(page))
    assert urlsplit(find_button_url(page)).path == "/oauth/v2/authorize"
    assert set(authorize_query["scope"].split(",")) == SCOPES.keys()
    assert authorize_query["client_id"] == deployment.slack.oauth.client_id
    assert "user_scope" not in authorize_query
    assert all(reason in page.text.replace("&#39;", "'") for reason in SCOPES.values())
    done = await deployment.return_from_slack(
        code=deployment.slack.oauth.authorize_install(deployment.slack), state=authorize_query["state"]
    )
    assert done.status_code == 200
    assert "Value map is in Acme" in done.text
    assert parse_query(find_button_url(done)) == {"app": "A0APP", "team": "T0FAKE"}
    for answer in (page, done):
        assert {name: answer.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
        assert "<script" not in answer.text
        assert f"<style>{STYLE}</style>" in answer.text, "the policy allows the style by its hash"
    cookie = page.headers["set-cookie"].lower()
    assert all(attribute in cookie for attribute in ("secure", "httponly", "samesite=lax", "max-age=600"))


async def test_the_success_page_names_the_workspace(deployment: Deployment) -> None:
    assert "Neighbours &amp; Co" in (await deployment.install(deployment.slack.workspaces[1])).text


@pytest.mark.parametrize(
    ("query", "status", "expected_text"),
    [
        ({"error": "access_denied"}, 200, "Nothing was added"),
        ({"error": "<script>alert(1)</script>"}, 200, "That did not work"),
        ({"code": "stolen"}, 400, "another browser"),
        ({"code": "stolen", "state": "made up"}, 400, "another browser"),
        ({}, 400, "another browser"),
    ],
)
@pytest.mark.databases("sqlite", "postgresql")
async def test_a_failed_installation_shows_the_reason_and_stores_nothing(
    deployment: Deployment, query: dict[str, str], status: int, expected_text: str
) -> None:
    await deployment.open_install_page()
    answer = await deployment.return_from_slack(**query)
    assert (answer.status_code, expected_text in answer.text) == (status, True)
    assert "alert" not in answer.text
    assert find_button_url(answer) == "/slack/install"
    assert answer.headers["content-security-policy"] == PAGE_HEADERS["content-security-policy"]
    assert await read_installations(deployment) == []


async def test_a_state_of_another_browser_is_rejected(deployment: Deployment) -> None:
    state = await deployment.open_install_page()
    code = deployment.slack.oauth.authorize_install(deployment.slack)
    deployment.browser.cookies.clear()
    assert (await deployment.return_from_slack(code=code, state=state)).status_code == 400
    await deployment.open_install_page()
    assert (await deployment.return_from_slack(code=code, state=state)).status_code == 400
    assert await read_installations(deployment) == []


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_state_works_once_even_for_simultaneous_requests(deployment: Deployment) -> None:
    state = await deployment.open_install_page()
    codes = [deployment.slack.oauth.authorize_install(deployment.slack) for _ in range(4)]
    cookie = {"cookie": f"slack-app-oauth-state={state}"}
    answers = await asyncio.gather(
        *(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(build_http_app(deployment.bot)), base_url=HOST, headers=cookie
            ).get("/slack/oauth_redirect", params={"code": code, "state": state})
            for code in codes
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    repeated = [
        answer.status_code for answer in answers if "took too long, or was done before" in answer.text
    ]
    assert repeated == [401, 401, 401]


async def test_the_install_page_stores_a_limited_number_of_states(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.features.workspaces.oauth.state_store.MAX_STATES_PER_MINUTE", 3)
    app = build_http_app(deployment.bot)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as browser:
        statuses = [(await browser.get("/slack/install")).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    async with deployment.bot.db.reading(None) as session:
        assert len((await session.exec(select(OAuthStateRow))).all()) == 3


async def test_a_state_expires_after_ten_minutes(deployment: Deployment) -> None:
    state = await deployment.open_install_page()
    async with deployment.bot.db.transaction(None) as session:
        row = (await session.exec(select(OAuthStateRow))).one()
        ended = row.expires_at - timedelta(minutes=10, seconds=1)
        await session.exec(update(OAuthStateRow).values(expires_at=ended))
    answer = await deployment.return_from_slack(
        code=deployment.slack.oauth.authorize_install(deployment.slack), state=state
    )
    assert (answer.status_code, "took too long" in answer.text) == (401, True)
    async with deployment.bot.db.reading(None) as session:
        assert (await session.exec(select(OAuthStateRow))).all() == []


async def test_a_code_works_once_and_a_failure_of_slack_is_shown(deployment: Deployment) -> None:
    code = deployment.slack.oauth.authorize_install(deployment.slack)
    deployment.slack.inject_fault("oauth.v2.access", drops_connection=True)
    unanswered = await deployment.return_from_slack(code=code, state=await deployment.open_install_page())
    assert (unanswered.status_code, "Slack does not answer" in unanswered.text) == (503, True)
    assert (
        await deployment.return_from_slack(code=code, state=await deployment.open_install_page())
    ).status_code == 200
    again = await deployment.return_from_slack(code=code, state=await deployment.open_install_page())
    assert (again.status_code, "That did not work" in again.text) == (401, True)


# Each workspace uses its own token


async def test_two_workspaces_each_get_their_own_cards_and_digests(deployment: Deployment) -> None:
    acme, neighbours = await install_in_both(deployment)
    channels = []
    for world, pain in ((acme, "slow here"), (neighbours, "slow there")):
        ana = world.harness.add_person("Ana")
        channel = world.harness.add_channel("product", ana)
        channels.append((world, ana, channel, pain))
        await ana.type_text(channel, "/valuemap new Reports for small shops")
        await ana.type_text(channel, f"/valuemap add pain: {pain}")
    assert channels[0][2].id == channels[1][2].id, "the ids alone do not tell them apart"
    await acme.advance_time(days=8)
    for world, ana, channel, pain in channels:
        assert pain in ana.find_message(channel, "slow").text
        everything = " ".join(seen.text for seen in ana.visible_messages(channel))
        assert pain in everything
        assert ("slow here" in everything) is (world is acme)
        assert len(world.find_digests(ana, channel)) == 1
        assert world.harness.failures == []


async def test_forms_home_mentions_files_and_direct_messages_use_the_right_token(
    deployment: Deployment,
) -> None:
    _, neighbours = await install_in_both(deployment)
    ana = neighbours.harness.add_person("Ana")
    channel = neighbours.harness.add_channel("product", ana)
    await neighbours.start_canvas(channel)
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.submit()
    assert "small shops" in await ana.open_home()
    await ana.type_text(channel, "@valuemap fit")
    await ana.message_bot("help")
    assert "/valuemap" in ana.last_message(ana.direct_channel).text
    await ana.type_text(channel, "/valuemap export json")
    assert neighbours.harness.slack.files
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "a.txt", "pain: waiting takes an hour")
    await ana.modal.submit()
    assert "1 entry would be added" in ana.modal.text
    assert deployment.slack.messages == []
    assert neighbours.harness.failures == []


async def test_a_command_from_a_workspace_without_the_app_is_answered_with_a_hint_to_reinstall(
    deployment: Deployment,
) -> None:
    neighbours = deployment.make_world(deployment.slack.workspaces[1])
    await deployment.install(deployment.slack)
    ana = neighbours.harness.add_person("Ana")
    channel = neighbours.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    assert "reinstall" in ana.last_message(channel).text
    assert neighbours.harness.failures == []


async def test_a_workspace_without_the_app_gets_no_answer_at_a_foreign_response_url(
    deployment: Deployment,
) -> None:
    """Bolt itself would post to the response_url. The bot answers the request instead."""
    neighbours = deployment.make_world(deployment.slack.workspaces[1])
    ana = neighbours.harness.add_person("Ana")
    form = ana.member.command_payload(neighbours.harness.add_channel("product", ana), "/valuemap new Reports")
    transport = httpx.ASGITransport(build_http_app(deployment.bot))
    body = urlencode({**form, "response_url": "http://127.0.0.1:9/steal"}).encode()
    headers = sign_request(body, FORM_CONTENT_TYPE, secret=deployment.slack.signing_secret)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as slack:
        answer = await slack.post("/slack/events", content=body, headers=headers)
    assert (answer.status_code, "reinstall" in answer.text) == (200, True)


# Uninstalling and installing again


@pytest.mark.databases("sqlite", "postgresql")
async def test_uninstalling_deletes_the_token_and_reinstalling_restores_everything(
    deployment: Deployment,
) -> None:
    acme, neighbours = await install_in_both(deployment)
    ana = neighbours.harness.add_person("Ana")
    channel = neighbours.harness.add_channel("product", ana)
    await neighbours.start_canvas(channel)
    deployment.slack.oauth.uninstall_app(neighbours.harness.slack)
    await neighbours.harness.send_event(build_revoked_event(["U0BOT"]))
    assert [row.team_id for row in await read_installations(deployment)] == ["T0FAKE"]
    await neighbours.harness.send_event(build_uninstalled_event())
    calls = len(deployment.slack.calls)
    await neighbours.advance_time(days=10)
    assert len(deployment.slack.calls) == calls
    assert (await deployment.install(neighbours.harness.slack)).status_code == 200
    await neighbours.settle()
    assert len(neighbours.find_digests(ana, channel)) == 1, "without any request"
    await ana.type_text(channel, "/valuemap rank job")
    assert "report" in ana.find_message(channel, "Ranking").text
    assert acme.harness.failures == neighbours.harness.failures == []


async def test_a_late_uninstall_event_does_not_delete_a_newer_installation(deployment: Deployment) -> None:
    _, neighbours = await install_in_both(deployment)
    late_event = neighbours.harness.delivery.event_envelope(build_uninstalled_event())
    deployment.clock.advance(timedelta(minutes=5))
    await deployment.install(neighbours.harness.slack)
    ana = neighbours.harness.add_person("Ana")
    channel = neighbours.harness.add_channel("product", ana)
    await neighbours.harness.delivery.send_request(json.dumps(late_event), "application/json")
    await neighbours.start_canvas(channel)
    assert "report" in ana.find_message(channel, "report").text
    await neighbours.advance_time(days=8)
    assert len(neighbours.find_digests(ana, channel)) == 1


async def test_reinstalling_replaces_the_token(deployment: Deployment) -> None:
    await deployment.install(deployment.slack)
    (before,) = await read_installations(deployment)
    await deployment.install(deployment.slack)
    (after,) = await read_installations(deployment)
    assert before.bot_token != after.bot_token
    assert set((after.bot_scopes or "").split(",")) == SCOPES.keys()


async def test_an_admin_who_deletes_all_data_keeps_the_app(deployment: Deployment) -> None:
    _, neighbours = await install_in_both(deployment)
    ana = neighbours.harness.add_person("Ana")
    ana.user.is_admin = True
    channel = neighbours.harness.add_channel("product", ana)
    await neighbours.start_canvas(channel)
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    await ana.modal.fill_field("Type the word delete", "delete")
    await ana.modal.submit()
    await ana.type_text(channel, "/valuemap new Again")
    await ana.type_text(channel, "/valuemap add job: report")
    assert "report" in ana.find_message(channel, "report\nby").text


# A whole organisation


@pytest.mark.databases("sqlite", "postgresql")
async def test_an_organisation_installs_for_its_workspaces(deployment: Deployment) -> None:
    slack = deployment.slack.workspaces[1]
    slack.enterprise_id = "E1"
    done = await deployment.install(slack, is_org_wide=True)
    assert "Value map is in Org" in done.text
    neighbours = deployment.make_world(slack)
    ana = neighbours.harness.add_person("Ana")
    channel = neighbours.harness.add_channel("product", ana)
    await neighbours.start_canvas(channel)
    await neighbours.advance_time(days=8)
    assert len(neighbours.find_digests(ana, channel)) == 1
    assert {
        args.get("team_id") for method, args in deployment.slack.calls if method == "chat.postMessage"
    } == {slack.team_id}
    await ana.add_reaction(ana.find_message(channel, "slow\nby"), "five")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.submit()
    await ana.message_bot("help")
    assert "/valuemap" in ana.last_message(ana.direct_channel).text
    await ana.type_text(channel, "/valuemap rank pain")
    assert "slow | 3.67" in ana.find_message(channel, "Ranking").text, "the vote counts"
    assert neighbours.harness.failures == []
    await neighbours.harness.send_event(build_uninstalled_event())
    assert await read_installations(deployment) == []
    calls = len(deployment.slack.calls)
    await neighbours.advance_time(days=8)
    assert len(deployment.slack.calls) == calls


# Tokens that expire


async def test_a_token_is_renewed_before_it_expires(deployment: Deployment) -> None:
    await deployment.install(deployment.slack, TWELVE_HOURS_SECONDS)
    acme = deployment.make_world(deployment.slack)
    ana = acme.harness.add_person("Ana")
    channel = acme.harness.add_channel("product", ana)
    await acme.start_canvas(channel)
    assert deployment.slack.count_calls("oauth.v2.access") == 1
    await acme.advance_time(hours=10, minutes=1)
    await asyncio.gather(*(ana.type_text(channel, f"/valuemap add pain: slow {n}") for n in range(5)))
    assert deployment.slack.count_calls("oauth.v2.access") == 2, "five requests renew it once"
    await acme.advance_time(days=8)
    assert acme.find_digests(ana, channel), "the worker renews it too"
    assert deployment.slack.count_calls("oauth.v2.access") == 3
    assert len(await read_installations(deployment)) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_two_processes_renew_a_token_once(deployment: Deployment, database_url: str) -> None:
    await deployment.install(deployment.slack, TWELVE_HOURS_SECONDS)
    deployment.clock.advance(timedelta(hours=11))
    settings = make_settings(deployment.slack, database_url)
    async with open_process(deployment.slack, settings, deployment.clock) as other:
        answers = await asyncio.gather(
            *(each.bot.deps.for_team("T0FAKE").slack.auth_test() for each in (deployment, other))
        )
    assert [answer["team_id"] for answer in answers] == ["T0FAKE"] * 2
    assert deployment.slack.count_calls("oauth.v2.access") == 2


async def test_a_token_that_cannot_be_renewed_is_used_until_it_expires(deployment: Deployment) -> None:
    await deployment.install(deployment.slack, TWELVE_HOURS_SECONDS)
    acme = deployment.make_world(deployment.slack)
    ana = acme.harness.add_person("Ana")
    channel = acme.harness.add_channel("product", ana)
    await acme.start_canvas(channel)
    deployment.slack.inject_fault("oauth.v2.access", status=500, error="internal_error", times=3)
    await acme.advance_time(hours=11)
    await ana.type_text(channel, "/valuemap add pain: slow")
    assert "slow" in ana.find_message(channel, "slow").text
    await acme.advance_time(hours=2)
    for _ in range(4):
        await acme.advance_time(minutes=30)
    await ana.type_text(channel, "/valuemap add pain: slower")
    assert "slower" in ana.find_message(channel, "slower").text


# Tokens in the database


async def test_a_dump_of_the_database_contains_no_readable_token(
    deployment: Deployment, database_url: str
) -> None:
    acme, neighbours = await install_in_both(deployment)
    for world in (acme, neighbours):
        ana = world.harness.add_person("Ana")
        await world.start_canvas(world.harness.add_channel("product", ana))
    await deployment.install(deployment.slack, TWELVE_HOURS_SECONDS)
    deployment.clock.advance(timedelta(hours=11))
    await deployment.bot.deps.for_team("T0FAKE").slack.auth_test()
    database_text = await dump_database(deployment)
    assert "small shops" in database_text
    secrets = [one for one in deployment.slack.oauth.issued_secrets if not one.startswith("code")]
    assert len(secrets) == 6
    assert [one for one in secrets if one in database_text] == []
    assert "secret" not in database_text
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        raw = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
        assert b"small shops" in raw
        assert [one for one in secrets if one.encode() in raw] == []


async def test_a_token_copied_into_another_row_cannot_be_decrypted(deployment: Deployment) -> None:
    await install_in_both(deployment)
    one, other = await read_installations(deployment)
    async with deployment.bot.db.transaction(None) as session:
        for row, encrypted in ((one, other.bot_token), (other, one.bot_token)):
            same = col(InstallationRow.id) == row.id
            await session.exec(update(InstallationRow).where(same).values(bot_token=encrypted))
    deployment.bot.oauth.tokens.clear_cache()  # type: ignore[union-attr]
    neighbours = deployment.make_world(deployment.slack.workspaces[1])
    ana = neighbours.harness.add_person("Ana")
    calls = len(deployment.slack.calls)
    await ana.type_text(neighbours.harness.add_channel("product", ana), "/valuemap new Reports")
    assert len(deployment.slack.calls) == calls
    assert [failure[:3] for failure in neighbours.harness.failures] == ["500"]


@pytest.mark.databases("sqlite", "postgresql")
async def test_keys_are_rotated_while_another_process_reads_tokens(
    deployment: Deployment,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Follow the README: add the new key, encrypt all tokens again, then drop the old key."""
    await install_in_both(deployment)
    slack, clock = deployment.slack, deployment.clock
    encrypted = {row.bot_token.partition(".")[0] for row in await read_installations(deployment)}
    assert len(encrypted) == 1
    old, both, new = (
        make_settings(slack, database_url, *keys) for keys in ((KEY,), (OLD_KEY, KEY), (OLD_KEY,))
    )
    async with open_process(slack, both, clock) as reader:
        environ = {"DATABASE_URL": database_url, "ENCRYPTION_KEYS": encode_keys(OLD_KEY, KEY)}
        monkeypatch.setattr("os.environ", environ)
        rotation = asyncio.create_task(asyncio.to_thread(main, ["rotate-keys"]))
        while not rotation.done():
            reader.bot.oauth.tokens.clear_cache()  # type: ignore[union-attr]
            answer = await reader.bot.deps.for_team("T1NEIGHBOUR").slack.auth_test()
            assert answer["team_id"] == "T1NEIGHBOUR"
        assert await rotation == 0
        assert "2 tokens are encrypted with the first of ENCRYPTION_KEYS" in capsys.readouterr().out
        assert await asyncio.to_thread(main, ["rotate-keys"]) == 0
        assert "0 tokens are encrypted with the first of ENCRYPTION_KEYS" in capsys.readouterr().out
    async with open_process(slack, new, clock) as after:
        assert (await after.bot.deps.for_team("T0FAKE").slack.auth_test())["ok"]
    for settings, command in ((old, "web"), (old, "worker")):
        monkeypatch.setattr("os.environ", build_environ(settings))
        assert await asyncio.to_thread(main, [command]) == 2
        assert "which is not among ENCRYPTION_KEYS" in capsys.readouterr().err
    monkeypatch.setattr("os.environ", build_environ(new))
    assert await asyncio.to_thread(main, ["doctor"]) == 0
    printed = capsys.readouterr().out
    assert "installations: 2, all with a token that can be read" in printed
    assert "secret" not in printed


def build_environ(settings: Settings) -> dict[str, str]:
    names = {
        "SLACK_SIGNING_SECRET": "signing_secret",
        "SLACK_API_URL": "api_url",
        "DATABASE_URL": "database_url",
        "SLACK_CLIENT_ID": "client_id",
        "SLACK_CLIENT_SECRET": "client_secret",
    }
    environ = {name: str(getattr(settings, field)) for name, field in names.items()}
    return environ | {"ENCRYPTION_KEYS": encode_keys(*settings.encryption_keys)}


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_forget_command_deletes_a_workspace_and_its_token(
    deployment: Deployment, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await install_in_both(deployment)
    monkeypatch.setattr("os.environ", {"DATABASE_URL": database_url})
    assert await asyncio.to_thread(main, ["forget", "T1NEIGHBOUR"]) == 0
    assert [row.team_id for row in await read_installations(deployment)] == ["T0FAKE"]


def test_the_manifest_contains_the_redirect_url_of_the_bot() -> None:
    one, many = (
        build_manifest(f"{HOST}/slack/events", socket_mode=False, many_workspaces=many)
        for many in (False, True)
    )
    assert one["oauth_config"]["redirect_urls"] == many["oauth_config"]["redirect_urls"]
    assert many["oauth_config"]["redirect_urls"] == [f"{HOST}/slack/oauth_redirect"]
    assert one["settings"]["token_rotation_enabled"] is False
    assert many["settings"]["token_rotation_enabled"] is many["settings"]["org_deploy_enabled"] is True
    assert "redirect_urls" not in build_manifest("", socket_mode=True)["oauth_config"]
