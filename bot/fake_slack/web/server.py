"""Serve the page over HTTP: its files and parts, the visitor's actions, and a stream of changes."""

import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.resources import files

import htpy as h
from aiohttp import web

from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.models import FakeSlackError, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.change_feed import ChangeFeed, ChangeKind, WorkspaceChange
from bot.fake_slack.server.delivery import Delivery
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.fake_slack.web import shell
from bot.fake_slack.web.actions import ACTIONS, PageAction, require_channel
from bot.fake_slack.web.html.markdown import render_markdown
from bot.fake_slack.web.messages import build_reader, render_messages
from bot.fake_slack.web.stream import build_event, render_home

CONTENT_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
STATIC_NAME_PATTERN = re.compile(r"[a-z]+\.(css|js|svg)")  # no path leads out of the folder
MAX_UPLOAD_BYTES = 5_000_000


class SlackPage:
    """Serves the page to visitors, who each act as one of the actors."""

    def __init__(self, slack: FakeWorkspace, delivery: Delivery, actors: Sequence[SlackUser]) -> None:
        self._slack = slack
        self._members = {actor.id: MemberClient(delivery, actor) for actor in actors}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add to the fake Slack's server. /archives and /docs are Slack's own links."""
        return [
            web.get("/", self._get_shell),
            web.get("/archives/{channel_id}", self._get_shell),
            web.get("/archives/{channel_id}/{message}", self._get_shell),
            web.get("/docs/{team_id}/{canvas_id}", self._redirect_to_canvas),
            web.get("/static/{name}", self._get_static_file),
            web.get("/page/stream", self._stream_changes),
            web.get("/page/channels/{channel_id}", self._get_channel),
            web.get("/page/threads/{channel_id}/{thread_ts}", self._get_thread),
            web.get("/page/home", self._get_home),
            web.get("/page/canvases/{canvas_id}", self._get_canvas),
            web.get("/page/files/{file_id}", self._get_file),
            web.post("/page/upload", self._receive_upload),
            *(web.post(f"/page/{name}", self._build_handler(action)) for name, action in ACTIONS.items()),
        ]

    async def _get_shell(self, _request: web.Request) -> web.Response:
        actors = [member.user for member in self._members.values()]
        return _respond_html(shell.render_shell(self._slack, actors))

    async def _get_static_file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        file = files("bot.fake_slack.web").joinpath("static", name)
        if not STATIC_NAME_PATTERN.fullmatch(name) or not file.is_file():
            raise web.HTTPNotFound
        content_type = CONTENT_TYPES[name.rpartition(".")[2]]
        return web.Response(text=file.read_text("utf-8"), content_type=content_type)

    async def _get_channel(self, request: web.Request) -> web.Response:
        member = self._find_member(request.query)
        channel = _find_channel(member, request)

        def is_in_channel(message: SlackMessage) -> bool:
            return message.channel_id == channel.id and not message.thread_ts

        return web.json_response(
            {
                "name": channel.name,
                "is_direct": channel.is_direct,
                "tabs": str(h.fragment[shell.render_tabs(self._slack, channel)]),
                "header": str(h.fragment[shell.render_channel_header(self._slack, channel)]),
                "messages": str(h.fragment[self._render_messages(member, is_in_channel)]),
            }
        )

    async def _get_thread(self, request: web.Request) -> web.Response:
        member = self._find_member(request.query)
        channel, thread_ts = _find_channel(member, request), request.match_info["thread_ts"]

        def is_in_thread(message: SlackMessage) -> bool:
            return message.channel_id == channel.id and thread_ts in {message.ts, message.thread_ts}

        return _respond_html(self._render_messages(member, is_in_thread))

    def _render_messages(self, member: MemberClient, is_wanted: Callable[[SlackMessage], bool]) -> h.Node:
        messages = [one for one in self._slack.messages if is_wanted(one) and member.can_see(one)]
        return render_messages(self._slack, messages, build_reader(self._slack, member.user))

    async def _get_home(self, request: web.Request) -> web.Response:
        return _respond_html(render_home(self._slack, self._find_member(request.query)))

    async def _get_canvas(self, request: web.Request) -> web.Response:
        member = self._find_member(request.query)
        canvas = self._slack.canvases.get(request.match_info["canvas_id"])
        if canvas is None or member.id not in self._slack.channels[canvas.channel_id].member_ids:
            raise web.HTTPNotFound
        content = render_markdown(canvas.markdown, build_reader(self._slack, member.user))
        return _respond_html(h.article(".canvas")[h.h2[canvas.title or "Untitled"], content])

    async def _redirect_to_canvas(self, request: web.Request) -> web.Response:
        """Redirect a link to a canvas, as Slack writes it, to the tab of its channel."""
        canvas = self._slack.canvases.get(request.match_info["canvas_id"])
        if canvas is None:
            raise web.HTTPNotFound
        raise web.HTTPFound(f"/archives/{canvas.channel_id}?canvas={canvas.id}")

    async def _get_file(self, request: web.Request) -> web.Response:
        """Serve a shared file: pictures to show on the page, everything else to download."""
        try:
            file = self._slack.find_file(request.match_info["file_id"])
        except FakeSlackError as error:
            raise web.HTTPNotFound from error
        headers = {"Content-Disposition": "inline" if file.is_picture else "attachment"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    async def _receive_upload(self, request: web.Request) -> web.Response:
        """Keep a file that was chosen in a form. The bot gets its id when the form is submitted."""
        member = self._find_member(request.query)
        content = await request.read()
        if len(content) > MAX_UPLOAD_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_UPLOAD_BYTES, len(content))
        file = member.upload_file(request.query["name"], content)
        return web.json_response({"id": file.id})

    async def _stream_changes(self, request: web.Request) -> web.StreamResponse:
        """Send what changes for one member from now on, as server-sent events."""
        member = self._find_member(request.query)
        if not self._slack.preparation_notice:  # until then the dialogs are those of the prepared workshop
            await member.close_view(whole_stack=True)  # a page that has just been loaded shows no modal
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        feed = self._slack.open_change_feed()
        for kind in (ChangeKind.CHANNELS, ChangeKind.CLOCK, ChangeKind.PREPARING):
            feed.add_change(WorkspaceChange(kind))
        try:
            with contextlib.suppress(ConnectionError):  # the page was closed
                await self._send_changes(feed, member, response)
        finally:
            self._slack.close_change_feed(feed)
        return response

    async def _send_changes(
        self, feed: ChangeFeed, member: MemberClient, response: web.StreamResponse
    ) -> None:
        while changes := await feed.wait_for_changes():
            for change in changes:
                if event := build_event(change, self._slack, member):
                    await response.write(f"data: {json.dumps(event)}\n\n".encode())

    def _build_handler(self, action: PageAction) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            # A foreign page can make a browser send a form here, but not JSON.
            if request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType
            fields = await request.json()
            try:
                answer = await action(self._find_member(fields), fields)
            except FakeSlackError as error:
                return web.json_response({"error": error.error}, status=409)
            return web.json_response(answer or {})

        return handle

    def _find_member(self, fields: Mapping[str, str]) -> MemberClient:
        """Return the member that a request acts as. Raises HTTPForbidden for who is no actor."""
        try:
            return self._members[fields["user_id"]]
        except KeyError as error:
            raise web.HTTPForbidden from error


def _find_channel(member: MemberClient, request: web.Request) -> SlackChannel:
    try:
        return require_channel(member, request.match_info["channel_id"])
    except FakeSlackError as error:
        raise web.HTTPNotFound from error


def _respond_html(content: h.Node) -> web.Response:
    return web.Response(text=str(h.fragment[content]), content_type="text/html")
