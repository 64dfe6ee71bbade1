"""The stand-in refuses what Slack refuses, or the stories would prove nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.block_kit import Invalid, check_blocks, check_view
from bot.playground.people import Bench, Person
from bot.playground.slack import Playground
from bot.playground.web_api import METHODS
from bot.playground.workspace import Channel


def text(words: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


def button(label: str = "Go", action: str = "go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": text(label), "action_id": action, **more}


def select(options: int, **more: Any) -> dict[str, Any]:
    choices = [{"text": text(f"o{n}"), "value": str(n)} for n in range(options)]
    return {"type": "static_select", "action_id": "s", "options": choices, **more}


def actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": list(elements)}]


RIGHT = {
    "section of 3000": [{"type": "section", "text": text("x" * 3000, "mrkdwn")}],
    "header of 150": [{"type": "header", "text": text("x" * 150)}],
    "50 blocks": [{"type": "divider"}] * 50,
    "25 buttons": actions(*(button(action=str(n)) for n in range(25))),
    "label of 75": actions(button("x" * 75)),
    "100 options": actions(select(100)),
}
WRONG = {
    "section of 3001": [{"type": "section", "text": text("x" * 3001, "mrkdwn")}],
    "empty text": [{"type": "section", "text": text("", "mrkdwn")}],
    "header of 151": [{"type": "header", "text": text("x" * 151)}],
    "header in mrkdwn": [{"type": "header", "text": text("x", "mrkdwn")}],
    "51 blocks": [{"type": "divider"}] * 51,
    "26 buttons": actions(*(button(action=str(n)) for n in range(26))),
    "no button": actions(),
    "an action_id twice": actions(button(), button()),
    "label of 76": actions(button("x" * 76)),
    "value of 2001": actions(button(value="x" * 2001)),
    "101 options": actions(select(101)),
    "no options": actions(select(0)),
    "an initial option from elsewhere": actions(select(1, initial_option={"text": text("x"), "value": "x"})),
    "an unknown block": [{"type": "chart"}],
    "an unknown key": [{"type": "divider", "colour": "red"}],
    "a block_id twice": [{"type": "divider", "block_id": "b"}] * 2,
    "6 options in a menu": actions({**select(6), "type": "overflow"}),
}


@pytest.mark.parametrize("blocks", RIGHT.values(), ids=RIGHT.keys())
def test_what_is_at_the_limit_passes(blocks: list[dict[str, Any]]) -> None:
    check_blocks(blocks, "message")


@pytest.mark.parametrize("blocks", WRONG.values(), ids=WRONG.keys())
def test_what_is_over_the_limit_is_invalid(blocks: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid):
        check_blocks(blocks, "message")


def test_views_have_limits_of_their_own() -> None:
    view = {"type": "modal", "title": text("x" * 24), "blocks": [{"type": "divider"}] * 100}
    check_view(view)
    field = {"type": "input", "label": text("l"), "element": {"type": "plain_text_input", "action_id": "t"}}
    wrongs: tuple[dict[str, Any], ...] = (
        {"title": text("x" * 25)},
        {"private_metadata": "x" * 3001},
        {"blocks": [field]},
        {"blocks": []},
        {"blocks": [{"type": "divider"}] * 101},
    )
    for wrong in wrongs:
        with pytest.raises(Invalid):
            check_view({**view, **wrong})


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground() as slack:
        yield slack


@pytest.fixture
def client(playground: Playground) -> AsyncWebClient:
    return AsyncWebClient(playground.bot_token, base_url=playground.api_url, retry_handlers=[])


@pytest.fixture
def ana(playground: Playground) -> Person:
    async def send(_body: bytes, _headers: object) -> tuple[int, bytes]:
        raise AssertionError("nobody listens")

    async def settle() -> None:
        pass

    bench = Bench(playground, send, settle)
    person = bench.person("Ana")
    bench.channel("product", person)
    bench.channel("elsewhere", person, bot=False)
    bench.channel("secret", person, bot=False, private=True)
    return person


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


VIEW = {"type": "modal", "title": text("t"), "blocks": [{"type": "divider"}]}


async def test_a_trigger_opens_one_view_within_three_seconds(
    playground: Playground, client: AsyncWebClient, ana: Person
) -> None:
    trigger = playground.trigger(ana.id)
    await client.views_open(trigger_id=trigger, view=VIEW)
    assert await refused(client.views_open(trigger_id=trigger, view=VIEW)) == "exchanged_trigger_id"
    late = playground.trigger(ana.id)
    playground.clock.advance(timedelta(seconds=4))
    assert await refused(client.views_open(trigger_id=late, view=VIEW)) == "expired_trigger_id"


async def test_an_older_hash_conflicts(playground: Playground, client: AsyncWebClient, ana: Person) -> None:
    opened = await client.views_open(trigger_id=playground.trigger(ana.id), view=VIEW)
    view_id, old = opened["view"]["id"], opened["view"]["hash"]
    await client.views_update(view_id=view_id, hash=old, view=VIEW)
    assert await refused(client.views_update(view_id=view_id, hash=old, view=VIEW)) == "hash_conflict"


async def test_channels_that_the_bot_is_not_in_are_closed(
    playground: Playground, client: AsyncWebClient, ana: Person
) -> None:
    by_name: dict[str, Channel] = {channel.name: channel for channel in playground.channels.values()}
    assert (
        await refused(client.chat_postMessage(channel=by_name["elsewhere"].id, text="x")) == "not_in_channel"
    )
    assert (
        await refused(client.chat_postMessage(channel=by_name["secret"].id, text="x")) == "channel_not_found"
    )
    by_name["product"].archived = True
    assert await refused(client.chat_postMessage(channel=by_name["product"].id, text="x")) == "is_archived"


async def test_messages_reactions_tokens_and_pace(
    playground: Playground, client: AsyncWebClient, ana: Person
) -> None:
    channel = next(iter(playground.channels))
    posted = await client.chat_postMessage(channel=channel, text="x")
    await client.reactions_add(channel=channel, timestamp=posted["ts"], name="one")
    again = client.reactions_add(channel=channel, timestamp=posted["ts"], name="one")
    assert await refused(again) == "already_reacted"
    assert await refused(client.chat_update(channel=channel, ts="1.0", text="y")) == "message_not_found"
    blocks = [{"type": "section", "text": text("x" * 2900, "mrkdwn")}] * 5
    assert (
        await refused(client.chat_postMessage(channel=channel, text="x", blocks=blocks))
        == "msg_blocks_too_long"
    )
    playground.fail("chat.postMessage", error="ratelimited", retry_after=3)
    assert await refused(client.chat_postMessage(channel=channel, text="x")) == "ratelimited"
    stranger = AsyncWebClient("xoxb-other", base_url=playground.api_url)
    assert await refused(stranger.auth_test()) == "invalid_auth"
    assert await refused(client.api_call("chat.teleport")) == "unknown_method"
    assert all("." in name for name in METHODS)
