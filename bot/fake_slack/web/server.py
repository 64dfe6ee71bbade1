"""The page over HTTP: what it shows, what is done on it, and a stream of what changes."""

import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.resources import files

import htpy as h
from aiohttp import web

from bot.fake_slack.changes import Change, Watch, What
from bot.fake_slack.delivery import Delivery
from bot.fake_slack.member import Member
from bot.fake_slack.things import Channel, Posted, Refused, User
from bot.fake_slack.web import shell
from bot.fake_slack.web.acts import ACTS, Act, channel_of
from bot.fake_slack.web.html.markdown import markdown
from bot.fake_slack.web.messages import messages, reader_of
from bot.fake_slack.web.stream import event_of, home
from bot.fake_slack.workspace import Workspace

STATIC = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
STATIC_NAME = re.compile(r"[a-z]+\.(css|js|svg)")
MOST_UPLOADED = 5_000_000


class Page:
    """Serves the page to whoever acts as one of the actors."""

    def __init__(self, slack: Workspace, delivery: Delivery, actors: Sequence[User]) -> None:
        self._slack = slack
        self._members = {actor.id: Member(delivery, actor) for actor in actors}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._shell),
            web.get("/archives/{channel}", self._shell),
            web.get("/archives/{channel}/{ts}", self._shell),
            web.get("/static/{name}", self._static),
            web.get("/play/stream", self._stream),
            web.get("/play/channel/{channel}", self._channel),
            web.get("/play/thread/{channel}/{ts}", self._thread),
            web.get("/play/home", self._home),
            web.get("/play/canvas/{key}", self._canvas),
            web.get("/docs/{team}/{key}", self._linked_canvas),
            web.get("/play/files/{key}", self._file),
            web.post("/play/upload", self._upload),
            *(web.post(f"/play/{name}", self._handler(act)) for name, act in ACTS.items()),
        ]

    async def _shell(self, _request: web.Request) -> web.Response:
        return _html(shell.shell(self._slack, [member.user for member in self._members.values()]))

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        file = files("bot.playground.page").joinpath("static", name)
        if not STATIC_NAME.fullmatch(name) or not file.is_file():
            raise web.HTTPNotFound
        kind = STATIC[name.rpartition(".")[2]]
        return web.Response(text=file.read_text("utf-8"), content_type=kind)

    async def _channel(self, request: web.Request) -> web.Response:
        member = self._member(request.query)
        channel = _allowed(member, request)
        shown = self._seen(member, lambda posted: posted.channel == channel.id and not posted.thread_ts)
        about = {
            "name": channel.name,
            "direct": channel.is_direct,
            "tabs": str(h.fragment[shell.tabs(self._slack, channel)]),
            "place": str(h.fragment[shell.place(self._slack, channel)]),
            "messages": str(h.fragment[shown]),
        }
        return web.json_response(about)

    async def _thread(self, request: web.Request) -> web.Response:
        member = self._member(request.query)
        channel, ts = _allowed(member, request), request.match_info["ts"]

        def belongs(posted: Posted) -> bool:
            return posted.channel == channel.id and ts in {posted.ts, posted.thread_ts}

        return _html(self._seen(member, belongs))

    def _seen(self, member: Member, which: Callable[[Posted], bool]) -> h.Node:
        shown = [posted for posted in self._slack.messages if which(posted) and member.sees(posted)]
        return messages(self._slack, shown, reader_of(self._slack, member.user))

    async def _home(self, request: web.Request) -> web.Response:
        return _html(home(self._slack, self._member(request.query)))

    async def _canvas(self, request: web.Request) -> web.Response:
        member = self._member(request.query)
        document = self._slack.documents.get(request.match_info["key"])
        if document is None or member.id not in self._slack.channels[document.channel].members:
            raise web.HTTPNotFound
        shown = markdown(document.markdown, reader_of(self._slack, member.user))
        return _html(h.article(".canvas")[h.h2[document.title or "Untitled"], shown])

    async def _linked_canvas(self, request: web.Request) -> web.Response:
        """Lead from the link to a canvas to its tab."""
        document = self._slack.documents.get(request.match_info["key"])
        if document is None:
            raise web.HTTPNotFound
        raise web.HTTPFound(f"/archives/{document.channel}?canvas={document.id}")

    async def _file(self, request: web.Request) -> web.Response:
        """A file that was shared: pictures to look at, everything else to keep."""
        try:
            file = self._slack.file(request.match_info["key"])
        except Refused as refused:
            raise web.HTTPNotFound from refused
        how = "inline" if file.is_picture else "attachment"
        headers = {"Content-Disposition": how}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    async def _upload(self, request: web.Request) -> web.Response:
        """A file chosen in a form, of which the app hears once the form is submitted."""
        member = self._member(request.query)
        content = await request.read()
        if len(content) > MOST_UPLOADED:
            raise web.HTTPRequestEntityTooLarge(MOST_UPLOADED, len(content))
        file = member.uploads(request.query["name"], content)
        return web.json_response({"id": file.id})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: what changes for one member, from now on."""
        member = self._member(request.query)
        await member.closes(all_of_them=True)  # a page that is opened anew has no modal
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        watch = self._slack.watch()
        for what in (What.CHANNELS, What.CLOCK, What.PREPARING):
            watch.tell(Change(what))
        try:
            with contextlib.suppress(ConnectionError):  # the page was closed
                await self._pour(watch, member, response)
        finally:
            self._slack.unwatch(watch)
        return response

    async def _pour(self, watch: Watch, member: Member, response: web.StreamResponse) -> None:
        while True:
            for change in await watch.fetch():
                if event := event_of(change, self._slack, member):
                    await response.write(f"data: {json.dumps(event)}\n\n".encode())

    def _handler(self, act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if request.content_type != "application/json":  # a foreign page could send a form
                raise web.HTTPUnsupportedMediaType
            asked = await request.json()
            try:
                answer = await act(self._member(asked), asked)
            except Refused as refused:
                return web.json_response({"refused": refused.error}, status=409)
            return web.json_response(answer or {})

        return handle

    def _member(self, asked: Mapping[str, str]) -> Member:
        try:
            return self._members[asked["as"]]
        except KeyError as unknown:
            raise web.HTTPForbidden from unknown


def _allowed(member: Member, request: web.Request) -> Channel:
    try:
        return channel_of(member, request.match_info["channel"])
    except Refused as refused:
        raise web.HTTPNotFound from refused


def _html(shown: h.Node) -> web.Response:
    return web.Response(text=str(h.fragment[shown]), content_type="text/html")
