"""Socket Mode in trouble: what is said, how long the pauses are, and what the health pages answer."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from bot.app import Bot
from bot.fake_slack.models import InjectedFault
from bot.fake_slack.server.delivery import call_asgi
from bot.fake_slack.server.http_server import FakeSlack
from bot.server import build_health_app
from bot.settings import InvalidSettings, Settings
from bot.socket_mode import SocketMode, compute_pause
from bot.timing import DEFAULT_TIMING, Timing
from tests.bot_process import run_bot_process
from tests.cases.scripted_slack import (
    ScriptedSlack,
    close_at_once,
    run_scripted_slack,
    say_disconnect,
    stay_open,
)
from tests.hanging import HANG_TIMEOUT_SECONDS
from tests.health.test_probes import fetch_page
from tests.ports import find_free_port

pytestmark = pytest.mark.enable_socket

MILLISECOND = timedelta(milliseconds=1)
FAST = replace(DEFAULT_TIMING, first_link_pause=MILLISECOND, max_link_pause=8 * MILLISECOND)


@asynccontextmanager
async def run_socket_mode(
    slack: ScriptedSlack, database_url: str, timing: Timing = FAST
) -> AsyncIterator[tuple[Bot, asyncio.Task[None]]]:
    """Run a bot's Socket Mode on a scripted Slack."""
    async with run_scripted_slack(slack):
        api_url = f"{slack.url}/api/"
        settings = Settings(
            bot_token="xoxb-1", app_token="xapp-1", api_url=api_url, database_url=database_url
        )
        bot = Bot(settings, timing=timing)
        async with bot.running():
            mode = SocketMode(bot.bolt, bot.deps.slack, settings.app_token, bot.health, timing)
            task = asyncio.create_task(mode.run())
            yield bot, task
            task.cancel()
            with suppress(asyncio.CancelledError, InvalidSettings):
                await task


async def read_health(bot: Bot) -> tuple[int, str]:
    status, page = await call_asgi(build_health_app(bot), "/readyz", {}, b"")
    _, metrics = await call_asgi(build_health_app(bot), "/metrics", {}, b"")
    gauge = re.search(r"^valuemap_socket_mode_linked (\S+)$", metrics.decode(), re.MULTILINE)
    assert gauge is not None
    assert (float(gauge[1]) == 1) == (status == 200)
    return status, page.decode()


def list_messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bot.socket_mode"]


# E3: Socket Mode that cannot be opened at the start


@pytest.mark.parametrize("trouble", ["refused", "500", "429", "unreachable"])
async def test_e3_a_process_that_cannot_link_is_loud_and_stays_in_hand(
    trouble: str, sqlite_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    port, listening = find_free_port(), asyncio.Event()
    environ = {"PORT": str(port)}
    async with FakeSlack() as slack:
        fault = InjectedFault("apps.connections.open", times=10**6)
        fault.error, fault.status = ("invalid_auth", 200) if trouble == "refused" else ("internal_error", 500)
        fault.retry_after = 1 if trouble == "429" else None
        slack.faults.append(fault)
        if trouble == "unreachable":
            environ["SLACK_API_URL"] = f"http://127.0.0.1:{find_free_port()}/api/"
        environ["SLACK_APP_TOKEN"] = slack.app_token
        async with run_bot_process(slack, sqlite_url, "run", listening, **environ) as running:
            if trouble == "refused":
                assert await asyncio.wait_for(running.wait(), HANG_TIMEOUT_SECONDS) == 2
            else:
                await asyncio.wait_for(listening.wait(), HANG_TIMEOUT_SECONDS)
                status, says = await fetch_page(port, "/readyz")
                assert (status, says.startswith("no link with Slack")) == (503, True)
                assert await fetch_page(port, "/healthz") == (200, "ok")
                assert "valuemap_socket_mode_linked 0.0" in (await fetch_page(port, "/metrics"))[1]
        assert running.returncode == (2 if trouble == "refused" else 0)
    output = capfd.readouterr().err
    assert "Traceback" not in output
    if trouble == "refused":
        assert output.splitlines()[-1].startswith("Slack refuses SLACK_APP_TOKEN (invalid_auth): generate")
    else:
        said = {"500": "Slack answered internal_error", "429": "Slack answered"}.get(
            trouble, "does not answer"
        )
        assert re.search(rf"WARNING bot.socket_mode no link with Slack \(.*{said}.*\): next try in", output)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("invalid_auth", "generate one with connections:write"),
        ("token_revoked", "generate one with connections:write"),
        ("account_inactive", "generate one with connections:write"),
        ("not_allowed_token_type", "it must be an app-level token (xapp-…), not a bot token"),
        ("missing_scope", "it lacks a scope"),
        ("two_factor_setup_required", "generate one with connections:write"),
    ],
)
async def test_e3_a_refused_token_ends_the_start_with_one_sentence(
    error: str, said: str, sqlite_url: str
) -> None:
    slack = ScriptedSlack(answers=[{"ok": False, "error": error}])
    async with run_socket_mode(slack, sqlite_url) as (_, task):
        with pytest.raises(InvalidSettings, match=re.escape(f"({error}): {said}")):
            await asyncio.wait_for(task, HANG_TIMEOUT_SECONDS)


@pytest.mark.parametrize(
    "error", ["internal_error", "service_unavailable", "ratelimited", "team_added_to_org"]
)
async def test_e3_an_error_that_passes_is_tried_again_until_it_has_passed(
    error: str, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    answers = [{"ok": False, "error": error}] * 3 + [{"ok": True}]
    slack = ScriptedSlack(answers=answers, links=[stay_open])
    async with run_socket_mode(slack, sqlite_url) as (bot, _):
        await slack.wait_for_links(1)
        await wait_for_link(bot, caplog, is_open=True)
    messages = list_messages(caplog)
    assert [message.partition(":")[0] for message in messages[:3]] == [
        f"no link with Slack (Slack answered {error})"
    ] * 3
    assert messages[3] == "the link with Slack is open, over Socket Mode"


class LogWatch(logging.Handler):
    """Tells that something was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.logged = asyncio.Event()

    def emit(self, _record: logging.LogRecord) -> None:
        self.logged.set()


async def wait_for_link(bot: Bot, caplog: pytest.LogCaptureFixture, *, is_open: bool) -> None:
    """Wait until the bot has noticed that its link is open, or lost; it logs each change."""
    watch, logger = LogWatch(), logging.getLogger("bot.socket_mode")
    logger.addHandler(watch)
    try:
        with caplog.at_level(logging.INFO, logger.name):
            async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
                while (bot.health.link_problem == "") is not is_open:
                    watch.logged.clear()
                    await watch.logged.wait()
    finally:
        logger.removeHandler(watch)


# E4: a link that does not hold


@pytest.mark.parametrize(
    "reason", ["link_disabled", "too_many_websockets", "refresh_requested", "warning", "odd"]
)
async def test_e4_links_that_slack_ends_at_once_are_opened_in_growing_pauses(
    reason: str, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    slack = ScriptedSlack(links=[say_disconnect(reason)])
    async with run_socket_mode(slack, sqlite_url):
        await slack.wait_for_links(6)
    pauses = [
        float(found[1])
        for found in map(re.compile(r"next try in ([\d.]+) s").search, list_messages(caplog))
        if found
    ]
    assert len(pauses) >= 5
    assert all("lost" in message for message in list_messages(caplog) if "next try" in message)


async def test_e4_a_disabled_link_is_said_and_not_ready(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    hour = timedelta(hours=1)
    slow = replace(FAST, first_link_pause=hour, max_link_pause=hour)
    slack = ScriptedSlack(links=[say_disconnect("link_disabled")])
    async with run_socket_mode(slack, sqlite_url, slow) as (bot, _):
        await wait_for_link(bot, caplog, is_open=True)
        await wait_for_link(bot, caplog, is_open=False)
        status, says = await read_health(bot)
        assert (status, "switch it on at api.slack.com/apps" in says) == (503, True)
    assert "switch it on at api.slack.com/apps" in list_messages(caplog)[-1]


async def test_e4_a_lost_link_is_said_and_opened_again(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    slack = ScriptedSlack(links=[close_at_once, stay_open])
    async with run_socket_mode(slack, sqlite_url) as (bot, _):
        await slack.wait_for_links(2)
        await wait_for_link(bot, caplog, is_open=True)
        assert await read_health(bot) == (200, "ready")
    opened, lost, again = list_messages(caplog)
    assert opened == "the link with Slack is open, over Socket Mode"
    assert lost.startswith("the link with Slack is lost (closed with code 1006): next try in 0.0 s")
    assert again == "the link with Slack is open again"


async def test_e4_a_token_that_is_revoked_later_ends_nothing_and_is_said(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[dict[str, Any]] = [{"ok": True}, {"ok": False, "error": "token_revoked"}, {"ok": True}]
    slack = ScriptedSlack(answers=answers, links=[close_at_once, stay_open])
    async with run_socket_mode(slack, sqlite_url) as (bot, task):
        await slack.wait_for_links(2)
        await wait_for_link(bot, caplog, is_open=True)
        assert not task.done()
    assert any(
        "Slack refuses SLACK_APP_TOKEN (token_revoked)" in message for message in list_messages(caplog)
    )


async def test_e4_a_link_that_slack_replaces_still_serves_what_came_over_it(sqlite_url: str) -> None:
    """Slack announces the end of a link seconds before: the next one is open before this one closes."""
    answers: asyncio.Queue[Any] = asyncio.Queue()

    async def ask_after_the_announcement(websocket: web.WebSocketResponse) -> None:
        await websocket.send_json({"type": "disconnect", "reason": "refresh_requested"})
        await websocket.send_json(
            {"type": "slash_commands", "envelope_id": "E1", "payload": {"ssl_check": "1"}}
        )
        async for message in websocket:
            answers.put_nowait(message.json())

    links = [ask_after_the_announcement, stay_open]
    slack = ScriptedSlack(links=links)
    calm = replace(FAST, stable_link_age=timedelta(0))
    async with run_socket_mode(slack, sqlite_url, calm) as (bot, _):
        await slack.wait_for_links(2)
        answer = await asyncio.wait_for(answers.get(), HANG_TIMEOUT_SECONDS)
        assert answer["envelope_id"] == "E1"
        assert await read_health(bot) == (200, "ready")


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '"x"', '{"type": "events_api", "envelope_id": "E", "payload": 1}']
)
async def test_e4_something_unreadable_does_not_end_a_link(text: str, sqlite_url: str) -> None:
    acknowledged = asyncio.Event()

    async def send_nonsense(websocket: web.WebSocketResponse) -> None:
        await websocket.send_str(text)
        await websocket.send_json(
            {"type": "slash_commands", "envelope_id": "E1", "payload": {"ssl_check": "1"}}
        )
        async for _ in websocket:
            acknowledged.set()

    slack = ScriptedSlack(links=[send_nonsense])
    async with run_socket_mode(slack, sqlite_url):
        await asyncio.wait_for(acknowledged.wait(), HANG_TIMEOUT_SECONDS)
        assert slack.opened == 1


def test_e4_pauses_double_to_a_minute_and_start_anew_after_a_link_that_held() -> None:
    pauses = [compute_pause(failures, DEFAULT_TIMING, 1).total_seconds() for failures in range(10)]
    assert pauses == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert all(earlier <= later for earlier, later in pairwise(pauses))
    assert compute_pause(10**6, DEFAULT_TIMING, 1) == timedelta(minutes=1)
    assert compute_pause(10**6, DEFAULT_TIMING, 0.5) == timedelta(seconds=30)
