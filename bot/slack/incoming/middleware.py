"""The ASGI middleware around everything that the bot serves: it rejects requests that Slack did not sign.

Bolt parses a request before it verifies the signature, and raises where it cannot parse it. The middleware
therefore checks the size first, then the signature, and parses the body only after both.
See https://docs.slack.dev/authentication/verifying-requests-from-slack.
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
from bot.slack.incoming.security_headers import SECURITY_HEADERS

EVENTS_PATH = "/slack/events"
MAX_BODY_BYTES = 1_000_000  # four times the largest view that Slack allows
BODY_TIMEOUT_SECONDS = 10
FORM_CONTENT_TYPE, JSON_CONTENT_TYPE = "application/x-www-form-urlencoded", "application/json"
MAX_FORM_FIELDS = 100  # Slack sends about twenty
MAX_CONTENT_LENGTH_DIGITS = 12
TIMESTAMP_PATTERN = re.compile(r"[0-9]{1,12}")
SIGNATURE_PATTERN = re.compile(r"v0=[0-9a-f]{64}")


class RequestRejected(Exception):
    """The middleware rejects a request, with this HTTP status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class SlackRequestMiddleware:
    """Rejects requests to EVENTS_PATH that Slack did not sign; adds security headers to every response.

    With `accepts_requests=False`, for a process that serves only health checks, it only adds the headers.
    """

    def __init__(self, app: ASGIApp, signing_secret: str, *, accepts_requests: bool = True) -> None:
        self._app, self._accepts_requests = app, accepts_requests
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_security_headers(send)
        if self._accepts_requests and scope["path"] == EVENTS_PATH and scope["method"] == "POST":
            try:
                body = await self._read_checked_body(Headers(scope=scope), receive)
            except RequestRejected as rejection:
                await PlainTextResponse(rejection.text, rejection.status)(scope, receive, send)
                return
            receive = _make_replaying_receive(body)
        await self._app(scope, receive, send)

    async def _read_checked_body(self, headers: Headers, receive: Receive) -> bytes:
        """Return the body of a request from Slack; raise RequestRejected for any other request."""
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type not in {FORM_CONTENT_TYPE, JSON_CONTENT_TYPE}:
            raise RequestRejected(415, "the content type must be a form or JSON")
        body = await _read_body(headers, receive)
        if not self._is_signed(headers, body):
            raise RequestRejected(401, "not signed by Slack")
        if not is_valid_payload(parse_body(body, content_type)):
            raise RequestRejected(400, "not a payload of Slack")
        return body

    def _is_signed(self, headers: Headers, body: bytes) -> bool:
        timestamps = headers.getlist("x-slack-request-timestamp")
        signatures = headers.getlist("x-slack-signature")
        # Where a header is sent twice, Bolt and the verifier might read different ones.
        if self._verifier is None or (len(timestamps), len(signatures)) != (1, 1):
            return False
        if not (TIMESTAMP_PATTERN.fullmatch(timestamps[0]) and SIGNATURE_PATTERN.fullmatch(signatures[0])):
            return False
        try:
            return self._verifier.is_valid(body, timestamps[0], signatures[0])
        except UnicodeDecodeError:
            return False


def parse_body(body: bytes, content_type: str) -> Any:
    """Return the payload in a body, parsed as Bolt parses it; None where that fails.

    Bolt must not read another payload than the one that was validated.
    """
    try:
        text = body.decode()
        if content_type == JSON_CONTENT_TYPE:
            return json.loads(text)
        if text.startswith("{"):  # Bolt would parse it as JSON, whatever its content type is
            return None
        form = _parse_form(text)
        return json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None


def fix_form(request: AsyncBoltRequest) -> AsyncBoltRequest:
    """Return a request with its form: Bolt parses no form where a command's text contains "payload"."""
    if not request.body and request.content_type == FORM_CONTENT_TYPE:
        request.body = _parse_form(request.raw_body)
        request.context = build_async_context(request.context, request.body)
    return request


def _parse_form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))


async def _read_body(headers: Headers, receive: Receive) -> bytes:
    """Return a request's body.

    Raises RequestRejected where it is too slow, or too large by its content length or its actual size.
    """
    content_length = headers.get("content-length", "0")
    is_number = content_length.isascii() and content_length.isdigit()
    if not is_number or len(content_length) > MAX_CONTENT_LENGTH_DIGITS:
        raise RequestRejected(400, "the content length must be a number")
    if int(content_length) > MAX_BODY_BYTES:
        raise RequestRejected(413, "too large")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    raise RequestRejected(400, "disconnected")
                body += event.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    raise RequestRejected(413, "too large")
                if not event.get("more_body"):
                    return bytes(body)
    except TimeoutError as error:
        raise RequestRejected(408, "too slow") from error


def _make_replaying_receive(body: bytes) -> Receive:
    """Return a `receive` that gives the application the body, which was read from the connection already."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _with_security_headers(send: Send) -> Send:
    async def send_with_headers(event: Message) -> None:
        if event["type"] == "http.response.start":
            headers = MutableHeaders(scope=event)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(event)

    return send_with_headers
