"""A member's client: what it lets through, what it tells the app, what it says itself."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
import pytest_asyncio

from bot.fake_slack.client.member import CONNECTION_FAILED_TEXT, MemberClient
from bot.fake_slack.models import BOT_USER_ID, FakeSlackError, SlackChannel, SlackMessage, SlackUser
from bot.fake_slack.server.delivery import Delivery
from bot.fake_slack.server.http_server import FakeSlack

MANIFEST: dict[str, Any] = {
    "features": {
        "bot_user": {"display_name": "helper"},
        "app_home": {"home_tab_enabled": False},
        "slash_commands": [{"command": "/help", "description": "Helps"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["reaction_added", "message.im"]}},
}
VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "T"},
    "blocks": [{"type": "divider"}],
    "notify_on_close": True,
}


class App:
    """Notes what Slack sends it and answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status, self.answer = 200, b""

    async def take(self, body: bytes, _headers: object) -> tuple[int, bytes]:
        form = parse_qs(body.decode())
        payload = form["payload"][0] if "payload" in form else json.dumps({k: v[0] for k, v in form.items()})
        self.heard.append(json.loads(body if body[:1] == b"{" else payload))
        return self.status, self.answer

    @property
    def kinds(self) -> list[str]:
        return [str(heard.get("event", heard).get("type", heard.get("command"))) for heard in self.heard]


@pytest.fixture
def app() -> App:
    return App()


@pytest_asyncio.fixture
async def ana(app: App) -> AsyncIterator[MemberClient]:
    async with FakeSlack(manifest=MANIFEST) as slack:
        slack.users["U1"] = SlackUser("U1", "Ana")
        slack.channels["C1"] = SlackChannel("C1", "product", {"U1", BOT_USER_ID})
        yield MemberClient(Delivery(slack, app.take), slack.users["U1"])


def said(ana: MemberClient) -> list[str]:
    return [posted.text for posted in ana.slack.messages]


async def test_the_app_hears_what_its_manifest_asks_for(ana: MemberClient, app: App) -> None:
    channel, direct = ana.slack.channels["C1"], ana.slack.direct_channel("U1")
    await ana.send_text(channel, "hello @helper")
    await ana.send_text(direct, "hello")
    posted = ana.slack.messages[0]
    await ana.add_reaction(posted, "one")
    await ana.remove_reaction(posted, "one")
    await ana.open_home()
    assert app.kinds == ["message", "reaction_added"]
    assert posted.text == f"hello <@{BOT_USER_ID}>"
    assert posted.reactions == {}


async def test_commands_that_slack_does_not_know_or_take(ana: MemberClient, app: App) -> None:
    channel = ana.slack.channels["C1"]
    await ana.send_text(channel, "/nonsense")
    await ana.send_text(channel, "/help me")
    posted = ana.slack.post_message(SlackMessage("C1", ana.slack.new_ts(), "U1", "hi", []))
    await ana.send_text(channel, "/help", posted.ts)
    app.status = 500
    await ana.send_text(channel, "/help")
    assert app.kinds == ["/help", "/help"]
    assert said(ana) == [
        "`/nonsense` is not a valid command.",
        "hi",
        "`/help` is not supported in threads. Sorry!",
        "`/help` failed with the error “dispatch_failed”.",
    ]


async def test_who_is_not_there_says_nothing_and_sees_nothing(ana: MemberClient) -> None:
    other = ana.slack.channels.setdefault("C2", SlackChannel("C2", "secret", {BOT_USER_ID}, is_private=True))
    with pytest.raises(FakeSlackError, match="channel_not_found"):
        await ana.send_text(other, "hi")
    assert not ana.can_see(SlackMessage("C2", "1.0", BOT_USER_ID, "x", []))
    assert not ana.can_see(SlackMessage("C1", "1.0", BOT_USER_ID, "x", [], ephemeral_user_id="U2"))
    ana.slack.channels["C1"].is_archived = True
    with pytest.raises(FakeSlackError, match="is_archived"):
        await ana.send_text(ana.slack.channels["C1"], "hi")


async def test_only_one_s_own_messages_can_be_deleted(ana: MemberClient) -> None:
    slack = ana.slack
    mine = slack.post_message(SlackMessage("C1", slack.new_ts(), "U1", "mine", []))
    alone = slack.post_message(
        SlackMessage("C1", slack.new_ts(), BOT_USER_ID, "for Ana alone", [], ephemeral_user_id="U1")
    )
    bots = slack.post_message(SlackMessage("C1", slack.new_ts(), BOT_USER_ID, "the app's", []))
    await ana.delete_message(mine)
    await ana.delete_message(alone)
    with pytest.raises(FakeSlackError, match="cant_delete_message"):
        await ana.delete_message(bots)
    assert said(ana) == ["the app's"]


async def test_a_stack_holds_three_modals_and_closes_from_the_top(ana: MemberClient, app: App) -> None:
    slack = ana.slack
    first = slack.open_view(VIEW, "U1")
    for _ in range(2):
        slack.push_view(VIEW, "U1")
    with pytest.raises(FakeSlackError, match="push_limit_reached"):
        slack.push_view(VIEW, "U1")
    await ana.close_view()
    top = slack.top_view("U1")
    assert top is not None
    assert (top["previous_view_id"], top["root_view_id"]) == (first["id"], first["id"])
    await ana.close_view(whole_stack=True)
    assert slack.top_view("U1") is None
    assert app.kinds == ["view_closed"] * 3
    assert [heard["is_cleared"] for heard in app.heard] == [False, True, True]


async def test_a_form_that_the_app_does_not_take_stays_open(ana: MemberClient, app: App) -> None:
    view = ana.slack.open_view(VIEW, "U1")
    app.status = 500
    assert await ana.submit_view(view, {}) == {"": CONNECTION_FAILED_TEXT}
    assert ana.slack.top_view("U1") == view
    app.status = 200
    assert await ana.submit_view(view, {}) == {}
    assert ana.slack.top_view("U1") is None


async def test_an_answer_with_a_view_that_slack_would_not_show_is_a_trouble(
    ana: MemberClient, app: App
) -> None:
    view = ana.slack.open_view(VIEW, "U1")
    app.answer = json.dumps({"response_action": "update", "view": {**VIEW, "blocks": []}}).encode()
    assert await ana.submit_view(view, {}) == {"": CONNECTION_FAILED_TEXT}
    assert ana.slack.top_view("U1") == view


async def test_calls_need_the_scopes_of_the_manifest(ana: MemberClient) -> None:
    async def error_of(method: str, **args: Any) -> str:
        headers = {"Authorization": f"Bearer {ana.slack.bot_token}"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{ana.slack.url}/api/{method}", json=args, headers=headers) as answer,
        ):
            return str((await answer.json()).get("error"))

    assert await error_of("chat.postMessage", channel="C1", text="hi") == "None"
    assert await error_of("users.info", user="U1") == "missing_scope"
    assert await error_of("conversations.history", channel="C1") == "missing_scope"
    assert await error_of("views.publish", user_id="U1", view={**VIEW, "type": "home"}) == "not_enabled"


async def test_a_reply_url_changes_or_takes_away_what_was_acted_on_and_wears_out(ana: MemberClient) -> None:
    slack = ana.slack
    posted = slack.post_message(SlackMessage("C1", slack.new_ts(), BOT_USER_ID, "choose", []))
    url = slack.new_response_url("C1", "U1", posted)

    async def reply(**body: Any) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.post(url, json=body) as answer:
            return answer.status, await answer.text()

    assert await reply(replace_original=True, text="chosen") == (200, "ok")
    assert said(ana) == ["chosen"]
    assert await reply(text="thank you", thread_ts=posted.ts) == (200, "ok")
    assert (slack.messages[-1].ephemeral_user_id, slack.messages[-1].thread_ts) == ("U1", posted.ts)
    assert await reply(text="") == (400, "no_text")
    assert await reply(text="seen by all", response_type="in_channel") == (200, "ok")
    assert await reply(delete_original=True) == (200, "ok")
    assert "chosen" not in said(ana)
    assert (await reply(text="five"))[0] == 200
    assert await reply(text="six") == (404, "used_url")


async def test_the_stand_in_answers_under_this_machine_s_names_only(ana: MemberClient) -> None:
    async with aiohttp.ClientSession() as http:
        for host, status in (("evil.example", 403), ("localhost", 404), ("127.0.0.1", 404)):
            async with http.get(f"{ana.slack.url}/nothing", headers={"Host": host}) as answer:
                assert answer.status == status
