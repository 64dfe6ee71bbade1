"""The bot as its own process: Socket Mode, migrations at the same time, and doctor."""

import asyncio
import contextlib

import pytest

from bot.db.database import open_database
from bot.db.migrations.schema import SchemaState, read_schema_state
from bot.fake_slack.client.harness import Harness
from tests.bot_process import run_bot_command, run_bot_process, send_nothing, settle_nothing
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack
from tests.hanging import HANG_TIMEOUT_SECONDS

pytestmark = pytest.mark.enable_socket


async def test_socket_mode_serves_a_team_and_stops_cleanly(sqlite_url: str) -> None:
    async with CheckedFakeSlack() as slack:
        async with run_bot_command(slack, sqlite_url, "run", SLACK_APP_TOKEN=slack.app_token) as running:
            await asyncio.wait_for(slack.socket_connected.wait(), HANG_TIMEOUT_SECONDS)

            harness = Harness(slack, send_nothing, settle_nothing)
            ana = harness.add_person("Ana")
            channel = harness.add_channel("product", ana)
            await slack.send_envelope("slash_commands", ana.member.command_payload(channel, "/valuemap"))
            await asyncio.wait_for(slack.response_received.wait(), HANG_TIMEOUT_SECONDS)
            assert "no canvas yet" in ana.last_message(channel).text
        assert running.returncode == 0


async def test_many_processes_start_on_an_empty_database(empty_database_url: str) -> None:
    async with (
        CheckedFakeSlack() as slack,
        open_database(empty_database_url) as database,
        contextlib.AsyncExitStack() as stack,
    ):
        assert await read_schema_state(database) is SchemaState.EMPTY
        processes = [
            await stack.enter_async_context(run_bot_process(slack, empty_database_url, "migrate"))
            for _ in range(4)
        ]
        assert await asyncio.gather(*(process.wait() for process in processes)) == [0] * 4
        assert await read_schema_state(database) is SchemaState.CURRENT


async def test_doctor_finds_the_database_without_a_schema_and_a_wrong_token(
    sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with CheckedFakeSlack() as slack:
        async with run_bot_process(slack, sqlite_url, "doctor", SLACK_SIGNING_SECRET="x") as healthy:
            assert await healthy.wait() == 0
        slack.bot_token = "xoxb-changed"
        unreachable_url = "sqlite:////nowhere/at/all.db"
        async with run_bot_process(
            slack, unreachable_url, "doctor", SLACK_SIGNING_SECRET="x", SLACK_BOT_TOKEN="xoxb-old"
        ) as failing:
            assert await failing.wait() == 2
    output = capfd.readouterr().out
    assert "WRONG bot token: Slack answered invalid_auth" in output
    assert "WRONG database: DATABASE_URL: the folder /nowhere/at does not exist" in output
