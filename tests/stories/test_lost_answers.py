"""Slack posts a message, and its answer is lost: nothing is lost of what happens until the bot finds it."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import InjectedFault, SlackChannel
from tests.conftest import World
from tests.stories.voting import find_card, start_team

MONDAY = datetime(2026, 10, 19, 7, tzinfo=UTC)  # 09:00 in Berlin
LOST_ANSWER: dict[str, Any] = {"drops_connection": True, "takes_effect": True}
EDIT, MERGE = "Edit or move to another kind", "Merge into another"

pytestmark = pytest.mark.databases("sqlite", "postgresql")


async def add_with_lost_answer(world: World, person: Person, channel: SlackChannel, text: str) -> None:
    """Add a pain whose card is in the channel, while the bot does not know it yet."""
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    await person.type_text(channel, f"/valuemap add pain: {text}")


async def wait_for_look_up(world: World) -> None:
    """Let the time pass until Slack has certainly posted the message, and what follows is done."""
    for _ in range(3):
        await world.advance_time(minutes=1)


def find_cards(person: Person, channel: SlackChannel, text: str) -> list[VisibleMessage]:
    return [seen for seen in person.visible_messages(channel) if f"\n{text}\nby" in seen.text]


async def test_an_entry_that_is_edited_meanwhile_has_one_card_with_the_new_text(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_with_lost_answer(world, ana, channel, "lost")
    card = find_card(ana, channel, "lost")
    await ana.click_button(card, "⋯", EDIT)
    await ana.modal.fill_field("The pain", "found")
    await ana.modal.submit()
    await wait_for_look_up(world)
    assert [seen.message.ts for seen in find_cards(ana, channel, "found")] == [card.message.ts]
    assert find_cards(ana, channel, "lost") == []


async def test_an_entry_that_is_taken_back_meanwhile_leaves_a_card_that_says_so(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_with_lost_answer(world, ana, channel, "lost")
    card = find_card(ana, channel, "lost")
    await ana.click_button(ana.find_message(channel, "Added 1 pain"), "Undo")
    await wait_for_look_up(world)
    assert "Deleted by Ana" in card.text
    await ana.click_button(card, "Undo")
    await world.advance_time(seconds=2)
    assert len(find_cards(ana, channel, "lost")) == 1


async def test_votes_on_a_card_that_is_merged_meanwhile_count_on_its_target(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await add_with_lost_answer(world, ana, channel, "lost")
    card = find_card(ana, channel, "lost")
    await ben.add_reaction(card, "five")
    await ana.click_button(card, "⋯", MERGE)
    await ana.modal.fill_field("The pain that stays", "slow")
    await ana.modal.submit()
    await wait_for_look_up(world)
    assert "merged into “slow”" in card.text
    assert "1 vote" in find_card(ana, channel, "slow").text


async def test_votes_that_are_set_meanwhile_count_soon(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await add_with_lost_answer(world, ana, channel, "lost")
    card = find_card(ana, channel, "lost")
    await ben.add_reaction(card, "five")
    await wait_for_look_up(world)
    assert "1 vote" in card.text


async def test_a_vote_that_is_ended_meanwhile_has_one_call_that_says_so(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    await ana.type_text(channel, "/valuemap vote pains")
    call = ana.find_message(channel, "asks you to vote")
    await ana.click_button(call, "End vote")
    await wait_for_look_up(world)
    assert "asks you to vote" not in call.text
    assert len([seen for seen in ana.visible_messages(channel) if "Vote closed" in seen.text]) == 1


async def test_a_card_that_is_sealed_meanwhile_shows_it(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_with_lost_answer(world, ana, channel, "lost")
    await ana.type_text(channel, "/valuemap vote pains sealed until tomorrow 17:00")
    await wait_for_look_up(world)
    assert "sealed until" in find_card(ana, channel, "lost").text


async def test_a_digest_has_what_changed_before_it_was_found_and_the_next_one_has_not(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    await ana.type_text(channel, "/valuemap digest now")
    (digest,) = world.find_digests(ana, channel)
    assert "4 cards wait for votes" in digest.text
    await ana.type_text(channel, "/valuemap add pain: late pain")
    await wait_for_look_up(world)
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(minutes=1)
    first, second = world.find_digests(ana, channel)
    assert first.message.ts == digest.message.ts
    assert "5 cards wait for votes" in first.text
    assert "New entries" not in second.text


async def put_cards_in_the_channel(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "/valuemap settings")
    await person.modal.fill_field("Cards go", "In the channel")
    await person.modal.submit()


@pytest.mark.parametrize(("reads_on", "cards"), [(True, 1), (False, 2)])
async def test_a_card_is_found_among_many_others_where_slack_lets_the_bot_read_on(
    world: World, *, reads_on: bool, cards: int
) -> None:
    """An app outside Slack's Marketplace may read one page a minute: two cards are better than none."""
    (ana, *_), channel = await start_team(world)
    await put_cards_in_the_channel(ana, channel)
    await world.advance_time(minutes=1)
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    texts = [letter * 6 for letter in "abcdefghijklmnopqrstuvwxyz"]
    await ana.type_text(channel, f"/valuemap add pain: {'; '.join(texts)}")
    if not reads_on:
        world.slack.fault_policy = limit_second_look_ups()
    await wait_for_look_up(world)
    assert len(find_cards(ana, channel, texts[0])) == cards
    assert {len(find_cards(ana, channel, text)) for text in texts[1:]} == {1}


def limit_second_look_ups() -> Callable[[str], InjectedFault | None]:
    calls = itertools.count(1)

    def find_fault(method: str) -> InjectedFault | None:
        if method != "conversations.history" or next(calls) == 1:
            return None
        return InjectedFault(method, "ratelimited", retry_after=60)

    return find_fault


async def test_a_form_that_was_saved_unseen_can_be_corrected_and_submitted_again(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    card = find_card(ana, channel, "slow")
    await ana.click_button(card, "⋯", EDIT)
    form = ana.modal
    await form.fill_field("The pain", "very slov")
    await form.submit_unacknowledged()
    await form.fill_field("The pain", "very slow")
    await form.submit()
    assert "Ana changed this entry meanwhile" in ana.modal.text
    await ana.modal.submit()
    await world.advance_time(seconds=2)
    assert "\nvery slow\nby" in card.text


async def test_a_command_whose_answer_was_lost_changes_nothing_that_came_after_it(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    await ana.message_bot("digest off")
    await ana.type_text(channel, "/valuemap digest daily 09:00")
    await wait_for_look_up(world)
    await ana.type_text(channel, "/valuemap digest")
    assert "comes every day at 09:00" in ana.last_message(channel).text


async def test_a_vote_that_is_over_is_not_called_again_since_its_answer_was_lost(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    await ana.message_bot("vote pains")
    await ana.click_button(ana.find_message(channel, "asks you to vote"), "End vote")
    await wait_for_look_up(world)
    assert not any("asks you to vote" in seen.text for seen in ana.visible_messages(channel))
    assert "That vote is over already" in ana.last_message(ana.direct_channel).text


async def test_numbers_that_slack_removes_late_are_set_again_after_undo(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    card = find_card(ana, channel, "slow")
    await world.advance_time(seconds=5)
    world.slack.inject_fault("reactions.remove", **LOST_ANSWER)
    await ana.click_button(card, "⋯", "Delete")
    assert len(card.message.reactions) == 4
    await ana.click_button(card, "Undo")
    await wait_for_look_up(world)
    assert len(card.message.reactions) == 5


async def test_votes_count_on_a_card_whose_update_slack_refuses(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await add_with_lost_answer(world, ana, channel, "lost")
    await ben.add_reaction(find_card(ana, channel, "lost"), "five")
    world.slack.inject_fault("chat.update", error="edit_window_closed", times=10_000)
    await wait_for_look_up(world)
    await ana.type_text(channel, "/valuemap why lost")
    assert "Votes: 5;" in ana.last_message(channel).text


async def test_a_digest_that_is_found_late_was_on_time(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", **LOST_ANSWER)
    world.slack.inject_fault("conversations.history", status=503, times=6)
    await world.advance_to(MONDAY)
    for _ in range(20):
        await world.advance_time(minutes=1)
    (digest,) = world.find_digests(ana, channel)
    assert world.slack.count_calls("conversations.history") == 7
    assert "late" not in digest.text
