"""The fake Slack and the bot agree with Slack's own description of each method, not only with each other."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.fake_slack.client.harness import Harness
from bot.fake_slack.server.web_api import API_METHODS, call_method
from bot.fake_slack.server.workspace import FakeWorkspace
from tests.fake_slack.contract.call_sites import CallSite, find_call_sites
from tests.fake_slack.contract.checked_slack import CheckedFakeSlack
from tests.fake_slack.contract.description import CHECKS, find_faults, load_descriptions

OAUTH_METHOD = "oauth.v2.access"  # the OAuth server answers it, not the workspace
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}
# Slack's codes for a call without a required argument, where the method's page has one of its own.
MISSING_ERRORS = {
    ("chat.postEphemeral", "text"): "no_text",
    ("chat.postMessage", "text"): "no_text",
    ("chat.update", "text"): "no_text",
    ("conversations.open", "users"): "users_list_not_supplied",
    ("files.getUploadURLExternal", "filename"): "missing_argument",
    ("files.getUploadURLExternal", "length"): "missing_argument",
    ("reactions.add", "channel"): "no_item_specified",
    ("reactions.add", "name"): "no_item_specified",
    ("reactions.add", "timestamp"): "no_item_specified",
    ("reactions.remove", "channel"): "no_item_specified",
    ("reactions.remove", "name"): "no_item_specified",
    ("reactions.remove", "timestamp"): "no_item_specified",
    ("reactions.get", "channel"): "no_item_specified",
    ("reactions.get", "timestamp"): "no_item_specified",
}


async def settle() -> None:
    pass


@pytest.fixture(name="slack")
def slack_fixture() -> FakeWorkspace:
    return build_workspace()


def build_workspace() -> FakeWorkspace:
    """Return a workspace with a member in a channel."""
    workspace = FakeWorkspace()

    async def send(_body: bytes, _headers: object) -> tuple[int, bytes]:
        return 200, b""

    harness = Harness(workspace, send, settle)
    harness.add_channel("product", harness.add_person("Ana"))
    return workspace


def build_call(slack: FakeWorkspace, method_name: str) -> dict[str, Any]:
    """Return the smallest call of a method that works in this workspace."""
    channel, user = "C0000", "U0001"

    def post() -> str:
        ts: str = call_method(slack, "chat.postMessage", {"channel": channel, "text": "x"})["ts"]
        return ts

    def react() -> str:
        message_ts = post()
        call_method(slack, "reactions.add", {"channel": channel, "timestamp": message_ts, "name": "one"})
        return message_ts

    def upload() -> list[dict[str, str]]:
        started = call_method(slack, "files.getUploadURLExternal", {"filename": "a.png", "length": 1})
        slack.receive_upload(started["file_id"], b"x")
        return [{"id": started["file_id"]}]

    def trigger() -> str:
        return slack.new_trigger_id(user)

    builders: Mapping[str, Callable[[], dict[str, Any]]] = {
        "apps.connections.open": dict,
        "auth.test": dict,
        "canvases.create": lambda: {"title": "Plans"},
        "canvases.edit": lambda: {
            "canvas_id": call_method(slack, "canvases.create", {})["canvas_id"],
            "changes": [
                {"operation": "replace", "document_content": {"type": "markdown", "markdown": "x"}},
            ],
        },
        "chat.delete": lambda: {"channel": channel, "ts": post()},
        "chat.postEphemeral": lambda: {"channel": channel, "user": user, "text": "x"},
        "chat.postMessage": lambda: {"channel": channel, "text": "x"},
        "chat.update": lambda: {"channel": channel, "ts": post(), "text": "y"},
        "conversations.canvases.create": lambda: {"channel_id": channel},
        "conversations.history": lambda: {"channel": channel},
        "conversations.info": lambda: {"channel": channel},
        "conversations.members": lambda: {"channel": channel},
        "conversations.open": lambda: {"users": user},
        "conversations.replies": lambda: {"channel": channel, "ts": post()},
        "files.completeUploadExternal": lambda: {"files": upload()},
        "files.getUploadURLExternal": lambda: {"filename": "a.png", "length": 1},
        "files.info": lambda: {
            "file": call_method(slack, "files.completeUploadExternal", {"files": upload()})["files"][0]["id"]
        },
        "reactions.add": lambda: {"channel": channel, "timestamp": post(), "name": "one"},
        "reactions.get": lambda: {"channel": channel, "timestamp": post()},
        "reactions.remove": lambda: {"channel": channel, "timestamp": react(), "name": "one"},
        "usergroups.list": dict,
        "users.conversations": dict,
        "users.info": lambda: {"user": user},
        "users.list": dict,
        "views.open": lambda: {"trigger_id": trigger(), "view": MODAL},
        "views.publish": lambda: {"user_id": user, "view": HOME},
        "views.push": lambda: {"trigger_id": trigger(), "view": MODAL},
        "views.update": lambda: {"view_id": slack.open_view(MODAL, user)["id"], "view": MODAL},
    }
    return builders[method_name]()


def test_every_method_that_the_fake_slack_plays_is_described() -> None:
    descriptions = load_descriptions()
    assert descriptions.keys() == {*API_METHODS, OAUTH_METHOD}
    assert {kind for each in descriptions.values() for kind in each.types.values()} <= CHECKS.keys()


@pytest.mark.parametrize("method_name", API_METHODS)
def test_the_fake_slack_takes_a_call_that_slack_describes(slack: FakeWorkspace, method_name: str) -> None:
    args = build_call(slack, method_name)
    assert find_faults(method_name, args) == []
    assert call_method(slack, method_name, args)["ok"]


@pytest.mark.parametrize("method_name", API_METHODS)
@pytest.mark.parametrize("is_empty", [False, True])
def test_the_fake_slack_refuses_a_call_without_a_required_argument(
    slack: FakeWorkspace, method_name: str, *, is_empty: bool
) -> None:
    description = load_descriptions()[method_name]
    played = build_call(slack, method_name).keys()
    needed = description.required | {name for group in description.one_of for name in group & played}
    for name in needed:
        args = {**build_call(slack, method_name), name: ""}
        if not is_empty:
            del args[name]
        answer = call_method(slack, method_name, args)
        assert not answer["ok"], f"{method_name} without {name}"
        assert answer["error"] == MISSING_ERRORS.get((method_name, name), "invalid_arguments")


@pytest.mark.parametrize(
    ("method_name", "changes", "fault"),
    [
        ("chat.postMessage", {"txt": "x"}, "unknown argument txt"),
        ("chat.postMessage", {"unfurl_links": "no"}, "unfurl_links is not of type boolean: 'no'"),
        ("chat.postMessage", {"text": ""}, "none of ['attachments', 'blocks', 'markdown_text', 'text']"),
        ("chat.postMessage", {"blocks": "[]"}, "blocks is not of type array: '[]'"),
        ("chat.update", {"ts": "now"}, "ts is not of type timestamp: 'now'"),
        ("chat.update", {"ts": 1767225600.5}, "ts is not of type timestamp: 1767225600.5"),
        ("conversations.members", {"limit": "many"}, "limit is not of type integer: 'many'"),
        ("conversations.members", {"limit": True}, "limit is not of type integer: True"),
        ("conversations.members", {"channel": None}, "channel is not of type string: None"),
        ("files.getUploadURLExternal", {"alt_text": "x"}, "unknown argument alt_text"),
        ("views.open", {"trigger_id": ""}, "none of ['interactivity_pointer', 'trigger_id']"),
    ],
)
def test_a_wrong_call_is_noticed(
    slack: FakeWorkspace, method_name: str, changes: dict[str, Any], fault: str
) -> None:
    call = {**build_call(slack, method_name), **changes}
    assert f"{method_name}: {fault}" in find_faults(method_name, call)


async def test_a_test_fails_in_which_the_bot_calls_a_method_wrongly() -> None:
    async def call_wrongly() -> None:
        async with CheckedFakeSlack() as slack:
            client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
            await client.users_conversations(usr="U1")

    with pytest.raises(AssertionError, match="unknown argument usr"):
        await call_wrongly()


def test_each_call_in_the_bot_is_one_that_slack_describes() -> None:
    sites = find_call_sites()
    assert [fault for site in sites for fault in find_site_faults(site)] == []
    assert {site.method_name for site in sites} >= {
        "auth.test",
        "chat.postMessage",
        "conversations.canvases.create",  # through api_call
        "conversations.members",  # through paginate
        "oauth.v2.access",
    }


def find_site_faults(site: CallSite) -> list[str]:
    description = load_descriptions().get(site.method_name)
    if description is None:
        return [f"{site.place}: {site.method_name} is not described"]
    unknown = site.argument_names - description.types.keys()
    missing = description.required - site.argument_names if site.is_complete else set()
    groups = [group for group in description.one_of if site.is_complete and not group & site.argument_names]
    return [f"{site.place}: {site.method_name} {each}" for each in (*unknown, *missing, *groups)]
