"""Many workspaces in one deployment: installed by a link, each with a token of its own."""

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
    deployed,
    in_words,
    link,
    process,
    query,
    settings,
)

HOURS_12 = 43_200


@pytest_asyncio.fixture
async def deployment(database_url: str) -> AsyncIterator[Deployment]:
    async with deployed(database_url) as running:
        yield running


async def two(deployment: Deployment) -> tuple[World, World]:
    """Install the app in both workspaces."""
    worlds = []
    for slack in deployment.slack.workspaces:
        assert (await deployment.install(slack)).status_code == 200
        worlds.append(deployment.world(slack))
    return worlds[0], worlds[1]


async def rows(deployment: Deployment) -> list[InstallationRow]:
    async with deployment.bot.db.reading(None) as session:
        return list((await session.exec(select(InstallationRow))).all())


async def dump(deployment: Deployment) -> str:
    """Return all that stands in the database."""
    async with deployment.bot.db.engine.connect() as connection:
        found = [
            (await connection.execute(text(f'SELECT * FROM "{name}"'))).all() for name in Row.metadata.tables
        ]
    return "\n".join(map(str, found))


# Installing


async def test_by_a_link_with_the_least_scopes(deployment: Deployment) -> None:
    page = await deployment.browser.get("/slack/install")
    asked = query(link(page))
    assert urlsplit(link(page)).path == "/oauth/v2/authorize"
    assert set(asked["scope"].split(",")) == SCOPES.keys()
    assert asked["client_id"] == deployment.slack.oauth.client_id
    assert "user_scope" not in asked
    assert all(why in page.text.replace("&#39;", "'") for why in SCOPES.values())
    done = await deployment.end(
        code=deployment.slack.oauth.authorize_install(deployment.slack), state=asked["state"]
    )
    assert done.status_code == 200
    assert "Value map is in Acme" in done.text
    assert query(link(done)) == {"app": "A0APP", "team": "T0FAKE"}
    for answer in (page, done):
        assert {name: answer.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
        assert "<script" not in answer.text
        assert f"<style>{STYLE}</style>" in answer.text, "which its hash lets in"
    cookie = page.headers["set-cookie"].lower()
    assert all(guard in cookie for guard in ("secure", "httponly", "samesite=lax", "max-age=600"))


async def test_a_workspace_is_greeted_by_its_own_name(deployment: Deployment) -> None:
    assert "Neighbours &amp; Co" in (await deployment.install(deployment.slack.workspaces[1])).text


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"error": "access_denied"}, 200, "Nothing was added"),
        ({"error": "<script>alert(1)</script>"}, 200, "That did not work"),
        ({"code": "stolen"}, 400, "another browser"),
        ({"code": "stolen", "state": "made up"}, 400, "another browser"),
        ({}, 400, "another browser"),
    ],
)
async def test_what_goes_wrong_is_said_and_nothing_is_installed(
    deployment: Deployment, given: dict[str, str], status: int, says: str
) -> None:
    await deployment.begin()
    answer = await deployment.end(**given)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert "alert" not in answer.text
    assert link(answer) == "/slack/install"
    assert answer.headers["content-security-policy"] == PAGE_HEADERS["content-security-policy"]
    assert await rows(deployment) == []


async def test_a_state_of_another_browser_is_refused(deployment: Deployment) -> None:
    state = await deployment.begin()
    code = deployment.slack.oauth.authorize_install(deployment.slack)
    deployment.browser.cookies.clear()
    assert (await deployment.end(code=code, state=state)).status_code == 400
    await deployment.begin()
    assert (await deployment.end(code=code, state=state)).status_code == 400
    assert await rows(deployment) == []


async def test_a_state_is_good_once_even_at_the_same_moment(deployment: Deployment) -> None:
    state = await deployment.begin()
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
    assert any("took too long, or was done before" in answer.text for answer in answers)


async def test_a_state_is_good_for_ten_minutes(deployment: Deployment) -> None:
    state = await deployment.begin()
    async with deployment.bot.db.transaction(None) as session:
        row = (await session.exec(select(OAuthStateRow))).one()
        ended = row.expires_at - timedelta(minutes=10, seconds=1)
        await session.exec(update(OAuthStateRow).values(expires_at=ended))
    answer = await deployment.end(
        code=deployment.slack.oauth.authorize_install(deployment.slack), state=state
    )
    assert (answer.status_code, "took too long" in answer.text) == (401, True)
    async with deployment.bot.db.reading(None) as session:
        assert (await session.exec(select(OAuthStateRow))).all() == []


async def test_a_code_is_good_once_and_slacks_trouble_is_said(deployment: Deployment) -> None:
    code = deployment.slack.oauth.authorize_install(deployment.slack)
    deployment.slack.inject_fault("oauth.v2.access", drops_connection=True)
    silent = await deployment.end(code=code, state=await deployment.begin())
    assert (silent.status_code, "Slack does not answer" in silent.text) == (503, True)
    assert (await deployment.end(code=code, state=await deployment.begin())).status_code == 200
    again = await deployment.end(code=code, state=await deployment.begin())
    assert (again.status_code, "That did not work" in again.text) == (401, True)


# Each by its own token


async def test_two_workspaces_each_get_their_own(deployment: Deployment) -> None:
    here, there = await two(deployment)
    channels = []
    for world, said in ((here, "slow here"), (there, "slow there")):
        ana = world.harness.add_person("Ana")
        channel = world.harness.add_channel("product", ana)
        channels.append((world, ana, channel, said))
        await ana.type_text(channel, "/valuemap new Reports for small shops")
        await ana.type_text(channel, f"/valuemap add pain: {said}")
    assert channels[0][2].id == channels[1][2].id, "by their ids alone they could be mistaken"
    await here.advance_time(days=8)
    for world, ana, channel, said in channels:
        assert said in ana.find_message(channel, "slow").text
        everything = " ".join(seen.text for seen in ana.visible_messages(channel))
        assert said in everything
        assert ("slow here" in everything) is (world is here)
        assert len(world.find_digests(ana, channel)) == 1
        assert world.harness.failures == []


async def test_forms_home_mentions_files_and_direct_messages_go_by_the_right_token(
    deployment: Deployment,
) -> None:
    _, there = await two(deployment)
    ana = there.harness.add_person("Ana")
    channel = there.harness.add_channel("product", ana)
    await there.start_canvas(channel)
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.submit()
    assert "small shops" in await ana.open_home()
    await ana.type_text(channel, "@valuemap fit")
    await ana.message_bot("help")
    assert "/valuemap" in ana.last_message(ana.direct_channel).text
    await ana.type_text(channel, "/valuemap export json")
    assert there.harness.slack.files
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "a.txt", "pain: waiting takes an hour")
    await ana.modal.submit()
    assert "1 entry would be added" in ana.modal.text
    assert deployment.slack.messages == []
    assert there.harness.failures == []


async def test_who_has_not_installed_is_told_so(deployment: Deployment) -> None:
    there = deployment.world(deployment.slack.workspaces[1])
    await deployment.install(deployment.slack)
    ana = there.harness.add_person("Ana")
    channel = there.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    assert "reinstall" in ana.last_message(channel).text
    assert there.harness.failures == []


async def test_who_has_not_installed_is_not_told_so_at_an_address_of_their_own(
    deployment: Deployment,
) -> None:
    """Bolt itself would post there; they are told by the answer."""
    there = deployment.world(deployment.slack.workspaces[1])
    ana = there.harness.add_person("Ana")
    form = ana.member.command_payload(there.harness.add_channel("product", ana), "/valuemap new Reports")
    here = httpx.ASGITransport(build_http_app(deployment.bot))
    body = urlencode({**form, "response_url": "http://127.0.0.1:9/steal"}).encode()
    headers = sign_request(body, FORM_CONTENT_TYPE, secret=deployment.slack.signing_secret)
    async with httpx.AsyncClient(transport=here, base_url=HOST) as slack:
        answer = await slack.post("/slack/events", content=body, headers=headers)
    assert (answer.status_code, "reinstall" in answer.text) == (200, True)


# Leaving and coming back


async def test_a_removed_app_has_no_token_any_more_and_comes_back_with_everything(
    deployment: Deployment,
) -> None:
    here, there = await two(deployment)
    ana = there.harness.add_person("Ana")
    channel = there.harness.add_channel("product", ana)
    await there.start_canvas(channel)
    deployment.slack.oauth.uninstall_app(there.harness.slack)
    await there.harness.send_event({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}})
    assert [row.team_id for row in await rows(deployment)] == ["T0FAKE"]
    await there.harness.send_event({"type": "app_uninstalled"})
    calls = len(deployment.slack.calls)
    await there.advance_time(days=20)
    assert len(deployment.slack.calls) == calls
    assert (await deployment.install(there.harness.slack)).status_code == 200
    await there.settle()
    assert len(there.find_digests(ana, channel)) == 1, "without a word from anybody"
    await ana.type_text(channel, "/valuemap rank job")
    assert "report" in ana.find_message(channel, "Ranking").text
    assert here.harness.failures == there.harness.failures == []


async def test_news_of_an_earlier_removal_takes_no_later_installation_away(deployment: Deployment) -> None:
    _, there = await two(deployment)
    late = there.harness.delivery.event_envelope({"type": "app_uninstalled"})
    deployment.clock.advance(timedelta(minutes=5))
    await deployment.install(there.harness.slack)
    ana = there.harness.add_person("Ana")
    channel = there.harness.add_channel("product", ana)
    await there.harness.delivery.send_request(json.dumps(late), "application/json")
    await there.start_canvas(channel)
    assert "report" in ana.find_message(channel, "report").text
    await there.advance_time(days=8)
    assert len(there.find_digests(ana, channel)) == 1


async def test_installed_again_the_older_token_is_gone(deployment: Deployment) -> None:
    await deployment.install(deployment.slack)
    (before,) = await rows(deployment)
    await deployment.install(deployment.slack)
    (after,) = await rows(deployment)
    assert before.bot_token != after.bot_token
    assert set((after.bot_scopes or "").split(",")) == SCOPES.keys()


async def test_an_admin_who_deletes_all_data_keeps_the_app(deployment: Deployment) -> None:
    _, there = await two(deployment)
    ana = there.harness.add_person("Ana")
    ana.user.is_admin = True
    channel = there.harness.add_channel("product", ana)
    await there.start_canvas(channel)
    await ana.type_text(channel, "/valuemap settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    await ana.modal.fill_field("Type the word delete", "delete")
    await ana.modal.submit()
    await ana.type_text(channel, "/valuemap new Again")
    await ana.type_text(channel, "/valuemap add job: report")
    assert "report" in ana.find_message(channel, "report\nby").text


# A whole organisation


async def test_an_organisation_installs_for_its_workspaces(deployment: Deployment) -> None:
    slack = deployment.slack.workspaces[1]
    slack.enterprise_id = "E1"
    done = await deployment.install(slack, of_all=True)
    assert "Value map is in Org" in done.text
    there = deployment.world(slack)
    ana = there.harness.add_person("Ana")
    channel = there.harness.add_channel("product", ana)
    await there.start_canvas(channel)
    await there.advance_time(days=8)
    assert len(there.find_digests(ana, channel)) == 1
    assert {
        args.get("team_id") for method, args in deployment.slack.calls if method == "chat.postMessage"
    } == {slack.team_id}
    await ana.add_reaction(ana.find_message(channel, "slow\nby"), "five")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.submit()
    await ana.message_bot("help")
    assert "/valuemap" in ana.last_message(ana.direct_channel).text
    await ana.type_text(channel, "/valuemap rank pain")
    assert "slow | 3.67" in ana.find_message(channel, "Ranking").text, "the vote is heard"
    assert there.harness.failures == []
    await there.harness.send_event({"type": "app_uninstalled"})
    assert await rows(deployment) == []
    calls = len(deployment.slack.calls)
    await there.advance_time(days=8)
    assert len(deployment.slack.calls) == calls


# Tokens that end


async def test_a_token_is_renewed_before_it_ends(deployment: Deployment) -> None:
    await deployment.install(deployment.slack, HOURS_12)
    here = deployment.world(deployment.slack)
    ana = here.harness.add_person("Ana")
    channel = here.harness.add_channel("product", ana)
    await here.start_canvas(channel)
    assert deployment.slack.count_calls("oauth.v2.access") == 1
    await here.advance_time(hours=10, minutes=1)
    await asyncio.gather(*(ana.type_text(channel, f"/valuemap add pain: slow {n}") for n in range(5)))
    assert deployment.slack.count_calls("oauth.v2.access") == 2, "once, however many need it"
    await here.advance_time(days=8)
    assert here.find_digests(ana, channel), "also by the worker, long after it ended"
    assert deployment.slack.count_calls("oauth.v2.access") == 3
    assert len(await rows(deployment)) == 1


async def test_two_processes_renew_a_token_once(deployment: Deployment, database_url: str) -> None:
    await deployment.install(deployment.slack, HOURS_12)
    deployment.clock.advance(timedelta(hours=11))
    given = settings(deployment.slack, database_url)
    async with process(deployment.slack, given, deployment.clock) as other:
        answers = await asyncio.gather(
            *(one.bot.deps.for_team("T0FAKE").slack.auth_test() for one in (deployment, other))
        )
    assert [answer["team_id"] for answer in answers] == ["T0FAKE"] * 2
    assert deployment.slack.count_calls("oauth.v2.access") == 2


async def test_while_slack_renews_nothing_the_token_is_used_up_to_its_end(deployment: Deployment) -> None:
    await deployment.install(deployment.slack, HOURS_12)
    here = deployment.world(deployment.slack)
    ana = here.harness.add_person("Ana")
    channel = here.harness.add_channel("product", ana)
    await here.start_canvas(channel)
    deployment.slack.inject_fault("oauth.v2.access", status=500, error="internal_error", times=3)
    await here.advance_time(hours=11)
    await ana.type_text(channel, "/valuemap add pain: slow")
    assert "slow" in ana.find_message(channel, "slow").text
    await here.advance_time(hours=2)
    for _ in range(4):
        await here.advance_time(minutes=30)
    await ana.type_text(channel, "/valuemap add pain: slower")
    assert "slower" in ana.find_message(channel, "slower").text


# At rest


async def test_a_dump_of_the_database_opens_nothing(deployment: Deployment, database_url: str) -> None:
    here, there = await two(deployment)
    for world in (here, there):
        ana = world.harness.add_person("Ana")
        await world.start_canvas(world.harness.add_channel("product", ana))
    await deployment.install(deployment.slack, HOURS_12)
    deployment.clock.advance(timedelta(hours=11))
    await deployment.bot.deps.for_team("T0FAKE").slack.auth_test()
    everything = await dump(deployment)
    assert "small shops" in everything
    secrets = [one for one in deployment.slack.oauth.issued_secrets if not one.startswith("code")]
    assert len(secrets) == 6
    assert [one for one in secrets if one in everything or "secret" in everything] == []
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        raw = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
        assert b"small shops" in raw
        assert [one for one in secrets if one.encode() in raw] == []


async def test_a_token_that_is_put_into_another_row_opens_nothing(deployment: Deployment) -> None:
    await two(deployment)
    one, other = await rows(deployment)
    async with deployment.bot.db.transaction(None) as session:
        for row, encrypted in ((one, other.bot_token), (other, one.bot_token)):
            same = col(InstallationRow.id) == row.id
            await session.exec(update(InstallationRow).where(same).values(bot_token=encrypted))
    deployment.bot.oauth.tokens.clear_cache()  # type: ignore[union-attr]
    there = deployment.world(deployment.slack.workspaces[1])
    ana = there.harness.add_person("Ana")
    calls = len(deployment.slack.calls)
    await ana.type_text(there.harness.add_channel("product", ana), "/valuemap new Reports")
    assert len(deployment.slack.calls) == calls
    assert [trouble[:3] for trouble in there.harness.failures] == ["500"]


async def test_keys_are_changed_while_others_read(
    deployment: Deployment,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Follow the README: add the new key, encrypt all tokens again, then drop the old key."""
    await two(deployment)
    slack, clock = deployment.slack, deployment.clock
    encrypted = {row.bot_token.partition(".")[0] for row in await rows(deployment)}
    assert len(encrypted) == 1
    old, both, new = (settings(slack, database_url, *keys) for keys in ((KEY,), (OLD_KEY, KEY), (OLD_KEY,)))
    async with process(slack, both, clock) as reader:
        environ = {"DATABASE_URL": database_url, "ENCRYPTION_KEYS": in_words(OLD_KEY, KEY)}
        monkeypatch.setattr("os.environ", environ)
        going = asyncio.create_task(asyncio.to_thread(main, ["rotate-keys"]))
        while not going.done():
            reader.bot.oauth.tokens.clear_cache()  # type: ignore[union-attr]
            answer = await reader.bot.deps.for_team("T1NEIGHBOUR").slack.auth_test()
            assert answer["team_id"] == "T1NEIGHBOUR"
        assert await going == 0
        assert "2 tokens are encrypted with the first of ENCRYPTION_KEYS" in capsys.readouterr().out
        assert await asyncio.to_thread(main, ["rotate-keys"]) == 0
        assert "0 tokens are encrypted with the first of ENCRYPTION_KEYS" in capsys.readouterr().out
    async with process(slack, new, clock) as after:
        assert (await after.bot.deps.for_team("T0FAKE").slack.auth_test())["ok"]
    for given, verb in ((old, "web"), (old, "worker")):
        monkeypatch.setattr("os.environ", environ_of(given))
        assert await asyncio.to_thread(main, [verb]) == 2
        assert "which is not among ENCRYPTION_KEYS" in capsys.readouterr().err
    monkeypatch.setattr("os.environ", environ_of(new))
    assert await asyncio.to_thread(main, ["doctor"]) == 0
    printed = capsys.readouterr().out
    assert "installations: 2, all with a token that can be read" in printed
    assert "secret" not in printed


def environ_of(given: Settings) -> dict[str, str]:
    names = {
        "SLACK_SIGNING_SECRET": "signing_secret",
        "SLACK_API_URL": "api_url",
        "DATABASE_URL": "database_url",
        "SLACK_CLIENT_ID": "client_id",
        "SLACK_CLIENT_SECRET": "client_secret",
    }
    environ = {name: str(getattr(given, field)) for name, field in names.items()}
    return environ | {"ENCRYPTION_KEYS": in_words(*given.encryption_keys)}


async def test_the_operator_forgets_a_workspace_and_its_token(
    deployment: Deployment, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two(deployment)
    monkeypatch.setattr("os.environ", {"DATABASE_URL": database_url})
    assert await asyncio.to_thread(main, ["forget", "T1NEIGHBOUR"]) == 0
    assert [row.team_id for row in await rows(deployment)] == ["T0FAKE"]


def test_the_manifest_leads_back_to_the_bot() -> None:
    one, many = (
        build_manifest(f"{HOST}/slack/events", socket_mode=False, many_workspaces=many)
        for many in (False, True)
    )
    assert one["oauth_config"]["redirect_urls"] == many["oauth_config"]["redirect_urls"]
    assert many["oauth_config"]["redirect_urls"] == [f"{HOST}/slack/oauth_redirect"]
    assert one["settings"]["token_rotation_enabled"] is False
    assert many["settings"]["token_rotation_enabled"] is many["settings"]["org_deploy_enabled"] is True
    assert "redirect_urls" not in build_manifest("", socket_mode=True)["oauth_config"]
