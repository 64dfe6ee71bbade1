"""A message that is to be deleted is deleted once, and one that is gone is no failure."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.fake_slack.models import TEAM_ID
from bot.features.cards.model import CARD_JOB
from bot.jobs.model import Job
from bot.jobs.posting import delete_message
from tests.conftest import World

pytestmark = pytest.mark.databases("sqlite")


def build_job(world: World, channel_id: str, *, maybe_posted: bool = False) -> Job:
    return Job(
        id=1,
        team_id=TEAM_ID,
        kind=CARD_JOB,
        subject="1",
        channel_id=channel_id,
        version=1,
        attempts=1,
        failures=0,
        lease_token="token",
        maybe_posted_since=world.clock.now() if maybe_posted else None,
    )


async def test_a_message_is_searched_only_if_it_may_be_posted(
    world: World,
) -> None:
    channel = world.harness.add_channel("product", world.harness.add_person("Ana"))
    deps = world.bot.deps.for_team(TEAM_ID)
    await delete_message(build_job(world, channel.id), deps, None)
    assert world.slack.count_calls("conversations.history") == 0
    await delete_message(build_job(world, channel.id, maybe_posted=True), deps, None)
    assert world.slack.count_calls("conversations.history") == 1
    assert world.slack.count_calls("chat.delete") == 0


async def test_a_message_that_is_gone_is_no_failure_and_any_other_error_is(world: World) -> None:
    channel = world.harness.add_channel("product", world.harness.add_person("Ana"))
    deps, job = world.bot.deps.for_team(TEAM_ID), build_job(world, channel.id)
    world.slack.inject_fault("chat.delete", error="message_not_found")
    await delete_message(job, deps, "1.5")
    world.slack.inject_fault("chat.delete", error="internal_error")
    with pytest.raises(SlackApiError):
        await delete_message(job, deps, "1.5")
    assert world.slack.count_calls("chat.delete") == 2
