"""A process that stops finishes its running jobs, and releases the others to other processes at once."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.db.database import Database, open_database
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackChannel
from bot.fake_slack.server.http_server import FakeSlack
from bot.features.cards.model import CANVAS_JOB, CARD_JOB
from bot.jobs import store as jobs
from bot.jobs.store import JobRow
from bot.method.kinds import Kind
from bot.server import GRACEFUL_SHUTDOWN_SECONDS
from bot.store import canvases, entries as entry_store, workspaces
from bot.store.model import CanvasInfo, Draft
from bot.store.workspaces import Workspace
from bot.timing import DEFAULT_TIMING
from tests.bot_process import run_bot_process, send_nothing, settle_nothing
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack
from tests.hanging import HANG_TIMEOUT_SECONDS

pytestmark = pytest.mark.enable_socket

DOCKER_STOP_TIMEOUT = timedelta(seconds=10)  # then Docker kills a process


def make_running_clock() -> FakeClock:
    clock = FakeClock(datetime.now(UTC))
    clock.start()
    return clock


async def add_canvas_with_cards(slack: FakeSlack, database: Database, number: int) -> SlackChannel:
    """Add a canvas whose message and cards are still to be posted; return its channel."""
    harness = Harness(slack, send_nothing, settle_nothing)
    ana = harness.add_person("Ana")
    channel = harness.add_channel("product", ana)
    now = slack.clock.now()
    async with database.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace(TEAM_ID, None, "", BOT_USER_ID), now)
    async with database.transaction(TEAM_ID) as session:
        canvas_info = await canvases.add_canvas(
            session, CanvasInfo(0, channel.id, "Reports", "", ana.id, "UTC", now, None)
        )
        drafts = [Draft(Kind.PAIN, f"pain {count}") for count in range(number)]
        entry_ids = await entry_store.add_entries(session, canvas_info, ana.id, drafts, now)
        await jobs.enqueue(session, CANVAS_JOB, [canvas_info.id], channel.id, now)
        await jobs.enqueue(session, CARD_JOB, entry_ids, channel.id, now)
    return channel


def test_a_process_stops_before_docker_kills_it() -> None:
    """The drain shares one budget; the HTTP server's grace period comes before it."""
    graceful_shutdown = timedelta(seconds=GRACEFUL_SHUTDOWN_SECONDS)
    assert DEFAULT_TIMING.drain_timeout + graceful_shutdown < DOCKER_STOP_TIMEOUT


async def test_a_worker_that_stops_finishes_its_post_and_releases_the_other_jobs(database: Database) -> None:
    async with CheckedFakeSlack(make_running_clock()) as slack:
        await add_canvas_with_cards(slack, database, 4)
        slack.inject_fault("chat.postMessage", delay_seconds=1.5, takes_effect=True, times=99)
        url = database.url.render_as_string(hide_password=False)
        async with run_bot_process(slack, url, "worker", SLACK_SIGNING_SECRET="x") as worker:
            await asyncio.wait_for(slack.wait_for_calls("chat.postMessage", 2), HANG_TIMEOUT_SECONDS)
            assert slack.count_calls("chat.postMessage") == 2
            worker.send_signal(signal.SIGTERM)
            async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
                assert await worker.wait() == 0
        assert len(slack.messages) == 2, "the post that had begun is finished, and no other follows"
        async with database.reading(None) as session:
            rows = (await session.exec(select(JobRow).where(JobRow.kind == "card"))).all()
        assert len(rows) == 3
        assert {row.lease_until for row in rows} == {None}


async def test_a_worker_whose_slack_hangs_stops_in_time_and_the_next_one_posts_nothing_twice(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with CheckedFakeSlack(make_running_clock()) as slack, open_database(sqlite_url) as database:
        await add_canvas_with_cards(slack, database, 1)
        slack.inject_fault("chat.postMessage", delay_seconds=60)
        async with run_bot_process(slack, sqlite_url, "worker", SLACK_SIGNING_SECRET="x") as worker:
            await asyncio.wait_for(slack.wait_for_calls("chat.postMessage", 1), HANG_TIMEOUT_SECONDS)
            assert slack.count_calls("chat.postMessage") == 1
            stop_at = slack.clock.now()
            worker.send_signal(signal.SIGTERM)
            async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
                assert await worker.wait() == 0
        async with database.reading(None) as session:
            (row,) = await session.exec(select(JobRow).where(JobRow.kind == "canvas"))
        assert row.maybe_posted_since is not None, "the next one looks for it first"
        settled_at = stop_at + DEFAULT_TIMING.uncertain_period
        assert row.due_at > settled_at, "and only after Slack has certainly finished the call"
