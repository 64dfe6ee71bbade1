"""Every list of the fake Slack comes in pages, by the rules of Slack's documentation."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.web_api import call_method
from bot.fake_slack.server.workspace import FakeWorkspace

Answer = dict[str, Any]


@pytest.fixture
def slack() -> FakeWorkspace:
    """A workspace with seven members in seven channels, and seven messages and replies in each channel."""
    workspace = FakeWorkspace()
    user_ids = {f"U{number}" for number in range(6)} | {BOT_USER_ID}
    workspace.users |= {user_id: SlackUser(user_id, user_id) for user_id in user_ids - {BOT_USER_ID}}
    for number in range(7):
        channel = SlackChannel(f"C{number}", f"channel{number}", {*user_ids}, is_private=number % 2 == 1)
        workspace.channels[channel.id] = channel
    for number in range(1, 8):
        for thread_ts in (None, "100.000001"):
            ts = f"{100 * number}.{1 if thread_ts is None else 2:06d}"
            workspace.post_message(SlackMessage("C0", ts, BOT_USER_ID, ts, [], thread_ts))
    return workspace


LISTS: Mapping[str, tuple[dict[str, Any], Callable[[Answer], list[str]], int]] = {
    "conversations.history": ({"channel": "C0"}, lambda page: [each["ts"] for each in page["messages"]], 7),
    "conversations.replies": (
        {"channel": "C0", "ts": "100.000001"},
        lambda page: [each["ts"] for each in page["messages"]],
        8,
    ),
    "conversations.members": ({"channel": "C0"}, lambda page: page["members"], 7),
    "users.conversations": (
        {"user": "U1", "types": "public_channel,private_channel"},
        lambda page: [each["id"] for each in page["channels"]],
        7,
    ),
    "users.list": ({}, lambda page: [each["id"] for each in page["members"]], 7),
}


def read_pages(slack: FakeWorkspace, method: str, **args: Any) -> list[list[str]]:
    """Return what each page has, following the cursors."""
    given, read_items, _ = LISTS[method]
    pages: list[list[str]] = []
    cursor = ""
    while len(pages) < 20:
        page = call_method(slack, method, {**given, **args, "cursor": cursor})
        assert page["ok"], page
        pages.append(read_items(page))
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
        if "messages" in page:
            assert page["has_more"] is bool(cursor)
        if not cursor:
            return pages
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_the_pages_have_everything_once_in_one_order(slack: FakeWorkspace, method: str, limit: int) -> None:
    ((*everything,),) = read_pages(slack, method, limit=900)
    assert len(everything) == len({*everything}) == LISTS[method][2]
    pages = read_pages(slack, method, limit=limit)
    assert [item for page in pages for item in page] == everything
    assert all(len(page) == limit for page in pages[:-1])
    assert 0 < len(pages[-1]) <= limit


@pytest.mark.parametrize("method", LISTS)
def test_slack_may_return_fewer_items_than_a_call_asks_for(slack: FakeWorkspace, method: str) -> None:
    slack.page_size = 2
    pages = read_pages(slack, method, limit=200)
    assert {len(page) for page in pages[:-1]} == {2}
    assert sum(map(len, pages)) == LISTS[method][2]
    assert len(read_pages(slack, method)) == len(pages)


def test_the_newest_message_comes_first_and_the_oldest_reply(slack: FakeWorkspace) -> None:
    ((*messages,),) = read_pages(slack, "conversations.history")
    assert (messages[0], messages[-1]) == ("700.000001", "100.000001")
    ((*replies,),) = read_pages(slack, "conversations.replies")
    assert (replies[:2], replies[-1]) == (["100.000001", "100.000002"], "700.000002")


@pytest.mark.parametrize("method", LISTS)
def test_what_comes_or_goes_in_between_moves_nothing_to_another_page(
    slack: FakeWorkspace, method: str
) -> None:
    given, read_items, count = LISTS[method]
    first = call_method(slack, method, {**given, "limit": 3})
    cursor = first["response_metadata"]["next_cursor"]
    slack.post_message(SlackMessage("C0", "900.000001", BOT_USER_ID, "new", []))
    slack.users |= {"A0": SlackUser("A0", "New")}
    slack.channels["C0"].member_ids.add("A0")
    slack.channels["B9"] = SlackChannel("B9", "new", {"U1"})
    second = call_method(slack, method, {**given, "limit": 900, "cursor": cursor})
    assert len({*read_items(first), *read_items(second)}) == count


@pytest.mark.parametrize("method", ["conversations.history", "conversations.members"])
def test_a_page_goes_on_where_its_first_item_is_gone(slack: FakeWorkspace, method: str) -> None:
    given, read_items, count = LISTS[method]
    first = call_method(slack, method, {**given, "limit": 3})
    fourth = read_pages(slack, method, limit=3)[1][0]
    slack.messages = [message for message in slack.messages if message.ts != fourth]
    slack.channels["C0"].member_ids.discard(fourth)
    cursor = first["response_metadata"]["next_cursor"]
    second = call_method(slack, method, {**given, "limit": 900, "cursor": cursor})
    assert len({*read_items(first), *read_items(second)}) == count - 1


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize(
    "cursor", ["x", "1", "3", encode("other:U1"), encode("next_ts:"), encode("next_ts:soon"), "ÿÿÿÿ"]
)
def test_a_cursor_that_slack_did_not_give_is_refused(slack: FakeWorkspace, method: str, cursor: str) -> None:
    answer = call_method(slack, method, {**LISTS[method][0], "cursor": cursor})
    assert (answer["ok"], answer["error"]) == (False, "invalid_cursor")


def test_the_cursor_of_one_list_is_none_of_another(slack: FakeWorkspace) -> None:
    cursor = call_method(slack, "users.list", {"limit": 1})["response_metadata"]["next_cursor"]
    assert call_method(slack, "conversations.members", {"channel": "C0", "cursor": cursor})["error"] == (
        "invalid_cursor"
    )


@pytest.mark.parametrize("method", ["conversations.members", "users.conversations", "users.list"])
@pytest.mark.parametrize("limit", [0, -1, "many", "1.5", 1000, 10**9])
def test_a_limit_out_of_bounds_is_refused(slack: FakeWorkspace, method: str, limit: object) -> None:
    answer = call_method(slack, method, {**LISTS[method][0], "limit": limit})
    assert (answer["ok"], answer["error"]) == (False, "invalid_limit")
    assert call_method(slack, method, {**LISTS[method][0], "limit": 999})["ok"]


@pytest.mark.parametrize(
    ("method", "default", "largest"),
    [("conversations.history", 100, 999), ("conversations.replies", 1000, 1000)],
)
def test_messages_have_a_default_and_a_largest_page(
    slack: FakeWorkspace, method: str, default: int, largest: int
) -> None:
    for number in range(1100):
        ts = f"{1000 + number}.000001"
        thread_ts = "100.000001" if method == "conversations.replies" else None
        slack.messages.append(SlackMessage("C0", ts, "U1", "x", [], thread_ts))
    assert len(read_pages(slack, method)[0]) == default
    assert len(read_pages(slack, method, limit=5000)[0]) == largest


def test_lists_have_a_default_page(slack: FakeWorkspace) -> None:
    for number in range(100, 350):
        slack.channels["C0"].member_ids.add(f"U{number}")
        slack.users[f"U{number}"] = SlackUser(f"U{number}", "x")
        slack.channels[f"C{number}"] = SlackChannel(f"C{number}", "x", {"U1", BOT_USER_ID})
    assert [len(page) for page in read_pages(slack, "conversations.members")] == [100, 100, 57]
    assert [len(page) for page in read_pages(slack, "users.conversations")] == [100, 100, 57]
    assert [len(page) for page in read_pages(slack, "users.list")] == [257]


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"oldest": "300.000001", "latest": "500.000001"}, ["400.000001"]),
        ({"oldest": "300.0", "latest": "500.0"}, ["400.000001", "300.000001"]),
        (
            {"oldest": "300.000001", "latest": "500.000001", "inclusive": "1"},
            ["500.000001", "400.000001", "300.000001"],
        ),
        ({"oldest": "600.000001", "inclusive": True}, ["700.000001", "600.000001"]),
        ({"oldest": "700.000001"}, []),
        ({"latest": "100.000002"}, ["100.000001"]),
        ({"latest": "300.000001", "limit": 1}, ["200.000001"]),
    ],
)
def test_a_period_leaves_out_its_ends_by_default(
    slack: FakeWorkspace, args: dict[str, Any], found: list[str]
) -> None:
    answer = call_method(slack, "conversations.history", {"channel": "C0", **args})
    assert [message["ts"] for message in answer["messages"]] == found


def test_a_thread_has_its_first_message_whatever_the_period(slack: FakeWorkspace) -> None:
    args = {"channel": "C0", "ts": "100.000001", "oldest": "600.000002"}
    found = call_method(slack, "conversations.replies", args)["messages"]
    assert [message["ts"] for message in found] == ["100.000001", "700.000002"]
    assert [message["thread_ts"] for message in found] == ["100.000001"] * 2
    alone = call_method(slack, "conversations.replies", {"channel": "C0", "ts": "200.000001"})
    assert [message["ts"] for message in alone["messages"]] == ["200.000001"]
    missing = call_method(slack, "conversations.replies", {"channel": "C0", "ts": "1.000001"})
    assert missing["error"] == "thread_not_found"


@pytest.mark.parametrize("name", ["oldest", "latest"])
def test_a_period_without_a_time_is_refused(slack: FakeWorkspace, name: str) -> None:
    answer = call_method(slack, "conversations.history", {"channel": "C0", name: "yesterday"})
    assert answer["error"] == f"invalid_ts_{name}"


def test_channels_are_listed_by_type_and_by_who_may_know_of_them(slack: FakeWorkspace) -> None:
    slack.channels["C1"].member_ids.discard(BOT_USER_ID)
    slack.channels["C2"].is_archived = True

    def list_ids(**args: Any) -> list[str]:
        answer = call_method(slack, "users.conversations", {"user": "U1", **args})
        return [channel["id"] for channel in answer["channels"]]

    assert list_ids() == ["C0", "C2", "C4", "C6"]
    assert list_ids(types="private_channel") == ["C3", "C5"]
    assert list_ids(exclude_archived="true") == ["C0", "C4", "C6"]
    assert call_method(slack, "users.conversations", {"types": "secret"})["error"] == "invalid_types"


def test_the_token_of_an_organisation_must_name_the_workspace(slack: FakeWorkspace) -> None:
    slack.enterprise_id, slack.is_enterprise_install = "E1", True
    for method in ("users.conversations", "users.list"):
        assert call_method(slack, method, {})["error"] == "missing_argument"
        assert call_method(slack, method, {"team_id": slack.team_id})["ok"]
