"""The workspace: its people, channels and messages, and the Web API that the bot speaks with."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from bot.playground.block_kit import ALL_TEXT, Invalid, characters, check_blocks, check_view
from bot.playground.clock import Clock

Args = Mapping[str, Any]
Answer = dict[str, Any]

TEAM, BOT, APP = "T0PLAYGROUND", "U0BOT", "A0APP"
TRIGGER = timedelta(seconds=3)
RESPONSE_URL, RESPONSE_USES = timedelta(minutes=30), 5


class Refused(Exception):
    """Slack's name for what is wrong."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}")
        self.error, self.detail = error, detail


@dataclass
class User:
    id: str
    name: str
    time_zone: str = "UTC"
    is_bot: bool = False


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    private: bool = False
    archived: bool = False


@dataclass
class Posted:
    """A message; `only_for` names the one person who sees it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    only_for: str | None = None
    metadata: dict[str, Any] | None = None
    response_url: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Fault:
    """What goes wrong with the next calls of a method."""

    method: str
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    times: int = 1
    after: bool = False  # the effect comes all the same
    cut: bool = False  # the connection breaks


class Playground:
    """A stand-in Slack on a port of this machine."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.bot_token, self.signing_secret = "xoxb-playground", "playground-secret"
        self.app_token = "xapp-playground"  # noqa: S105 - of a game
        self.users: dict[str, User] = {BOT: User(BOT, "valuemap", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Posted] = []
        self.files: list[dict[str, Any]] = []
        self.views: dict[str, dict[str, Any]] = {}  # by id; modals that are open
        self.stacks: dict[str, list[str]] = {}  # ids of the modals of a user, the top last
        self.homes: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, Args]] = []
        self.faults: list[Fault] = []
        self._numbers = itertools.count(1)
        self._triggers: dict[str, tuple[str, datetime, bool]] = {}
        self._response_urls: dict[str, tuple[str, str, datetime, int]] = {}
        self._uploads: dict[str, bytes] = {}
        self._runner: web.AppRunner | None = None
        self._socket: web.WebSocketResponse | None = None
        self._acknowledged: dict[str, asyncio.Future[Any]] = {}
        self.connected = asyncio.Event()  # a bot listens over Socket Mode
        self.answered = asyncio.Event()  # something came by a response URL
        self.url = ""

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def called(self, method: str) -> int:
        return Counter(name for name, _ in self.calls)[method]

    def fail(self, method: str, **how: Any) -> None:
        self.faults.append(Fault(method, **how))

    def number(self) -> int:
        return next(self._numbers)

    def ts(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{self.number():06d}"

    def trigger(self, user: str) -> str:
        trigger = f"{self.number()}.trigger"
        self._triggers[trigger] = (user, self.clock.now(), False)
        return trigger

    def response_url(self, channel: str, user: str) -> str:
        key = f"R{self.number()}"
        self._response_urls[key] = (channel, user, self.clock.now(), 0)
        return f"{self.url}/response/{key}"

    def message(self, channel: str, ts: str) -> Posted:
        for posted in self.messages:
            if posted.channel == channel and posted.ts == ts and posted.only_for is None:
                return posted
        raise Refused("message_not_found")

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{key}", self._respond)
        app.router.add_post("/upload/{key}", self._upload)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
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
        fault = next((one for one in self.faults if one.method == method and one.times > 0), None)
        if fault:
            fault.times -= 1
            if fault.after:
                self._answer(request, method, args)
            if fault.cut and request.transport:
                request.transport.abort()
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            status = 429 if fault.retry_after is not None else fault.status
            return web.json_response({"ok": False, "error": fault.error}, status=status, headers=headers)
        return web.json_response(self._answer(request, method, args), headers={"x-oauth-scopes": ""})

    def _answer(self, request: web.Request, method: str, args: Args) -> Answer:
        token = self.app_token if method == "apps.connections.open" else self.bot_token
        if request.headers.get("Authorization") != f"Bearer {token}":
            return {"ok": False, "error": "invalid_auth"}
        if method not in METHODS:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True, **METHODS[method](self, args)}
        except Refused as refused:
            return {
                "ok": False,
                "error": refused.error,
                "response_metadata": {"messages": [f"[ERROR] {refused.detail}"]},
            }
        except KeyError as missing:
            return {"ok": False, "error": "invalid_arguments", "needed": str(missing)}

    async def _respond(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        if key not in self._response_urls:
            return web.Response(status=404, text="expired_url")
        channel, user, since, uses = self._response_urls[key]
        if self.clock.now() > since + RESPONSE_URL or uses >= RESPONSE_USES:
            return web.Response(status=404, text="expired_url" if uses < RESPONSE_USES else "used_url")
        said = json.loads(await request.text())
        try:
            self.check_message(said)
        except Refused as refused:
            return web.Response(status=400, text=str(refused))
        self._response_urls[key] = (channel, user, since, uses + 1)
        only_for = None if said.get("response_type") == "in_channel" else user
        self.messages.append(
            Posted(channel, self.ts(), BOT, said["text"], said.get("blocks") or [], only_for=only_for)
        )
        self.answered.set()
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        self._uploads[request.match_info["key"]] = await request.read()
        return web.Response(text="OK")

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        """One Socket Mode connection: what the bot sends are acknowledgements."""
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        await self._socket.send_json({"type": "hello", "num_connections": 1})
        self.connected.set()
        async for message in self._socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                answer = json.loads(message.data)
                self._acknowledged.pop(answer["envelope_id"]).set_result(answer.get("payload") or {})
        return self._socket

    async def send_envelope(self, kind: str, payload: Mapping[str, Any]) -> Any:
        """Send something over Socket Mode; return the acknowledgement's payload."""
        assert self._socket is not None, "no bot is connected"
        key = f"E{self.number()}"
        self._acknowledged[key] = asyncio.get_running_loop().create_future()
        envelope = {"envelope_id": key, "type": kind, "payload": payload, "accepts_response_payload": True}
        acknowledged = self._acknowledged[key]
        await self._socket.send_json(envelope)
        return await acknowledged

    def check_message(self, said: Args) -> None:
        """Raise Refused where Slack would refuse a message's text or blocks."""
        blocks = said.get("blocks") or []
        if not said.get("text") and not blocks:
            raise Refused("no_text")
        try:
            check_blocks(blocks, "message")
        except Invalid as error:
            raise Refused("invalid_blocks", str(error)) from error
        if characters(blocks) > ALL_TEXT:
            raise Refused("msg_blocks_too_long")

    def open_trigger(self, trigger: str) -> str:
        """Use up a trigger; return whose it is."""
        if trigger not in self._triggers:
            raise Refused("invalid_trigger_id")
        user, since, used = self._triggers[trigger]
        if used:
            raise Refused("exchanged_trigger_id")
        if self.clock.now() > since + TRIGGER:
            raise Refused("expired_trigger_id")
        self._triggers[trigger] = (user, since, True)
        return user

    def store_view(self, view: dict[str, Any], view_id: str, user: str) -> dict[str, Any]:
        stored = {
            **view,
            "id": view_id,
            "hash": f"h{self.number()}",
            "team_id": TEAM,
            "app_id": APP,
            "user": user,
        }
        self.views[view_id] = stored
        return stored

    def upload_key(self) -> str:
        return f"F{self.number()}"

    def uploaded(self, key: str) -> bytes:
        return self._uploads[key]


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


def _postable(slack: Playground, channel: str) -> Channel:
    found = slack.channels.get(channel)
    if found is None or (found.private and BOT not in found.members):
        raise Refused("channel_not_found")
    if found.archived:
        raise Refused("is_archived")
    if BOT not in found.members:
        raise Refused("not_in_channel")
    return found


def _direct(slack: Playground, user: str) -> Channel:
    """Return the direct message of a user with the bot."""
    key = f"D{user[1:]}"
    return slack.channels.setdefault(key, Channel(key, "directmessage", {user, BOT}, private=True))


def _auth_test(_slack: Playground, _args: Args) -> Answer:
    return {
        "url": "https://playground.slack.com/",
        "team": "Playground",
        "user": "valuemap",
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": "B0BOT",
    }


def _connections_open(slack: Playground, _args: Args) -> Answer:
    return {"url": f"{slack.url.replace('http', 'ws')}/link"}


def _post(slack: Playground, args: Args) -> Answer:
    target = args["channel"]
    channel = _direct(slack, target) if target in slack.users else _postable(slack, target)
    slack.check_message(args)
    thread = args.get("thread_ts")
    if thread:
        slack.message(channel.id, thread)
    posted = Posted(
        channel.id,
        slack.ts(),
        BOT,
        args.get("text", ""),
        args.get("blocks") or [],
        thread,
        metadata=args.get("metadata"),
    )
    slack.messages.append(posted)
    return {"channel": channel.id, "ts": posted.ts}


def _post_ephemeral(slack: Playground, args: Args) -> Answer:
    channel = _postable(slack, args["channel"])
    if args["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    slack.check_message(args)
    posted = Posted(
        channel.id, slack.ts(), BOT, args["text"], args.get("blocks") or [], only_for=args["user"]
    )
    slack.messages.append(posted)
    return {"message_ts": posted.ts}


def _update(slack: Playground, args: Args) -> Answer:
    _postable(slack, args["channel"])
    posted = slack.message(args["channel"], args["ts"])
    if posted.user != BOT:
        raise Refused("cant_update_message")
    slack.check_message(args)
    posted.text, posted.blocks = args.get("text", ""), args.get("blocks") or []
    return {"channel": posted.channel, "ts": posted.ts}


def _history(slack: Playground, args: Args) -> Answer:
    _postable(slack, args["channel"])
    thread, oldest = args.get("ts"), float(args.get("oldest", 0))
    with_metadata = str(args.get("include_all_metadata", "")).lower() in {"1", "true"}
    found = [
        {"ts": posted.ts, **({"metadata": posted.metadata} if with_metadata and posted.metadata else {})}
        for posted in slack.messages
        if posted.channel == args["channel"]
        and posted.only_for is None
        and float(posted.ts) >= oldest
        and (posted.thread_ts == thread if thread else posted.thread_ts is None)
    ]
    return {"messages": found}


def _conversations_info(slack: Playground, args: Args) -> Answer:
    channel = slack.channels.get(args["channel"])
    if channel is None or (channel.private and BOT not in channel.members):
        raise Refused("channel_not_found")
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_archived": channel.archived,
            "is_member": BOT in channel.members,
        }
    }


def _conversations_open(slack: Playground, args: Args) -> Answer:
    return {"channel": {"id": _direct(slack, args["users"]).id}}


def _users_conversations(slack: Playground, args: Args) -> Answer:
    found = [
        {"id": channel.id, "name": channel.name}
        for channel in slack.channels.values()
        if args["user"] in channel.members
        and not channel.id.startswith("D")
        and (not channel.private or BOT in channel.members)
    ]
    return {"channels": found}


def _users_info(slack: Playground, args: Args) -> Answer:
    user = slack.users.get(args["user"])
    if user is None:
        raise Refused("user_not_found")
    return {
        "user": {
            "id": user.id,
            "name": user.name.lower(),
            "real_name": user.name,
            "tz": user.time_zone,
            "is_bot": user.is_bot,
            "profile": {"display_name": user.name},
        }
    }


def _reactions_add(slack: Playground, args: Args) -> Answer:
    _postable(slack, args["channel"])
    users = slack.message(args["channel"], args["timestamp"]).reactions.setdefault(args["name"], [])
    if BOT in users:
        raise Refused("already_reacted")
    users.append(BOT)
    return {}


def _reactions_get(slack: Playground, args: Args) -> Answer:
    _postable(slack, args["channel"])
    posted = slack.message(args["channel"], args["timestamp"])
    full = str(args.get("full", "")).lower() in {"1", "true"}
    return {
        "message": {
            "ts": posted.ts,
            "reactions": [
                {"name": name, "users": users if full else users[:1], "count": len(users)}
                for name, users in posted.reactions.items()
                if users
            ],
        }
    }


def _views_open(slack: Playground, args: Args) -> Answer:
    user = slack.open_trigger(args["trigger_id"])
    _check_view(args["view"])
    stored = slack.store_view(args["view"], f"V{slack.number()}", user)
    slack.stacks[user] = [stored["id"]]
    return {"view": stored}


def _views_update(slack: Playground, args: Args) -> Answer:
    current = slack.views.get(args["view_id"])
    if current is None:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != current["hash"]:
        raise Refused("hash_conflict")
    _check_view(args["view"])
    return {"view": slack.store_view(args["view"], current["id"], current["user"])}


def _views_publish(slack: Playground, args: Args) -> Answer:
    _check_view(args["view"])
    slack.homes[args["user_id"]] = args["view"]
    return {"view": args["view"]}


def _check_view(view: Mapping[str, Any]) -> None:
    try:
        check_view(view)
    except Invalid as error:
        raise Refused(
            "view_too_large" if "view_too_large" in str(error) else "invalid_arguments", str(error)
        ) from error


def _upload_url(slack: Playground, args: Args) -> Answer:
    _ = args["filename"], args["length"]
    key = slack.upload_key()
    return {"upload_url": f"{slack.url}/upload/{key}", "file_id": key}


def _complete_upload(slack: Playground, args: Args) -> Answer:
    files = [
        {**file, "channel": args.get("channel_id"), "content": slack.uploaded(file["id"])}
        for file in args["files"]
    ]
    slack.files += files
    return {"files": [{"id": file["id"], "title": file.get("title")} for file in files]}


METHODS: dict[str, Callable[[Playground, Args], Answer]] = {
    "apps.connections.open": _connections_open,
    "auth.test": _auth_test,
    "chat.postEphemeral": _post_ephemeral,
    "chat.postMessage": _post,
    "chat.update": _update,
    "conversations.history": _history,
    "conversations.info": _conversations_info,
    "conversations.open": _conversations_open,
    "conversations.replies": _history,
    "files.completeUploadExternal": _complete_upload,
    "files.getUploadURLExternal": _upload_url,
    "reactions.add": _reactions_add,
    "reactions.get": _reactions_get,
    "users.conversations": _users_conversations,
    "users.info": _users_info,
    "views.open": _views_open,
    "views.publish": _views_publish,
    "views.update": _views_update,
}
