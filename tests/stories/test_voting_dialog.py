"""The voting dialog: one click for each card, from every *Vote* button."""

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.voting import find_announcements, find_card, start_team

TEXTS = ("report", "slow", "dear", "dull")  # by box and creation


async def open_dialog(person: Person, channel: SlackChannel, command: str = "rank") -> None:
    await person.type_text(channel, f"/valuemap {command}")
    await person.click_button(person.last_message(channel), "Vote")


async def read_card(world: World, person: Person, channel: SlackChannel, text: str) -> str:
    await world.advance_time(seconds=5)
    return find_card(person, channel, text).text


async def test_a_click_saves_and_moves_on_until_all_cards_are_done(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ben.add_reaction(find_card(ben, channel, "slow"), "five")
    await open_dialog(ana, channel)
    for text, level in zip(TEXTS, ("4", "2", "5", "1"), strict=True):
        assert f"*{text}*" in ana.modal.text
        assert "Others' votes show after yours." in ana.modal.text
        await ana.modal.click_button(level)
    assert "You have voted on all 4 cards." in ana.modal.text
    assert "2 votes (one 5, one 2)" in await read_card(world, ana, channel, "slow")
    assert "1 vote (one 5)" in await read_card(world, ana, channel, "dear")
    await ana.modal.click_button("Change a vote")
    assert "*report*" in ana.modal.text
    assert "You voted *4*." in ana.modal.text
    await ana.type_text(channel, "/valuemap rank")
    assert "[Vote]" not in ana.last_message(channel).text


async def test_after_a_vote_the_others_are_shown_and_undo_brings_the_vote_before_back(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ben.add_reaction(find_card(ben, channel, "report"), "five")
    await ana.add_reaction(find_card(ana, channel, "report"), "three")
    await ana.click_button(find_card(ana, channel, "report"), "⋯", "Vote")
    assert "You voted *3*. 2 votes: one 5, one 3" in ana.modal.text
    await ana.modal.click_button("1")
    assert "*1* for “report” · 2 votes: one 5, one 1" in ana.modal.text
    assert "2 votes (one 5, one 1)" in await read_card(world, ana, channel, "report")
    await ana.modal.click_button("Undo")
    assert "You voted *3*." in ana.modal.text
    assert "2 votes (one 5, one 3)" in await read_card(world, ana, channel, "report")


async def test_a_first_vote_that_is_undone_is_gone(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_dialog(ana, channel)
    await ana.modal.click_button("5")
    await ana.modal.click_button("Undo")
    assert "Your vote on “report” is taken back." in ana.modal.text
    assert "Others' votes show after yours." in ana.modal.text
    assert "waits for votes" in await read_card(world, ana, channel, "report")


async def test_the_dialog_resumes_where_the_member_stopped_and_leads_back_and_on(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_dialog(ana, channel)
    await ana.modal.click_button("Skip")
    await ana.modal.click_button("4")
    assert "dear" in ana.modal.text
    await ana.member.close_view()
    await open_dialog(ana, channel)
    assert "*report*" in ana.modal.text
    await ana.modal.click_button("Skip")
    assert "*dear*" in ana.modal.text, "slow has a vote"
    await ana.modal.click_button("‹ Back")
    assert "*slow*" in ana.modal.text
    assert "You voted *4*" in ana.modal.text
    await ana.modal.click_button("Next ›")
    await ana.modal.click_button("3")
    await ana.modal.click_button("3")
    assert "*report*" in ana.modal.text, "the first follows the last"
    await ana.modal.click_button("Skip")
    assert "You skipped 1 card." in ana.modal.text
    await ana.modal.click_button("Vote on the rest")
    assert "*report*" in ana.modal.text


async def test_a_number_on_the_card_and_a_vote_in_the_dialog_count_together(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "report"), "two")
    await ana.click_button(find_card(ana, channel, "report"), "⋯", "Vote")
    await ana.modal.click_button("5")
    assert "1 vote (one 5)" in await read_card(world, ana, channel, "report")
    await ana.add_reaction(find_card(ana, channel, "report"), "one")
    assert "1 vote (one 1)" in await read_card(world, ana, channel, "report")
    await ana.remove_reaction(find_card(ana, channel, "report"), "one")
    assert "1 vote (one 5)" in await read_card(world, ana, channel, "report")


async def test_every_vote_button_opens_the_dialog(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    (announcement,) = find_announcements(ana, channel)
    await ben.click_button(announcement, "Vote now")
    assert "*Pains* 1 of 3" in ben.modal.text
    await ben.open_home()
    await ben.click_in_home("Vote")
    assert "*Pains* 1 of 3" in ben.modal.text, "Home begins with the open round"
    await ben.modal.click_button("5")
    assert "1 vote (one 5)" in await read_card(world, ana, channel, "slow")
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(seconds=5)
    digest = find_with_button(ana, channel, "Fit digest", "Vote")
    await ana.click_button(digest, "Vote")
    assert "*report*" in ana.modal.text
    await ana.type_text(channel, "/valuemap")
    await ana.click_button(ana.last_message(channel), "Vote")
    assert "*report*" in ana.modal.text


def find_with_button(person: Person, channel: SlackChannel, words: str, label: str) -> VisibleMessage:
    seen = person.find_message(channel, words)
    assert f"[{label}]" in seen.text
    return seen


async def test_an_entry_that_is_deleted_meanwhile_is_said_and_passed(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await open_dialog(ana, channel)
    await ben.click_button(find_card(ben, channel, "report"), "⋯", "Delete")
    await ana.modal.click_button("4")
    assert "That entry is not there any more" in ana.modal.text
    assert "*slow*" in ana.modal.text


async def test_a_double_click_votes_on_one_card_only(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_dialog(ana, channel)
    first, second = ana.modal, ana.modal  # both show the first card
    await first.click_button("4")
    await second.click_button("4")
    assert "1 vote (one 4)" in await read_card(world, ana, channel, "report")
    assert "waits for votes" in await read_card(world, ana, channel, "slow")
    assert "*slow*" in ana.modal.text


async def test_without_entries_there_is_nothing_to_vote_on(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap")
    await ana.click_button(ana.last_message(channel), "Vote")
    assert "There is nothing to vote on yet" in ana.last_message(channel).text


@pytest.mark.parametrize("level", ["0", "6", "x", ""])
async def test_a_forged_number_is_no_vote(world: World, level: str) -> None:
    (ana, *_), channel = await start_team(world)
    await open_dialog(ana, channel)
    view = world.slack.views[world.slack.view_stacks[ana.id][-1]]
    button = next(
        element
        for block in view["blocks"]
        for element in block.get("elements", ())
        if element.get("value", "").endswith("4")
    )
    button["value"] = button["value"][:-1] + level
    await ana.modal.click_button("4")
    assert "waits for votes" in await read_card(world, ana, channel, "report")
