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

from bot.fake_slack.client.harness import Harness, Person
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import SlackChannel, SlackMessage
from bot.fake_slack.server.delivery import Headers
from bot.fake_slack.server.http_server import FakeSlack
from bot.fake_slack.server.web_api import call_method
from bot.fake_slack.web.server import SlackPage
from tests.hanging import HANG_TIMEOUT_SECONDS

Blocks = list[dict[str, Any]]
Payload = dict[str, Any]
Answer = Callable[[Payload], Any]  # what Slack gets for a payload; None for an empty answer

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
    "oauth_config": {
        "scopes": {"bot": ["channels:history", "chat:write", "commands", "files:read", "files:write"]}
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.channels"]}},
}


class BlockKitApp:
    """`answers` are by action id, callback id, command or event; without one an answer is empty."""

    def __init__(self) -> None:
        self.slack = FakeSlack(FakeClock(TUESDAY), MANIFEST)
        self.bench = Harness(self.slack, self._take, _settled)
        self.ana, self.kofi = self.bench.add_person("Ana", "Europe/Berlin"), self.bench.add_person("Kofi")
        self.channel = self.bench.add_channel("gallery", self.ana, self.kofi)
        self.other_channel = self.bench.add_channel("elsewhere", self.ana, self.kofi)
        self.answers: dict[str, Answer] = {}
        self._heard: dict[str, asyncio.Queue[Payload]] = defaultdict(asyncio.Queue)

    async def wait_for_payload(self, kind: str) -> Payload:
        """Return the next payload of this type, once it has come."""
        async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
            return await self._heard[kind].get()

    def has_payload(self, kind: str) -> bool:
        """Say whether there is a payload of this type that nobody has looked at."""
        return not self._heard[kind].empty()

    def call_method(self, method: str, **args: Any) -> Any:
        """Call the Web API."""
        answered = call_method(self.slack, method, args)
        assert answered["ok"], answered
        return answered

    def post_message(self, *blocks: dict[str, Any], text: str = "gallery", **more: Any) -> SlackMessage:
        args = {"channel": self.channel.id, "text": text, "blocks": [*blocks], **more}
        return self.slack.find_message(self.channel.id, self.call_method("chat.postMessage", **args)["ts"])

    def post_ephemeral(self, person: Person, text: str) -> None:
        self.call_method("chat.postEphemeral", channel=self.channel.id, user=person.id, text=text)

    def opening_view(self, view: Mapping[str, Any]) -> Answer:
        """Return the answer that opens a modal."""
        return lambda heard: self._then("views.open", trigger_id=heard["trigger_id"], view=view)

    def pushing_view(self, view: Mapping[str, Any]) -> Answer:
        return lambda heard: self._then("views.push", trigger_id=heard["trigger_id"], view=view)

    def updating_view(self, view: Mapping[str, Any]) -> Answer:
        return lambda heard: self._then("views.update", view_id=heard["view"]["id"], view=view)

    def share_file(self, name: str, content: bytes, *, alt: str = "") -> None:
        """Upload a file into the channel."""
        length = str(len(content))
        made = self.call_method("files.getUploadURLExternal", filename=name, length=length, alt_txt=alt)
        self.slack.receive_upload(made["file_id"], content)
        files = [{"id": made["file_id"], "title": name}]
        self.call_method("files.completeUploadExternal", files=files, channel_id=self.channel.id)

    async def answer_response_url(self, heard: Payload, **said: Any) -> None:
        """Answer by a payload's response URL."""
        async with aiohttp.ClientSession() as http, http.post(heard["response_url"], json=said) as answered:
            assert answered.status == 200, await answered.text()

    def _then(self, method: str, **args: Any) -> None:
        self.call_method(method, **args)

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
async def run_block_kit_app() -> AsyncIterator[BlockKitApp]:
    """Run the app, with Ana and Kofi in its channel."""
    app = BlockKitApp()
    page = SlackPage(app.slack, app.bench.delivery, [app.ana.user, app.kofi.user])
    app.slack.extra_routes = page.routes()
    async with app.slack:
        yield app
    assert app.bench.failures == []


def build_channel_url(app: BlockKitApp, channel: SlackChannel | None = None) -> str:
    return f"{app.slack.url}/archives/{(channel or app.channel).id}"
