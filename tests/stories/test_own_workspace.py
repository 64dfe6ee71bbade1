"""With one token: what is of the token's own workspace is answered, what is of another is turned away.

Slack signs for the app. Where the app is installed elsewhere too, what comes from there is signed as well.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from sqlmodel import select

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

OWN, OTHER = "T0FAKE", "T0OTHER"
Body = dict[str, Any]


async def begun(world: World) -> tuple[Person, SlackChannel]:
    """A canvas, with which Ana has a form open, Home too."""
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.open_home()
    await ana.type_text(channel, "/valuemap help")
    await ana.type_text(channel, "/valuemap add")
    await world.advance_time(minutes=2)
    return ana, channel


async def noted(world: World) -> list[str]:
    """Return what is stored of workspaces and of what came, what was asked of Slack, what stands there."""
    async with world.bot.db.reading(None) as session:
        tables = (WorkspaceRow, IdempotencyKeyRow, IncomingMessageRow, JobRow)
        rows = [str(row) for table in tables for row in (await session.exec(select(table))).all()]
    return [*rows, *map(str, world.slack.calls)]


async def by_mention(ana: Person, channel: SlackChannel) -> None:
    await ana.type_text(channel, "@valuemap fit")


async def by_word(ana: Person, _channel: SlackChannel) -> None:
    await ana.message_bot("help")


async def by_reaction(ana: Person, channel: SlackChannel) -> None:
    await ana.add_reaction(ana.find_message(channel, "slow\nby"), "five")


async def by_button(ana: Person, channel: SlackChannel) -> None:
    await ana.click_button(ana.find_message(channel, "Value map:"), "Add an entry")


async def by_shortcut(ana: Person, channel: SlackChannel) -> None:
    await ana.use_shortcut("value_maps")


async def by_shortcut_on_a_message(ana: Person, channel: SlackChannel) -> None:
    await ana.use_shortcut("add_message", ana.find_message(channel, "slow\nby").message)


async def by_form(ana: Person, _channel: SlackChannel) -> None:
    await (await ana.modal.fill_field("The job", "know by nine")).submit()


async def by_home(ana: Person, _channel: SlackChannel) -> None:
    await ana.open_home()


WAYS = [by_mention, by_word, by_reaction, by_button, by_shortcut, by_shortcut_on_a_message, by_form, by_home]
Way = Callable[[Person, SlackChannel], Awaitable[None]]


def each_way() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@each_way()
async def test_another_workspace_is_turned_away(world: World, way: Way) -> None:
    """Nothing is stored of it and Slack is asked nothing for it; Slack hears that it was taken."""
    ana, channel = await begun(world)
    before = await noted(world)
    world.slack.team_id = OTHER
    await way(ana, channel)
    assert await noted(world) == before
    assert world.harness.failures == []


@each_way()
async def test_the_same_in_its_own_workspace_does_something(world: World, way: Way) -> None:
    ana, channel = await begun(world)
    before = await noted(world)
    await way(ana, channel)
    assert await noted(world) != before


async def test_the_first_request_may_be_of_another_workspace(world: World) -> None:
    """No other has asked Slack yet whose the token is."""
    ana, bea = world.harness.add_person("Ana"), world.harness.add_person("Bea")
    channel = world.harness.add_channel("product", ana, bea)
    world.slack.team_id = OTHER
    form = ana.member.command_payload(channel, "/valuemap new Reports")
    world.slack.team_id = OWN
    assert await told(world, form) == OTHER_WORKSPACE_TEXT
    assert await noted(world) == ["('auth.test', {})"]
    await world.start_canvas(channel)
    assert await told(world, form) == OTHER_WORKSPACE_TEXT
    assert world.harness.failures == []


async def told(world: World, form: Mapping[str, str]) -> str:
    """Return the words that somebody sees who types a command."""
    kept: list[bytes] = []
    straight = world.harness.delivery.send_raw

    async def keep(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        status, answer = await straight(body, headers)
        kept.append(answer)
        return status, answer

    world.harness.delivery.send_raw = keep
    await world.harness.delivery.send_command(form)
    await world.settle()
    return kept[0].decode()


async def test_another_workspace_that_removes_the_app_removes_nothing_here(world: World) -> None:
    await begun(world)
    before = await noted(world)
    world.slack.team_id = OTHER
    for removal in (
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": [BOT_USER_ID]}},
    ):
        await world.harness.send_event(removal)
    assert await noted(world) == before


async def test_where_the_token_is_dead_its_removal_is_heard(world: World) -> None:
    """Slack does not say any more whose it was: a process that did not ask before takes the word for it."""
    world.slack.inject_fault("auth.test", error="account_inactive", times=9)
    async with world.bot.db.transaction(None) as session:
        await workspaces.save_workspace(session, Workspace(OWN, None, "", BOT_USER_ID), world.clock.now())
    await world.harness.send_event({"type": "app_uninstalled"})
    await world.advance_time(days=31)
    assert await noted(world) == ["('auth.test', {})"]


# Others who are right here


async def test_who_acts_from_elsewhere_in_a_shared_channel_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events name the workspace that has the app; a form names the sender's, and in its view the app's."""
    ana, channel = await begun(world)
    straight = world.harness.delivery.send_interaction

    async def from_elsewhere(payload: Body) -> Any:
        view = {**payload["view"], "app_installed_team_id": OWN, "team_id": OTHER}
        user = {**payload["user"], "team_id": OTHER}
        return await straight({**payload, "user": user, "team": {"id": OTHER}, "view": view})

    monkeypatch.setattr(world.harness.delivery, "send_interaction", from_elsewhere)
    await (await ana.modal.fill_field("The job", "know by nine")).submit()
    assert "know by nine" in ana.find_message(channel, "know by nine\nby").text
    shared = {"team_id": OTHER, "is_ext_shared_channel": True}
    voted = ana.member.reaction_event(ana.find_message(channel, "slow\nby").message, "five", "reaction_added")
    envelope = world.harness.delivery.event_envelope({**voted, "team": OTHER, "user_team": OTHER})
    await world.harness.delivery.send_request(json.dumps({**envelope, **shared}), JSON_CONTENT_TYPE)
    asked = {
        "type": "app_mention",
        "user": ana.id,
        "channel": channel.id,
        "text": f"<@{BOT_USER_ID}> rank pain",
    }
    envelope = world.harness.delivery.event_envelope(
        {**asked, "ts": "5.1", "team": OTHER, "user_team": OTHER}
    )
    without = {**envelope, **shared, "authorizations": [], "context_team_id": OWN}
    await world.harness.delivery.send_request(json.dumps(without), JSON_CONTENT_TYPE)
    await world.settle()
    assert "slow" in ana.find_message(channel, "Ranking").text
    assert "3.67" in ana.find_message(channel, "Ranking").text, "the vote is heard"
    assert world.harness.failures == []


async def test_the_tokens_of_an_organisation_serve_its_workspaces_and_no_other(world: World) -> None:
    world.slack.enterprise_id, world.slack.is_enterprise_install = "E1", True
    ana, channel = await begun(world)
    for team, enterprise, answers in ((OTHER, "E1", True), (OTHER, "E2", False), (OTHER, "", False)):
        world.slack.team_id, world.slack.enterprise_id = team, enterprise
        before = await noted(world)
        await by_mention(ana, channel)
        assert (await noted(world) != before) is answers
    assert world.harness.failures == []


async def test_one_workspace_of_an_organisation_is_not_the_others(world: World) -> None:
    world.slack.enterprise_id = "E1"
    ana, channel = await begun(world)
    before = await noted(world)
    world.slack.team_id = OTHER
    await by_reaction(ana, channel)
    assert await noted(world) == before
