"""Slack returns long lists in pages. The bot reads all of them: nobody on a later page is missed."""

from datetime import timedelta

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel, SlackMessage
from tests.conftest import World
from tests.stories.voting import find_announcements, find_card, start_team

CHATTER_COUNT = 300  # more than the bot or Slack takes into one page


def let_chat(world: World, channel: SlackChannel, person: Person, thread_ts: str | None = None) -> None:
    """Post many messages, minutes apart from what comes before and after, without their events.

    The bot does not subscribe to these events, and looks for its own messages on one page of half a minute.
    """
    world.clock.advance(timedelta(minutes=10))
    for number in range(CHATTER_COUNT):
        words = SlackMessage(channel.id, world.slack.new_ts(), person.id, f"chat {number}", [], thread_ts)
        world.slack.post_message(words)
    world.clock.advance(timedelta(minutes=10))


@pytest.mark.parametrize("page_size", [1, 3])
async def test_app_home_and_the_menu_know_all_channels_of_a_member(world: World, page_size: int) -> None:
    ana = world.harness.add_person("Ana")
    names = ["alpha", "beta", "gamma", "delta", "epsilon"]
    for name in names:
        channel = world.harness.add_channel(name, ana, private=name == "epsilon")
        await ana.type_text(channel, f"/valuemap new Canvas {name}")
    world.slack.page_size = page_size
    home = await ana.open_home()
    assert [name for name in names if f"Canvas {name}" not in home] == []
    await ana.message_bot("rank")
    asked = ana.last_message(ana.direct_channel).text
    assert [name for name in names if f"Canvas {name}" not in asked] == []


@pytest.mark.parametrize("page_size", [1, 4])
async def test_every_member_of_a_channel_counts_and_may_act(world: World, page_size: int) -> None:
    people, channel = await start_team(world, 6)
    stranger = world.harness.add_person("Stranger")
    world.slack.page_size = page_size
    await people[0].type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(people[0], channel)
    assert "*0 of 6 have voted*" in announcement.text
    for person in people:
        await person.act_on_message(announcement, *_find_any_button(announcement.message))
        assert "join it first" not in person.last_message(channel).text
    channel.member_ids.add(stranger.id)
    await stranger.type_text(channel, "/valuemap rank")
    channel.member_ids.discard(stranger.id)
    await world.advance_time(minutes=2)  # so that the bot asks Slack again who is in the channel
    shown = stranger.find_message(channel, "Ranking")
    await stranger.act_on_message(shown, *_find_any_button(shown.message))
    assert "join it first" in stranger.find_message(channel, "join it first").text


async def test_a_message_is_found_among_many_later_ones_and_not_posted_again(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    assert len(find_announcements(ana, channel)) == 1
    let_chat(world, channel, ben)
    await world.advance_time(minutes=3)
    await world.advance_time(minutes=3)
    (announcement,) = find_announcements(ana, channel)
    assert world.slack.count_calls("conversations.history") >= 1
    await ben.add_reaction(find_card(ana, channel, "slow"), "four")
    await world.advance_time(seconds=5)
    await world.advance_time(seconds=5)
    assert "*1 of 3 has voted*" in announcement.text, "the bot knows its message again"


async def test_a_card_is_found_in_a_long_thread_and_not_posted_again(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    thread_ts = find_card(ana, channel, "slow").message.thread_ts
    assert thread_ts
    let_chat(world, channel, ben, thread_ts)
    world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await ana.type_text(channel, "/valuemap add gain: in time")
    let_chat(world, channel, ben, thread_ts)
    await world.advance_time(minutes=3)
    await world.advance_time(minutes=3)
    cards = [seen for seen in ana.visible_messages(channel) if "\nin time\nby" in seen.text]
    assert len(cards) == 1
    assert world.slack.count_calls("conversations.replies") >= 1
    await ben.add_reaction(cards[0], "four")
    await world.advance_time(seconds=5)
    assert "1 vote (one 4)" in cards[0].text, "the bot knows its message again"


def _find_any_button(message: SlackMessage) -> tuple[str, str, None]:
    """Return block and action of the first button of a message."""
    for block in message.blocks:
        for element in block.get("elements", ()):
            if element.get("type") == "button":
                return block["block_id"], element["action_id"], None
    raise AssertionError("no button")
