"""With one token: what is of the token's own workspace is answered, what is of another is turned away.

Slack signs for the app. Where the app is installed elsewhere too, what comes from there is signed as well.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from sqlmodel import select

from bot.fake_slack.delivery import JSON
from bot.fake_slack.people import Person
from bot.fake_slack.things import BOT, Channel
from bot.features.workspaces.single_workspace import ELSEWHERE
from bot.jobs.incoming_message_store import SaidRow
from bot.jobs.store import JobRow
from bot.store import workspaces
from bot.store.workspaces import ReceiptRow, Workspace, WorkspaceRow
from tests.conftest import World

OWN, OTHER = "T0PLAYGROUND", "T0OTHER"
Body = dict[str, Any]


async def begun(world: World) -> tuple[Person, Channel]:
    """A canvas, with which Ana has a form open, Home too."""
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.opens_home()
    await ana.types(channel, "/valuemap help")
    await ana.types(channel, "/valuemap add")
    await world.passes(minutes=2)
    return ana, channel


async def noted(world: World) -> list[str]:
    """Return what is stored of workspaces and of what came, what was asked of Slack, what stands there."""
    async with world.bot.db.reading(None) as session:
        tables = (WorkspaceRow, ReceiptRow, SaidRow, JobRow)
        rows = [str(row) for table in tables for row in (await session.exec(select(table))).all()]
    return [*rows, *map(str, world.slack.calls)]


async def by_mention(ana: Person, channel: Channel) -> None:
    await ana.types(channel, "@valuemap fit")


async def by_word(ana: Person, _channel: Channel) -> None:
    await ana.tells_bot("help")


async def by_reaction(ana: Person, channel: Channel) -> None:
    await ana.reacts(ana.finds(channel, "slow\nby"), "five")


async def by_button(ana: Person, channel: Channel) -> None:
    await ana.clicks(ana.finds(channel, "Value map:"), "Add an entry")


async def by_shortcut(ana: Person, channel: Channel) -> None:
    await ana.chooses("value_maps")


async def by_shortcut_on_a_message(ana: Person, channel: Channel) -> None:
    await ana.chooses("add_message", ana.finds(channel, "slow\nby").posted)


async def by_form(ana: Person, _channel: Channel) -> None:
    await (await ana.modal.fill("The job", "know by nine")).submit()


async def by_home(ana: Person, _channel: Channel) -> None:
    await ana.opens_home()


WAYS = [by_mention, by_word, by_reaction, by_button, by_shortcut, by_shortcut_on_a_message, by_form, by_home]
Way = Callable[[Person, Channel], Awaitable[None]]


def each_way() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@each_way()
async def test_another_workspace_is_turned_away(world: World, way: Way) -> None:
    """Nothing is stored of it and Slack is asked nothing for it; Slack hears that it was taken."""
    ana, channel = await begun(world)
    before = await noted(world)
    world.slack.team = OTHER
    await way(ana, channel)
    assert await noted(world) == before
    assert world.bench.troubles == []


@each_way()
async def test_the_same_in_its_own_workspace_does_something(world: World, way: Way) -> None:
    ana, channel = await begun(world)
    before = await noted(world)
    await way(ana, channel)
    assert await noted(world) != before


async def test_the_first_request_may_be_of_another_workspace(world: World) -> None:
    """No other has asked Slack yet whose the token is."""
    ana, bea = world.bench.person("Ana"), world.bench.person("Bea")
    channel = world.bench.channel("product", ana, bea)
    world.slack.team = OTHER
    form = ana.member.command_form(channel, "/valuemap new Reports")
    world.slack.team = OWN
    assert await told(world, form) == ELSEWHERE
    assert await noted(world) == ["('auth.test', {})"]
    await world.canvas(channel)
    assert await told(world, form) == ELSEWHERE
    assert world.bench.troubles == []


async def told(world: World, form: Mapping[str, str]) -> str:
    """Return the words that somebody sees who types a command."""
    kept: list[bytes] = []
    straight = world.bench.delivery._send

    async def keep(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        status, answer = await straight(body, headers)
        kept.append(answer)
        return status, answer

    world.bench.delivery._send = keep
    await world.bench.delivery.command(form)
    await world.settle()
    return kept[0].decode()


async def test_another_workspace_that_removes_the_app_removes_nothing_here(world: World) -> None:
    await begun(world)
    before = await noted(world)
    world.slack.team = OTHER
    for removal in ({"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": [BOT]}}):
        await world.bench.send_event(removal)
    assert await noted(world) == before


async def test_where_the_token_is_dead_its_removal_is_heard(world: World) -> None:
    """Slack does not say any more whose it was: a process that did not ask before takes the word for it."""
    world.slack.fail("auth.test", error="account_inactive", times=9)
    async with world.bot.db.transaction(None) as session:
        await workspaces.save(session, Workspace(OWN, None, "", BOT), world.clock.now())
    await world.bench.send_event({"type": "app_uninstalled"})
    await world.passes(days=31)
    assert await noted(world) == ["('auth.test', {})"]


# Others who are right here


async def test_who_acts_from_elsewhere_in_a_shared_channel_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events name the workspace that has the app; a form names the sender's, and in its view the app's."""
    ana, channel = await begun(world)
    straight = world.bench.delivery.interact

    async def from_elsewhere(payload: Body) -> Any:
        view = {**payload["view"], "app_installed_team_id": OWN, "team_id": OTHER}
        user = {**payload["user"], "team_id": OTHER}
        return await straight({**payload, "user": user, "team": {"id": OTHER}, "view": view})

    monkeypatch.setattr(world.bench.delivery, "interact", from_elsewhere)
    await (await ana.modal.fill("The job", "know by nine")).submit()
    assert "know by nine" in ana.finds(channel, "know by nine\nby").text
    shared = {"team_id": OTHER, "is_ext_shared_channel": True}
    voted = ana.member.reaction(ana.finds(channel, "slow\nby").posted, "five", "reaction_added")
    envelope = world.bench.delivery.envelope({**voted, "team": OTHER, "user_team": OTHER})
    await world.bench.delivery.deliver(json.dumps({**envelope, **shared}), JSON)
    asked = {"type": "app_mention", "user": ana.id, "channel": channel.id, "text": f"<@{BOT}> rank pain"}
    envelope = world.bench.delivery.envelope({**asked, "ts": "5.1", "team": OTHER, "user_team": OTHER})
    without = {**envelope, **shared, "authorizations": [], "context_team_id": OWN}
    await world.bench.delivery.deliver(json.dumps(without), JSON)
    await world.settle()
    assert "slow" in ana.finds(channel, "Ranking").text
    assert "3.67" in ana.finds(channel, "Ranking").text, "the vote is heard"
    assert world.bench.troubles == []


async def test_the_tokens_of_an_organisation_serve_its_workspaces_and_no_other(world: World) -> None:
    world.slack.enterprise, world.slack.by_organisation = "E1", True
    ana, channel = await begun(world)
    for team, enterprise, answers in ((OTHER, "E1", True), (OTHER, "E2", False), (OTHER, "", False)):
        world.slack.team, world.slack.enterprise = team, enterprise
        before = await noted(world)
        await by_mention(ana, channel)
        assert (await noted(world) != before) is answers
    assert world.bench.troubles == []


async def test_one_workspace_of_an_organisation_is_not_the_others(world: World) -> None:
    world.slack.enterprise = "E1"
    ana, channel = await begun(world)
    before = await noted(world)
    world.slack.team = OTHER
    await by_reaction(ana, channel)
    assert await noted(world) == before
