"""Slack's requests to the app, signed as Slack signs them, and the app's answers.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.fake_slack.models import APP_ID, BOT_USER_ID, SCOPE_PREFIXES
from bot.fake_slack.server.workspace import FakeWorkspace

Headers = Mapping[str, str]
# Sends a body and headers; returns the status and body of the answer, status 0 for no answer in time.
RequestSender = Callable[[bytes, Headers], Awaitable[tuple[int, bytes]]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

FORM_CONTENT_TYPE, JSON_CONTENT_TYPE = "application/x-www-form-urlencoded", "application/json"
ANSWER_TIMEOUT = aiohttp.ClientTimeout(total=3)  # seconds; Slack waits no longer for an answer


class DeliveryFailed(Exception):
    """The app did not accept a request; the message is Slack's error code for it."""


class Delivery:
    """Sends commands, interactions and events to the app. `failures` lists what it did not accept."""

    def __init__(self, slack: FakeWorkspace, send: RequestSender) -> None:
        self.slack, self.send_raw = slack, send
        self.failures: list[str] = []

    async def send_request(self, body: str, content_type: str) -> Any:
        """Send a signed request and return the answer; raise DeliveryFailed where its status is not 200."""
        # The real time: the app compares it with its own clock, not with the workspace's.
        timestamp = str(int(time.time()))
        base = f"v0:{timestamp}:{body}".encode()
        signature = hmac.new(self.slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": f"v0={signature}",
        }
        status, answer = await self.send_raw(body.encode(), headers)
        if status != 200:
            self.failures.append(f"{status}: {body[:200]}")
            raise DeliveryFailed("dispatch_failed" if status else "operation_timeout")
        return json.loads(answer) if answer[:1] == b"{" else {}

    async def send_command(self, form: Mapping[str, str]) -> None:
        await self.send_request(urlencode(form), FORM_CONTENT_TYPE)

    async def send_interaction(self, payload: Mapping[str, Any]) -> Any:
        return await self.send_request(urlencode({"payload": json.dumps(payload)}), FORM_CONTENT_TYPE)

    async def send_event(self, event: Mapping[str, Any]) -> None:
        """Send an event, if the app subscribes to it. A failure goes to `failures` and raises nothing."""
        subscription = event["type"]
        if subscription == "message":
            subscription = f"message.{SCOPE_PREFIXES[event['channel_type']]}"
        if not self.slack.is_subscribed(subscription):
            return
        with contextlib.suppress(DeliveryFailed):
            await self.send_request(json.dumps(self.event_envelope(event)), JSON_CONTENT_TYPE)

    def event_envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body of an event request, with a new event_id."""
        slack = self.slack
        enterprise_id = slack.enterprise_id or None
        organisation = {"enterprise_id": enterprise_id} if enterprise_id else {}
        return {
            "token": "-",
            "team_id": slack.team_id,
            **organisation,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{slack.next_number()}",
            "event_time": int(slack.clock.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": enterprise_id,
                    "team_id": None if slack.is_enterprise_install else slack.team_id,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": slack.is_enterprise_install,
                }
            ],
            "event_context": f"EC{slack.next_number()}",
            "is_ext_shared_channel": False,
            "context_team_id": slack.team_id,
            "context_enterprise_id": enterprise_id,
        }


def http_sender(session: aiohttp.ClientSession, url: str) -> RequestSender:
    """Return a sender to an app that listens at this URL."""

    async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
        try:
            async with session.post(url, data=body, headers=headers, timeout=ANSWER_TIMEOUT) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return 0, b""

    return send


def asgi_sender(app: Asgi, path: str = "/slack/events") -> RequestSender:
    """Return a sender to an app in this process."""

    async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
        return await call_asgi(app, path, headers, body)

    return send


async def call_asgi(app: Asgi, path: str, headers: Headers, body: bytes) -> tuple[int, bytes]:
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
