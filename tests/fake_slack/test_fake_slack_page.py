"""docs/fake-slack.md says what the fake Slack plays and what it does not, and it is true."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.models import BOT_USER_ID, SlackUser
from bot.fake_slack.server.delivery import Delivery, Headers
from bot.fake_slack.server.web_api import API_METHODS, call_method
from bot.manifest import EVENTS
from bot.slack.incoming.payloads import INTERACTION_PAYLOADS
from tests.fake_slack.client.test_recorded_payloads import OMITTED, Stage
from tests.fake_slack.contract.description import load_descriptions
from tests.fake_slack.recorded.comparison import NAMES, load_recorded
from tests.fake_slack.server.test_contract import OAUTH_METHOD, build_call, build_workspace

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fake-slack.md").read_text()


class ReadArguments(dict[str, Any]):
    """Arguments that know which of them somebody asked for."""

    def __init__(self, args: Mapping[str, Any]) -> None:
        super().__init__(args)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


def read_table() -> dict[str, str]:
    """Return the second column of the page's table by the first."""
    rows = re.findall(r"^\| `([\w.]+)` \| (.*) \|$", PAGE, re.MULTILINE)
    return dict(rows)


def find_ignored(method_name: str) -> list[str]:
    """Return the described arguments that the fake Slack never looks at."""
    slack = build_workspace()
    call = build_call(slack, method_name)
    if method_name == "files.completeUploadExternal":
        call["channel_id"] = "C0000"
    args = ReadArguments(call)
    assert call_method(slack, method_name, args)["ok"]
    return sorted(load_descriptions()[method_name].types.keys() - args.read)


def test_the_page_names_each_method_and_the_arguments_that_it_ignores() -> None:
    ignored = {name: ", ".join(f"`{each}`" for each in find_ignored(name)) or "none" for name in API_METHODS}
    assert read_table() == ignored | {OAUTH_METHOD: "`assertion`, `code_verifier`, `redirect_uri`"}


# Nobody's client causes these in the fake Slack. These tests send them in the shapes of Slack's pages.
SENT_BY_TESTS = {
    "channel_left": "tests/security/request_recorder.py",
    "group_left": "tests/security/request_recorder.py",
    "team_access_granted": "tests/stories/test_organisations.py",
    "team_access_revoked": "tests/stories/test_organisations.py",
    "user_change": "tests/security/request_recorder.py",
}


def test_every_event_and_interaction_of_the_bot_is_played() -> None:
    payloads = [load_recorded(name)["payload"] for name in NAMES]
    types = {payload.get("type") for payload in payloads}
    assert {event for event in EVENTS if event != "message.im"} | {"message"} == (
        types & {*EVENTS, "message"} | SENT_BY_TESTS.keys()
    )
    for event, path in SENT_BY_TESTS.items():
        assert f'"{event}"' in (ROOT / path).read_text()
    assert INTERACTION_PAYLOADS.keys() <= types


def test_the_page_names_what_payloads_leave_out() -> None:
    assert [key for key in OMITTED if f"`{key.rpartition('.')[2]}`" not in PAGE] == []


# One for each line of "What it does not play", by the line's first words: it fails once that is played.


async def probe_other_methods(stage: Stage) -> None:
    for name in ("chat.scheduleMessage", "pins.add", "reactions.list", "users.lookupByEmail"):
        assert call_method(stage.slack, name, {})["error"] == "unknown_method"


async def probe_group_messages(stage: Stage) -> None:
    stage.slack.users["U2"] = SlackUser("U2", "Ben")
    assert call_method(stage.slack, "conversations.open", {"users": "U1,U2"})["error"] == "invalid_arguments"


async def probe_canvas_sections(stage: Stage) -> None:
    made = call_method(stage.slack, "canvases.create", {})
    content = {"type": "markdown", "markdown": "x"}
    change = {"operation": "replace", "section_id": "temp:C:1", "document_content": content}
    answer = call_method(stage.slack, "canvases.edit", {"canvas_id": made["canvas_id"], "changes": [change]})
    assert answer["error"] == "invalid_arguments"


async def probe_rate_limits(stage: Stage) -> None:
    args = {"channel": "C1", "text": "x"}
    assert all(call_method(stage.slack, "chat.postMessage", args)["ok"] for _ in range(120))


async def probe_second_deliveries(stage: Stage) -> None:
    attempts = 0

    async def fail(_body: bytes, _headers: Headers) -> tuple[int, bytes]:
        nonlocal attempts
        attempts += 1
        return 500, b""

    await Delivery(stage.slack, fail).send_event({"type": "app_uninstalled"})
    assert attempts == 1


async def probe_events_of_the_bots_own_messages(stage: Stage) -> None:
    posted = call_method(stage.slack, "chat.postMessage", {"channel": "C1", "text": "x"})
    call_method(stage.slack, "chat.update", {"channel": "C1", "ts": posted["ts"], "text": "y"})
    assert stage.requests == []


async def probe_edited_messages(_stage: Stage) -> None:
    assert not any("edit" in name for name in dir(MemberClient))


async def probe_tombstones(stage: Stage) -> None:
    parent = stage.post_parent()
    call_method(stage.slack, "chat.delete", {"channel": "C1", "ts": parent.ts})
    thread = call_method(stage.slack, "conversations.replies", {"channel": "C1", "ts": parent.ts})
    assert [message["thread_ts"] for message in thread["messages"]] == [parent.ts]
    assert call_method(stage.slack, "conversations.history", {"channel": "C1"})["messages"] == []


async def probe_names_of_emoji(stage: Stage) -> None:
    args = {"channel": "C1", "timestamp": stage.post().ts, "name": "no_such_emoji"}
    assert call_method(stage.slack, "reactions.add", args)["ok"]


async def probe_block_kit_defaults(stage: Stage) -> None:
    answer = call_method(stage.slack, "chat.postMessage", {"channel": "C1", "blocks": [{"type": "divider"}]})
    (block,) = answer["message"]["blocks"]
    assert block.keys() == {"type", "block_id"}
    assert "emoji" not in stage.open_modal()["title"]


async def probe_files_in_messages(stage: Stage) -> None:
    upload = call_method(stage.slack, "files.getUploadURLExternal", {"filename": "a.png", "length": 1})
    stage.slack.receive_upload(upload["file_id"], b"x")
    files = [{"id": upload["file_id"]}]
    call_method(stage.slack, "files.completeUploadExternal", {"files": files, "channel_id": "C1"})
    (message,) = call_method(stage.slack, "conversations.history", {"channel": "C1"})["messages"]
    assert "files" not in message


async def probe_members_of_other_workspaces(stage: Stage) -> None:
    users = call_method(stage.slack, "users.list", {})["members"]
    assert {user["team_id"] for user in users} == {stage.slack.team_id}
    assert BOT_USER_ID in {user["id"] for user in users}


PROBES: Mapping[str, Callable[[Stage], Any]] = {
    "Other methods": probe_other_methods,
    "Group messages": probe_group_messages,
    "Sections of a canvas": probe_canvas_sections,
    "Rate limits": probe_rate_limits,
    "Second deliveries": probe_second_deliveries,
    "Events of the bot's own messages": probe_events_of_the_bots_own_messages,
    "Edited messages": probe_edited_messages,
    "Tombstones": probe_tombstones,
    "Names of emoji": probe_names_of_emoji,
    "Defaults of Block Kit": probe_block_kit_defaults,
    "Files in messages": probe_files_in_messages,
    "Members of other workspaces": probe_members_of_other_workspaces,
}


def test_the_page_lists_what_is_not_played() -> None:
    section = PAGE.partition("## What it does not play")[2].partition("\n## ")[0]
    assert re.findall(r"^- \*\*(.*?)\*\*", section, re.MULTILINE) == [*PROBES]


@pytest.mark.parametrize("subject", PROBES)
async def test_what_is_not_played_is_not_played(subject: str) -> None:
    await PROBES[subject](Stage())
