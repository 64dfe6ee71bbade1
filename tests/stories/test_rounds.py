"""Voting rounds: announcement, progress, one reminder, result."""

import pytest

from bot.fake_slack.client.events import build_joined_event, build_left_event
from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.method.kinds import Kind
from bot.store.model import Draft
from tests.conftest import World
from tests.stories.many_entries import store_entries
from tests.stories.voting import (
    FRIDAY,
    count_reminders,
    find_announcements,
    find_card,
    find_public_messages,
    find_results,
    start_team,
)


def find_card_link(world: World, person: Person, channel: SlackChannel, text: str) -> str:
    """Return the link to a card in its canvas's thread, with Slack's escapes."""
    card = find_card(person, channel, text).message
    link = f"{world.slack.url}/archives/{channel.id}/p{card.ts.replace('.', '')}"
    return f"{link}?thread_ts={card.thread_ts}&amp;cid={channel.id}"


async def skip_to_last(person: Person) -> str:
    """Skip in the voting dialog until its last card; return what it shows."""
    while " 1 of 3" in person.modal.text or " 2 of 3" in person.modal.text:
        await person.modal.click_button("Skip")
    return person.modal.text


async def test_a_round_from_its_announcement_to_its_result(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await ben.add_reaction(find_card(ana, channel, "dear"), "three")
    await world.advance_time(seconds=2)

    await ana.type_text(channel, "/valuemap vote pains until friday 17:00")
    answer = ana.find_message(channel, "I've told the channel")
    assert "Vote on pains open until Fri 16 Oct 17:00 (Europe/Berlin)" in answer.text
    assert answer.message.ephemeral_user_id == ana.id
    (announcement,) = find_announcements(ana, channel)
    assert "*Ana asks you to vote on 3 pains by Fri 16 Oct 17:00 (Europe/Berlin)* · about 1 min" in (
        announcement.text
    )
    link = find_card_link(world, ana, channel, "slow")
    assert f"Or react on <{link}|the cards>." in str(announcement.message.blocks)
    assert "report" not in announcement.text
    assert "*2 of 3 have voted*" in announcement.text
    assert "Votes from before still count." in announcement.text

    await cleo.click_button(announcement, "Vote now")
    assert "*Pains* 1 of 3" in cleo.modal.text
    await cleo.member.close_view(whole_stack=True)

    for person in (ana, ben, cleo):
        await person.add_reaction(find_card(ana, channel, "dear"), "five")
        await person.add_reaction(find_card(ana, channel, "slow"), "two")
    await ana.add_reaction(find_card(ana, channel, "dull"), "one")
    await ben.add_reaction(find_card(ana, channel, "dull"), "five")
    await world.advance_time(seconds=2)
    await world.advance_time(seconds=4)
    assert "*3 of 3 have voted*" in announcement.text

    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert result.text.startswith("Vote closed · 3 of 3 took part\nReports for small shops · pains\n")
    assert "▸ Ranking and what changed\n:warning: *Pains*\n" in result.text
    assert "\n1. dear — *4.20* :star:, 3 votes, was 2\n" in result.text
    assert ":arrow_up: Rose*\n• pain “dear”: 2 → 1" in result.text
    assert ":arrow_down: Fell*\n• pain “slow”: 1 → 3" in result.text
    assert ":star: New must-haves:* pain “dear”" in result.text
    assert "Divides the team, discuss it:* pain “dull”" in result.text
    assert "[Ranking] [Review] [Fit]" in result.text
    assert (
        "The vote on pains of *Reports for small shops* is closed. 3 of 3 took part: see the result"
        in announcement.text
    )
    assert "End vote" not in announcement.text
    assert count_reminders((ana, ben, cleo)) == [0, 0, 0]

    await world.advance_time(days=2)
    assert len(find_results(ana, channel)) == 1


async def test_one_reminder_goes_to_everybody_who_has_not_voted(world: World) -> None:
    people, channel = await start_team(world, 4)
    ana, ben, cleo, dan = people
    robot = world.harness.add_person("Robot", is_bot=True)
    channel.member_ids.add(robot.id)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    assert "*0 of 4 have voted*" in announcement.text
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await ben.add_reaction(find_card(ana, channel, "report"), "five")  # a job: not in this round
    channel.member_ids.remove(dan.id)

    await world.advance_to(FRIDAY.replace(day=15, hour=14))
    assert count_reminders(people) == [0, 0, 0, 0]
    await world.advance_to(FRIDAY.replace(day=15))
    assert count_reminders(people) == [0, 1, 1, 0]
    reminder = cleo.last_message(cleo.direct_channel)
    assert "3 cards left" in reminder.text
    assert "ends Fri 16 Oct 17:00 (Europe/Berlin)" in reminder.text
    await cleo.click_button(reminder, "Vote now")
    assert "*Pains* 1 of 3" in cleo.modal.text

    await world.advance_time(hours=23)
    assert count_reminders(people) == [0, 1, 1, 0]
    assert not [seen for seen in robot.visible_messages(robot.direct_channel) if "voted" in seen.text]
    await world.advance_to(FRIDAY)
    assert "Vote closed · 1 of 3 took part" in find_results(ana, channel)[0].text


@pytest.mark.databases("sqlite", "postgresql")
async def test_who_voted_before_a_new_card_has_to_vote_on_it_too(world: World) -> None:
    people, channel = await start_team(world)
    ana, ben, cleo = people
    for text in ("slow", "dear", "dull"):
        await ana.add_reaction(find_card(ana, channel, text), "four")
    await ben.add_reaction(find_card(ana, channel, "slow"), "five")
    await cleo.add_reaction(find_card(ana, channel, "report"), "five")  # a job: not in this round
    await world.advance_time(minutes=5)
    await ana.type_text(channel, "/valuemap add pain: late")
    await world.advance_time(minutes=5)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    assert "*0 of 3 have voted*" in announcement.text

    await ana.add_reaction(find_card(ana, channel, "late"), "one")
    await ana.type_text(channel, "/valuemap add pain: loud")
    await world.advance_time(minutes=1)
    assert "*1 of 3 has voted*" in announcement.text, "a card that comes after the call changes nothing"

    await world.advance_to(FRIDAY.replace(day=15))
    assert count_reminders(people) == [0, 1, 1]
    assert "you have not voted on all of it: 4 cards left" in ben.last_message(ben.direct_channel).text
    assert "you have not voted yet: 5 cards left" in cleo.last_message(cleo.direct_channel).text
    await ben.remove_reaction(find_card(ana, channel, "slow"), "five")
    await ben.add_reaction(find_card(ana, channel, "slow"), "three")
    await world.advance_to(FRIDAY)
    assert "Vote closed · 2 of 3 took part" in find_results(ana, channel)[0].text


@pytest.mark.databases("sqlite", "postgresql")
async def test_whoever_votes_or_leaves_before_a_delayed_reminder_gets_none(world: World) -> None:
    people, channel = await start_team(world, 4)
    ana, ben, cleo, _ = people
    await ana.type_text(channel, "/valuemap vote pains until friday")
    world.slack.inject_fault("conversations.open", error="ratelimited", retry_after=60)
    await world.advance_to(FRIDAY.replace(day=15))
    assert count_reminders(people) == [0, 0, 0, 0]
    await ben.add_reaction(find_card(ana, channel, "slow"), "five")
    channel.member_ids.remove(cleo.id)
    await world.advance_time(seconds=61)
    assert count_reminders(people) == [1, 0, 0, 1]


async def test_a_short_round_and_a_closed_one_remind_nobody(world: World) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    await ana.type_text(channel, "/valuemap vote pains in 50 minutes")
    await world.advance_time(minutes=45)
    await world.advance_time(minutes=6)
    assert len(find_results(ana, channel)) == 1
    await ana.type_text(channel, "/valuemap vote pains in 2 hours")
    await ana.click_button(find_announcements(ana, channel)[-1], "End vote")
    await world.advance_time(minutes=70)
    assert count_reminders(people) == [0, 0, 0]
    assert len(find_results(ana, channel)) == 2


async def test_a_second_vote_command_shows_the_open_round(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await ben.type_text(channel, "/valuemap vote jobs until tomorrow")
    answer = ben.last_message(channel)
    assert "A vote on pains of *Reports for small shops* is open already, started by Ana" in answer.text
    assert "4 days left; 0 of 3 have voted. Its call is in the channel." in answer.text
    message_ts = find_announcements(ana, channel)[0].message.ts
    link = f"{world.slack.url}/archives/{channel.id}/p{message_ts.replace('.', '')}"
    assert f"<{link}|Its call>" in str(answer.message.blocks)
    assert "[Vote now] [End vote]" in answer.text
    assert find_public_messages(ana, channel, "Vote: jobs") == []


async def test_unknown_boxes_and_deadlines_are_refused_with_examples(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for typed, says in (
        ("vote gains", "has no gains to vote on yet"),
        ("vote dreams until friday", "I know no kind “dreams”"),
        ("vote until someday", "I can't read “someday”"),
        ("vote until today 8:00", "Mon 12 Oct 08:00 (Europe/Berlin) is over already"),
        ("vote until 2027-01-01", "30 days at most"),
    ):
        await ana.type_text(channel, f"/valuemap {typed}")
        assert says in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap vote")
    answer = ana.find_message(channel, "I've told the channel")
    assert "until Tue 13 Oct 17:00 (Europe/Berlin)" in answer.text
    assert "Without an end a round lasts until tomorrow at 17:00" in answer.text
    (announcement,) = find_public_messages(ana, channel, " asks you to vote on ")
    assert "asks you to vote on 4 cards by" in announcement.text
    assert "Reports for small shops · all boxes · " in announcement.text


async def test_entries_are_added_and_deleted_during_a_round(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await ben.add_reaction(find_card(ana, channel, "slow"), "five")
    await world.advance_time(seconds=2)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await ana.type_text(channel, "/valuemap add pain: far away")
    await world.advance_time(seconds=5)
    assert "asks you to vote on 3 pains by" in announcement.text  # one less, one more
    assert "*0 of 3 have voted*" in announcement.text
    await ben.click_button(announcement, "Vote now")
    assert "far away" in (await skip_to_last(ben))
    await ben.member.close_view(whole_stack=True)
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "Added during the vote*\n• pain “far away”" in result.text
    assert "Deleted or moved during the vote*\n• pain “slow”" in result.text
    assert "No must-have any more:* pain “slow”" in result.text


@pytest.mark.databases("sqlite", "postgresql")
async def test_an_announcement_counts_members_who_join_and_leave(world: World) -> None:
    (ana, _, cleo), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    robot, eve = world.harness.add_person("Robot", is_bot=True), world.harness.add_person("Eve")
    for person in (robot, eve):
        channel.member_ids.add(person.id)
        await world.harness.send_event(build_joined_event(world.slack, channel, person.id))
    await world.advance_time(seconds=4)
    await world.advance_time(seconds=4)
    assert "*0 of 4 have voted*" in announcement.text
    channel.member_ids.remove(cleo.id)
    await world.harness.send_event(build_left_event(world.slack, channel, cleo.id))
    await world.advance_time(seconds=4)
    assert "*0 of 3 have voted*" in announcement.text


async def test_500_entries_fit_into_the_announcement_and_the_result(world: World) -> None:
    (ana, *_), channel = await start_team(world, 2)
    drafts = [Draft(Kind.PAIN if n % 2 else Kind.GAIN, f"{n} <b> & *so* " + "word " * 90) for n in range(500)]
    await store_entries(world, ana, channel, drafts)
    await ana.type_text(channel, "/valuemap vote until friday")
    (announcement,) = find_public_messages(ana, channel, " asks you to vote on ")
    assert "asks you to vote on 504 cards by" in announcement.text
    assert " · about 59 min\n" in announcement.text
    await ana.type_text(channel, "/valuemap vote")
    await ana.click_button(ana.last_message(channel), "End vote")
    await world.advance_time(minutes=1)
    assert len(find_results(ana, channel)) == 1
    assert world.harness.failures == []


async def test_in_a_very_large_channel_votes_are_counted_and_nobody_is_reminded(world: World) -> None:
    (ana, *_), channel = await start_team(world, 2)
    crowd = [world.harness.add_person(f"C{n}") for n in range(199)]
    channel.member_ids.update(person.id for person in crowd)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    ana.find_message(channel, "In a channel with more than 200 members nobody is reminded.")
    await crowd[-1].add_reaction(find_card(ana, channel, "slow"), "five")
    await world.advance_time(seconds=2)  # the card follows, and who voted is looked up
    await world.advance_time(seconds=5)
    assert "*1 member has voted*" in find_announcements(ana, channel)[0].text
    await world.advance_to(FRIDAY)
    assert sum(count_reminders(crowd)) == 0
    assert "Vote closed · 1 member took part" in find_results(ana, channel)[0].text


async def test_home_shows_open_rounds_and_what_is_left(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await ben.add_reaction(find_card(ben, channel, "slow"), "five")
    home = await ben.open_home()
    assert "Vote on pains until Fri 16 Oct 17:00 (Europe/Berlin): 2 cards left for you" in home
    await ben.click_in_home("Vote")
    assert "*Pains* 2 of 3 · ●◉○ · 2 cards left" in ben.modal.text
    await world.advance_to(FRIDAY)
    assert "Vote on pains until" not in await ben.open_home()
