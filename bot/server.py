"""Serving a bot over HTTP, and stopping when told to."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from socket import socket

import uvicorn
from starlette.types import ASGIApp

from bot.app import Bot

EVERYWHERE = "0.0.0.0"  # noqa: S104 - behind a proxy or a tunnel
GRACE = 3  # seconds for requests to end once the process is to stop: Slack waits no longer


class Server(uvicorn.Server):
    """A server that stops when it is told to, and lets the rest of the process finish too.

    Uvicorn's own raises the signal again once it has stopped, which would cut off what was accepted.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(bot: Bot, port: int) -> None:
    """Answer Slack over HTTP until the process is told to stop."""
    server = _server(bot.web(), EVERYWHERE, port)

    def stop() -> None:
        server.should_exit = True

    on_signal(stop)
    await server.serve()


@contextlib.asynccontextmanager
async def serving(bot: Bot, listening: socket) -> AsyncIterator[None]:
    """Answer Slack over HTTP for a while, at a socket that is bound."""
    server = _server(bot.web(), "127.0.0.1", 0)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await running


@contextlib.asynccontextmanager
async def probed(bot: Bot, port: int | None) -> AsyncIterator[None]:
    """Let others look at a process that hears nothing over HTTP, where a port is given for that."""
    if port is None:
        yield
        return
    server = _server(bot.probes(), EVERYWHERE, port)
    running = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await running


def _server(app: ASGIApp, host: str, port: int) -> Server:
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )
    )


async def until_told_to_stop() -> None:
    stop = asyncio.Event()
    on_signal(stop.set)
    await stop.wait()


def on_signal(act: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in a loop
            asyncio.get_running_loop().add_signal_handler(number, act)
