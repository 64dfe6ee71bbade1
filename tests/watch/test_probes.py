"""A worker can be looked at too, where it is told at which port."""

import asyncio
import socket

import aiohttp
import pytest
from bot.fake_slack.server.http_server import FakeSlack

from tests.stories.test_processes import process

pytestmark = pytest.mark.enable_socket


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


async def page(port: int, path: str) -> tuple[int, str]:
    """Get a page of a process that may still be starting."""
    async with aiohttp.ClientSession() as http:
        for _ in range(200):
            try:
                async with http.get(f"http://127.0.0.1:{port}{path}") as answer:
                    return answer.status, await answer.text()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
    raise TimeoutError


async def test_a_worker_shows_its_figures_and_hears_nothing_from_slack(sqlite_url: str) -> None:
    port = free_port()
    async with FakeSlack() as slack:
        async with process(slack, sqlite_url, "worker", SLACK_SIGNING_SECRET="x", PORT=str(port)) as worker:
            assert await page(port, "/readyz") == (200, "ready")
            assert await page(port, "/healthz") == (200, "ok")
            figures = ""
            while "valuemap_database_up 1.0" not in figures:  # it may take a machine that is busy longer
                _, figures = await page(port, "/metrics")
            assert (await page(port, "/slack/events"))[0] == 404
        assert worker.returncode == 0
