"""The bot as its own process: over HTTP, over Socket Mode, stopping when told to."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bot.fake_slack.client.harness import Harness

from bot.db.database import open_database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.fake_slack.server.http_server import FakeSlack
from tests.conftest import emptied

pytestmark = pytest.mark.enable_socket


@asynccontextmanager
async def process(
    slack: FakeSlack, url: str, verb: str, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environ = {
        **os.environ,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": url,
        **more,
    }
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", verb, env=environ)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
        await started.wait()


async def test_socket_mode_serves_a_team_and_stops_cleanly(sqlite_url: str) -> None:
    async with FakeSlack() as slack:
        async with process(slack, sqlite_url, "run", SLACK_APP_TOKEN=slack.app_token) as running:
            await asyncio.wait_for(slack.socket_connected.wait(), 20)

            async def nothing() -> None:
                pass

            bench = Harness(slack, _unused, nothing)
            ana = bench.add_person("Ana")
            channel = bench.add_channel("product", ana)
            await slack.send_envelope("slash_commands", ana.member.command_payload(channel, "/valuemap"))
            await asyncio.wait_for(slack.response_received.wait(), 20)
            assert "no canvas yet" in ana.last_message(channel).text
        assert running.returncode == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_many_processes_start_on_an_empty_database(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if kind == "postgresql":
        await emptied(url := request.getfixturevalue("postgresql_server"))
    async with FakeSlack() as slack, open_database(url) as database, contextlib.AsyncExitStack() as stack:
        assert await read_schema_state(database) is SchemaState.EMPTY
        starting = [await stack.enter_async_context(process(slack, url, "migrate")) for _ in range(4)]
        assert await asyncio.gather(*(one.wait() for one in starting)) == [0] * 4
        assert await read_schema_state(database) is SchemaState.CURRENT


async def _unused(_body: bytes, _headers: object) -> tuple[int, bytes]:
    raise AssertionError("nothing comes over HTTP")


async def test_doctor_finds_the_database_without_a_schema_and_a_wrong_token(
    sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with FakeSlack() as slack:
        async with process(slack, sqlite_url, "doctor", SLACK_SIGNING_SECRET="x") as healthy:
            assert await healthy.wait() == 0
        slack.bot_token = "xoxb-changed"
        wrong = "sqlite:////nowhere/at/all.db"
        async with process(
            slack, wrong, "doctor", SLACK_SIGNING_SECRET="x", SLACK_BOT_TOKEN="xoxb-old"
        ) as ill:
            assert await ill.wait() == 1
    said = capfd.readouterr().out
    assert "WRONG bot token: Slack answers invalid_auth" in said
    assert "WRONG database: does not answer" in said
