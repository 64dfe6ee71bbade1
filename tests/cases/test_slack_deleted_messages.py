"""S2: a card, the canvas's message or the call of a round that somebody deleted is posted again at once."""

import asyncio

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.store import votes as vote_store
from tests.cases.slack_faults import list_public, sqlite_world
from tests.conftest import World
from tests.stories.voting import (
    FRIDAY,
    find_announcements,
    find_card,
    find_public_messages,
    find_results,
    run_second_bot,
    start_team,
)

pytestmark = pytest.mark.databases("sqlite")

__all__ = ["sqlite_world"]


def list_cards(person: Person, channel: SlackChannel, text: str) -> list[VisibleMessage]:
    return [seen for seen in list_public(person, channel) if f"\n{text}\nby" in seen.text]


async def read_cards(world: World) -> None:
    """Let the bot read all cards back, as it does each quarter of an hour."""
    await world.advance_time(minutes=16)
    await world.advance_time(seconds=5)


async def test_s2_a_card_deleted_in_a_vote_keeps_its_votes_and_holds_up_nothing(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await ana.add_reaction(find_card(ana, channel, "dull"), "five")
    await ben.add_reaction(find_card(ana, channel, "dull"), "two")
    await world.advance_time(seconds=5)
    world.slack.delete_message(find_card(ana, channel, "dull").message)
    await world.advance_to(FRIDAY)
    await world.advance_time(seconds=5)
    (result,) = find_results(ana, channel)
    assert "1. dull — *3.25*, 2 votes\n" in result.text
    (card,) = list_cards(ana, channel, "dull")
    assert "2 votes (one 5, one 2)" in card.text
    await read_cards(world)
    (card,) = list_cards(ana, channel, "dull")
    assert "2 votes (one 5, one 2)" in card.text, "the empty card took the votes back"
    await cleo.add_reaction(card, "one")
    await ben.add_reaction(card, "one")
    await world.advance_time(seconds=2)
    assert "3 votes (one 5, two 1s)" in card.text
    await ben.remove_reaction(card, "one")
    await world.advance_time(seconds=2)
    assert "3 votes (one 5, one 2, one 1)" in card.text, "the vote before it counts again"
    await cleo.remove_reaction(card, "one")
    await world.advance_time(seconds=2)
    assert "2 votes (one 5, one 2)" in card.text, "who takes the only number back has no vote"


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "thread_not_found", "message_deleted"]
)
async def test_s2_a_card_that_cannot_be_updated_is_posted_anew_once(sqlite_world: World, error: str) -> None:
    world = sqlite_world
    (ana, ben, _), channel = await start_team(world)
    card = find_card(ana, channel, "slow")
    world.slack.inject_fault("chat.update", error=error, channel_id=channel.id)
    await ana.add_reaction(card, "four")
    await world.advance_time(seconds=2)
    _, new = list_cards(ana, channel, "slow")
    assert "1 vote (one 4)" in new.text
    await ben.add_reaction(new, "two")
    await world.advance_time(seconds=2)
    await read_cards(world)
    assert len(list_cards(ana, channel, "slow")) == 2
    assert "2 votes (one 4, one 2)" in new.text
    assert sorted(new.message.reactions) == ["five", "four", "one", "three", "two"]


async def test_s2_a_card_deleted_before_its_numbers_are_set_is_posted_anew(sqlite_world: World) -> None:
    world = sqlite_world
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("reactions.add", error="ratelimited", retry_after=20)
    await ana.type_text(channel, "/valuemap add pain: late")
    world.slack.delete_message(find_card(ana, channel, "late").message)
    await world.advance_time(seconds=21)
    await world.advance_time(seconds=2)
    (card,) = list_cards(ana, channel, "late")
    assert len(card.message.reactions) == 5


async def test_s2_new_cards_go_into_the_thread_of_a_new_canvas_message(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    (parent,) = find_public_messages(ana, channel, "Every entry is a card")
    world.slack.delete_message(parent.message)
    await ana.type_text(channel, "/valuemap add pain: late; gain: right")
    await world.advance_time(seconds=5)
    (new_parent,) = find_public_messages(ana, channel, "Every entry is a card")
    for text in ("late", "right"):
        (card,) = list_cards(ana, channel, text)
        assert card.message.thread_ts == new_parent.message.ts
    await ana.type_text(channel, "/valuemap rank pains")
    links = ana.last_message(channel).message.text  # the blocks have the first three
    assert f"thread_ts={new_parent.message.ts}" in links
    assert f"thread_ts={parent.message.ts}" in links, "the earlier cards stay where they are"


@pytest.mark.parametrize("error", ["message_not_found", "thread_not_found", "invalid_thread_ts"])
async def test_s2_a_thread_that_is_not_found_is_begun_anew_once(sqlite_world: World, error: str) -> None:
    world = sqlite_world
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", error=error, channel_id=channel.id)
    await ana.type_text(channel, "/valuemap add pain: late; gain: right")
    await world.advance_time(seconds=5)
    parents = find_public_messages(ana, channel, "Every entry is a card")
    assert len(parents) == 2
    for text in ("late", "right"):
        (card,) = list_cards(ana, channel, text)
        assert card.message.thread_ts == parents[-1].message.ts


async def test_s2_a_deleted_call_is_posted_anew_and_links_to_the_new_card(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    world.slack.delete_message(find_announcements(ana, channel)[0].message)
    world.slack.delete_message(find_card(ana, channel, "slow").message)
    await ana.add_reaction(find_card(ana, channel, "dear"), "five")
    await world.advance_time(seconds=2)
    await read_cards(world)
    (call,) = find_announcements(ana, channel)
    (card,) = list_cards(ana, channel, "slow")
    assert f"p{card.message.ts.replace('.', '')}" in str(call.message.blocks)


async def test_s2_several_workers_post_a_card_anew_once(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    async with run_second_bot(world) as other:
        for n, person in enumerate((ana, ben, cleo)):
            card = find_card(ana, channel, "slow")
            await person.add_reaction(card, "five")
            await world.advance_time(seconds=2)
            world.slack.delete_message(find_card(ana, channel, "slow").message)
            world.clock.advance(world.bot.deps.timing.card_read_interval * 2)
            await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
            await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
            await world.advance_time(seconds=2)
            (new_card,) = list_cards(ana, channel, "slow")
            assert f"{n + 1} vote" in new_card.text


@pytest.mark.databases("sqlite", "postgresql")
async def test_s2_the_event_of_a_deletion_is_enough(world: World) -> None:
    assert world.slack.manifest is not None
    world.slack.manifest["settings"]["event_subscriptions"]["bot_events"].append("message.channels")
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    gone = [
        find_card(ana, channel, "slow").message,
        find_public_messages(ana, channel, "Every entry is a card")[0].message,
        find_announcements(ana, channel)[0].message,
    ]
    await ana.type_text(channel, "good morning")
    for message in (*gone, ana.last_message(channel).message):
        world.slack.delete_message(message)
        deletion = {
            "channel": channel.id,
            "deleted_ts": message.ts,
            "ts": world.slack.new_ts(),
            "hidden": True,
        }
        event = {"type": "message", "subtype": "message_deleted", "channel_type": "channel", **deletion}
        for _ in range(2):
            await world.harness.send_event({**event, "event_ts": event["ts"]})
    assert len(list_cards(ana, channel, "slow")) == 1
    assert len(find_public_messages(ana, channel, "Every entry is a card")) == 1
    await world.advance_time(seconds=4)
    assert len(find_announcements(ana, channel)) == 1


async def test_s2_a_past_day_keeps_its_votes(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "three")
    await ana.add_reaction(find_card(ana, channel, "slow"), "four")
    await world.advance_time(days=2)
    before = world.clock.now()
    world.slack.delete_message(find_card(ana, channel, "slow").message)
    await read_cards(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "one")
    async with world.bot.db.reading(TEAM_ID) as session:
        past = [{**votes} for votes in (await vote_store.load_votes(session, 1, before)).values() if votes]
        now = [{**votes} for votes in (await vote_store.load_votes(session, 1)).values() if votes]
    assert past == [{ana.id: 4}]
    assert now == [{ana.id: 1}]
