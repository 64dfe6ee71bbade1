"""Voting rounds when something fails: each message is posted once, as soon as it can be."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.fake_slack.client.events import build_joined_event, build_unarchived_event
from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import BOT_USER_ID, SlackChannel
from tests.conftest import World
from tests.stories.voting import (
    FRIDAY,
    count_reminders,
    find_announcements,
    find_card,
    find_public_messages,
    find_results,
    run_second_bot,
    start_team,
)


def find_undo_button(person: Person, channel: SlackChannel) -> dict[str, Any]:
    """Return the button that takes back the round that a person has just opened."""
    answer = person.find_message(channel, "I've told the channel").message
    button: dict[str, Any] = answer.blocks[0]["accessory"]
    return button


async def test_only_the_starter_closes_a_round_early(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    await ben.click_button(announcement, "End vote")
    assert (
        "Only Ana, who started this vote, can close it before Fri 16 Oct 17:00"
        in ben.last_message(channel).text
    )
    assert find_results(ana, channel) == []
    (buttons,) = (block for block in announcement.message.blocks if block["type"] == "actions")
    posted = buttons["elements"][1]
    confirm = posted["confirm"]
    assert confirm["title"]["text"] == "End the vote now?"
    await ana.click_button(announcement, "End vote")
    assert "is closed. I read the cards once more" in ana.find_message(channel, "I read the cards").text
    (result,) = find_results(ana, channel)
    assert result.text.startswith("Vote closed · 0 of 3 took part\n")
    assert "· pains · Ana ended the vote early." in result.text
    assert "nobody has voted on them yet" in result.text

    announcement.message.blocks.append({"type": "actions", "block_id": "old", "elements": [posted]})
    await ana.click_button(announcement, "End vote")
    assert "closed already" in ana.last_message(channel).text
    await world.advance_to(FRIDAY)
    assert len(find_results(ana, channel)) == 1


@pytest.mark.parametrize("moment", ["announcement", "result"])
async def test_no_message_is_doubled_when_slacks_answer_is_lost(world: World, moment: str) -> None:
    (ana, *_), channel = await start_team(world)
    if moment == "announcement":
        world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await world.advance_time(minutes=3)
    if moment == "result":
        world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await ana.click_button(find_announcements(ana, channel)[0], "End vote")
    await world.advance_time(minutes=3)
    assert len(find_announcements(ana, channel)) == 1
    assert len(find_results(ana, channel)) == 1
    assert "see the result" in find_announcements(ana, channel)[0].text


async def test_a_reminder_is_sent_once_when_slacks_answer_is_lost(world: World) -> None:
    people, channel = await start_team(world)
    await people[0].type_text(channel, "/valuemap vote pains until friday")
    world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await world.advance_to(FRIDAY.replace(day=15))
    await world.advance_time(minutes=3)
    assert count_reminders(people) == [1, 1, 1]


async def test_a_rate_limit_delays_the_announcement_and_the_result(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", error="ratelimited", retry_after=30)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    assert find_announcements(ana, channel) == []
    await world.advance_time(seconds=31)
    assert len(find_announcements(ana, channel)) == 1
    world.slack.inject_fault("reactions.get", error="ratelimited", retry_after=30)
    await world.advance_to(FRIDAY)
    assert find_results(ana, channel) == []
    await world.advance_time(seconds=31)
    await world.advance_time(minutes=2)
    assert len(find_results(ana, channel)) == 1
    assert "late" not in find_results(ana, channel)[0].text


async def test_a_round_opens_while_slack_cannot_list_the_channels_members(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("conversations.members", status=500, times=3)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    assert "I've told the channel" in ana.last_message(channel).text
    for _ in range(4):  # each call fails once more
        await world.advance_time(seconds=10)
    assert "*0 of 3 have voted*" in find_announcements(ana, channel)[0].text


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_round_outlives_its_process_and_says_that_its_result_is_late(world: World) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    await ana.type_text(channel, "/valuemap vote pains until friday")
    world.clock.move_to(FRIDAY.replace(hour=18))
    async with run_second_bot(world) as other:
        await other.scheduler.prepare()
        await other.scheduler.tick()
        await other.scheduler.tick()
    (result,) = find_results(ana, channel)
    assert "Planned for Fri 16 Oct 17:00 (Europe/Berlin), sent late." in result.text
    await world.settle()
    assert len(find_results(ana, channel)) == 1
    assert count_reminders(people) == [0, 0, 0]


@pytest.mark.databases("sqlite", "postgresql")
async def test_two_workers_at_the_deadline_post_one_result(world: World) -> None:
    people, channel = await start_team(world)
    await people[0].type_text(channel, "/valuemap vote pains until friday")
    world.clock.move_to(FRIDAY.replace(day=15))
    async with run_second_bot(world) as other:
        await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
        assert count_reminders(people) == [1, 1, 1]
        world.clock.move_to(FRIDAY)
        await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
        world.clock.advance(timedelta(minutes=1))
        await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
    assert count_reminders(people) == [1, 1, 1]
    assert len(find_results(people[0], channel)) == 1


async def test_a_deleted_announcement_is_posted_again_while_the_round_is_open(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    world.slack.delete_message(find_announcements(ana, channel)[0].message)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await world.advance_time(seconds=2)
    await world.advance_time(seconds=4)
    (announcement,) = find_announcements(ana, channel)
    assert "*1 of 3 has voted*" in announcement.text
    world.slack.delete_message(announcement.message)
    await world.advance_to(FRIDAY)
    assert find_announcements(ana, channel) == []
    assert len(find_results(ana, channel)) == 1


async def test_missed_votes_are_read_back_before_the_result(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await world.advance_to(FRIDAY.replace(hour=14, minute=59))
    find_card(ana, channel, "dull").message.reactions.setdefault("five", []).append(
        ben.id
    )  # and nobody told the bot
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "1. dull — *3.67*, 1 vote\n" in result.text
    assert "Vote closed · 1 of 3 took part" in result.text


async def test_a_deleted_card_does_not_hold_up_the_result(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    world.slack.delete_message(find_card(ana, channel, "dull").message)
    await world.advance_to(FRIDAY)
    for _ in range(16):
        await world.advance_time(minutes=1)
    assert len(find_results(ana, channel)) == 1


async def test_an_archived_channel_gets_its_result_once_it_is_back(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    channel.is_archived = True
    await world.advance_to(FRIDAY)
    await world.advance_time(hours=1)
    assert find_results(ana, channel) == []
    channel.is_archived = False
    await world.harness.send_event(build_unarchived_event(world.slack, channel, ana.id))
    await world.advance_time(minutes=1)
    assert len(find_results(ana, channel)) == 1
    assert "see the result" in find_announcements(ana, channel)[0].text


async def test_a_bot_that_was_removed_posts_the_result_once_it_is_invited_again(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    channel.member_ids.remove(BOT_USER_ID)
    await world.advance_to(FRIDAY)
    assert find_results(ana, channel) == []
    channel.member_ids.add(BOT_USER_ID)
    await world.harness.send_event(build_joined_event(world.slack, channel, BOT_USER_ID, ana.id))
    await world.advance_time(minutes=1)
    assert len(find_results(ana, channel)) == 1


@pytest.mark.parametrize("end", ["Archive", "Delete…"])
async def test_an_archived_or_deleted_canvas_ends_its_round_without_a_result(world: World, end: str) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    old = announcement.message.blocks
    await ana.type_text(channel, "/valuemap canvases")
    await ana.click_button(ana.last_message(channel), "⋯", end)
    if end == "Delete…":
        await ana.modal.submit()
        await world.settle()
        assert "is over without a result" in announcement.text
    else:
        assert "rests" in announcement.text
        announcement.message.blocks = old  # a client that has not heard of it yet
        await ana.click_button(announcement, "End vote")
        assert "not there any more" in ana.last_message(channel).text
    await world.advance_to(FRIDAY.replace(day=15))
    await world.advance_to(FRIDAY)
    assert find_results(ana, channel) == []
    assert count_reminders(people) == [0, 0, 0]
    assert "is over without a result: its canvas was archived or deleted" in announcement.text


async def test_a_canvas_restored_in_time_continues_its_round(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await ana.type_text(channel, "/valuemap canvases")
    listed = ana.last_message(channel)
    await ana.click_button(listed, "⋯", "Archive")
    (announcement,) = find_public_messages(
        ana, channel, "The vote on pains rests, since its canvas is archived"
    )
    await ana.type_text(channel, "/valuemap canvases")
    await ana.click_button(ana.last_message(channel), "⋯", "Restore")
    assert "*0 of 3 have voted*" in announcement.text
    await world.advance_to(FRIDAY)
    assert len(find_results(ana, channel)) == 1


async def test_a_stranger_cannot_close_a_round_by_its_id(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    stranger = world.harness.add_person("Stranger")
    elsewhere = world.harness.add_channel("elsewhere", stranger)
    (buttons,) = (
        block for block in find_announcements(ana, channel)[0].message.blocks if block["type"] == "actions"
    )
    button = buttons["elements"][1]
    taking_back = find_undo_button(ana, channel)
    await stranger.type_text(elsewhere, "/valuemap help")
    help_ = stranger.last_message(elsewhere)
    for value in (button["value"], "999", "9" * 30, "٣", "x:1"):
        for element in (button, taking_back):
            block = {"type": "actions", "block_id": "forged", "elements": [{**element, "value": value}]}
            help_.message.blocks = [block]
            await stranger.click_button(help_, element["text"]["text"])
            assert "not there any more" in stranger.last_message(elsewhere).text
    assert find_results(ana, channel) == []
    assert len(find_announcements(ana, channel)) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_many_votes_at_once_make_few_updates_of_the_announcement(world: World) -> None:
    people, channel = await start_team(world, 20)
    await people[0].type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(people[0], channel)
    before = world.slack.count_calls("chat.update")
    for person in people:
        await person.add_reaction(find_card(people[0], channel, "slow"), "four")
    await world.advance_time(seconds=2)
    await world.advance_time(seconds=4)
    assert "*20 of 20 have voted*" in announcement.text
    assert world.slack.count_calls("chat.update") - before <= 4


@pytest.mark.parametrize("minutes", [5, 25, 100])
async def test_a_result_waits_for_the_votes_that_an_outage_hides(world: World, minutes: int) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until tomorrow 17:00")
    world.slack.add_reaction(find_card(ana, channel, "slow").message, "five", ben.id)  # its event is lost
    world.slack.inject_fault("reactions.get", status=503, times=10_000)
    await world.advance_to(datetime(2026, 10, 13, 15, tzinfo=UTC))
    for _ in range(minutes):
        await world.advance_time(minutes=1)
    assert find_results(ana, channel) == []
    world.slack.faults.clear()
    for _ in range(20):
        await world.advance_time(minutes=1)
    (result,) = find_results(ana, channel)
    assert "1 of 3 took part" in result.text


async def test_a_voter_whom_slack_does_not_know_holds_up_no_result(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    eve = world.harness.add_person("Eve")
    channel.member_ids.add(eve.id)
    world.slack.inject_fault("users.info", error="user_not_found", times=10_000)
    await ana.type_text(channel, "/valuemap vote pains")
    await eve.add_reaction(find_card(ana, channel, "slow"), "five")
    await world.advance_time(minutes=1)
    assert world.slack.count_calls("users.info") < 10
    await ana.click_button(find_announcements(ana, channel)[0], "End vote")
    await world.advance_time(minutes=1)
    (result,) = find_results(ana, channel)
    assert "1 of 4 took part" in result.text


async def test_a_vote_whose_cards_were_all_replaced_counts_the_votes_on_the_new_ones(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains")
    for text in ("slow", "dear", "dull"):
        await ana.click_button(find_card(ana, channel, text), "⋯", "Delete")
    await ana.type_text(channel, "/valuemap add pain: late; loud")
    await ben.add_reaction(find_card(ana, channel, "late"), "five")
    await ana.click_button(find_announcements(ana, channel)[0], "End vote")
    await world.advance_time(minutes=1)
    (result,) = find_results(ana, channel)
    assert "1 of 3 took part" in result.text
