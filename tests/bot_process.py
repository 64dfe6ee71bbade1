"""Run the bot as a process of its own, on the fake Slack."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from functools import partial

from bot import cli
from bot.fake_slack.server.http_server import FakeSlack
from tests.forked_process import ForkedProcess, fork_process


@asynccontextmanager
async def run_bot_process(
    slack: FakeSlack, database_url: str, verb: str, listening: asyncio.Event | None = None, /, **environ: str
) -> AsyncIterator[ForkedProcess]:
    """Run what `python -m bot COMMAND` runs, in a forked process; at the end stop it, unless it has ended.

    `listening` is set once the process says that it listens at its port.
    """
    errors, write_end = os.pipe()
    process = fork_process(
        partial(cli.main, [verb]), _build_environ(slack, database_url, environ), stderr=write_end
    )
    os.close(write_end)
    passing_on = asyncio.create_task(_pass_on_errors(errors, listening or asyncio.Event()))
    try:
        yield process
    finally:
        await _stop(process)
        await passing_on


@asynccontextmanager
async def run_bot_command(
    slack: FakeSlack, database_url: str, verb: str, **environ: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m bot COMMAND`; at the end stop it, unless it has ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", verb, env=_build_environ(slack, database_url, environ)
    )
    try:
        yield process
    finally:
        await _stop(process)


def _build_environ(slack: FakeSlack, database_url: str, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
        **environ,
    }


async def _stop(process: ForkedProcess | asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    await process.wait()


async def _pass_on_errors(errors: int, listening: asyncio.Event) -> None:
    """Write what a process says to this one's standard error, which pytest captures, until it ends."""
    lines = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(errors, "rb")
    )
    with closing(transport):
        async for line in lines:
            os.write(2, line)
            if b"listening at port" in line:
                listening.set()


async def send_nothing(_body: bytes, _headers: object) -> tuple[int, bytes]:
    """A sender for a Harness whose people send nothing over HTTP."""
    raise AssertionError("nothing comes over HTTP")


async def settle_nothing() -> None:
    """For a Harness: the bot is another process, so there is nothing to wait for here."""
