"""The demo as a visitor meets it, in a real browser."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.demo.run import Demo, run_demo
from tests.browser.block_kit_app import BlockKitApp, build_channel_url, run_block_kit_app as running_app
from tests.browser.visitor import Visitor, open_page

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# As root there is no sandbox; the rest keeps Chromium from calling home.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser tests share an event loop, and so one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; where there is none, the browser tests are skipped, but not in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("CI"):
        pytest.fail("CI needs Chromium for the browser tests: apt-get install chromium")
    if path is None:
        pytest.skip("The browser tests need Chromium: install it with 'apt-get install chromium'.")
    return path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Path:
    """The folder of a demo whose example is worked out."""
    assert chromium
    folder = tmp_path_factory.mktemp("prepared") / "demo"
    asyncio.run(_prepare(folder))
    return folder


async def _prepare(folder: Path) -> None:
    async with run_demo(0, folder=folder, clock=lambda: TUESDAY) as demo:
        await demo.ready.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def demo(prepared: Path, tmp_path: Path) -> AsyncIterator[Demo]:
    folder = Path(shutil.copytree(prepared, tmp_path / "demo"))
    async with run_demo(0, folder=folder, clock=lambda: TUESDAY) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, demo: Demo) -> AsyncIterator[Visitor]:
    """Somebody who has opened the demo."""
    async with open_page(browser, demo.url) as somebody:
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def app() -> AsyncIterator[BlockKitApp]:
    async with running_app() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def guest(browser: Browser, app: BlockKitApp) -> AsyncIterator[Visitor]:
    """Somebody who acts as Ana in the app's channel."""
    async with open_page(browser, build_channel_url(app)) as somebody:
        yield somebody
