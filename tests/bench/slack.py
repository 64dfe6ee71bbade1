"""A process that plays Slack: it answers every call with success after a delay, and counts the calls."""

import asyncio
import itertools
import os
import time
from collections import Counter
from typing import Any

from aiohttp import web

from tests.bench.constants import BOT_USER_ID, MEMBER_COUNT, TEAM_ID


class Slack:
    def __init__(self, port: int, delay: float) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._delay = delay
        self._numbers = itertools.count(1)
        self._called: Counter[str] = Counter()
        self._received_bytes = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self.api),
            web.post("/response/{key}", self.respond),
            web.post("/upload", self.respond),
            web.get("/called", self.called),
            web.get("/received", self.received),
        ]

    async def api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self._received_bytes += len(await request.read())
        if self._delay:
            await asyncio.sleep(self._delay)
        self._called[method] += 1
        return web.json_response({"ok": True, **self._answer(method)}, headers={"x-oauth-scopes": ""})

    async def respond(self, request: web.Request) -> web.Response:
        self._received_bytes += len(await request.read())
        self._called["response"] += 1
        return web.Response(text="ok")

    async def called(self, _request: web.Request) -> web.Response:
        return web.json_response(self._called)

    async def received(self, _request: web.Request) -> web.Response:
        return web.Response(text=str(self._received_bytes))

    def _answer(self, method: str) -> dict[str, Any]:
        ts = f"{time.time():.0f}.{next(self._numbers):06d}"
        answers: dict[str, dict[str, Any]] = {
            "auth.test": {"url": f"{self.url}/", "team_id": TEAM_ID, "user_id": BOT_USER_ID, "bot_id": "B0"},
            "users.info": {"user": {"name": "member", "tz": "UTC", "is_bot": False}},
            "conversations.open": {"channel": {"id": "D0"}},
            "conversations.info": {"channel": {"is_member": True}},
            "conversations.members": {
                "members": [BOT_USER_ID, *(f"U{each:04d}" for each in range(MEMBER_COUNT))]
            },
            "conversations.history": {"messages": []},
            "reactions.get": {"message": {"reactions": []}},
            "files.getUploadURLExternal": {"upload_url": f"{self.url}/upload", "file_id": f"F{ts}"},
            "files.completeUploadExternal": {"files": [{"id": f"F{ts}"}]},
        }
        return answers.get(method, {"channel": "C0", "ts": ts, "message_ts": ts})


if __name__ == "__main__":
    slack = Slack(int(os.environ["PORT"]), float(os.environ["DELAY"]))
    app = web.Application(client_max_size=10_000_000)
    app.add_routes(slack.routes())
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
