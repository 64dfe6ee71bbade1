"""Run the bot as a process of its own, on the fake Slack."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.fake_slack.server.http_server import FakeSlack


@asynccontextmanager
async def run_bot_process(
    slack: FakeSlack, database_url: str, verb: str, listening: asyncio.Event | None = None, /, **environ: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m bot COMMAND`; at the end stop it by SIGTERM, unless it has ended.

    `listening` is set once the process says that it listens at its port.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        verb,
        env={
            **os.environ,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": database_url,
            **environ,
        },
        stderr=asyncio.subprocess.PIPE if listening else None,
    )
    passing_on = asyncio.create_task(_pass_on_errors(process, listening)) if listening else None
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()
        if passing_on:
            await passing_on


async def _pass_on_errors(process: asyncio.subprocess.Process, listening: asyncio.Event) -> None:
    """Write what a process says to this one's standard error, which pytest captures, until it ends."""
    assert process.stderr is not None
    async for line in process.stderr:
        os.write(2, line)
        if b"listening at port" in line:
            listening.set()


async def send_nothing(_body: bytes, _headers: object) -> tuple[int, bytes]:
    """A sender for a Harness whose people send nothing over HTTP."""
    raise AssertionError("nothing comes over HTTP")


async def settle_nothing() -> None:
    """For a Harness: the bot is another process, so there is nothing to wait for here."""
