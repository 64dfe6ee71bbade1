"""The load generator: requests signed as Slack signs them, sent over connections that stay open.

The requests are made and signed before the clock starts, and go over plain asyncio streams. So the generator
costs both sides the same, and little; `python -m tests.bench` says how much.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.bench.constants import BOT_USER_ID, CHANNEL_ID, SIGNING_SECRET, TEAM_ID

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_counter = itertools.count(1)


def next_number() -> int:
    """Return the next number; all requests share them."""
    return next(_counter)


def make_command(text: str, slack_url: str) -> bytes:
    """Return the request for a slash command."""
    number = next_number()
    form = {
        "token": "-",
        "team_id": TEAM_ID,
        "team_domain": "bench",
        "channel_id": CHANNEL_ID,
        "channel_name": "bench",
        "user_id": f"U{number % 200:04d}",
        "user_name": "member",
        "command": "/valuemap",
        "text": text,
        "api_app_id": "A0BENCH",
        "response_url": f"{slack_url}/response/{number}",
        "trigger_id": f"{number}.{time.time()}",
    }
    return sign_request(urlencode(form), FORM)


def make_reaction(card_ts: str) -> bytes:
    """Return the request for a number reaction that a member sets on a card; each one is a new vote."""
    number = next_number()
    event = {
        "type": "reaction_added",
        "user": f"U{number % 200:04d}",
        "reaction": ("one", "two", "three", "four", "five")[number % 5],
        "item": {"type": "message", "channel": CHANNEL_ID, "ts": card_ts},
        "item_user": BOT_USER_ID,
        "event_ts": f"{time.time():.0f}.{number:06d}",
    }
    envelope = {
        "token": "-",
        "team_id": TEAM_ID,
        "api_app_id": "A0BENCH",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM_ID, "user_id": BOT_USER_ID, "is_bot": True}],
        "is_ext_shared_channel": False,
    }
    return sign_request(json.dumps(envelope), JSON)


def sign_request(body: str, content_type: str) -> bytes:
    stamp = str(int(time.time()))
    signature = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body.encode())}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return (head + body).encode()


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How long a load took."""

    answer_seconds: Sequence[float]  # seconds from each request to its answer
    seconds: float  # from the first request to the last answer
    processor_seconds: float  # seconds of processor time that the generator itself used


async def send_requests(
    port: int, requests: Sequence[bytes], connections: int = 1, pause_seconds: float = 0
) -> LoadResult:
    """Send requests over so many connections, each with a pause after every answer."""
    answer_seconds: list[float] = []
    left = iter(requests)
    started_at, processor_started_at = time.perf_counter(), time.process_time()
    await asyncio.gather(
        *(_send_over_connection(port, left, pause_seconds, answer_seconds) for _ in range(connections))
    )
    return LoadResult(
        answer_seconds, time.perf_counter() - started_at, time.process_time() - processor_started_at
    )


async def _send_over_connection(
    port: int, left: Iterator[bytes], pause_seconds: float, answer_seconds: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in left:
        sent_at = time.perf_counter()
        writer.write(request)
        status = await _read_status(reader)
        answer_seconds.append(time.perf_counter() - sent_at)
        assert status == 200, f"answered with {status}"
        if pause_seconds:
            await asyncio.sleep(pause_seconds)
    writer.close()


async def _read_status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    if length:
        await reader.readexactly(int(length))
    return int(head.split(maxsplit=2)[1])
