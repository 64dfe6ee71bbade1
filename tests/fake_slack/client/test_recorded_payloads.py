"""What the fake Slack sends has the keys and types of payloads written down from Slack's documentation."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest

from bot.fake_slack.client import events
from bot.fake_slack.client.member import MemberClient
from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.delivery import Delivery, Headers
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.slack.incoming.payloads import is_valid_payload
from tests.fake_slack.recorded.comparison import NAMES, find_differences, load_recorded

Body = dict[str, Any]
TEXT = {"type": "plain_text", "text": "View"}
BUTTON = {"type": "button", "text": TEXT, "action_id": "a", "value": "v"}
SELECT = {"type": "external_select", "action_id": "e", "placeholder": TEXT}
BLOCKS: list[Body] = [
    {"type": "actions", "block_id": "b", "elements": [BUTTON]},
    {"type": "input", "block_id": "c", "label": TEXT, "element": SELECT},
]
MODAL = {
    "type": "modal",
    "title": TEXT,
    "submit": TEXT,
    "close": TEXT,
    "notify_on_close": True,
    "blocks": BLOCKS,
}
DEFAULTS = "Slack completes the objects of Block Kit with their defaults; the fake gives back what it got"
NO_REPLIERS = "the fake Slack counts replies and does not say who replied, or who follows a thread"
# What the fake Slack leaves out of a payload, and why.
OMITTED = {
    "actions[].text.emoji": DEFAULTS,
    "view.title.emoji": DEFAULTS,
    "view.submit.emoji": DEFAULTS,
    "view.close.emoji": DEFAULTS,
    "message.reply_users": NO_REPLIERS,
    "message.reply_users_count": NO_REPLIERS,
    "message.is_locked": NO_REPLIERS,
    "message.subscribed": NO_REPLIERS,
}


class Stage:
    """A workspace with Ana, who acts, and the requests that the app got."""

    def __init__(self) -> None:
        self.requests: list[Body] = []
        self.slack = FakeWorkspace()
        self.slack.users["U1"] = SlackUser("U1", "Ana")
        self.channel = SlackChannel("C1", "product", {"U1", BOT_USER_ID})
        self.slack.channels["C1"] = self.channel
        self.delivery = Delivery(self.slack, self.take)
        self.ana = MemberClient(self.delivery, self.slack.users["U1"])

    async def take(self, body: bytes, _headers: Headers) -> tuple[int, bytes]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        is_json = body[:1] == b"{"
        self.requests.append(json.loads(body) if is_json else json.loads(form.get("payload", "0")) or form)
        return 200, b"{}"

    def post(self, **fields: Any) -> SlackMessage:
        fields = {"user_id": BOT_USER_ID, "text": "x", "blocks": BLOCKS, **fields}
        return self.slack.post_message(SlackMessage("C1", self.slack.new_ts(), **fields))

    def post_reply(self) -> SlackMessage:
        return self.post(thread_ts=self.post().ts)

    def post_parent(self) -> SlackMessage:
        return self.slack.find_message("C1", self.post_reply().thread_ts or "")

    async def press(self, message: SlackMessage) -> None:
        await self.ana.act_on_message(message, "b", "a", None, {})

    async def press_in(self, view: Body) -> None:
        await self.ana.act_in_view(view, "b", "a", None, {})

    def open_modal(self) -> Body:
        return self.slack.open_view(MODAL, "U1")

    def publish_home(self) -> Body:
        return self.slack.publish_home({"type": "home", "blocks": BLOCKS}, "U1")

    async def close(self) -> None:
        self.open_modal()
        await self.ana.close_view()

    async def open_home(self) -> None:
        self.publish_home()
        await self.ana.open_home()

    async def mention(self) -> None:
        await self.ana.send_text(self.channel, "is it @valuemap?")
        del self.requests[1:]  # the event `message` of the same words

    async def reply(self) -> None:
        direct = self.slack.direct_channel("U1")
        await self.ana.send_text(direct, "hello")
        await self.ana.send_text(direct, "yes", thread_ts=self.slack.messages[-1].ts)

    async def delete(self) -> None:
        await self.ana.delete_message(self.post(user_id="U1", blocks=[]))

    async def react(self) -> None:
        message = self.post()
        await self.ana.add_reaction(message, "one")
        await self.ana.remove_reaction(message, "one")

    async def run_command(self) -> None:
        self.slack.enterprise_id = "E1"
        await self.ana.send_text(self.channel, "/valuemap rank")

    async def join(self) -> None:
        self.slack.enterprise_id = "E1"
        await self.send(events.build_joined_event(self.slack, self.channel, "U1", "U1"))

    async def send(self, event: Mapping[str, Any]) -> None:
        await self.delivery.send_event(event)


def act(name: str, stage: Stage) -> Awaitable[Any]:
    """Let happen what makes Slack send this payload last, or first of two."""
    ana, slack, channel = stage.ana, stage.slack, stage.channel
    private = SlackChannel("C2", "secret", {BOT_USER_ID}, is_private=True)
    actions: Mapping[str, Callable[[], Awaitable[Any]]] = {
        "slash_command": stage.run_command,
        "block_actions_message": lambda: stage.press(stage.post()),
        "block_actions_reply": lambda: stage.press(stage.post_reply()),
        "block_actions_thread_parent": lambda: stage.press(stage.post_parent()),
        "block_actions_ephemeral": lambda: stage.press(stage.post(ephemeral_user_id="U1")),
        "block_actions_modal": lambda: stage.press_in(stage.open_modal()),
        "block_actions_home": lambda: stage.press_in(stage.publish_home()),
        "block_suggestion": lambda: ana.load_suggestions(stage.open_modal(), "c", "e", "fi", {}),
        "view_submission": lambda: ana.send_submission(stage.open_modal(), {}),
        "view_closed": stage.close,
        "shortcut": lambda: ana.use_shortcut("value_maps"),
        "message_action": lambda: ana.use_shortcut("add_message", stage.post(user_id="U1")),
        "event_envelope": stage.open_home,
        "event_message_im": lambda: ana.send_text(slack.direct_channel("U1"), "hello"),
        "event_message_reply": stage.reply,
        "event_message_deleted": stage.delete,
        "event_app_mention": stage.mention,
        "event_reaction_added": stage.react,
        "event_reaction_removed": stage.react,
        "event_member_joined_channel": stage.join,
        "event_member_left_channel": lambda: stage.send(events.build_left_event(slack, channel, "U1")),
        "event_app_home_opened": stage.open_home,
        "event_app_uninstalled": lambda: stage.send(events.build_uninstalled_event()),
        "event_tokens_revoked": lambda: stage.send(events.build_revoked_event([BOT_USER_ID], ["U1"])),
        "event_channel_deleted": lambda: stage.send(events.build_deleted_event(slack, channel)),
        "event_group_deleted": lambda: stage.send(events.build_deleted_event(slack, private)),
        "event_channel_unarchive": lambda: stage.send(events.build_unarchived_event(slack, channel, "U1")),
        "event_group_unarchive": lambda: stage.send(events.build_unarchived_event(slack, private, "U1")),
        "event_channel_id_changed": lambda: stage.send(events.build_id_changed_event(slack, "C1", "C9")),
    }
    return actions[name]()


async def send_payload(name: str) -> Body:
    """Return the payload that the fake Slack sends: of an event what is in the envelope."""
    stage = Stage()
    await act(name, stage)
    body = stage.requests[0 if name == "event_reaction_added" else -1]
    if name == "event_envelope":
        return {**body, "event": {}}
    return dict(body["event"]) if name.startswith("event_") else body


@pytest.mark.parametrize("name", NAMES)
async def test_a_payload_has_the_keys_and_types_of_the_recorded_one(name: str) -> None:
    recorded = load_recorded(name)
    assert all(source.startswith("https://docs.slack.dev/") for source in recorded["sources"])
    differences = find_differences(recorded["payload"], await send_payload(name))
    assert [each for each in differences if each.removeprefix("-") not in OMITTED] == []


async def test_what_is_left_out_on_purpose_is_left_out() -> None:
    found = {
        difference.removeprefix("-")
        for name in NAMES
        for difference in find_differences(load_recorded(name)["payload"], await send_payload(name))
    }
    assert found == OMITTED.keys()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "event_envelope"])
def test_the_bot_takes_the_recorded_payload(name: str) -> None:
    """Its ids, its nulls and its unknown keys are Slack's, not the fake Slack's."""
    body = load_recorded(name)["payload"]
    if "view" in body:
        body["view"]["private_metadata"] = ""  # else it is the JSON of the bot's own
    if name.startswith("event_"):
        body = {**load_recorded("event_envelope")["payload"], "event": body}
    assert is_valid_payload(body)


@pytest.mark.parametrize(
    ("built", "difference"),
    [
        ({"a": {"b": 1}}, "-t"),
        ({"a": {"b": 1}, "t": "1767225600.000001", "c": 1}, "+c"),
        ({"a": {"b": "1"}, "t": "1767225600.000001"}, "a.b: string instead of number"),
        ({"a": {}, "t": "1767225600.000001"}, "-a.b"),
        ({"a": {"b": 1}, "t": "1767225600.0"}, "t: string instead of ts"),
        ({"a": {"b": None}, "t": "1767225600.000001"}, "a.b: null instead of number"),
    ],
)
def test_a_difference_is_found(built: Body, difference: str) -> None:
    recorded = {"a": {"b": 1}, "t": "1516229207.000133"}
    assert list(find_differences(recorded, built)) == [difference]
