"""The ASGI apps of a bot, and the servers that run them until a stop signal."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from socket import socket

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.app import Bot
from bot.features.workspaces.oauth import listeners as oauth
from bot.manifest import OPTIONAL_SCOPES, SCOPES
from bot.slack.incoming.middleware import SlackRequestMiddleware, fix_form

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - behind a proxy or a tunnel
GRACEFUL_SHUTDOWN_SECONDS = 3  # for running requests: Slack waits three seconds


def build_http_app(bot: Bot) -> ASGIApp:
    """Return the app that serves Slack's requests, the installation pages and the health checks."""

    async def receive_request(request: HttpRequest) -> Response:
        bolt_request = fix_form(to_async_bolt_request(request, await request.body()))
        return to_starlette_response(await bot.bolt.async_dispatch(bolt_request))

    routes = [
        Route("/slack/events", receive_request, methods=["POST"]),
        *(oauth.build_oauth_routes(bot.oauth, bot.deps, SCOPES, OPTIONAL_SCOPES) if bot.oauth else ()),
        *bot.health.build_routes(),
    ]
    return SlackRequestMiddleware(Starlette(routes=routes), bot.settings.signing_secret)


def build_health_app(bot: Bot) -> ASGIApp:
    """Return the app of a process that gets no requests from Slack over HTTP."""
    return SlackRequestMiddleware(
        Starlette(routes=bot.health.build_routes()), bot.settings.signing_secret, accepts_requests=False
    )


class HttpServer(uvicorn.Server):
    """A server that leaves the signals to `call_on_stop_signal`.

    Uvicorn's server raises a signal again after it has stopped, which would end the process before its
    background tasks are done.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers; uvicorn calls this method."""
        yield


async def serve_http(bot: Bot, port: int) -> None:
    """Answer Slack over HTTP until a stop signal."""
    server = _make_server(build_http_app(bot), ALL_INTERFACES, port)

    def stop() -> None:
        server.should_exit = True

    call_on_stop_signal(stop)
    await server.serve()


@contextlib.asynccontextmanager
async def serve_on_socket(bot: Bot, listening_socket: socket) -> AsyncIterator[None]:
    """Answer Slack over HTTP on a bound socket until the context ends."""
    server = _make_server(build_http_app(bot), "127.0.0.1", 0)
    server_task = asyncio.create_task(server.serve(sockets=[listening_socket]))
    try:
        yield
    finally:
        server.should_exit = True
        await server_task


@contextlib.asynccontextmanager
async def serve_health(bot: Bot, port: int | None) -> AsyncIterator[None]:
    """Serve only the health checks until the context ends; do nothing where the port is None."""
    if port is None:
        yield
        return
    server = _make_server(build_health_app(bot), ALL_INTERFACES, port)
    server_task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await server_task


def _make_server(app: ASGIApp, host: str, port: int) -> HttpServer:
    return HttpServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
        )
    )


async def wait_for_stop_signal() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop = asyncio.Event()
    call_on_stop_signal(stop.set)
    await stop.wait()


def call_on_stop_signal(callback: Callable[[], None]) -> None:
    """Call the callback at each SIGTERM or SIGINT."""
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows' event loops have no signal handlers
            asyncio.get_running_loop().add_signal_handler(signal_number, callback)
