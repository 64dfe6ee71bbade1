"""The stand-in as a server: Web API, response URLs, uploads and Socket Mode over real HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import BOT_USER_ID, ApiResponse, ApiArguments, InjectedFault, SlackMessage, FakeSlackError, ResponseUrl
from bot.fake_slack.server.oauth import OAuthServer
from bot.fake_slack.server.security import add_security
from bot.fake_slack.server.web_api import call_method
from bot.fake_slack.server.workspace import FakeWorkspace

DOWNLOAD_FAULT = "download"  # no method, but something that can go wrong like one


class FakeSlack(FakeWorkspace):
    """A stand-in Slack on a port of this machine."""

    def __init__(
        self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None, port: int = 0
    ) -> None:
        super().__init__(clock, manifest)
        self.port = port
        self.oauth = OAuthServer()  # where the app is not simply there, with `bot_token`
        self.workspaces: list[FakeWorkspace] = [self]  # behind this address; more by `neighbour`
        self.fault_policy: Callable[[str], InjectedFault | None] | None = None  # what goes wrong by chance, by method
        self.extra_routes: list[web.RouteDef] = []  # a page's, served beside Slack's own
        self._runner: web.AppRunner | None = None
        self._socket: web.WebSocketResponse | None = None
        self._acknowledged: dict[str, asyncio.Future[Any]] = {}
        self.socket_connected = asyncio.Event()  # a bot listens over Socket Mode
        self.response_received = asyncio.Event()  # something came by a response URL

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def add_workspace(self, team: str, name: str) -> FakeWorkspace:
        """Return another workspace at the same address, that only a token of its own leads to."""
        other = FakeWorkspace(self.clock, self.manifest)
        other.team_id, other.name, other.url, other.bot_token = team, name, self.url, ""
        other.start_numbers_at(1_000_000 * len(self.workspaces))
        self.workspaces.append(other)
        return other

    def slack_routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._api),
            web.post("/response/{key}", self._respond),
            web.post("/upload/{key}", self._upload),
            web.get("/files/{key}", self._download),
            web.get("/link", self._link),
        ]

    async def __aenter__(self) -> Self:
        """Listen; raise OSError where the port is in use."""
        app = add_security(web.Application(client_max_size=10_000_000))
        app.add_routes([*self.slack_routes(), *self.extra_routes])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args = await _arguments(request)
        self.calls.append((method, args))
        if fault := self._next_fault(method):
            await asyncio.sleep(fault.delay_seconds)
            done = self._answer(request, method, args) if fault.takes_effect else {}
            if fault.delay_seconds and fault.takes_effect and not fault.drops_connection:
                return web.json_response(done)
            if fault.drops_connection and request.transport:
                request.transport.abort()
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            status = 429 if fault.retry_after is not None else fault.status
            return web.json_response({"ok": False, "error": fault.error}, status=status, headers=headers)
        return web.json_response(self._answer(request, method, args), headers={"x-oauth-scopes": ""})

    def _next_fault(self, method: str) -> InjectedFault | None:
        fault = next((one for one in self.faults if one.method == method and one.times > 0), None)
        if fault:
            fault.times -= 1
            return fault
        return self.fault_policy(method) if self.fault_policy else None

    def _answer(self, request: web.Request, method: str, args: ApiArguments) -> ApiResponse:
        says = request.headers.get("Authorization", "")
        try:
            if method == "oauth.v2.access":
                return {"ok": True, **self.oauth.grant_access(args, says)}
            return call_method(self._speaks_for(says, method), method, args)
        except FakeSlackError as refused:
            return {"ok": False, "error": refused.error}

    def _speaks_for(self, says: str, method: str = "") -> FakeWorkspace:
        """Return the workspace that a token opens."""
        token = self.app_token if method == "apps.connections.open" else self.bot_token
        if token and says == f"Bearer {token}":
            return self
        return self.oauth.find_workspace(says.removeprefix("Bearer "))

    async def _respond(self, request: web.Request) -> web.Response:
        said = json.loads(await request.text())
        try:
            key = request.match_info["key"]
            slack = next((one for one in self.workspaces if key in one.response_urls), self)
            reply = slack.find_response_url(key)
        except FakeSlackError as refused:
            return web.Response(status=404, text=refused.error)
        try:
            _take_reply(slack, reply, said)
        except FakeSlackError as refused:
            return web.Response(status=400, text=str(refused))
        reply.use_count += 1
        self.response_received.set()
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        slack = next(one for one in self.workspaces if one.has_pending_upload(key))
        slack.receive_upload(key, await request.read())
        return web.Response(text="OK")

    async def _download(self, request: web.Request) -> web.Response:
        """A file, to the app; Slack shows a page to log in to whoever may not have it."""
        slack = self._reader(request)
        if slack is None:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        try:
            file = slack.find_file(request.match_info["key"])
        except FakeSlackError:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mimetype)

    def _reader(self, request: web.Request) -> FakeWorkspace | None:
        if self._next_fault(DOWNLOAD_FAULT):
            return None
        try:
            slack = self._speaks_for(request.headers.get("Authorization", ""))
            slack.require_scope("files:read")
        except FakeSlackError:
            return None
        return slack

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        """One Socket Mode connection: what the bot sends are acknowledgements."""
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        await self._socket.send_json({"type": "hello", "num_connections": 1})
        self.socket_connected.set()
        async for message in self._socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                answer = json.loads(message.data)
                self._acknowledged.pop(answer["envelope_id"]).set_result(answer.get("payload") or {})
        return self._socket

    async def send_envelope(self, kind: str, payload: Mapping[str, Any]) -> Any:
        """Send something over Socket Mode; return the acknowledgement's payload."""
        assert self._socket is not None, "no bot is connected"
        key = f"E{self.next_number()}"
        self._acknowledged[key] = asyncio.get_running_loop().create_future()
        envelope = {"envelope_id": key, "type": kind, "payload": payload, "accepts_response_payload": True}
        acknowledged = self._acknowledged[key]
        await self._socket.send_json(envelope)
        return await acknowledged


def _take_reply(slack: FakeWorkspace, reply: ResponseUrl, said: ApiArguments) -> None:
    if said.get("delete_original") and reply.message:
        slack.delete_message(reply.message)
        return
    slack.validate_message(said)
    text, blocks = said.get("text", ""), said.get("blocks") or []
    if said.get("replace_original") and reply.message:
        slack.edit_message(reply.message, text, blocks)
        return
    only_for = None if said.get("response_type") == "in_channel" else reply.user_id
    slack.post_message(SlackMessage(reply.channel_id, slack.new_ts(), BOT_USER_ID, text, blocks, said.get("thread_ts"), only_for))


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        given: dict[str, Any] = await request.json()
    else:
        given = {**request.query, **await request.post()}
    return {key: _decoded(key, value) for key, value in given.items()}


def _decoded(key: str, value: Any) -> Any:
    if key in {"blocks", "view", "metadata", "files"} and isinstance(value, str):
        return json.loads(value)
    return value
