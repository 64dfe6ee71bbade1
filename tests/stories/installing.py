"""A deployment that workspaces install the app in by a link, at a Slack with several of them."""

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
from bot.timing import UNTHROTTLED_TIMING
from tests.conftest import World

KEY, OLD_KEY = b"k" * 32, b"o" * 32
HOST = "https://bot.example"


def in_words(*keys: bytes) -> str:
    return ",".join(base64.b64encode(key).decode() for key in keys)


@dataclass
class Deployment:
    slack: FakeSlack
    bot: Bot
    clock: FakeClock
    browser: httpx.AsyncClient  # of somebody who installs

    def world(self, slack: FakeWorkspace) -> World:
        """Return a workspace with people, at this deployment."""

        async def settle() -> None:
            await made.settle()

        made = World(
            self.slack, self.bot, Harness(slack, asgi_sender(build_http_app(self.bot)), settle), self.clock
        )
        return made

    async def begin(self) -> str:
        """Open the page on which installing begins; return the state that its link to Slack carries."""
        page = await self.browser.get("/slack/install")
        assert page.status_code == 200
        return query(link(page))["state"]

    async def end(self, **given: str) -> httpx.Response:
        """Come back from Slack."""
        return await self.browser.get("/slack/oauth_redirect", params=given)

    async def install(
        self, slack: FakeWorkspace, lives: int | None = None, *, of_all: bool = False
    ) -> httpx.Response:
        state = await self.begin()
        return await self.end(
            code=self.slack.oauth.authorize_install(slack, lives, is_org_wide=of_all), state=state
        )


def link(page: httpx.Response) -> str:
    """Return where the button of a page leads."""
    found = re.search(r'<a class="button" href="([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def settings(slack: FakeSlack, database_url: str, *keys: bytes) -> Settings:
    return Settings(
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        database_url=database_url,
        client_id=slack.oauth.client_id,
        client_secret=slack.oauth.client_secret,
        encryption_keys=keys or (KEY,),
    )


@contextlib.asynccontextmanager
async def deployed(database_url: str) -> AsyncIterator[Deployment]:
    """Two workspaces in which nothing is installed: the first, and its neighbour."""
    clock = FakeClock()
    app = build_manifest(f"{HOST}/slack/events", socket_mode=False, many_workspaces=True)
    async with FakeSlack(clock, app) as slack:
        slack.bot_token = ""
        slack.add_workspace("T1NEIGHBOUR", "Neighbours & Co")
        async with process(slack, settings(slack, database_url), clock) as running:
            yield running


@contextlib.asynccontextmanager
async def process(slack: FakeSlack, given: Settings, clock: FakeClock) -> AsyncIterator[Deployment]:
    """One process of a deployment."""
    bot = Bot(given, clock.now, UNTHROTTLED_TIMING)
    transport = httpx.ASGITransport(build_http_app(bot))
    async with bot.running(), httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield Deployment(slack, bot, clock, browser)
