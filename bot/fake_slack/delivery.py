"""The way from Slack to the app: requests signed as Slack signs them, and what the app answers."""

import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.fake_slack.things import APP, BOT, FAMILIES
from bot.fake_slack.workspace import Workspace

Headers = Mapping[str, str]
Send = Callable[
    [bytes, Headers], Awaitable[tuple[int, bytes]]
]  # a request's body; the answer's status and body
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATIENCE = aiohttp.ClientTimeout(total=3)  # how long Slack waits for an answer


class Failed(Exception):
    """The app did not take what Slack sent; the message is Slack's name for it."""


class Delivery:
    """Sends to the app what it has to hear; `troubles` are the requests that it did not take."""

    def __init__(self, slack: Workspace, send: Send) -> None:
        self.slack, self._send = slack, send
        self.troubles: list[str] = []

    async def deliver(self, body: str, content_type: str) -> Any:
        """Return what the app answers; raise Failed where it is not 200."""
        stamp = str(int(time.time()))  # the app holds it against its own clock, whatever the workspace's says
        base = f"v0:{stamp}:{body}".encode()
        signature = hmac.new(self.slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signature}",
        }
        status, answer = await self._send(body.encode(), headers)
        if status != 200:
            self.troubles.append(f"{status}: {body[:200]}")
            raise Failed("dispatch_failed" if status else "operation_timeout")
        return json.loads(answer) if answer[:1] == b"{" else {}

    async def command(self, form: Mapping[str, str]) -> None:
        await self.deliver(urlencode(form), FORM)

    async def interact(self, payload: Mapping[str, Any]) -> Any:
        return await self.deliver(urlencode({"payload": json.dumps(payload)}), FORM)

    async def event(self, event: Mapping[str, Any]) -> None:
        """Send an event, if the app subscribes to it. Where the app does not take it, that is noted."""
        kind = event["type"]
        heard_as = f"message.{FAMILIES[event['channel_type']]}" if kind == "message" else kind
        if not self.slack.subscribes(heard_as):
            return
        with contextlib.suppress(Failed):
            await self.deliver(json.dumps(self.envelope(event)), JSON)

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Slack sends of an event, with a name of its own."""
        slack = self.slack
        org = {"enterprise_id": slack.enterprise} if slack.enterprise else {}
        of = {"team_id": None if slack.by_organisation else slack.team, **org}
        return {
            "token": "-",
            "team_id": slack.team,
            **org,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self.slack.number()}",
            "event_time": int(self.slack.clock.now().timestamp()),
            "authorizations": [
                {"user_id": BOT, "is_bot": True, "is_enterprise_install": slack.by_organisation, **of}
            ],
            "is_ext_shared_channel": False,
        }


def over_http(session: aiohttp.ClientSession, url: str) -> Send:
    """Return the way to an app that listens at this URL. Status 0 stands for no answer in time."""

    async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
        try:
            async with session.post(url, data=body, headers=headers, timeout=PATIENCE) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return 0, b""

    return send


def over_asgi(app: Asgi, path: str = "/slack/events") -> Send:
    """Return the way to an app within this process."""

    async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
        return await call(app, path, headers, body)

    return send


async def call(app: Asgi, path: str, headers: Headers, body: bytes) -> tuple[int, bytes]:
    """Send one HTTP request to an ASGI app; return its status and body."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST" if body else "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http",
        "server": ("bot", 80),
        "client": ("slack", 1),
    }
    answer: dict[str, Any] = {"status": 500, "body": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
        elif message["type"] == "http.response.body":
            answer["body"] += message.get("body", b"")

    await app(scope, receive, send)
    return answer["status"], answer["body"]
