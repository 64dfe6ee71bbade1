"""A worker answers health checks too, where it is given a port."""

import asyncio

import aiohttp
import pytest

from tests.bot_process import run_bot_process
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack
from tests.hanging import HANG_TIMEOUT_SECONDS
from tests.ports import find_free_port

pytestmark = pytest.mark.enable_socket


async def fetch_page(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_a_worker_answers_health_checks_and_nothing_from_slack(sqlite_url: str) -> None:
    port, listening = find_free_port(), asyncio.Event()
    async with CheckedFakeSlack() as slack:
        async with run_bot_process(
            slack, sqlite_url, "worker", listening, SLACK_SIGNING_SECRET="x", PORT=str(port)
        ) as worker:
            await asyncio.wait_for(listening.wait(), HANG_TIMEOUT_SECONDS)
            assert await fetch_page(port, "/readyz") == (200, "ready")
            assert await fetch_page(port, "/healthz") == (200, "ok")
            metrics = ""
            while "valuemap_database_up 1.0" not in metrics:  # a busy machine may take longer
                _, metrics = await fetch_page(port, "/metrics")
            assert (await fetch_page(port, "/slack/events"))[0] == 404
        assert worker.returncode == 0
