"""A round that was opened by mistake: within five minutes its starter takes it back."""

import asyncio
from datetime import timedelta

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.client.modal import NotVisible
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.voting import (
    FRIDAY,
    count_reminders,
    find_announcements,
    find_card,
    find_results,
    run_second_bot,
    start_team,
)


async def open_round(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "/valuemap vote pains until friday 17:00")


async def take_back(person: Person, channel: SlackChannel) -> str:
    """Press the button under the last round that this person opened; return the answer."""
    opened = [seen for seen in person.visible_messages(channel) if "[Take it back]" in seen.text]
    await person.click_button(opened[-1], "Take it back")
    return person.last_message(channel).text


async def test_a_round_that_is_taken_back_leaves_nothing(world: World) -> None:
    people, channel = await start_team(world)
    ana, ben, _ = people
    await open_round(ana, channel)
    assert "[Take it back]" not in "".join(seen.text for seen in ben.visible_messages(channel))
    before = len(ana.visible_messages(channel))
    assert "The vote on pains is taken back" in await take_back(ana, channel)
    assert find_announcements(ana, channel) == []
    assert len(ana.visible_messages(channel)) == before  # an answer more, a call less
    assert "open until" not in await ben.open_home()
    await world.advance_to(FRIDAY.replace(day=15))
    await world.advance_to(FRIDAY)
    await world.advance_time(minutes=5)
    assert count_reminders(people) == [0, 0, 0]
    assert find_results(ana, channel) == []
    async with world.bot.db.engine.connect() as connection:
        rounds = "SELECT count(*) FROM round WHERE opening_ranking <> ''"
        assert (await connection.exec_driver_sql(rounds)).scalar() == 0, "no text of an entry is kept"


async def test_another_round_may_follow_at_once_and_the_button_of_the_first_does_nothing(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await open_round(ana, channel)
    first = ana.find_message(channel, "I've told the channel")
    await take_back(ana, channel)
    await open_round(ana, channel)
    await ana.click_button(first, "Take it back")
    assert "is taken back" in ana.last_message(channel).text
    await world.advance_time(seconds=5)
    assert len(find_announcements(ana, channel)) == 1


async def test_a_round_that_somebody_has_voted_in_is_not_taken_back(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ben.add_reaction(find_card(ana, channel, "dear"), "three")  # before the round
    await ben.add_reaction(find_card(ana, channel, "report"), "five")
    await open_round(ana, channel)
    await ben.click_button(find_announcements(ana, channel)[0], "Vote now")
    await ben.modal.click_button("4")
    answer = await take_back(ana, channel)
    assert "Somebody has voted already, so this vote is not taken back: press *End vote*" in answer
    assert len(find_announcements(ana, channel)) == 1
    await ben.modal.click_button("Undo")
    assert "is taken back" in await take_back(ana, channel), "only the vote from before the round is left"


@pytest.mark.parametrize(
    ("waits", "is_taken_back"), [(timedelta(minutes=5), True), (timedelta(minutes=6), False)]
)
async def test_a_round_is_taken_back_within_five_minutes(
    world: World, waits: timedelta, is_taken_back: bool
) -> None:
    (ana, *_), channel = await start_team(world)
    await open_round(ana, channel)
    await world.advance_time(seconds=int(waits.total_seconds()))
    answer = await take_back(ana, channel)
    assert ("is taken back" in answer) is is_taken_back
    assert ("can be taken back for 5 minutes, and this one is older: press *End vote*" in answer) is (
        not is_taken_back
    )
    assert len(find_announcements(ana, channel)) == (not is_taken_back)


async def test_a_closed_round_is_not_taken_back(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_round(ana, channel)
    await ana.click_button(find_announcements(ana, channel)[0], "End vote")
    assert "closed already" in await take_back(ana, channel)
    await world.advance_time(minutes=1)
    assert len(find_results(ana, channel)) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_two_processes_take_a_round_back_once(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_round(ana, channel)
    async with run_second_bot(world) as other:
        await asyncio.gather(take_back(ana, channel), take_back(ana, channel))
        await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
    await world.advance_time(seconds=5)
    assert find_announcements(ana, channel) == []
    assert world.harness.failures == []


async def test_a_call_whose_posting_got_no_answer_is_found_and_deleted(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await open_round(ana, channel)
    assert len(find_announcements(ana, channel)) == 1
    await take_back(ana, channel)
    for _ in range(3):
        await world.advance_time(minutes=3)
    assert find_announcements(ana, channel) == []


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_call_that_waits_to_be_posted_is_not_posted(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", error="ratelimited", retry_after=30)
    await open_round(ana, channel)
    await take_back(ana, channel)
    await world.advance_time(minutes=2)
    assert find_announcements(ana, channel) == []
    assert world.slack.count_calls("chat.delete") == 0


async def test_a_call_that_somebody_deleted_is_not_posted_again(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_round(ana, channel)
    world.slack.delete_message(find_announcements(ana, channel)[0].message)
    await take_back(ana, channel)
    await world.advance_time(minutes=2)
    assert find_announcements(ana, channel) == []
    assert world.harness.failures == []


async def test_a_rate_limit_delays_the_deletion_of_the_call(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_round(ana, channel)
    world.slack.inject_fault("chat.delete", error="ratelimited", retry_after=30)
    await take_back(ana, channel)
    (call,) = find_announcements(ana, channel)
    with pytest.raises(NotVisible):
        await ana.click_button(call, "Take it back")
    await ana.click_button(call, "End vote")
    assert "not there any more" in ana.last_message(channel).text
    await world.advance_time(seconds=31)
    assert find_announcements(ana, channel) == []
