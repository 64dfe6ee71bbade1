"""The command line: python -m bot run | web | worker | migrate | example | doctor | manifest."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from bot.app import Bot, utc_now
from bot.db import opened
from bot.doctor import examine
from bot.manifest import manifest
from bot.migrations.upgrade import Schema, migrate, schema_of
from bot.settings import BadSettings, Settings, read_settings

WRONG_SETTINGS = 2


async def run(settings: Settings) -> int:
    """Serve one team in one process, over Socket Mode or HTTP; clock included."""
    settings.require_slack()
    await _prepare(settings)
    bot = Bot(settings)
    async with bot.running(), bot.clock():
        await (_socket_mode(bot, settings) if settings.socket_mode else _http(bot, settings))
    return 0


async def web(settings: Settings) -> int:
    """Answer Slack over HTTP; any number of these may run."""
    settings.require_http()
    await _require_schema(settings)
    bot = Bot(settings)
    async with bot.running():
        await _http(bot, settings)
    return 0


async def worker(settings: Settings) -> int:
    """Post cards and digests when they are due; any number of these may run on PostgreSQL."""
    settings.require_slack()
    await _require_schema(settings)
    bot = Bot(settings)
    async with bot.running(), bot.clock():
        await _until_told_to_stop()
    return 0


async def migrate_only(settings: Settings) -> int:
    async with opened(settings.database_url) as database:
        await migrate(database)
    return 0


async def doctor(settings: Settings) -> int:
    """Print what is right and what is wrong; the exit code is 1 where something is."""
    right = True
    async for finding in examine(settings, utc_now()):
        print(finding)  # noqa: T201 - this is the command's output
        right = right and finding.right
    return 0 if right else 1


async def _prepare(settings: Settings) -> None:
    """Bring an empty or older database up to date."""
    async with opened(settings.database_url) as database:
        if await schema_of(database) is Schema.UNKNOWN:
            raise BadSettings("DATABASE_URL leads to a database of a newer release or of another program.")
        await migrate(database)


async def _require_schema(settings: Settings) -> None:
    async with opened(settings.database_url) as database:
        schema = await schema_of(database)
    if schema is not Schema.RIGHT:
        raise BadSettings(f"The database's schema is {schema}: run 'python -m bot migrate' first.")


class Server(uvicorn.Server):
    """A server that stops when it is told to, and lets the rest of the process finish too.

    Uvicorn's own raises the signal again once it has stopped, which would cut off what was accepted.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _http(bot: Bot, settings: Settings) -> None:
    server = Server(
        uvicorn.Config(
            bot.web(),
            host="0.0.0.0",  # noqa: S104 - behind a proxy or a tunnel
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    )

    def stop() -> None:
        server.should_exit = True

    _on_signal(stop)
    await server.serve()


async def _socket_mode(bot: Bot, settings: Settings) -> None:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler  # noqa: PLC0415 - not over HTTP

    handler = AsyncSocketModeHandler(bot.bolt, settings.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await _until_told_to_stop()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    _on_signal(stop.set)
    await stop.wait()


def _on_signal(act: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in a loop
            asyncio.get_running_loop().add_signal_handler(number, act)


async def example(_settings: Settings) -> int:
    """Play a workshop on a stand-in Slack and print what the channel shows."""
    from bot.example.workshop import play  # noqa: PLC0415 - only this verb needs the stand-in

    print(await play())  # noqa: T201 - this is the command's output
    return 0


VERBS: dict[str, Callable[[Settings], Awaitable[int]]] = {
    "run": run,
    "web": web,
    "worker": worker,
    "migrate": migrate_only,
    "doctor": doctor,
    "example": example,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("verb", choices=[*VERBS, "manifest"])
    parser.add_argument(
        "--url", default="", help="manifest: where Slack reaches the bot; without it, Socket Mode"
    )
    given = parser.parse_args(arguments)
    if given.verb == "manifest":
        print(json.dumps(manifest(given.url, socket_mode=not given.url), indent=2))  # noqa: T201 - the output
        return 0
    try:
        settings = read_settings(os.environ)
        _log(settings)
        return asyncio.run(VERBS[given.verb](settings))  # type: ignore[arg-type]
    except BadSettings as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the operator
        return WRONG_SETTINGS
    except KeyboardInterrupt:
        return 0


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _log(settings: Settings) -> None:
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(_Json() if settings.log_format == "json" else text)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for noisy in ("alembic", "apscheduler", "slack_bolt", "slack_sdk"):
        # Bolt logs whole requests at INFO where a signature is wrong, APScheduler each tick.
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    # It warns of a token that it finds in the environment itself.
    logging.getLogger("slack_bolt.AsyncApp").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
