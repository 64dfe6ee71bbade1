"""Before everything that is reached over HTTP: what is too big, not from Slack or misshapen goes no further.

Bolt reads a request before it checks who sent it, and what it cannot read ends in a traceback. So the size
comes first, then the signature, and only then is anything read.
"""

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.request.async_internals import build_async_context
from slack_sdk.signature import SignatureVerifier
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.slack.incoming.payloads import is_valid_payload

EVENTS_PATH = "/slack/events"
MAX_BODY_BYTES = 1_000_000  # bytes; a view with all that it may hold is a quarter of it
BODY_TIMEOUT_SECONDS = 10  # seconds that a request may take to arrive
FORM_CONTENT_TYPE, JSON_CONTENT_TYPE = "application/x-www-form-urlencoded", "application/json"
MAX_FORM_FIELDS = 100  # of a form; Slack sends some twenty
TIMESTAMP_PATTERN = re.compile(r"[0-9]{1,12}")
SIGNATURE_PATTERN = re.compile(r"v0=[0-9a-f]{64}")
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class RequestRejected(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status, self.says = status, says


class SlackRequestMiddleware:
    """Lets through what Slack sent, and gives every answer the headers that keep browsers careful."""

    def __init__(self, app: ASGIApp, signing_secret: str, *, accepts_requests: bool = True) -> None:
        self._app, self._hears = app, accepts_requests
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        carefully = _with_headers(send)
        if self._hears and scope["path"] == EVENTS_PATH and scope["method"] == "POST":
            try:
                body = await self._taken(Headers(scope=scope), receive)
            except RequestRejected as refused:
                await PlainTextResponse(refused.says, refused.status)(scope, receive, carefully)
                return
            receive = _again(body)
        await self._app(scope, receive, carefully)

    async def _taken(self, headers: Headers, receive: Receive) -> bytes:
        """Return the body of a request of Slack's; raise NotTaken for any other."""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {FORM_CONTENT_TYPE, JSON_CONTENT_TYPE}:
            raise RequestRejected(415, "what Slack sends is a form or JSON")
        body = await _body(headers, receive)
        if not self._is_signed(headers, body):
            raise RequestRejected(401, "not signed by Slack")
        if not is_valid_payload(parse_body(body, kind)):
            raise RequestRejected(400, "nothing that Slack sends")
        return body

    def _is_signed(self, headers: Headers, body: bytes) -> bool:
        stamps = headers.getlist("x-slack-request-timestamp")
        signatures = headers.getlist("x-slack-signature")
        if self._verifier is None or (len(stamps), len(signatures)) != (1, 1):
            return False
        if not (TIMESTAMP_PATTERN.fullmatch(stamps[0]) and SIGNATURE_PATTERN.fullmatch(signatures[0])):
            return False
        try:
            return self._verifier.is_valid(body, stamps[0], signatures[0])
        except UnicodeDecodeError:
            return False


def parse_body(body: bytes, kind: str) -> Any:
    """Return what a body says, read just as Bolt will read it; None where it cannot be read."""
    try:
        text = body.decode()
        if kind == JSON_CONTENT_TYPE:
            return json.loads(text)
        if text.startswith("{"):  # which Bolt would take for JSON
            return None
        form = _form(text)
        return json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None


def fix_form(request: AsyncBoltRequest) -> AsyncBoltRequest:
    """Return a request with what was typed: Bolt takes a command with the word "payload" in it for empty."""
    if not request.body and request.content_type == FORM_CONTENT_TYPE:
        request.body = _form(request.raw_body)
        request.context = build_async_context(request.context, request.body)
    return request


def _form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))


async def _body(headers: Headers, receive: Receive) -> bytes:
    """Return a request's body; raise NotTaken where it is too big, as said or as it comes, or too slow."""
    said = headers.get("content-length", "0")
    if not said.isascii() or not said.isdigit() or len(said) > 12:
        raise RequestRejected(400, "a length is a number")
    if int(said) > MAX_BODY_BYTES:
        raise RequestRejected(413, "too big")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
            while True:
                piece = await receive()
                if piece["type"] == "http.disconnect":
                    raise RequestRejected(400, "gone")
                body += piece.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    raise RequestRejected(413, "too big")
                if not piece.get("more_body"):
                    return bytes(body)
    except TimeoutError as slow:
        raise RequestRejected(408, "too slow") from slow


def _again(body: bytes) -> Receive:
    """Return the way to a body that was read already."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _with_headers(send: Send) -> Send:
    async def carefully(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return carefully
