"""The ASGI middleware before everything that the bot serves: requests that Slack did not sign go no further.

Bolt reads a request before it checks who sent it, and ends in a traceback where it cannot read it. So the
size is checked first, then the signature, and only then is anything parsed.
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
MAX_BODY_BYTES = 1_000_000  # a view that is as large as Slack allows is a quarter of it
BODY_TIMEOUT_SECONDS = 10
FORM_CONTENT_TYPE, JSON_CONTENT_TYPE = "application/x-www-form-urlencoded", "application/json"
MAX_FORM_FIELDS = 100  # Slack sends about twenty
MAX_CONTENT_LENGTH_DIGITS = 12
TIMESTAMP_PATTERN = re.compile(r"[0-9]{1,12}")
SIGNATURE_PATTERN = re.compile(r"v0=[0-9a-f]{64}")


class RequestRejected(Exception):
    """A request that goes no further, with the HTTP status and the text that answer it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class SlackRequestMiddleware:
    """Lets through what Slack signed, and adds the security headers to every answer.

    With `accepts_requests=False`, for a process in Socket Mode, it only adds the headers.
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
            raise RequestRejected(415, "what Slack sends is a form or JSON")
        body = await _read_body(headers, receive)
        if not self._is_signed(headers, body):
            raise RequestRejected(401, "not signed by Slack")
        if not is_valid_payload(parse_body(body, content_type)):
            raise RequestRejected(400, "nothing that Slack sends")
        return body

    def _is_signed(self, headers: Headers, body: bytes) -> bool:
        timestamps = headers.getlist("x-slack-request-timestamp")
        signatures = headers.getlist("x-slack-signature")
        # Of a header that is sent twice, Bolt and the verifier might look at different ones.
        if self._verifier is None or (len(timestamps), len(signatures)) != (1, 1):
            return False
        if not (TIMESTAMP_PATTERN.fullmatch(timestamps[0]) and SIGNATURE_PATTERN.fullmatch(signatures[0])):
            return False
        try:
            return self._verifier.is_valid(body, timestamps[0], signatures[0])
        except UnicodeDecodeError:
            return False


def parse_body(body: bytes, content_type: str) -> Any:
    """Return what a body holds, read just as Bolt will read it; None where it cannot be read."""
    try:
        text = body.decode()
        if content_type == JSON_CONTENT_TYPE:
            return json.loads(text)
        if text.startswith("{"):  # Bolt would take it for JSON, whatever its content type is
            return None
        form = _parse_form(text)
        return json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None


def fix_form(request: AsyncBoltRequest) -> AsyncBoltRequest:
    """Return a request with its form: Bolt reads none where the word "payload" is in a command's text."""
    if not request.body and request.content_type == FORM_CONTENT_TYPE:
        request.body = _parse_form(request.raw_body)
        request.context = build_async_context(request.context, request.body)
    return request


def _parse_form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))


async def _read_body(headers: Headers, receive: Receive) -> bytes:
    """Return a request's body.

    Raises RequestRejected where it is too large, by its content length or as it arrives, or too slow.
    """
    content_length = headers.get("content-length", "0")
    is_number = content_length.isascii() and content_length.isdigit()
    if not is_number or len(content_length) > MAX_CONTENT_LENGTH_DIGITS:
        raise RequestRejected(400, "a content length is a number")
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
    """Return a `receive` for the application behind, since the body was read from the connection already."""

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
