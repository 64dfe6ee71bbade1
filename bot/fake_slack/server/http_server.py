"""The fake Slack as an HTTP server: Web API, response URLs, uploads, downloads and Socket Mode."""

import asyncio
import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import (
    BOT_USER_ID,
    ApiArguments,
    ApiResponse,
    FakeSlackError,
    InjectedFault,
    ResponseUrl,
    SlackMessage,
)
from bot.fake_slack.server.oauth import OAuthServer
from bot.fake_slack.server.security import add_security
from bot.fake_slack.server.web_api import call_method
from bot.fake_slack.server.workspace import FakeWorkspace

# The method names under which tests inject faults into the content of files on its way.
DOWNLOAD_FAULT, UPLOAD_FAULT = "download", "upload"
MAX_REQUEST_BYTES = 10_000_000
SHUTDOWN_TIMEOUT_SECONDS = 0.5


class FakeSlack(FakeWorkspace):
    """A fake Slack on a port of this machine. It is itself the first of its workspaces."""

    def __init__(
        self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None, port: int = 0
    ) -> None:
        super().__init__(clock, manifest)
        self.port = port
        self.oauth = OAuthServer()  # for workspaces that install the app; `bot_token` needs no installation
        self.workspaces: list[FakeWorkspace] = [self]  # all that this address serves
        # Called with a method name; returns a fault for this call or None. For random faults.
        self.fault_policy: Callable[[str], InjectedFault | None] | None = None
        self.extra_routes: list[web.RouteDef] = []  # of a page that shows the workspace
        self._runner: web.AppRunner | None = None
        self._socket: web.WebSocketResponse | None = None
        self._acknowledgements: dict[str, asyncio.Future[Any]] = {}
        self.socket_connected = asyncio.Event()  # set once a bot is connected over Socket Mode
        self.response_received = asyncio.Event()  # set once something came by a response URL

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def add_workspace(self, team_id: str, name: str) -> FakeWorkspace:
        """Add a workspace at the same address. Only a token from OAuth opens it."""
        workspace = FakeWorkspace(self.clock, self.manifest)
        workspace.team_id, workspace.name, workspace.url, workspace.bot_token = team_id, name, self.url, ""
        # Ids must differ between the workspaces: response URLs and uploads are found by their id alone.
        workspace.start_numbers_at(1_000_000 * len(self.workspaces))
        self.workspaces.append(workspace)
        return workspace

    def slack_routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._handle_api_call),
            web.post("/response/{key}", self._handle_response),
            web.post("/upload/{key}", self._handle_upload),
            web.get("/files/{key}", self._handle_download),
            web.get("/link", self._handle_socket),
        ]

    async def __aenter__(self) -> Self:
        """Start to listen; raise OSError where the port is in use."""
        app = add_security(web.Application(client_max_size=MAX_REQUEST_BYTES))
        app.add_routes([*self.slack_routes(), *self.extra_routes])
        app.on_shutdown.append(self._end_streams)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _end_streams(self, _app: web.Application) -> None:
        """End the streams of open pages, which the server would wait for."""
        self.end_change_feeds()

    async def _handle_api_call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args = await _read_arguments(request)
        self.record_call(method, args)
        if fault := self._next_fault(method, args):
            return await self._answer_with_fault(fault, request, args)
        headers = {"x-oauth-scopes": self._list_scopes(request)}
        return web.json_response(self._answer_call(request, method, args), headers=headers)

    def _list_scopes(self, request: web.Request) -> str:
        """Return the scopes of a call's token, as Slack states them with each answer."""
        try:
            return ",".join(self._find_workspace(request.headers.get("Authorization", "")).granted_scopes)
        except FakeSlackError:
            return ""

    async def _answer_with_fault(
        self, fault: InjectedFault, request: web.Request, args: ApiArguments
    ) -> web.Response:
        await asyncio.sleep(fault.delay_seconds)
        result = self._answer_call(request, fault.method, args) if fault.takes_effect else {}
        if fault.delay_seconds and fault.takes_effect and not fault.drops_connection:
            return web.json_response(result)  # late, but right
        if fault.drops_connection and request.transport:
            request.transport.abort()
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        status = 429 if fault.retry_after is not None else fault.status
        return web.json_response({"ok": False, "error": fault.error}, status=status, headers=headers)

    def _next_fault(self, method: str, args: ApiArguments) -> InjectedFault | None:
        channel_ids = {"", args.get("channel"), args.get("channel_id")}
        for fault in self.faults:
            if fault.method == method and fault.times > 0 and fault.channel_id in channel_ids:
                fault.times -= 1
                return fault
        return self.fault_policy(method) if self.fault_policy else None

    def _answer_call(self, request: web.Request, method: str, args: ApiArguments) -> ApiResponse:
        authorization = request.headers.get("Authorization", "")
        try:
            if method == "oauth.v2.access":
                return {"ok": True, **self.oauth.grant_access(args, authorization)}
            return call_method(self._find_workspace(authorization, method), method, args)
        except FakeSlackError as error:
            return {"ok": False, "error": error.error}

    def _find_workspace(self, authorization: str, method: str = "") -> FakeWorkspace:
        """Return the workspace whose token this is; raise FakeSlackError where there is none."""
        token = self.app_token if method == "apps.connections.open" else self.bot_token
        if token and authorization == f"Bearer {token}":
            return self
        return self.oauth.find_workspace(authorization.removeprefix("Bearer "))

    async def _handle_response(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        try:
            key = request.match_info["key"]
            slack = next((each for each in self.workspaces if key in each.response_urls), self)
            response_url = slack.find_response_url(key)
        except FakeSlackError as error:
            return web.Response(status=404, text=error.error)
        try:
            _apply_response(slack, response_url, body)
        except FakeSlackError as error:
            return web.Response(status=400, text=str(error))
        response_url.use_count += 1
        self.response_received.set()
        return web.Response(text="ok")

    async def _handle_upload(self, request: web.Request) -> web.Response:
        if fault := self._next_fault(UPLOAD_FAULT, {}):
            return web.Response(status=fault.status)
        key = request.match_info["key"]
        slack = next(each for each in self.workspaces if each.has_pending_upload(key))
        slack.receive_upload(key, await request.read())
        return web.Response(text="OK")

    async def _handle_download(self, request: web.Request) -> web.Response:
        """Send a file to the app. Without access Slack answers 200 with a sign-in page, not an error."""
        slack = self._find_readable_workspace(request)
        if slack is None:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        try:
            file = slack.find_file(request.match_info["key"])
        except FakeSlackError:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mimetype)

    def _find_readable_workspace(self, request: web.Request) -> FakeWorkspace | None:
        """Return the workspace whose files the token may read; None where it may not."""
        if self._next_fault(DOWNLOAD_FAULT, {}):
            return None
        try:
            slack = self._find_workspace(request.headers.get("Authorization", ""))
            slack.require_scope("files:read")
        except FakeSlackError:
            return None
        return slack

    async def _handle_socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one Socket Mode connection, over which the bot sends acknowledgements."""
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        await self._socket.send_json({"type": "hello", "num_connections": 1})
        self.socket_connected.set()
        async for message in self._socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                answer = json.loads(message.data)
                self._acknowledgements.pop(answer["envelope_id"]).set_result(answer.get("payload") or {})
        return self._socket

    async def send_envelope(self, envelope_type: str, payload: Mapping[str, Any]) -> Any:
        """Send a request over Socket Mode; return the payload of its acknowledgement."""
        assert self._socket is not None, "no bot is connected"
        envelope_id = f"E{self.next_number()}"
        self._acknowledgements[envelope_id] = asyncio.get_running_loop().create_future()
        envelope = {
            "envelope_id": envelope_id,
            "type": envelope_type,
            "payload": payload,
            "accepts_response_payload": True,
        }
        acknowledged = self._acknowledgements[envelope_id]
        await self._socket.send_json(envelope)
        return await acknowledged


def _apply_response(slack: FakeWorkspace, response_url: ResponseUrl, body: ApiArguments) -> None:
    """Do what a body sent to a response URL asks for; raise FakeSlackError where Slack would refuse it."""
    if body.get("delete_original") and response_url.message:
        slack.delete_message(response_url.message)
        return
    slack.validate_message(body)
    text, blocks = body.get("text", ""), body.get("blocks") or []
    if body.get("replace_original") and response_url.message:
        slack.edit_message(response_url.message, text, blocks)
        return
    is_public = body.get("response_type") == "in_channel"
    ephemeral_user_id = None if is_public else response_url.user_id
    slack.post_message(
        SlackMessage(
            response_url.channel_id,
            slack.new_ts(),
            BOT_USER_ID,
            text,
            blocks,
            body.get("thread_ts"),
            ephemeral_user_id,
        )
    )


async def _read_arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        args: dict[str, Any] = await request.json()
    else:
        args = {**request.query, **await request.post()}
    return {key: _decode_argument(key, value) for key, value in args.items()}


def _decode_argument(key: str, value: Any) -> Any:
    """Parse a structured argument, which a form sends as JSON text."""
    if key in {"blocks", "view", "metadata", "files"} and isinstance(value, str):
        return json.loads(value)
    return value
