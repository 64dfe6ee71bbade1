"""With one token the bot answers requests of the token's workspace and rejects those of all others.

If the app is installed in other workspaces too, their requests have a valid signature as well.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from sqlmodel import select

from bot.fake_slack.client.events import build_revoked_event, build_uninstalled_event
from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import BOT_USER_ID, SlackChannel
from bot.fake_slack.server.delivery import JSON_CONTENT_TYPE
from bot.features.workspaces.single_workspace import OTHER_WORKSPACE_TEXT
from bot.jobs.idempotency import IdempotencyKeyRow
from bot.jobs.incoming_message_store import IncomingMessageRow
from bot.jobs.store import JobRow
from bot.store import workspaces
from bot.store.workspaces import Workspace, WorkspaceRow
from tests.conftest import World

OWN_TEAM_ID, OTHER_TEAM_ID = "T0FAKE", "T0OTHER"
Body = dict[str, Any]


async def start_canvas_and_open_form(world: World) -> tuple[Person, SlackChannel]:
    """Start a canvas; Ana opens Home and the form that adds an entry."""
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.open_home()
    await ana.type_text(channel, "/valuemap help")
    await ana.type_text(channel, "/valuemap add")
    await world.advance_time(minutes=2)
    return ana, channel


async def read_traces(world: World) -> list[str]:
    """Return the stored workspaces, idempotency keys, messages and jobs, and all calls to Slack."""
    async with world.bot.db.reading(None) as session:
        tables = (WorkspaceRow, IdempotencyKeyRow, IncomingMessageRow, JobRow)
        rows = [str(row) for table in tables for row in (await session.exec(select(table))).all()]
    return [*rows, *map(str, world.slack.calls)]


async def send_mention(ana: Person, channel: SlackChannel) -> None:
    await ana.type_text(channel, "@valuemap fit")


async def send_direct_message(ana: Person, _channel: SlackChannel) -> None:
    await ana.message_bot("help")


async def send_reaction(ana: Person, channel: SlackChannel) -> None:
    await ana.add_reaction(ana.find_message(channel, "slow\nby"), "five")


async def click_button(ana: Person, channel: SlackChannel) -> None:
    await ana.click_button(ana.find_message(channel, "Value map:"), "Add an entry")


async def use_global_shortcut(ana: Person, channel: SlackChannel) -> None:
    await ana.use_shortcut("value_maps")


async def use_message_shortcut(ana: Person, channel: SlackChannel) -> None:
    await ana.use_shortcut("add_message", ana.find_message(channel, "slow\nby").message)


async def submit_form(ana: Person, _channel: SlackChannel) -> None:
    await (await ana.modal.fill_field("The job", "know by nine")).submit()


async def open_home(ana: Person, _channel: SlackChannel) -> None:
    await ana.open_home()


REQUESTS = [
    send_mention,
    send_direct_message,
    send_reaction,
    click_button,
    use_global_shortcut,
    use_message_shortcut,
    submit_form,
    open_home,
]
SendRequest = Callable[[Person, SlackChannel], Awaitable[None]]


def for_each_request() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("send_request", REQUESTS, ids=lambda send_request: send_request.__name__)


@for_each_request()
async def test_a_request_of_another_workspace_is_rejected(world: World, send_request: SendRequest) -> None:
    """Nothing is stored and Slack is not called. Slack gets a 200, so that it does not repeat the request."""
    ana, channel = await start_canvas_and_open_form(world)
    before = await read_traces(world)
    world.slack.team_id = OTHER_TEAM_ID
    await send_request(ana, channel)
    assert await read_traces(world) == before
    assert world.harness.failures == []


@for_each_request()
async def test_the_same_request_of_the_own_workspace_has_an_effect(
    world: World, send_request: SendRequest
) -> None:
    ana, channel = await start_canvas_and_open_form(world)
    before = await read_traces(world)
    await send_request(ana, channel)
    assert await read_traces(world) != before


async def test_the_first_request_may_be_of_another_workspace(world: World) -> None:
    """The bot has not called auth.test before."""
    ana, bea = world.harness.add_person("Ana"), world.harness.add_person("Bea")
    channel = world.harness.add_channel("product", ana, bea)
    world.slack.team_id = OTHER_TEAM_ID
    form = ana.member.command_payload(channel, "/valuemap new Reports")
    world.slack.team_id = OWN_TEAM_ID
    assert await send_command(world, form) == OTHER_WORKSPACE_TEXT
    assert await read_traces(world) == ["('auth.test', {})"]
    await world.start_canvas(channel)
    assert await send_command(world, form) == OTHER_WORKSPACE_TEXT
    assert world.harness.failures == []


async def send_command(world: World, form: Mapping[str, str]) -> str:
    """Send a command; return the text that the user sees."""
    answers: list[bytes] = []
    send_unchanged = world.harness.delivery.send_raw

    async def record_answer(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        status, answer = await send_unchanged(body, headers)
        answers.append(answer)
        return status, answer

    world.harness.delivery.send_raw = record_answer
    await world.harness.delivery.send_command(form)
    await world.settle()
    return answers[0].decode()


async def test_an_uninstall_in_another_workspace_changes_nothing(world: World) -> None:
    await start_canvas_and_open_form(world)
    before = await read_traces(world)
    world.slack.team_id = OTHER_TEAM_ID
    for removal in (
        build_uninstalled_event(),
        build_revoked_event([BOT_USER_ID]),
    ):
        await world.harness.send_event(removal)
    assert await read_traces(world) == before


async def test_an_uninstall_event_is_accepted_when_the_token_is_revoked(world: World) -> None:
    """auth.test no longer names the token's workspace, so the bot trusts the event."""
    world.slack.inject_fault("auth.test", error="account_inactive", times=9)
    async with world.bot.db.transaction(None) as session:
        await workspaces.save_workspace(
            session, Workspace(OWN_TEAM_ID, None, "", BOT_USER_ID), world.clock.now()
        )
    await world.harness.send_event(build_uninstalled_event())
    await world.advance_time(days=31)
    assert await read_traces(world) == ["('auth.test', {})"]


# Users of other workspaces whose requests the bot accepts


async def test_users_of_another_workspace_in_a_shared_channel_are_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event names the app's workspace. A form names the user's workspace, and in its view the app's."""
    ana, channel = await start_canvas_and_open_form(world)
    send_unchanged = world.harness.delivery.send_interaction

    async def send_from_other_workspace(payload: Body) -> Any:
        view = {**payload["view"], "app_installed_team_id": OWN_TEAM_ID, "team_id": OTHER_TEAM_ID}
        user = {**payload["user"], "team_id": OTHER_TEAM_ID}
        return await send_unchanged({**payload, "user": user, "team": {"id": OTHER_TEAM_ID}, "view": view})

    monkeypatch.setattr(world.harness.delivery, "send_interaction", send_from_other_workspace)
    await (await ana.modal.fill_field("The job", "know by nine")).submit()
    assert "know by nine" in ana.find_message(channel, "know by nine\nby").text
    shared = {"team_id": OTHER_TEAM_ID, "is_ext_shared_channel": True}
    reaction = ana.member.reaction_event(
        ana.find_message(channel, "slow\nby").message, "five", "reaction_added"
    )
    envelope = world.harness.delivery.event_envelope(
        {**reaction, "team": OTHER_TEAM_ID, "user_team": OTHER_TEAM_ID}
    )
    await world.harness.delivery.send_request(json.dumps({**envelope, **shared}), JSON_CONTENT_TYPE)
    mention = {
        "type": "app_mention",
        "user": ana.id,
        "channel": channel.id,
        "text": f"<@{BOT_USER_ID}> rank pain",
    }
    envelope = world.harness.delivery.event_envelope(
        {**mention, "ts": "5.1", "team": OTHER_TEAM_ID, "user_team": OTHER_TEAM_ID}
    )
    without_authorizations = {**envelope, **shared, "authorizations": [], "context_team_id": OWN_TEAM_ID}
    await world.harness.delivery.send_request(json.dumps(without_authorizations), JSON_CONTENT_TYPE)
    await world.settle()
    assert "slow" in ana.find_message(channel, "Ranking").text
    assert "3.67" in ana.find_message(channel, "Ranking").text, "the vote counts"
    assert world.harness.failures == []


async def test_the_token_of_an_organisation_serves_its_workspaces_and_no_others(world: World) -> None:
    world.slack.enterprise_id, world.slack.is_enterprise_install = "E1", True
    ana, channel = await start_canvas_and_open_form(world)
    await (await ana.modal.fill_field("The job", "know by nine")).submit()
    assert "know by nine" in ana.find_message(channel, "know by nine\nby").text
    assert "Reports for small shops" in await ana.open_home()
    for team, enterprise, answers in (
        (OTHER_TEAM_ID, "E1", True),
        (OTHER_TEAM_ID, "E2", False),
        (OTHER_TEAM_ID, "", False),
    ):
        world.slack.team_id, world.slack.enterprise_id = team, enterprise
        before = await read_traces(world)
        await send_mention(ana, channel)
        assert (await read_traces(world) != before) is answers
    assert world.harness.failures == []


async def test_the_token_of_one_workspace_does_not_serve_others_of_its_organisation(world: World) -> None:
    world.slack.enterprise_id = "E1"
    ana, channel = await start_canvas_and_open_form(world)
    before = await read_traces(world)
    world.slack.team_id = OTHER_TEAM_ID
    await send_reaction(ana, channel)
    assert await read_traces(world) == before
