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
from bot.fake_slack.clock import Clock
from bot.fake_slack.delivery import over_asgi
from bot.fake_slack.people import Bench
from bot.fake_slack.slack import Playground
from bot.fake_slack.workspace import Workspace
from bot.manifest import manifest
from bot.settings import Settings
from bot.timing import UNPACED
from tests.conftest import World

KEY, OLD_KEY = b"k" * 32, b"o" * 32
HOST = "https://bot.example"


def in_words(*keys: bytes) -> str:
    return ",".join(base64.b64encode(key).decode() for key in keys)


@dataclass
class Deployment:
    slack: Playground
    bot: Bot
    clock: Clock
    browser: httpx.AsyncClient  # of somebody who installs

    def world(self, slack: Workspace) -> World:
        """Return a workspace with people, at this deployment."""

        async def settle() -> None:
            await made.settle()

        made = World(self.slack, self.bot, Bench(slack, over_asgi(self.bot.web()), settle), self.clock)
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
        self, slack: Workspace, lives: int | None = None, *, of_all: bool = False
    ) -> httpx.Response:
        state = await self.begin()
        return await self.end(code=self.slack.installing.agree(slack, lives, of_all=of_all), state=state)


def link(page: httpx.Response) -> str:
    """Return where the button of a page leads."""
    found = re.search(r'<a class="button" href="([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def settings(slack: Playground, database_url: str, *keys: bytes) -> Settings:
    return Settings(
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        database_url=database_url,
        client_id=slack.installing.client_id,
        client_secret=slack.installing.client_secret,
        encryption_keys=keys or (KEY,),
    )


@contextlib.asynccontextmanager
async def deployed(database_url: str) -> AsyncIterator[Deployment]:
    """Two workspaces in which nothing is installed: the first, and its neighbour."""
    clock = Clock()
    app = manifest(f"{HOST}/slack/events", socket_mode=False, many=True)
    async with Playground(clock, app) as slack:
        slack.bot_token = ""
        slack.neighbour("T1NEIGHBOUR", "Neighbours & Co")
        async with process(slack, settings(slack, database_url), clock) as running:
            yield running


@contextlib.asynccontextmanager
async def process(slack: Playground, given: Settings, clock: Clock) -> AsyncIterator[Deployment]:
    """One process of a deployment."""
    bot = Bot(given, clock.now, UNPACED)
    transport = httpx.ASGITransport(bot.web())
    async with bot.running(), httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield Deployment(slack, bot, clock, browser)
