"""An app that does what a test tells it to, behind the page: Block Kit in the browser, without the bot."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from bot.fake_slack.changes import What
from bot.fake_slack.clock import Clock
from bot.fake_slack.delivery import Headers
from bot.fake_slack.people import Bench, Person
from bot.fake_slack.slack import Playground
from bot.fake_slack.things import Channel, Posted
from bot.fake_slack.web.server import Page
from bot.fake_slack.web_api import answer

Blocks = list[dict[str, Any]]
Payload = dict[str, Any]
Answer = Callable[[Payload], Any]  # what Slack gets for a payload; None for an empty answer

PATIENCE = 15  # seconds
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MANIFEST = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "gallery"},
        "slash_commands": [
            {"command": "/gallery", "description": "Open the gallery", "usage_hint": "[room]"}
        ],
        "shortcuts": [
            {"type": "global", "name": "Hang", "callback_id": "hang", "description": "Hang a picture"},
            {"type": "message", "name": "Frame", "callback_id": "frame", "description": "Frame a message"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["channels:history", "chat:write", "commands", "files:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.channels"]}},
}


class App:
    """`answers` are by action id, callback id, command or event; without one an answer is empty."""

    def __init__(self) -> None:
        self.slack = Playground(Clock(TUESDAY), MANIFEST)
        self.bench = Bench(self.slack, self._take, _settled)
        self.ana, self.kofi = self.bench.person("Ana", "Europe/Berlin"), self.bench.person("Kofi")
        self.channel = self.bench.channel("gallery", self.ana, self.kofi)
        self.elsewhere = self.bench.channel("elsewhere", self.ana, self.kofi)
        self.answers: dict[str, Answer] = {}
        self._heard: dict[str, asyncio.Queue[Payload]] = defaultdict(asyncio.Queue)

    async def hears(self, kind: str) -> Payload:
        """Return the next payload of this type, once it has come."""
        async with asyncio.timeout(PATIENCE):
            return await self._heard[kind].get()

    def has_heard(self, kind: str) -> bool:
        """Say whether there is a payload of this type that nobody has looked at."""
        return not self._heard[kind].empty()

    def calls(self, method: str, **args: Any) -> Any:
        """Call the Web API."""
        answered = answer(self.slack, method, args)
        assert answered["ok"], answered
        return answered

    def posts(self, *blocks: dict[str, Any], text: str = "gallery", **more: Any) -> Posted:
        args = {"channel": self.channel.id, "text": text, "blocks": [*blocks], **more}
        return self.slack.message(self.channel.id, self.calls("chat.postMessage", **args)["ts"])

    def whispers(self, person: Person, text: str) -> None:
        self.calls("chat.postEphemeral", channel=self.channel.id, user=person.id, text=text)

    def opens(self, view: Mapping[str, Any]) -> Answer:
        """Return the answer that opens a modal."""
        return lambda heard: self._then("views.open", trigger_id=heard["trigger_id"], view=view)

    def pushes(self, view: Mapping[str, Any]) -> Answer:
        return lambda heard: self._then("views.push", trigger_id=heard["trigger_id"], view=view)

    def updates(self, view: Mapping[str, Any]) -> Answer:
        return lambda heard: self._then("views.update", view_id=heard["view"]["id"], view=view)

    def shares(self, name: str, content: bytes, *, alt: str = "") -> None:
        """Upload a file into the channel."""
        length = str(len(content))
        made = self.calls("files.getUploadURLExternal", filename=name, length=length, alt_txt=alt)
        self.slack.take_upload(made["file_id"], content)
        files = [{"id": made["file_id"], "title": name}]
        self.calls("files.completeUploadExternal", files=files, channel_id=self.channel.id)

    async def replies(self, heard: Payload, **said: Any) -> None:
        """Answer by a payload's response URL."""
        async with aiohttp.ClientSession() as http, http.post(heard["response_url"], json=said) as answered:
            assert answered.status == 200, await answered.text()

    def _then(self, method: str, **args: Any) -> None:
        self.calls(method, **args)

    async def _take(self, body: bytes, headers: Headers) -> tuple[int, bytes]:
        heard = _payload(body, headers)
        self._heard[heard["type"]].put_nowait(heard)
        answer_to = self.answers.get(_subject(heard))
        answered = answer_to(heard) if answer_to else None
        return 200, json.dumps(answered).encode() if answered else b""


async def _settled() -> None:
    """An app that answers at once leaves nothing to wait for."""


def _payload(body: bytes, headers: Headers) -> Payload:
    if headers["content-type"] == "application/json":
        event: Payload = json.loads(body)["event"]
        return event
    form = dict(parse_qsl(body.decode()))
    interaction: Payload = json.loads(form["payload"]) if "payload" in form else {"type": "command", **form}
    return interaction


def _subject(heard: Payload) -> str:
    acted = heard.get("actions", [heard])[0]
    found: str = (
        acted.get("action_id")
        or heard.get("callback_id")
        or heard.get("view", {}).get("callback_id")
        or heard.get("command")
        or heard["type"]
    )
    return found


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[App]:
    """Run the app, with Ana and Kofi in its channel."""
    app = App()
    page = Page(app.slack, app.bench.delivery, [app.ana.user, app.kofi.user])
    app.slack.more_routes = page.routes()
    async with app.slack:
        yield app
        app.slack.tell(What.CLOCK)  # by which the streams notice that their pages have gone
    assert app.bench.troubles == []


def url_of(app: App, channel: Channel | None = None) -> str:
    return f"{app.slack.url}/archives/{(channel or app.channel).id}"
