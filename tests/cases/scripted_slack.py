"""A Slack of which a test decides how it answers apps.connections.open, and what each link does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.hanging import HANG_TIMEOUT_SECONDS

LinkScript = Callable[[web.WebSocketResponse], Awaitable[None]]


@dataclass
class ScriptedSlack:
    """Each answer and each link takes the next of its list; the last one is used again and again."""

    answers: list[dict[str, Any]] = field(default_factory=lambda: [{"ok": True}])
    statuses: list[int] = field(default_factory=lambda: [200])
    links: Sequence[LinkScript] = ()
    url: str = ""
    opened: int = 0  # links
    answered: int = 0
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer_open(self, _request: web.Request) -> web.Response:
        answer, status = _next(self.answers, self.answered), _next(self.statuses, self.answered)
        self.answered += 1
        link = {"url": f"{self.url.replace('http', 'ws')}/link"} if answer.get("ok") else {}
        return web.json_response({**answer, **link}, status=status)

    async def serve_link(self, request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        script = _next(self.links, self.opened)
        async with self.progress:
            self.opened += 1
            self.progress.notify_all()
        await websocket.send_json({"type": "hello"})
        await script(websocket)
        return websocket

    async def wait_for_links(self, count: int) -> None:
        async with asyncio.timeout(HANG_TIMEOUT_SECONDS), self.progress:
            await self.progress.wait_for(lambda: self.opened >= count)


def _next(values: Sequence[Any], index: int) -> Any:
    return values[min(index, len(values) - 1)]


@asynccontextmanager
async def run_scripted_slack(slack: ScriptedSlack) -> AsyncIterator[ScriptedSlack]:
    app = web.Application()
    app.add_routes(
        [web.post("/api/apps.connections.open", slack.answer_open), web.get("/link", slack.serve_link)]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        await runner.cleanup()


async def stay_open(websocket: web.WebSocketResponse) -> None:
    """Read until the bot closes the link."""
    async for _ in websocket:
        pass


async def close_at_once(websocket: web.WebSocketResponse) -> None:
    """Cut the connection, as a network does."""
    assert websocket._req is not None
    assert websocket._req.transport is not None
    websocket._req.transport.abort()


def say_disconnect(reason: str) -> LinkScript:
    """Announce the end of a link, and leave closing it to the bot."""

    async def announce(websocket: web.WebSocketResponse) -> None:
        await websocket.send_json({"type": "disconnect", "reason": reason})
        await stay_open(websocket)

    return announce
