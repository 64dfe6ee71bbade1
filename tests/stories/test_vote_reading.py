"""When votes are read back: as often as a canvas needs it, and after a time without a scheduler."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import store as jobs
from bot.timing import DEFAULT_TIMING
from tests.conftest import TEST_TIMING, World, open_world
from tests.stories.test_canvases import choose_from_canvas_list
from tests.stories.voting import find_card, run_second_bot, start_team

# The clock of a test goes on by hours and days at once, which is no outage here.
RUNNING_TIMING = replace(TEST_TIMING, min_outage=timedelta(days=1000))
CARD_COUNT = 4
QUARTER = DEFAULT_TIMING.card_read_interval
HOUR = DEFAULT_TIMING.active_read_interval
DAY = DEFAULT_TIMING.quiet_read_interval
QUIET_AFTER = DEFAULT_TIMING.active_period + timedelta(days=1)


@pytest_asyncio.fixture(name="running")
async def running_fixture(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, RUNNING_TIMING) as world:
        yield world


async def count_reads(world: World, after: timedelta) -> int:
    """Let this time go by; return how many cards are read then."""
    before = world.slack.count_calls("reactions.get")
    world.clock.advance(after)
    await world.settle()
    return world.slack.count_calls("reactions.get") - before


async def start_read_team(world: World) -> tuple[list[Person], SlackChannel]:
    """Start a team whose cards are read, so that the next reading is planned."""
    people, channel = await start_team(world)
    await world.advance_time(hours=2)
    await world.advance_time(hours=2)
    return people, channel


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_start_reads_no_card_that_was_read(world: World) -> None:
    await start_team(world)
    await world.advance_time(minutes=20)
    await world.advance_time(minutes=1)
    before = world.slack.count_calls("reactions.get")
    async with run_second_bot(world) as restarted:
        world.clock.advance(timedelta(seconds=61))
        await restarted.scheduler.prepare()
        await restarted.scheduler.tick()
    assert world.slack.count_calls("reactions.get") == before


async def test_all_cards_are_read_after_a_time_without_a_scheduler(world: World) -> None:
    await start_team(world)
    await world.advance_time(minutes=20)
    assert await count_reads(world, timedelta(minutes=1)) == 0
    assert await count_reads(world, DEFAULT_TIMING.min_outage + timedelta(seconds=1)) == CARD_COUNT


async def test_cards_in_an_open_round_are_read_each_quarter_of_an_hour(running: World) -> None:
    (ana, *_), channel = await start_read_team(running)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    assert await count_reads(running, timedelta(minutes=1)) == 0
    assert [await count_reads(running, QUARTER) for _ in range(3)] == [CARD_COUNT] * 3


async def test_cards_of_a_canvas_in_use_are_read_each_hour(running: World) -> None:
    await start_read_team(running)
    reads = [await count_reads(running, QUARTER) for _ in range(8)]
    assert reads == [0, 0, 0, CARD_COUNT] * 2


async def test_cards_of_a_quiet_canvas_are_read_once_a_day_until_somebody_uses_it(running: World) -> None:
    (ana, *_), channel = await start_read_team(running)
    await running.advance_time(days=QUIET_AFTER.days)
    assert [await count_reads(running, HOUR) for _ in range(17)] == [0] * 17
    assert await count_reads(running, DAY - 17 * HOUR) == CARD_COUNT
    assert await count_reads(running, HOUR) == 0
    await ana.type_text(channel, "/valuemap rank")
    assert await count_reads(running, timedelta(minutes=1)) == CARD_COUNT, "it was quiet: events may be lost"
    assert await count_reads(running, HOUR) == CARD_COUNT


async def test_a_card_that_slack_fails_to_read_is_read_again(running: World) -> None:
    await start_read_team(running)
    running.slack.inject_fault("reactions.get", error="internal_error")
    assert await count_reads(running, HOUR) == CARD_COUNT
    assert await count_reads(running, timedelta(minutes=1)) == 1


async def test_a_vote_on_a_quiet_canvas_is_a_use_of_it(running: World) -> None:
    (ana, *_), channel = await start_read_team(running)
    await running.advance_time(days=QUIET_AFTER.days)
    await running.advance_time(minutes=1)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await running.advance_time(seconds=2)
    assert await count_reads(running, timedelta(minutes=1)) == CARD_COUNT


async def test_an_archived_canvas_is_not_read_and_waits_for_nothing(running: World) -> None:
    (ana, *_), channel = await start_read_team(running)
    await choose_from_canvas_list(ana, channel, "Reports", "Archive")
    assert [await count_reads(running, HOUR) for _ in range(3)] == [0] * 3


async def test_a_result_does_not_wait_for_the_reading_of_other_cards(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    async with world.bot.db.transaction(TEAM_ID) as session:
        later = world.clock.now() + timedelta(days=30)
        await jobs.enqueue(session, READ_VOTES_JOB, [1, 2, 3, 4], channel.id, later)
    (announcement,) = [seen for seen in ana.visible_messages(channel) if "have voted" in seen.text]
    await ana.click_button(announcement, "End vote")
    assert [seen for seen in ana.visible_messages(channel) if "took part" in seen.text]
