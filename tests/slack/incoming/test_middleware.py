"""The middleware rejects what is too large, malformed or not signed by Slack, before anything reads it."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import given, settings, strategies as st

from bot.server import build_http_app
from bot.slack.incoming.middleware import (
    EVENTS_PATH,
    FORM_CONTENT_TYPE,
    JSON_CONTENT_TYPE,
    MAX_BODY_BYTES,
    SlackRequestMiddleware,
    parse_body,
)
from bot.slack.incoming.payloads import is_valid_payload
from bot.slack.incoming.security_headers import SECURITY_HEADERS
from tests.conftest import World

SECRET = "s3cret"
CHALLENGE = b'{"type": "url_verification", "challenge": "c", "token": "t"}'
MALFORMED_JSON = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"7",
    b'"text"',
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"n": ' + b"9" * 100_000 + b"}",
    b'{"type": "block_actions"}',
    b'{"type": "event_callback", "team_id": "T1"}',
    b'{"type": "event_callback", "team_id": "T1", "event": {}}',
    b'{"type": "event_callback", "team_id": "T1", "event": []}',
    b'{"type": "unheard_of", "team_id": "T1"}',
    b'{"type": {}}',
    b'{"authorizations": [7]}',
    b"\xff\xfe{}",
    b'{"type": "\xed\xa0\x80"}',
]
MALFORMED_FORMS = [
    b"payload=",
    b"payload=%7B",
    b"payload=[]",
    b"payload=null",
    b"payload=%ff",
    b"payload=" + b"[" * 60_000,
    b"command=%2Fvaluemap",
    b"command=%2Fvaluemap&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1",
    b"&".join(b"a%d=1" % n for n in range(1000)),
    b"%00=%00",
    b"{}",
]


async def echo_app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body that reached the application behind the middleware."""
    body = (await receive()).get("body", b"") if scope["method"] == "POST" else b""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(SlackRequestMiddleware(echo_app, SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        yield client


def sign_request(
    body: bytes, content_type: str = JSON_CONTENT_TYPE, *, at: float | None = None, secret: str = SECRET
) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    signature = hmac.new(
        secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256
    ).hexdigest()
    return {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={signature}",
    }


async def post_body(http: httpx.AsyncClient, body: bytes, headers: Mapping[str, str]) -> int:
    return (await http.post(EVENTS_PATH, content=body, headers=dict(headers))).status_code


async def test_a_request_that_slack_signed_passes_unchanged(http: httpx.AsyncClient) -> None:
    answer = await http.post(EVENTS_PATH, content=CHALLENGE, headers=sign_request(CHALLENGE))
    assert (answer.status_code, answer.content) == (200, CHALLENGE)


@pytest.mark.parametrize(
    "change",
    [
        {"x-slack-signature": None},
        {"x-slack-request-timestamp": None},
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": "v0=é"},
        {"x-slack-signature": "v0=" + "a" * 100_000},
        {"x-slack-request-timestamp": "abc"},
        {"x-slack-request-timestamp": "9" * 400},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "١٢٣"},
        {"x-slack-request-timestamp": "1.5"},
        {"x-slack-request-timestamp": ""},
    ],
)
async def test_headers_that_slack_would_not_send_are_answered_401(
    http: httpx.AsyncClient, change: Mapping[str, str | None]
) -> None:
    headers = {
        name: value for name, value in {**sign_request(CHALLENGE), **change}.items() if value is not None
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = await http.post(EVENTS_PATH, content=CHALLENGE, headers=raw)
    assert answer.status_code == 401


@pytest.mark.parametrize("age", [301, 3600, -301, 10**9])
async def test_a_request_with_an_old_or_future_timestamp_is_answered_401(
    http: httpx.AsyncClient, age: float
) -> None:
    assert await post_body(http, CHALLENGE, sign_request(CHALLENGE, at=time.time() - age)) == 401


async def test_a_signature_of_another_secret_or_body_is_answered_401(http: httpx.AsyncClient) -> None:
    assert await post_body(http, CHALLENGE, sign_request(CHALLENGE, secret="other")) == 401
    assert await post_body(http, CHALLENGE + b" ", sign_request(CHALLENGE)) == 401
    twice = [*sign_request(CHALLENGE).items(), ("x-slack-signature", "v0=" + "0" * 64)]
    assert (await http.post(EVENTS_PATH, content=CHALLENGE, headers=twice)).status_code == 401


async def test_without_a_signing_secret_every_request_is_rejected() -> None:
    transport = httpx.ASGITransport(SlackRequestMiddleware(echo_app, ""))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as http:
        assert await post_body(http, CHALLENGE, sign_request(CHALLENGE, secret="")) == 401


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "multipart/form-data", "application/xml", "application/jsonx"]
)
async def test_other_content_types_are_answered_415(http: httpx.AsyncClient, content_type: str) -> None:
    assert await post_body(http, CHALLENGE, sign_request(CHALLENGE, content_type)) == 415


async def test_a_charset_after_the_content_type_is_accepted(http: httpx.AsyncClient) -> None:
    assert await post_body(http, CHALLENGE, sign_request(CHALLENGE, "application/json; charset=utf-8")) == 200


@pytest.mark.parametrize("body", MALFORMED_JSON, ids=lambda body: repr(body[:20]))
async def test_malformed_json_is_answered_400_even_if_it_is_signed(
    http: httpx.AsyncClient, body: bytes
) -> None:
    expected = 401 if not _is_text(body) else 400
    assert await post_body(http, body, sign_request(body)) == expected
    assert await post_body(http, body, sign_request(body, secret="other")) == 401


@pytest.mark.parametrize("body", MALFORMED_FORMS, ids=lambda body: repr(body[:20]))
async def test_malformed_forms_are_answered_400(http: httpx.AsyncClient, body: bytes) -> None:
    assert await post_body(http, body, sign_request(body, FORM_CONTENT_TYPE)) == 400


async def test_a_large_body_is_rejected_by_its_content_length_and_by_its_size(
    http: httpx.AsyncClient,
) -> None:
    large = b"x" * (MAX_BODY_BYTES + 1)
    assert await post_body(http, large, sign_request(large)) == 413
    wrong_length = {**sign_request(CHALLENGE), "content-length": str(MAX_BODY_BYTES + 1)}
    assert await post_body(http, CHALLENGE, wrong_length) == 413
    assert await post_body(http, CHALLENGE, {**sign_request(CHALLENGE), "content-length": "many"}) == 400


async def test_an_endless_body_is_read_up_to_the_limit_only() -> None:
    """No more than the limit is ever held in memory, and the signature is not even checked."""
    chunks, statuses = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal chunks
        chunks += 1
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

    async def send(message: Mapping[str, Any]) -> None:
        statuses.append(message.get("status"))

    headers = [(b"content-type", JSON_CONTENT_TYPE.encode())]
    scope = {"type": "http", "method": "POST", "path": EVENTS_PATH, "headers": headers}
    await SlackRequestMiddleware(echo_app, SECRET)(scope, receive, send)
    assert statuses[0] == 413
    assert chunks <= MAX_BODY_BYTES // 100_000 + 1


@pytest.mark.parametrize("path", [EVENTS_PATH, "/healthz", "/nowhere"])
async def test_every_answer_has_the_security_headers(http: httpx.AsyncClient, path: str) -> None:
    for answer in (await http.get(path), await http.post(path, content=b"x")):
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_the_whole_bot_is_behind_the_middleware(world: World) -> None:
    """Every page has the security headers, and no request that Slack did not sign is accepted."""
    transport = httpx.ASGITransport(build_http_app(world.bot))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as http:
        for path in ("/healthz", "/readyz", "/metrics", "/nowhere"):
            assert "default-src 'none'" in (await http.get(path)).headers["content-security-policy"]
        for body in MALFORMED_JSON:
            assert await post_body(http, body, sign_request(body, secret="other")) == 401
        assert (await http.get(EVENTS_PATH)).status_code == 405


async def test_a_command_with_the_word_payload_in_it_is_run(world: World) -> None:
    """Bolt itself would read an empty form."""
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: the payload is too big")
    assert "the payload is too big" in ana.find_message(channel, "the payload is too big\nby").text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([FORM_CONTENT_TYPE, JSON_CONTENT_TYPE]))
def test_any_bytes_can_be_parsed_and_validated(body: bytes, content_type: str) -> None:
    payload = parse_body(body, content_type)
    assert isinstance(payload, dict) or not is_valid_payload(payload)


names = st.text(max_size=8) | st.sampled_from(
    ["type", "event", "view", "user", "team", "actions", "authorizations", "command"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_any_json_can_be_validated(value: Any) -> None:
    payload = parse_body(json.dumps(value).encode(), JSON_CONTENT_TYPE)
    assert is_valid_payload(payload) is (isinstance(value, dict) and is_valid_payload(value))


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
