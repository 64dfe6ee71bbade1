"""The ASGI apps of a bot, and the servers that run them until a stop signal."""

import asyncio
import contextlib
import errno
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from socket import IPPROTO_TCP, SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any

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
from bot.settings import InvalidSettings
from bot.slack.incoming.middleware import SlackRequestMiddleware, fix_form

log = logging.getLogger(__name__)

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - behind a proxy or a tunnel
GRACEFUL_SHUTDOWN_SECONDS = 3  # for running requests: Slack waits three seconds
LISTEN_BACKLOG = 2048  # connections that wait to be accepted; uvicorn's own default
HEALTH_PAGES = "/healthz, /readyz, /metrics"
PORT_PROBLEMS = {
    errno.EADDRINUSE: "is in use: stop what listens there, or choose another",
    errno.EACCES: "needs the rights of an administrator: choose one above 1023",
}


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
    """A server that leaves the signals to `catch_stop_signals`.

    Uvicorn's server raises a signal again after it has stopped, which would end the process before its
    background tasks are done.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers; uvicorn calls this method."""
        yield


async def serve_http(bot: Bot, port: int, stop: asyncio.Event) -> None:
    """Answer Slack over HTTP until `stop` is set; raise InvalidSettings where the port cannot be used."""
    with bind_port(port) as listening_socket:
        async with serve_on_socket(build_http_app(bot), listening_socket):
            log.info(
                "listening at port %d: POST /slack/events, %s", read_port(listening_socket), HEALTH_PAGES
            )
            await stop.wait()


@contextlib.asynccontextmanager
async def serve_health(bot: Bot, port: int | None) -> AsyncIterator[None]:
    """Serve only the health checks until the context ends; do nothing where the port is None.

    Raises InvalidSettings where the port cannot be used.
    """
    if port is None:
        log.info("listening at no port: set PORT for %s", HEALTH_PAGES)
        yield
        return
    with bind_port(port) as listening_socket:
        async with serve_on_socket(build_health_app(bot), listening_socket):
            log.info("listening at port %d: %s", read_port(listening_socket), HEALTH_PAGES)
            yield


@contextlib.asynccontextmanager
async def serve_on_socket(app: ASGIApp, listening_socket: socket) -> AsyncIterator[None]:
    """Serve an app on a bound socket until the context ends."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS
    )
    server = HttpServer(config)
    server_task = asyncio.create_task(server.serve(sockets=[listening_socket]))
    try:
        yield
    finally:
        server.should_exit = True
        await server_task


def bind_port(port: int) -> socket:
    """Listen at a port of all interfaces, 0 for any free one; raise InvalidSettings where that fails."""
    # Only for sockets whose protocol is given as TCP does asyncio turn off Nagle's algorithm.
    listening_socket = socket(proto=IPPROTO_TCP)
    try:
        listening_socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        listening_socket.bind((ALL_INTERFACES, port))
        listening_socket.listen(LISTEN_BACKLOG)
    except OSError as error:
        listening_socket.close()
        reason = PORT_PROBLEMS.get(error.errno or 0, f"cannot be used ({error.strerror})")
        raise InvalidSettings(f"PORT {port} {reason}.") from None
    return listening_socket


def read_port(listening_socket: socket) -> int:
    """Return the port of a bound socket."""
    port: int = listening_socket.getsockname()[1]
    return port


def catch_stop_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set from now on, instead of ending the process."""
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        # Windows' event loops have no signal handlers, and a thread other than the main one gets no signals.
        with contextlib.suppress(NotImplementedError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    return stop


async def run_until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Run work that never ends until `stop` is set; raise what it raises."""
    tasks = {asyncio.create_task(stop.wait()), asyncio.create_task(work)}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
