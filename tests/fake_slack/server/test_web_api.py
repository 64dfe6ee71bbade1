"""The stand-in refuses what Slack refuses, or the stories would prove nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.fake_slack.client.harness import Harness, Person
from bot.fake_slack.models import SlackChannel
from bot.fake_slack.server.http_server import FakeSlack
from bot.fake_slack.server.web_api import API_METHODS, call_method


def text(words: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


@pytest_asyncio.fixture
async def fake_slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        yield slack


@pytest.fixture
def client(fake_slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(fake_slack.bot_token, base_url=fake_slack.api_url, retry_handlers=[])


@pytest.fixture
def ana(fake_slack: FakeSlack) -> Person:
    async def send(_body: bytes, _headers: object) -> tuple[int, bytes]:
        raise AssertionError("nobody listens")

    async def settle() -> None:
        pass

    harness = Harness(fake_slack, send, settle)
    person = harness.add_person("Ana")
    harness.add_channel("product", person)
    harness.add_channel("elsewhere", person, bot=False)
    harness.add_channel("secret", person, bot=False, private=True)
    return person


async def error_code_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


VIEW = {"type": "modal", "title": text("t"), "blocks": [{"type": "divider"}]}


async def test_a_trigger_opens_one_view_within_three_seconds(
    fake_slack: FakeSlack, client: AsyncWebClient, ana: Person
) -> None:
    trigger = fake_slack.new_trigger_id(ana.id)
    await client.views_open(trigger_id=trigger, view=VIEW)
    assert await error_code_of(client.views_open(trigger_id=trigger, view=VIEW)) == "exchanged_trigger_id"
    late = fake_slack.new_trigger_id(ana.id)
    fake_slack.clock.advance(timedelta(seconds=4))
    assert await error_code_of(client.views_open(trigger_id=late, view=VIEW)) == "expired_trigger_id"


async def test_an_older_hash_conflicts(fake_slack: FakeSlack, client: AsyncWebClient, ana: Person) -> None:
    opened = await client.views_open(trigger_id=fake_slack.new_trigger_id(ana.id), view=VIEW)
    view_id, old = opened["view"]["id"], opened["view"]["hash"]
    await client.views_update(view_id=view_id, hash=old, view=VIEW)
    assert await error_code_of(client.views_update(view_id=view_id, hash=old, view=VIEW)) == "hash_conflict"


async def test_channels_that_the_bot_is_not_in_are_closed(
    fake_slack: FakeSlack, client: AsyncWebClient, ana: Person
) -> None:
    by_name: dict[str, SlackChannel] = {channel.name: channel for channel in fake_slack.channels.values()}
    assert (
        await error_code_of(client.chat_postMessage(channel=by_name["elsewhere"].id, text="x"))
        == "not_in_channel"
    )
    assert (
        await error_code_of(client.chat_postMessage(channel=by_name["secret"].id, text="x"))
        == "channel_not_found"
    )
    by_name["product"].is_archived = True
    assert (
        await error_code_of(client.chat_postMessage(channel=by_name["product"].id, text="x")) == "is_archived"
    )


async def test_messages_reactions_tokens_and_pace(
    fake_slack: FakeSlack, client: AsyncWebClient, ana: Person
) -> None:
    channel = next(iter(fake_slack.channels))
    posted = await client.chat_postMessage(channel=channel, text="x")
    await client.reactions_add(channel=channel, timestamp=posted["ts"], name="one")
    again = client.reactions_add(channel=channel, timestamp=posted["ts"], name="one")
    assert await error_code_of(again) == "already_reacted"
    assert await error_code_of(client.chat_update(channel=channel, ts="1.0", text="y")) == "message_not_found"
    blocks = [{"type": "section", "text": text("x" * 2900, "mrkdwn")}] * 5
    assert (
        await error_code_of(client.chat_postMessage(channel=channel, text="x", blocks=blocks))
        == "msg_blocks_too_long"
    )
    fake_slack.inject_fault("chat.postMessage", error="ratelimited", retry_after=3)
    assert await error_code_of(client.chat_postMessage(channel=channel, text="x")) == "ratelimited"
    stranger = AsyncWebClient("xoxb-other", base_url=fake_slack.api_url)
    assert await error_code_of(stranger.auth_test()) == "invalid_auth"
    assert await error_code_of(client.api_call("chat.teleport")) == "unknown_method"
    assert [name for name in API_METHODS if "." not in name] == []


async def test_members_come_in_pages_and_of_channels_that_the_app_sees(
    fake_slack: FakeSlack, client: AsyncWebClient, ana: Person
) -> None:
    product, elsewhere, secret = fake_slack.channels
    first = await client.conversations_members(channel=product, limit=1)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_members(channel=product, limit=1, cursor=cursor)
    assert {*first["members"], *second["members"]} == fake_slack.channels[product].member_ids
    assert second["response_metadata"]["next_cursor"] == ""
    assert (await client.conversations_members(channel=elsewhere))["members"] == [ana.id]
    assert await error_code_of(client.conversations_members(channel=secret)) == "channel_not_found"
    assert await error_code_of(client.conversations_members(channel=product, limit=0)) == "invalid_limit"
    assert await error_code_of(client.conversations_members(channel=product, cursor="x")) == "invalid_cursor"
    fake_slack.manifest = {"oauth_config": {"scopes": {"bot": ["groups:read"]}}}
    assert await error_code_of(client.conversations_members(channel=product)) == "missing_scope"


async def test_canvases_take_one_change_a_call_markdown_alone_and_one_megabyte(
    fake_slack: FakeSlack, client: AsyncWebClient, ana: Person
) -> None:
    product, _, secret = list(fake_slack.channels)[:3]
    content = {"type": "markdown", "markdown": "# Plans"}
    made = await client.conversations_canvases_create(channel_id=product, document_content=content)
    about = await client.conversations_info(channel=product)
    assert about["channel"]["properties"]["canvas"] == {"file_id": made["canvas_id"], "is_empty": False}
    again = client.conversations_canvases_create(channel_id=product, document_content=content)
    assert await error_code_of(again) == "channel_canvas_already_exists"
    assert await error_code_of(client.canvases_create(channel_id=secret)) == "channel_not_found"

    async def edited(*changes: dict[str, Any], canvas: str = made["canvas_id"]) -> str:
        return await error_code_of(client.canvases_edit(canvas_id=canvas, changes=changes))

    def change(markdown: str, kind: str = "markdown") -> dict[str, Any]:
        return {"operation": "replace", "document_content": {"type": kind, "markdown": markdown}}

    assert await edited(change("a"), change("b")) == "invalid_arguments"
    assert await edited(change("a", "html")) == "invalid_arguments"
    assert await edited(change("> - a")) == "canvas_editing_failed"
    assert await edited(change("a"), canvas="F404") == "canvas_not_found"
    large = {"canvas_id": made["canvas_id"], "changes": [change("漢" * 400_000)]}
    assert call_method(fake_slack, "canvases.edit", large)["error"] == "canvas_too_large"
    assert fake_slack.canvases[made["canvas_id"]].markdown == "# Plans"


async def test_the_free_plan_has_one_canvas_in_a_channel(
    fake_slack: FakeSlack, client: AsyncWebClient, ana: Person
) -> None:
    fake_slack.is_free_plan = True
    product = next(iter(fake_slack.channels))
    assert await error_code_of(client.canvases_create()) == "free_teams_cannot_create_non_tabbed_canvases"
    await client.canvases_create(channel_id=product)
    assert (
        await error_code_of(client.canvases_create(channel_id=product))
        == "free_team_canvas_tab_already_exists"
    )
