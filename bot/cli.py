"""The value map bot: a Slack bot with which a team works out its value proposition."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.app import Bot, common_clock, utc_now
from bot.db.database import Database, opened
from bot.db.migrations.schema import Schema, schema_of
from bot.doctor import examine
from bot.features.workspaces.data_deletion.service import forget
from bot.features.workspaces.oauth.encryption import Vault
from bot.features.workspaces.oauth.service import require_keys, rotate
from bot.manifest import manifest
from bot.observability import logs, sentry
from bot.server import probed, serve, until_told_to_stop
from bot.settings import BadSettings, Settings, read_settings
from bot.timing import USUAL, Pace

if sys.platform == "win32":  # for which there is no uvloop
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

WRONG_SETTINGS = 2
DEMO_PORT = 4000
THREADS_TURN = 0.0005  # seconds: Python's own 5 ms add up where an answer takes some changes of threads
ANNOUNCED = """\
The demo is at {url}
Ctrl+C stops it. Started again it goes on where it was; --reset begins anew."""


async def run(settings: Settings, pace: Pace = USUAL) -> int:
    settings.require_slack()
    await _prepare(settings)
    bot = await _bot(settings, pace)
    async with bot.running(), bot.clock():
        await (_socket_mode(bot, settings) if settings.socket_mode else serve(bot, settings.port))
    return 0


async def web(settings: Settings, pace: Pace = USUAL) -> int:
    settings.require_http()
    await _require_schema(settings)
    bot = await _bot(settings, pace)
    async with bot.running():
        await serve(bot, settings.port)
    return 0


async def worker(settings: Settings, pace: Pace = USUAL) -> int:
    settings.require_slack()
    await _require_schema(settings)
    bot = await _bot(settings, pace)
    async with bot.running(), bot.clock(), probed(bot, settings.probe_port):
        await until_told_to_stop()
    return 0


async def migrate_only(settings: Settings) -> int:
    async with opened(settings.database_url) as database:
        await _migrate(database)
    return 0


async def rotate_keys(settings: Settings) -> int:
    settings.require_keys()
    await _require_schema(settings)
    async with opened(settings.database_url) as database:
        changed = await rotate(database, Vault(settings.encryption_keys))
    print(f"{changed} tokens are encrypted anew: only the first of ENCRYPTION_KEYS is needed now.")  # noqa: T201 - for the operator
    return 0


async def doctor(settings: Settings) -> int:
    """Print what is right and what is wrong; the exit code is 1 where something is."""
    right = True
    async for finding in examine(settings, utc_now()):
        print(finding)  # noqa: T201 - this is the command's output
        right = right and finding.right
    return 0 if right else 1


@dataclass(frozen=True, slots=True)
class Verb:
    does: str
    run: Callable[[Settings], Coroutine[Any, Any, int]]


VERBS = {
    "run": Verb("serve one team in one process, over Socket Mode or HTTP; clock included", run),
    "web": Verb("answer Slack over HTTP; any number of these may run on PostgreSQL", web),
    "worker": Verb("post cards and digests when they are due; any number on PostgreSQL", worker),
    "migrate": Verb("bring the database to the newest schema", migrate_only),
    "rotate-keys": Verb("encrypt all tokens with the newest of ENCRYPTION_KEYS", rotate_keys),
    "doctor": Verb("say what is missing or wrong in settings, tokens, scopes, database, clock", doctor),
}


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        if given.verb == "manifest":
            many = given.many and bool(given.url)
            print(json.dumps(manifest(given.url, socket_mode=not given.url, many=many), indent=2))  # noqa: T201 - the output
            return 0
        settings = read_settings(os.environ)
        if given.verb == "demo":
            logs.set_up("text", "WARNING")
            return _run(_demo(given))
        logs.set_up(settings.log_format, settings.log_level)
        sentry.set_up(settings.sentry_dsn)
        if given.verb == "forget":
            return _run(_forget(settings, given.team))
        return _run(VERBS[given.verb].run(settings))
    except BadSettings as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the operator
        return WRONG_SETTINGS
    except KeyboardInterrupt:
        return 0


def _run(work: Coroutine[Any, Any, int]) -> int:
    sys.setswitchinterval(THREADS_TURN)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    demo = verbs.add_parser(
        "demo", help="try the bot in the browser, on a stand-in Slack; needs nothing else"
    )
    demo.add_argument(
        "--port", type=int, default=DEMO_PORT, help=f"where the page is; {DEMO_PORT} by default"
    )
    demo.add_argument("--reset", action="store_true", help="forget what was done before and begin anew")
    demo.add_argument("--no-browser", action="store_true", help="open no browser, only say where the page is")
    for name, verb in VERBS.items():
        verbs.add_parser(name, help=verb.does)
    forgotten = verbs.add_parser("forget", help="delete all that is stored of a workspace, for good")
    forgotten.add_argument("team", metavar="TEAM", help="the workspace's id, such as T0123456789")
    printed = verbs.add_parser("manifest", help="print the Slack app's manifest")
    printed.add_argument(
        "--many", action="store_true", help="for many workspaces, that install the app by a link; needs --url"
    )
    printed.add_argument("--url", default="", help="where Slack reaches the bot; without it, Socket Mode")
    return parser


async def _demo(given: argparse.Namespace) -> int:
    import webbrowser  # noqa: PLC0415 - both are of no use to the other verbs

    from bot.demo.run import running  # noqa: PLC0415

    async with running(given.port, reset=given.reset) as demo:
        print(ANNOUNCED.format(url=demo.url), flush=True)  # noqa: T201 - for whoever runs it
        if not given.no_browser:
            await asyncio.to_thread(webbrowser.open, demo.url)
        await until_told_to_stop()
    return 0


async def _forget(settings: Settings, team: str) -> int:
    await _require_schema(settings)
    async with opened(settings.database_url) as database:
        found = await forget(database, team)
    print(f"All data of {team} is deleted." if found else f"Nothing is stored of {team}.")  # noqa: T201 - for the operator
    return 0 if found else 1


async def _bot(settings: Settings, pace: Pace) -> Bot:
    async with opened(settings.database_url) as database:
        return Bot(settings, await common_clock(database), pace)


async def _prepare(settings: Settings) -> None:
    """Bring an empty or older database up to date."""
    async with opened(settings.database_url) as database:
        schema = await schema_of(database)
        if schema is Schema.UNKNOWN:
            raise BadSettings("DATABASE_URL leads to a database of a newer release or of another program.")
        if schema is not Schema.RIGHT:
            await _migrate(database)
        await _require_keys(settings, database)


async def _migrate(database: Database) -> None:
    from bot.db.migrations.upgrade import migrate  # noqa: PLC0415 - Alembic is 11 MiB and a tenth of the start

    await migrate(database)


async def _require_schema(settings: Settings) -> None:
    async with opened(settings.database_url) as database:
        schema = await schema_of(database)
        if schema is not Schema.RIGHT:
            raise BadSettings(f"The database's schema is {schema}: run 'python -m bot migrate' first.")
        await _require_keys(settings, database)


async def _require_keys(settings: Settings, database: Database) -> None:
    if settings.many_workspaces:
        await require_keys(database, Vault(settings.encryption_keys))


async def _socket_mode(bot: Bot, settings: Settings) -> None:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler  # noqa: PLC0415 - not over HTTP

    handler = AsyncSocketModeHandler(bot.bolt, settings.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        async with probed(bot, settings.probe_port):
            await until_told_to_stop()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
