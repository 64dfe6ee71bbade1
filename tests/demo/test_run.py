"""The demo as a command: it starts at once, goes on where it was, and says in a sentence why it can't."""

import asyncio
import json
import os
import signal
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from filelock import FileLock

from bot.demo.run import EXAMPLE_TIME_ZONE, find_last_monday, run_demo
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackFile, SlackMessage, SlackUser
from bot.fake_slack.server import persistence
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.settings import InvalidSettings

ROOT = Path(__file__).parents[2]
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.enable_socket
async def test_the_command_says_where_the_page_is_and_stops_when_told_to(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    url = said.removeprefix("The demo is at ").strip()
    async with aiohttp.ClientSession() as http, http.get(url) as page:
        shown = await page.text()
    assert "that behaves like Slack, but is not Slack." in shown
    assert shown.startswith("<!doctype html>")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


async def test_a_start_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    left_behind = [tmp_path / f"bot.db{suffix}" for suffix in ("", "-wal", "-shm")]
    for _ in range(2):
        for file in left_behind:
            file.write_bytes(b"of a process that was killed")
        async with run_demo(0, folder=tmp_path, clock=lambda: TUESDAY) as demo:
            assert demo.slack.preparation_notice
            present = {file.name: file.read_bytes() for file in left_behind if file.exists()}
            assert "bot.db" in present
            assert [name for name, content in present.items() if b"killed" in content] == []
            assert [channel.name for channel in demo.slack.channels.values()] == ["duolingo", "your-product"]


async def test_what_was_done_is_there_the_next_time(tmp_path: Path) -> None:
    _kept(tmp_path)
    async with run_demo(0, folder=tmp_path, clock=lambda: TUESDAY) as demo:
        await demo.ready.wait()
        (posted,) = demo.slack.messages
        assert posted.reactions == {"five": ["U0001"]}
        assert demo.slack.find_file("F1").content == b"\x00\xff"
        assert demo.slack.channels["C0000"].member_ids == {"U0001", BOT_USER_ID}
        assert demo.slack.clock.now() >= TUESDAY + timedelta(days=6)
        assert int(demo.slack.new_ts().partition(".")[2]) > 7
        demo.slack.post_message(SlackMessage("C0000", demo.slack.new_ts(), "U0001", "again", []))
    snapshot = persistence.read_snapshot(tmp_path / "workspace.json")
    assert snapshot is not None
    assert [posted.text for posted in snapshot.messages] == ["hello", "again"]


async def test_reset_forgets_what_was_done(tmp_path: Path) -> None:
    _kept(tmp_path)
    async with run_demo(0, reset=True, folder=tmp_path, clock=lambda: TUESDAY) as demo:
        assert demo.slack.preparation_notice
        assert "hello" not in [posted.text for posted in demo.slack.messages]


async def test_a_page_that_is_loaded_meanwhile_leaves_the_dialogs_of_the_workshop_alone(
    tmp_path: Path,
) -> None:
    _kept(tmp_path)
    async with run_demo(0, folder=tmp_path, clock=lambda: TUESDAY) as demo, aiohttp.ClientSession() as http:
        await demo.ready.wait()
        for notice, are_kept in (("Eight people are holding a workshop", True), ("", False)):
            demo.slack.preparation_notice = notice
            demo.slack.open_view({"type": "modal", "callback_id": "review", "blocks": []}, "U0001")
            async with http.get(f"{demo.url}page/stream", params={"user_id": "U0001"}) as stream:
                assert stream.status == 200
                assert bool(demo.slack.view_stacks["U0001"]) is are_kept


def _kept(folder: Path) -> None:
    """Leave the memory of a workspace whose clock somebody moved by a week."""
    slack = FakeWorkspace(FakeClock(TUESDAY + timedelta(days=6)))
    slack.start_numbers_at(7)
    slack.users["U0001"] = SlackUser("U0001", "Ana", "Europe/Berlin")
    slack.channels["C0000"] = SlackChannel("C0000", "product", {"U0001", BOT_USER_ID})
    slack.post_message(
        SlackMessage("C0000", slack.new_ts(), "U0001", "hello", [], reactions={"five": ["U0001"]})
    )
    slack.post_message(
        SlackMessage("C0000", slack.new_ts(), BOT_USER_ID, "for Ana alone", [], ephemeral_user_id="U0001")
    )
    slack.files.append(SlackFile("F1", "a.png", "a", b"\x00\xff", BOT_USER_ID))
    persistence.save_workspace(slack, folder / "workspace.json")


async def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSettings, match=f"Port {port} is in use: .* --port"):
            async with run_demo(port, folder=tmp_path):
                pass


async def test_a_second_demo_in_the_same_folder_is_said(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"), pytest.raises(InvalidSettings, match="running already in this folder"):
        async with run_demo(0, folder=tmp_path):
            pass


@pytest.mark.enable_socket
@pytest.mark.parametrize("package", ["htpy", "uvicorn"])
async def test_a_missing_package_is_said(package: str, tmp_path: Path) -> None:
    missing = f"raise ModuleNotFoundError('No module named {package}', name={package!r})"
    (tmp_path / f"{package}.py").write_text(missing)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser"),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().strip() == (
        f"The package {package} is missing: run 'pip install --require-hashes -r requirements.txt'."
    )


async def test_a_memory_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "workspace.json").write_text(json.dumps({"now": "yesterday"}))
    assert persistence.read_snapshot(tmp_path / "workspace.json") is None


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-24T10:00", "2026-11-23T09:00"),  # a Tuesday
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T08:59", "2026-11-16T09:00"),
        ("2026-10-27T12:00", "2026-10-26T09:00"),  # the clocks changed the day before
    ],
)
def test_the_last_monday_is_at_nine_in_berlin(now: str, monday: str) -> None:
    def berlin(local: str) -> datetime:
        return datetime.fromisoformat(local).replace(tzinfo=EXAMPLE_TIME_ZONE)

    assert find_last_monday(berlin(now)) == berlin(monday)
