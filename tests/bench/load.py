"""The load generator: requests signed as Slack signs them, sent over connections that stay open.

They are made and signed before the clock starts, and it speaks plain asyncio streams: so it costs the
same for either side and little of either's time. `python -m tests.bench` says how much.
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

from tests.bench.constants import BOT_USER, CHANNEL, SECRET, TEAM

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_numbers = itertools.count(1)


def count() -> int:
    """Return the next number; all requests share them."""
    return next(_numbers)


def command(text: str, slack: str) -> bytes:
    """Return the request for a slash command."""
    number = count()
    form = {
        "token": "-",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": CHANNEL,
        "channel_name": "bench",
        "user_id": f"U{number % 200:04d}",
        "user_name": "member",
        "command": "/valuemap",
        "text": text,
        "api_app_id": "A0BENCH",
        "response_url": f"{slack}/response/{number}",
        "trigger_id": f"{number}.{time.time()}",
    }
    return signed(urlencode(form), FORM)


def reaction(card: str) -> bytes:
    """Return the request for a number reaction that a member sets on a card; each one is a new vote."""
    number = count()
    event = {
        "type": "reaction_added",
        "user": f"U{number % 200:04d}",
        "reaction": ("one", "two", "three", "four", "five")[number % 5],
        "item": {"type": "message", "channel": CHANNEL, "ts": card},
        "item_user": BOT_USER,
        "event_ts": f"{time.time():.0f}.{number:06d}",
    }
    envelope = {
        "token": "-",
        "team_id": TEAM,
        "api_app_id": "A0BENCH",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        "is_ext_shared_channel": False,
    }
    return signed(json.dumps(envelope), JSON)


def signed(body: str, content_type: str) -> bytes:
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body.encode())}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return (head + body).encode()


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a load."""

    waits: Sequence[float]  # seconds from each request to its answer
    seconds: float  # from the first request to the last answer
    own: float  # seconds of processor time that the generator itself used


async def send(port: int, requests: Sequence[bytes], connections: int = 1, pause: float = 0) -> Sent:
    """Send requests over so many connections, each with a pause after every answer."""
    waits: list[float] = []
    left = iter(requests)
    began, own = time.perf_counter(), time.process_time()
    await asyncio.gather(*(_connection(port, left, pause, waits) for _ in range(connections)))
    return Sent(waits, time.perf_counter() - began, time.process_time() - own)


async def _connection(port: int, left: Iterator[bytes], pause: float, waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in left:
        began = time.perf_counter()
        writer.write(request)
        status = await _answer(reader)
        waits.append(time.perf_counter() - began)
        assert status == 200, f"answered with {status}"
        if pause:
            await asyncio.sleep(pause)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    if length:
        await reader.readexactly(int(length))
    return int(head.split(maxsplit=2)[1])
