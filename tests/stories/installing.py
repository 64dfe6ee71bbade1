"""A deployment for many workspaces, and a fake Slack with two workspaces that can install the app."""

import base64
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.app import Bot
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.server.delivery import asgi_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.manifest import build_manifest
from bot.server import build_http_app
from bot.settings import Settings
from tests.conftest import TEST_TIMING, World
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack

KEY, OLD_KEY = b"k" * 32, b"o" * 32
HOST = "https://bot.example"


def encode_keys(*keys: bytes) -> str:
    return ",".join(base64.b64encode(key).decode() for key in keys)


@dataclass
class Deployment:
    slack: FakeSlack
    bot: Bot
    clock: FakeClock
    browser: httpx.AsyncClient  # of the person who installs the app

    def make_world(self, slack: FakeWorkspace) -> World:
        """Return a World whose people are in this workspace and whose bot is this deployment's."""

        async def settle() -> None:
            await world.settle()

        world = World(
            self.slack, self.bot, Harness(slack, asgi_sender(build_http_app(self.bot)), settle), self.clock
        )
        return world

    async def open_install_page(self) -> str:
        """Open the install page; return the state in its link to Slack."""
        page = await self.browser.get("/slack/install")
        assert page.status_code == 200
        return parse_query(find_button_url(page))["state"]

    async def return_from_slack(self, **query: str) -> httpx.Response:
        """Open the page that Slack redirects to, with these query parameters."""
        return await self.browser.get("/slack/oauth_redirect", params=query)

    async def install(
        self, slack: FakeWorkspace, lifetime_seconds: int | None = None, *, is_org_wide: bool = False
    ) -> httpx.Response:
        state = await self.open_install_page()
        return await self.return_from_slack(
            code=self.slack.oauth.authorize_install(slack, lifetime_seconds, is_org_wide=is_org_wide),
            state=state,
        )


def find_button_url(page: httpx.Response) -> str:
    """Return the address that a page's button links to."""
    found = re.search(r'<a class="button" href="([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def parse_query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def make_settings(slack: FakeSlack, database_url: str, *keys: bytes) -> Settings:
    return Settings(
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        database_url=database_url,
        client_id=slack.oauth.client_id,
        client_secret=slack.oauth.client_secret,
        encryption_keys=keys or (KEY,),
    )


@contextlib.asynccontextmanager
async def open_deployment(database_url: str) -> AsyncIterator[Deployment]:
    """Start a deployment, and a fake Slack with two workspaces without the app."""
    clock = FakeClock()
    app = build_manifest(f"{HOST}/slack/events", socket_mode=False, many_workspaces=True)
    async with CheckedFakeSlack(clock, app) as slack:
        slack.bot_token = ""
        slack.add_workspace("T1NEIGHBOUR", "Neighbours & Co")
        async with open_process(slack, make_settings(slack, database_url), clock) as deployment:
            yield deployment


@contextlib.asynccontextmanager
async def open_process(slack: FakeSlack, settings: Settings, clock: FakeClock) -> AsyncIterator[Deployment]:
    """Start one process of a deployment."""
    bot = Bot(settings, clock.now, TEST_TIMING)
    transport = httpx.ASGITransport(build_http_app(bot))
    async with bot.running(), httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield Deployment(slack, bot, clock, browser)
