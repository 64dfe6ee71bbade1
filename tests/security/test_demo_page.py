"""The demo answers requests of its own page only: no other page in the same browser can use it."""

import json
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
import pytest_asyncio

from bot.fake_slack.server.security import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from tests.browser.block_kit_app import BlockKitApp, run_block_kit_app

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PATHS = (
    "/",
    "/archives/C0000",
    "/static/main.js",
    "/static/page.css",
    "/static/nothing.js",
    "/page/home?user_id=U0001",
    "/page/home?user_id=U0ZQ",
    "/page/stream?user_id=U0001",
    "/page/files/F0",
    "/docs/T1/F0",
    "/api/auth.test",
    "/nowhere",
)
ACTIONS = (
    ("POST", "/page/upload?user_id=U0001&name=a.txt"),
    ("POST", "/page/send_message"),
    ("POST", "/page/move_clock"),
    ("GET", "/page/stream?user_id=U0001"),
    ("GET", "/page/channels/C0000?user_id=U0001"),
    ("POST", "/response/R1"),
    ("POST", "/upload/F1"),
    ("POST", "/api/chat.postMessage"),
    ("GET", "/link"),
)
CROSS_ORIGIN_HEADERS: tuple[Mapping[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
)


@pytest_asyncio.fixture
async def app() -> AsyncIterator[BlockKitApp]:
    async with run_block_kit_app() as app:
        yield app


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(skip_auto_headers=["Content-Type"]) as http:
        yield http


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_has_the_security_headers(
    app: BlockKitApp, http: aiohttp.ClientSession, path: str
) -> None:
    async with http.get(app.slack.url + path, allow_redirects=False) as answer:
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    async with http.post(app.slack.url + path, data=b"x") as answer:
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_policy_allows_only_what_the_demo_serves() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


async def test_the_page_has_no_inline_scripts_or_styles(
    app: BlockKitApp, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{app.slack.url}/") as answer:
        page = await answer.text()
    assert page.count("<script") == 1
    assert '<script type="module" src="/static/main.js"></script>' in page
    assert not any(inline in page for inline in ("<style", " style=", " onclick=", "javascript:"))


@pytest.mark.parametrize("headers", CROSS_ORIGIN_HEADERS, ids=str)
@pytest.mark.parametrize(("method", "path"), ACTIONS)
async def test_another_site_can_neither_act_nor_read(
    app: BlockKitApp, http: aiohttp.ClientSession, method: str, path: str, headers: Mapping[str, str]
) -> None:
    before = (len(app.slack.messages), len(app.slack.files), len(app.slack.calls), app.slack.clock.now())
    body = json.dumps({"user_id": app.ana.id, "channel_id": app.channel.id, "text": "owned", "to": "week"})
    more = {"Content-Type": "text/plain"}
    async with http.request(method, app.slack.url + path, data=body, headers={**more, **headers}) as answer:
        assert answer.status == 403
        assert "gallery" not in await answer.text()
    after = (len(app.slack.messages), len(app.slack.files), len(app.slack.calls), app.slack.clock.now())
    assert after == before


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0", "127.0.0.2", "[::1]"])
async def test_a_foreign_host_name_is_not_answered(
    app: BlockKitApp, http: aiohttp.ClientSession, host: str
) -> None:
    """With DNS rebinding a foreign page points its own host name here, and is of the same origin then."""
    named = {"Host": f"{host}:{app.slack.url.rpartition(':')[2]}"}
    for path in ("/", "/page/home?user_id=U0001", "/api/auth.test"):
        async with http.get(app.slack.url + path, headers=named) as answer:
            assert answer.status == 403
            assert "Stand-in workspace" not in await answer.text()


async def test_the_demo_s_own_page_and_links_to_it_are_answered(
    app: BlockKitApp, http: aiohttp.ClientSession
) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for path in ("/", f"/archives/{app.channel.id}"):
        async with http.get(app.slack.url + path, headers=link) as answer:
            assert answer.status == 200
    framed = {**link, "Sec-Fetch-Dest": "iframe"}
    async with http.get(app.slack.url, headers=framed) as answer:
        assert answer.status == 403
    for site in (app.slack.url, app.slack.url.replace("127.0.0.1", "localhost")):
        own = {"Origin": site, "Host": site.removeprefix("http://"), "Content-Type": "application/json"}
        message = {"user_id": app.ana.id, "channel_id": app.channel.id, "text": "hello"}
        async with http.post(
            f"{app.slack.url}/page/send_message", json=message, headers={**own, **SAME_ORIGIN}
        ) as answer:
            assert answer.status == 200
    assert [posted.text for posted in app.slack.messages] == ["hello", "hello"]
