"""An organisation gives the app to some of its workspaces, and takes it from some."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import select

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.fake_slack.server.delivery import JSON_CONTENT_TYPE
from bot.store.workspaces import WorkspaceRow
from tests.conftest import World
from tests.stories.installing import Deployment, open_deployment

ENTERPRISE_ID = "E0ORG"
OTHER_TEAMS = ["T1XX3", "TXX34"]


@pytest_asyncio.fixture
async def deployment(database_url: str) -> AsyncIterator[Deployment]:
    async with open_deployment(database_url) as deployment:
        yield deployment


def build_envelope(shape: str, event_type: str, team_ids: list[str]) -> dict[str, Any]:
    """Return the request of an event about several workspaces, in the shapes that Slack is known to send."""
    event = {"type": event_type, "team_ids": team_ids, "event_ts": "1791792000.000100"}
    authorization = {"enterprise_id": ENTERPRISE_ID, "team_id": None, "user_id": "U0BOT", "is_bot": True}
    envelope = {
        "token": "-",
        "team_id": None,
        "enterprise_id": ENTERPRISE_ID,
        "api_app_id": "A0APP",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{event_type}{shape}",
        "event_time": 1791792000,
        "authorizations": [{**authorization, "is_enterprise_install": True}],
    }
    match shape:
        case "organisation as team":
            return {**envelope, "team_id": ENTERPRISE_ID}
        case "a workspace as team":
            return {**envelope, "team_id": team_ids[0]}
        case "no team":
            return {key: value for key, value in envelope.items() if key != "team_id"}
        case _:
            return envelope


async def send(world: World, envelope: dict[str, Any]) -> None:
    await world.harness.delivery.send_request(json.dumps(envelope), JSON_CONTENT_TYPE)
    await world.settle()


async def start_canvas_of_organisation(deployment: Deployment) -> tuple[World, Person, SlackChannel]:
    slack = deployment.slack
    slack.enterprise_id = ENTERPRISE_ID
    assert (await deployment.install(slack, is_org_wide=True)).status_code == 200
    world = deployment.make_world(slack)
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    return world, ana, channel


async def read_workspaces(world: World) -> dict[str, bool]:
    """Return whether each stored workspace has the app, by its id."""
    async with world.bot.db.reading(None) as session:
        rows = (await session.exec(select(WorkspaceRow))).all()
    assert {row.enterprise_id for row in rows} == {ENTERPRISE_ID}
    return {row.team_id: row.uninstalled_at is None for row in rows}


SHAPES = ["null", "no team", "organisation as team", "a workspace as team"]


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_workspace_loses_the_app_and_gets_it_again_with_all_its_data(
    deployment: Deployment, shape: str
) -> None:
    world, ana, channel = await start_canvas_of_organisation(deployment)
    await send(world, build_envelope(shape, "team_access_revoked", ["T0FAKE", "T1XX3"]))
    assert await read_workspaces(world) == {"T0FAKE": False}
    calls = len(world.slack.calls)
    await world.advance_time(days=10)
    assert len(world.slack.calls) == calls, "nothing is sent"
    await send(world, build_envelope(shape, "team_access_granted", ["T0FAKE", *OTHER_TEAMS]))
    assert await read_workspaces(world) == dict.fromkeys(["T0FAKE", *OTHER_TEAMS], True)
    await world.advance_time(days=10)
    assert world.find_digests(ana, channel), "without any request"
    await ana.type_text(channel, "/valuemap rank job")
    assert "report" in ana.find_message(channel, "Ranking").text
    assert world.harness.failures == []


async def test_what_a_workspace_stored_is_deleted_two_weeks_after_it_lost_the_app(
    deployment: Deployment,
) -> None:
    world, *_ = await start_canvas_of_organisation(deployment)
    await send(world, build_envelope("null", "team_access_granted", OTHER_TEAMS))
    for _ in range(2):  # Slack repeats an event
        await send(world, build_envelope("null", "team_access_revoked", ["T0FAKE"]))
    await world.advance_time(days=13)
    assert await read_workspaces(world) == {"T0FAKE": False, **dict.fromkeys(OTHER_TEAMS, True)}
    await world.advance_time(days=2)
    assert await read_workspaces(world) == dict.fromkeys(OTHER_TEAMS, True)


async def test_an_event_of_another_organisation_changes_nothing(world: World) -> None:
    """A bot with one token rejects it, as every request that is not of its workspace."""
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    for team_ids in (["T1XX3"], ["T1XX3", "T0FAKE"]):
        await send(world, build_envelope("null", "team_access_revoked", team_ids))
    await world.advance_time(days=15)
    assert world.find_digests(ana, channel)
