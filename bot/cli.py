"""The value map bot: a Slack bot with which a team works out its value proposition."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot import __version__
from bot.app import Bot, utc_now
from bot.database_url import MAX_PORT
from bot.features.workspaces.data_deletion.service import delete_workspace
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.features.workspaces.oauth.service import reencrypt_all_tokens
from bot.manifest import build_manifest
from bot.observability import logs, sentry
from bot.server import catch_stop_signals, run_until, serve_health, serve_http
from bot.settings import InvalidSettings, Settings, is_web_address, read_log_format, read_settings
from bot.startup import (
    build_bot,
    log_start,
    migrate_to_newest,
    open_settings_database,
    prepare_database,
    require_current_schema,
)
from bot.timing import DEFAULT_TIMING, Timing

if sys.platform == "win32":  # uvloop does not support Windows
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

INVALID_SETTINGS_EXIT_CODE = 2
DEMO_PORT = 4000
# SQLite runs in threads, and a switch to another thread may wait 5 ms by Python's default.
THREAD_SWITCH_INTERVAL_SECONDS = 0.0005
DEMO_STARTED_TEXT = """\
The demo is at {url}
Value map bot {version} speaks with a fake Slack in this process; its database is {database}.
Ctrl+C stops it. The next start continues where it stopped; --reset starts over."""


async def run_all(settings: Settings, timing: Timing = DEFAULT_TIMING) -> int:
    """Serve one workspace in one process: answer Slack, and run the scheduler."""
    settings.require_slack()
    stop = catch_stop_signals()
    log_start("run", settings)
    await prepare_database(settings)
    bot = await build_bot(settings, timing)
    async with bot.running(), bot.scheduler.running():
        if settings.socket_mode:
            await _serve_socket_mode(bot, settings, stop)
        else:
            await serve_http(bot, settings.port, stop)
    return 0


async def run_web(settings: Settings, timing: Timing = DEFAULT_TIMING) -> int:
    """Answer Slack over HTTP, without the scheduler."""
    settings.require_http()
    stop = catch_stop_signals()
    log_start("web", settings)
    await require_current_schema(settings)
    bot = await build_bot(settings, timing)
    async with bot.running():
        await serve_http(bot, settings.port, stop)
    return 0


async def run_worker(settings: Settings, timing: Timing = DEFAULT_TIMING) -> int:
    """Run the scheduler and the jobs, without answering Slack."""
    settings.require_slack()
    stop = catch_stop_signals()
    log_start("worker", settings)
    await require_current_schema(settings)
    bot = await build_bot(settings, timing)
    async with bot.running(), bot.scheduler.running(), serve_health(bot, settings.health_port):
        await stop.wait()
    return 0


async def run_migrations(settings: Settings) -> int:
    """Bring the database to the newest schema."""
    async with open_settings_database(settings) as database:
        await migrate_to_newest(database)
    return 0


async def rotate_keys(settings: Settings) -> int:
    """Encrypt all tokens with the newest key."""
    settings.require_keys()
    await require_current_schema(settings)
    async with open_settings_database(settings) as database:
        changed = await reencrypt_all_tokens(database, TokenEncryption(settings.encryption_keys))
    text = f"{changed} tokens are encrypted with the first of ENCRYPTION_KEYS, the only one needed now."
    print(text)  # noqa: T201 - for the operator
    return 0


async def run_doctor(settings: Settings) -> int:
    """Print the result of each check.

    Return 2 if the bot would not start, 1 if another check fails, else 0.
    """
    from bot.doctor import run_checks  # noqa: PLC0415 - it tries the fonts, and loads the renderer for that

    exit_code = 0
    async for finding in run_checks(settings, utc_now()):
        print(finding)  # noqa: T201 - this is the command's output
        exit_code = max(exit_code, finding.exit_code)
    return exit_code


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand without options."""

    description: str
    run: Callable[[Settings], Coroutine[Any, Any, int]]


SUBCOMMANDS = {
    "run": Subcommand("serve one team in one process, over Socket Mode or HTTP; scheduler included", run_all),
    "web": Subcommand("answer Slack over HTTP; any number of processes on PostgreSQL", run_web),
    "worker": Subcommand(
        "post cards and digests when they are due; any number of processes on PostgreSQL", run_worker
    ),
    "migrate": Subcommand("bring the database to the newest schema", run_migrations),
    "rotate-keys": Subcommand("encrypt all tokens with the newest of ENCRYPTION_KEYS", rotate_keys),
    "doctor": Subcommand(
        "check settings, tokens, scopes, database and clock, and say how to repair them", run_doctor
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand and return the exit code."""
    options = _build_parser().parse_args(arguments)
    try:
        if options.subcommand == "manifest":
            return _print_manifest(options)
        if options.subcommand == "demo":
            logs.set_up_logging(read_log_format(), "WARNING")
            return _run_in_event_loop(_run_demo(options))
        settings = read_settings()
        logs.set_up_logging(settings.log_format, settings.log_level)
        sentry.set_up_sentry(settings.sentry_dsn)
        if options.subcommand == "forget":
            return _run_in_event_loop(_delete_workspace(settings, options.team))
        return _run_in_event_loop(SUBCOMMANDS[options.subcommand].run(settings))
    except InvalidSettings as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the operator
        return INVALID_SETTINGS_EXIT_CODE
    except KeyboardInterrupt:
        return 0


def _run_in_event_loop(work: Coroutine[Any, Any, int]) -> int:
    sys.setswitchinterval(THREAD_SWITCH_INTERVAL_SECONDS)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    subparsers = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    demo_parser = subparsers.add_parser(
        "demo", help="try the bot in the browser, on a fake Slack; needs nothing else"
    )
    demo_parser.add_argument(
        "--port", type=_parse_port, default=DEMO_PORT, help=f"port of the page; {DEMO_PORT} by default"
    )
    demo_parser.add_argument("--reset", action="store_true", help="delete the demo's state and start over")
    demo_parser.add_argument(
        "--no-browser", action="store_true", help="open no browser, only print the address"
    )
    for name, subcommand in SUBCOMMANDS.items():
        subparsers.add_parser(name, help=subcommand.description)
    forget_parser = subparsers.add_parser("forget", help="delete all data of a workspace")
    forget_parser.add_argument("team", metavar="TEAM", help="the workspace's id, such as T0123456789")
    manifest_parser = subparsers.add_parser("manifest", help="print the Slack app's manifest")
    manifest_parser.add_argument(
        "--many", action="store_true", help="for many workspaces that install the app by a link; needs --url"
    )
    manifest_parser.add_argument(
        "--url", default="", help="the address at which Slack reaches the bot; Socket Mode without it"
    )
    return parser


def _parse_port(text: str) -> int:
    """Return a port; raise ValueError, which argparse reports with the option's name."""
    if not 0 <= (port := int(text)) <= MAX_PORT:
        raise ValueError
    return port


def _print_manifest(options: argparse.Namespace) -> int:
    """Print the manifest; raise InvalidSettings for a URL that Slack cannot reach."""
    if options.url and not is_web_address(options.url):
        raise InvalidSettings("--url must be a web address such as https://your.host/slack/events.")
    if options.many and not options.url:
        raise InvalidSettings("--many needs --url: many workspaces reach the bot over HTTP.")
    content = build_manifest(options.url, socket_mode=not options.url, many_workspaces=options.many)
    print(json.dumps(content, indent=2))  # noqa: T201 - the output
    return 0


async def _run_demo(options: argparse.Namespace) -> int:
    import webbrowser  # noqa: PLC0415 - only the demo needs both

    from bot.demo.run import run_demo  # noqa: PLC0415

    stop = catch_stop_signals()
    async with run_demo(options.port, reset=options.reset) as demo:
        text = DEMO_STARTED_TEXT.format(version=__version__, url=demo.url, database=demo.database_file)
        print(text, flush=True)  # noqa: T201 - for the operator
        if not options.no_browser:
            await asyncio.to_thread(webbrowser.open, demo.url)
        await stop.wait()
    return 0


async def _delete_workspace(settings: Settings, team_id: str) -> int:
    await require_current_schema(settings)
    async with open_settings_database(settings) as database:
        was_stored = await delete_workspace(database, team_id)
    print(f"All data of {team_id} is deleted." if was_stored else f"Nothing is stored of {team_id}.")  # noqa: T201 - for the operator
    return 0 if was_stored else 1


async def _serve_socket_mode(bot: Bot, settings: Settings, stop: asyncio.Event) -> None:
    from bot.socket_mode import SocketMode  # noqa: PLC0415 - HTTP needs none of it

    deps = bot.deps
    socket_mode = SocketMode(bot.bolt, deps.slack, settings.app_token, bot.health, deps.timing)
    async with serve_health(bot, settings.health_port):
        await run_until(stop, socket_mode.run())
