"""Sealed rounds: votes in private, which nobody sees before the end."""

import asyncio
import json
import random
import re
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.method.kinds import Kind
from bot.method.votes import NUMBER_REACTIONS
from bot.store.model import Draft
from tests.conftest import World
from tests.stories.many_entries import store_entries
from tests.stories.voting import (
    FRIDAY,
    count_reminders,
    find_card,
    find_public_messages,
    find_results,
    run_second_bot,
    start_team,
)

SEALED = "sealed until Fri 16 Oct 17:00 (Europe/Berlin)"
OVER = "This vote is over, so that one did not count"


async def start_sealed_round(
    world: World, number: int = 3, command: str = "vote pains sealed until friday 17:00"
) -> tuple[list[Person], SlackChannel]:
    """Start a canvas with three pains and a job, and a sealed round."""
    people, channel = await start_team(world, number)
    await people[0].type_text(channel, f"/valuemap {command}")
    await world.advance_time(seconds=2)
    return people, channel


def find_call(person: Person, channel: SlackChannel) -> str:
    return find_public_messages(person, channel, " asks you to vote in private on ")[-1].text


async def open_dialog(person: Person, channel: SlackChannel) -> None:
    await person.click_button(
        find_public_messages(person, channel, "[Vote in private]")[-1], "Vote in private"
    )


async def vote_in_private(person: Person, channel: SlackChannel, **levels: str) -> None:
    """Vote on entries by their texts, from the menus of their cards."""
    for text, level in levels.items():
        await person.click_button(find_card(person, channel, text), "⋯", "Vote")
        await person.modal.click_button(level)
        await person.member.close_view(whole_stack=True)


async def read_card(world: World, person: Person, channel: SlackChannel, text: str) -> str:
    await world.advance_time(seconds=5)
    return find_card(person, channel, text).text


async def test_a_sealed_round_from_its_call_to_its_result(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await ana.add_reaction(find_card(ana, channel, "report"), "four")
    await ana.type_text(channel, "/valuemap vote pains sealed until friday 17:00")
    assert "Sealed vote on pains open until Fri" in ana.find_message(channel, "told the channel").text
    await world.advance_time(seconds=2)
    call = find_call(ana, channel)
    assert "*Ana asks you to vote in private on 3 pains by Fri 16 Oct 17:00 (Europe/Berlin)*" in call
    assert "*0 of 3 have voted*" in call
    assert SEALED in await read_card(world, ana, channel, "slow")
    assert "score" not in await read_card(world, ana, channel, "slow")
    assert "score" in await read_card(world, ana, channel, "report"), "jobs are not in the round"

    await vote_in_private(ana, channel, slow="1", dear="5", dull="No opinion")
    await vote_in_private(ben, channel, slow="2", dear="4", dull="3")
    await world.advance_time(seconds=5)
    assert "*2 of 3 have voted*" in find_call(ana, channel)
    assert SEALED in await read_card(world, ana, channel, "dear")

    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "Vote closed · 2 of 3 took part" in result.text
    assert "Who cast no vote keeps" not in result.text
    assert "1. dear — *3.75*, 2 votes · one 5, one 4, agreement 0.81" in result.text
    assert "2. dull — *3.00*, 1 vote · one 3" in result.text
    assert "3. slow — *2.25*, 2 votes, was 1 · one 2, one 1, agreement 0.81" in result.text
    assert "Votes by number" in str(result.message.blocks)
    assert "is closed. 2 of 3 took part" in find_public_messages(ana, channel, "The sealed vote on")[-1].text
    await world.advance_time(minutes=2)
    assert "2 votes (one 2, one 1)" in await read_card(world, ana, channel, "slow")
    await cleo.add_reaction(find_card(cleo, channel, "slow"), "five")
    await ana.add_reaction(find_card(cleo, channel, "slow"), "four")
    assert "3 votes (one 5, one 4, one 2)" in await read_card(world, ana, channel, "slow")


@pytest.mark.parametrize(
    "command",
    [
        "vote pains sealed until friday 17:00",
        "vote sealed pains until friday 17:00",
        "vote sealed until friday 17:00",
        "vote until friday 17:00 sealed",
        "vote SEALED",
        "vote pains privately until friday 17:00",
        "vote in private pains until friday 17:00",
        "vote blind",
    ],
)
async def test_the_word_may_stand_anywhere(world: World, command: str) -> None:
    people, channel = await start_sealed_round(world, command=command)
    assert " asks you to vote in private on " in find_call(people[0], channel)


async def test_the_dialog_opens_with_ones_own_votes_and_changes_them_until_the_end(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    await open_dialog(ana, channel)
    first = ana.modal.text
    assert "[5] [4] [3] [2] [1] [No opinion]" in first
    assert "Nobody sees votes before Fri 16 Oct 17:00 (Europe/Berlin)" in first
    await ana.modal.click_button("5")
    assert "*5* for “" in ana.modal.text
    assert "only you see it" in ana.modal.text
    await ana.modal.click_button("Change")
    assert "You voted *5*." in ana.modal.text
    await ana.modal.click_button("No opinion")
    await ana.modal.click_button("Change")
    assert "You have *no opinion*: a vote from before, or a number on the card, stays." in ana.modal.text
    await ana.modal.click_button("2")
    await ana.member.close_view(whole_stack=True)

    await ben.type_text(channel, "/valuemap rank pains")
    await ben.click_button(ben.last_message(channel), "Vote")
    assert "You voted" not in ben.modal.text
    await ana.type_text(channel, "/valuemap rank pains")
    assert "You have not voted on 2 cards" in ana.last_message(channel).text
    await ana.open_home()
    await ana.click_in_home("Vote")
    assert "*Pains* 2 of 3 · ●◉○ · 2 cards left" in ana.modal.text
    await ana.modal.click_button("‹ Back")
    assert "You voted *2*." in ana.modal.text
    assert first.split("*")[3] in ana.modal.text, "the order stays the same"


async def test_each_member_has_an_order_of_their_own(world: World) -> None:
    people, channel = await start_team(world, 6)
    await people[0].type_text(channel, "/valuemap add pain: long; dark; cold; loud; late")
    await people[0].type_text(channel, "/valuemap vote pains sealed until friday")
    await world.advance_time(seconds=10)
    orders = []
    for person in people:
        await open_dialog(person, channel)
        seen = []
        for _ in range(8):
            seen += re.findall(r":warning: \*(\w+)\*", person.modal.text)
            await person.modal.click_button("Skip")
        orders.append(tuple(seen))
    assert {len(set(order)) for order in orders} == {8}
    assert len(set(orders)) > 1


async def test_only_the_missing_are_reminded_once_and_in_private(world: World) -> None:
    people, channel = await start_sealed_round(world, 4)
    _, ben, cleo, dan = people
    await vote_in_private(ben, channel, slow="No opinion")
    await cleo.add_reaction(find_card(cleo, channel, "slow"), "five")
    await world.advance_to(FRIDAY.replace(day=15))
    assert count_reminders(people) == [1, 0, 1, 1]
    reminder = dan.last_message(dan.direct_channel)
    assert "The sealed <" in reminder.message.text
    await dan.click_button(reminder, "Vote in private")
    assert "*Pains* 1 of 3" in dan.modal.text
    await world.advance_time(hours=20)
    assert count_reminders(people) == [1, 0, 1, 1]


@pytest.mark.databases("sqlite", "postgresql")
async def test_numbers_on_sealed_cards_do_not_count_and_who_sets_one_is_told_once(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    robot = world.harness.add_person("Robot", is_bot=True)
    channel.member_ids.add(robot.id)
    for name in ("five", "four"):
        await ben.add_reaction(find_card(ben, channel, "slow"), name)
    await ben.add_reaction(find_card(ben, channel, "dear"), "five")
    await robot.add_reaction(find_card(ben, channel, "dear"), "five")
    await ben.add_reaction(find_card(ben, channel, "report"), "five")
    await world.advance_time(seconds=10)
    notices = [seen for seen in ben.visible_messages(ben.direct_channel) if "numbers on cards" in seen.text]
    assert len(notices) == 1
    assert "do not count before Fri 16 Oct 17:00 (Europe/Berlin)" in notices[0].text
    assert [seen for seen in robot.visible_messages(robot.direct_channel) if "numbers" in seen.text] == []
    await ben.click_button(notices[0], "Vote in private")
    await ben.member.close_view(whole_stack=True)
    assert "*0 of 3 have voted*" in find_call(ana, channel)
    await vote_in_private(ben, channel, slow="2")
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "1 of 3 took part" in result.text
    assert "slow — *2.67*, 1 vote · one 2" in result.text, "cast in private, so the number does not count"
    await ben.add_reaction(find_card(ben, channel, "slow"), "three")
    assert "1 vote (one 3)" in await read_card(world, ana, channel, "slow")


async def test_its_starter_ends_it_early_and_nobody_else(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    await vote_in_private(ben, channel, slow="5")
    call = find_public_messages(ana, channel, "[Vote in private]")[-1]
    await ben.click_button(call, "End vote")
    assert "Only Ana" in ben.last_message(channel).text
    await ana.click_button(call, "End vote")
    await world.advance_time(seconds=20)
    (result,) = find_results(ana, channel)
    assert "Ana ended the vote early." in result.text
    assert "slow — *3.67*, 1 vote" in result.text


async def test_a_form_that_is_sent_after_the_end_does_not_count(world: World) -> None:
    (ana, ben, cleo), channel = await start_sealed_round(world)
    await open_dialog(ben, channel)
    await open_dialog(cleo, channel)
    world.clock.advance(
        FRIDAY - world.clock.now()
    )  # the end is there, and no process has closed the round yet
    await ben.modal.click_button("5")
    assert OVER in ben.modal.text
    await world.advance_time(seconds=20)
    await cleo.modal.click_button("4")
    assert OVER in cleo.modal.text
    assert "No opinion" not in cleo.modal.text
    assert "0 of 3 took part" in find_results(ana, channel)[0].text
    await ana.type_text(channel, "/valuemap export json")
    assert '"votes": {}' in world.slack.files[-1].content.decode()
    assert not re.search(r'"votes": \{\s*"', world.slack.files[-1].content.decode())


async def test_a_page_from_before_the_round_or_from_an_earlier_one_does_not_vote(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    await ben.type_text(channel, "/valuemap rank pains")
    await ben.click_button(ben.last_message(channel), "Vote")
    await ana.type_text(channel, "/valuemap vote pains sealed until friday")
    await world.advance_time(seconds=2)
    await ben.modal.click_button("5")
    assert "This entry is in a sealed vote now" in ben.modal.text
    assert "[5]" in ben.modal.text
    await open_dialog(cleo, channel)
    await ana.click_button(find_public_messages(ana, channel, "[Vote in private]")[-1], "End vote")
    await world.advance_time(seconds=20)
    await ana.type_text(channel, "/valuemap vote pains sealed until friday")
    await world.advance_time(seconds=2)
    await cleo.modal.click_button("5")
    assert OVER in cleo.modal.text
    await world.advance_to(FRIDAY)
    assert "0 of 3 took part" in find_results(ana, channel)[-1].text


async def test_entries_may_be_added_edited_merged_moved_and_deleted_meanwhile(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap add pain: dim; grey; late; lost")
    await ana.type_text(channel, "/valuemap vote pains sealed until friday 17:00")
    await world.advance_time(seconds=10)
    levels = dict.fromkeys(("slow", "dear", "dull", "dim", "grey", "late", "lost"), "5")
    await vote_in_private(ben, channel, **levels)
    await vote_in_private(cleo, channel, **dict.fromkeys(levels, "4"))

    await ana.type_text(channel, "/valuemap add pain: new")
    await world.advance_time(seconds=5)
    assert "waits for votes" in find_card(ana, channel, "new").text, "it is not in the round"
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Edit or move to another kind")
    assert "Its votes are sealed" in ana.modal.text
    await ana.modal.fill_field("The pain", "sluggish")
    await ana.modal.submit()
    await ana.click_button(find_card(ana, channel, "dear"), "⋯", "Edit or move to another kind")
    await ana.modal.fill_field("The pain", "cheap")
    await ana.modal.fill_field("Its votes are sealed", "Clear the votes")
    await ana.modal.submit()
    await ana.click_button(find_card(ana, channel, "dull"), "⋯", "Delete")
    await ana.click_button(find_card(ana, channel, "dim"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "new")
    await ana.modal.submit()
    await ana.click_button(find_card(ana, channel, "grey"), "⋯", "Edit or move to another kind")
    await ana.modal.fill_field("Kind", "Job")
    await ana.modal.submit()
    await world.advance_time(seconds=10)
    for text in ("sluggish", "cheap", "new", "grey"):
        assert SEALED in find_card(ana, channel, text).text, text

    await world.advance_to(FRIDAY)
    await world.advance_time(minutes=2)
    for text, shown in {
        "sluggish": "2 votes (one 5, one 4)",
        "cheap": "waits for votes",
        "new": "2 votes (one 5, one 4)",
        "grey": "2 votes (one 5, one 4)",
    }.items():
        assert shown in find_card(ana, channel, text).text, text
    await ana.click_button(find_public_messages(ana, channel, "Deleted by Ana: pain “dull”")[-1], "Undo")
    assert "2 votes (one 5, one 4)" in await read_card(world, ana, channel, "dull")


async def test_of_two_votes_on_entries_that_were_merged_the_later_counts(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    await vote_in_private(ben, channel, slow="5")
    await world.advance_time(minutes=1)
    await vote_in_private(ben, channel, dear="2")
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "dear")
    await ana.modal.submit()
    await world.advance_to(FRIDAY)
    await world.advance_time(minutes=1)
    assert "1 vote (one 2)" in await read_card(world, ana, channel, "dear")


async def test_who_joins_can_vote_and_who_leaves_is_not_counted(world: World) -> None:
    (ana, ben, cleo), channel = await start_sealed_round(world)
    await vote_in_private(ben, channel, slow="5")
    await ben.leave_channel(channel)
    dora = world.harness.add_person("Dora")
    await dora.join_channel(channel)
    await vote_in_private(dora, channel, slow="1")
    await world.advance_time(seconds=5)
    assert "*1 of 3 has voted*" in find_call(ana, channel)
    await world.advance_to(FRIDAY)
    (result,) = find_results(cleo, channel)
    assert "1 of 3 took part" in result.text
    assert "slow — *3.00*, 2 votes · one 5, one 1, agreement 0.00" in result.text
    assert "Divides the team, discuss it:* pain “slow”" in result.text


async def test_a_call_that_was_deleted_is_posted_anew(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    call = find_public_messages(ana, channel, "[Vote in private]")[-1]
    world.slack.messages.remove(call.message)
    await vote_in_private_from_home(ben, "5")
    await world.advance_time(seconds=10)
    assert "*1 of 3 has voted*" in find_call(ana, channel)
    await world.advance_to(FRIDAY)
    assert len(find_results(ana, channel)) == 1


async def vote_in_private_from_home(person: Person, level: str) -> None:
    await person.open_home()
    await person.click_in_home("Vote")
    await person.modal.click_button(level)
    await person.member.close_view(whole_stack=True)


@pytest.mark.parametrize("commands", [("", " sealed"), (" sealed", ""), (" sealed", " sealed")])
async def test_a_canvas_has_one_round_at_a_time(world: World, commands: tuple[str, str]) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.type_text(channel, f"/valuemap vote pains{commands[0]} until friday")
    await ben.type_text(channel, f"/valuemap vote{commands[1]} until friday")
    assert "vote on pains of *Reports for small shops* is open already" in ben.last_message(channel).text


async def test_it_can_be_taken_back_until_somebody_votes(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.add_reaction(find_card(ana, channel, "slow"), "five")
    await ana.type_text(channel, "/valuemap vote pains sealed until friday")
    await ana.click_button(ana.find_message(channel, "[Take it back]"), "Take it back")
    await world.advance_time(minutes=1)
    assert find_public_messages(ana, channel, "[Vote in private]") == []
    assert "1 vote (one 5)" in await read_card(world, ana, channel, "slow")
    await ana.type_text(channel, "/valuemap vote pains sealed until friday")
    await vote_in_private(ben, channel, slow="2")
    await ana.click_button(ana.find_message(channel, "[Take it back]"), "Take it back")
    assert "Somebody has voted already" in ana.last_message(channel).text


@pytest.mark.databases("sqlite", "postgresql")
async def test_it_survives_a_restart_and_ends_once_with_several_processes(world: World) -> None:
    (ana, ben, cleo), channel = await start_sealed_round(world)
    await vote_in_private(ben, channel, slow="5")
    async with run_second_bot(world) as other:
        world.clock.advance(FRIDAY - world.clock.now())
        for bot in (other, world.bot, other):
            await bot.scheduler.tick()
        await vote_in_private_from_home(cleo, "3")
        await world.advance_time(seconds=30)
    assert len(find_results(ana, channel)) == 1
    assert "slow — *3.67*, 1 vote" in find_results(ana, channel)[0].text


async def test_a_change_of_the_clocks_in_its_middle_does_not_move_its_end(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await world.advance_to(FRIDAY.replace(day=23))
    await ana.type_text(
        channel, "/valuemap vote pains sealed until monday 9:00"
    )  # the clocks go back on the 25th
    await world.advance_time(minutes=1)
    assert "sealed until Mon 26 Oct 09:00 (Europe/Berlin)" in find_card(ana, channel, "slow").text
    await world.advance_to(FRIDAY.replace(day=26, hour=7, minute=59))
    assert find_results(ana, channel) == []
    await world.advance_time(seconds=90)
    assert len(find_results(ana, channel)) == 1


async def test_votes_of_before_count_for_who_casts_none_and_no_opinion_is_none(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    for person in (ana, ben, cleo):
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    await ana.type_text(channel, "/valuemap vote pains sealed until friday")
    await world.advance_time(seconds=2)
    await vote_in_private(ben, channel, slow="1")
    await vote_in_private(cleo, channel, slow="No opinion")
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "2 of 3 took part" in result.text
    assert "Who cast no vote keeps an earlier one, or the number on the card." in result.text
    assert "slow — *3.40*, 3 votes, was 1 · two 5s, one 1" in result.text


async def test_nobody_votes(world: World) -> None:
    (ana, *_), channel = await start_sealed_round(world)
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "0 of 3 took part" in result.text
    assert "nobody has voted on them yet" in result.text
    assert "Votes by number" not in str(result.message.blocks)


async def test_a_guest_of_another_channel_does_not_vote(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    eve = world.harness.add_person("Eve")
    world.harness.add_channel("elsewhere", eve)
    await open_dialog(ben, channel)
    channel.member_ids.remove(ben.id)
    await world.advance_time(minutes=2)
    await ben.modal.click_button("5")
    await world.advance_to(FRIDAY)
    assert "0 of 2 took part" in find_results(ana, channel)[0].text
    assert "nobody has voted on them yet" in find_results(ana, channel)[0].text


async def read_figures(world: World, person: Person, channel: SlackChannel) -> dict[str, Any]:
    """Return what the export says of a canvas, with entries by text in place of ids."""
    await person.type_text(channel, "/valuemap export json")
    exported = json.loads(world.slack.files[-1].content)
    texts = {entry["id"]: entry["text"] for entry in exported["entries"]}
    figures = (
        "votes",
        "score",
        "rank",
        "agreement",
        "weight",
        "must_have",
        "coverage",
        "addressed",
        "relevance",
    )
    return {
        "entries": {entry["text"]: [entry[name] for name in figures] for entry in exported["entries"]},
        "gaps": [texts[entry_id] for entry_id in exported["fit"].pop("gaps")],
        "fit": exported["fit"],
    }


async def test_seven_members_and_sixty_entries_have_the_same_figures_as_by_reactions(world: World) -> None:
    people = [world.harness.add_person(f"P{number}") for number in range(7)]
    sealed, by_reactions = (world.harness.add_channel(name, *people) for name in ("sealed", "numbers"))
    kinds = ("job", "pain", "gain", "product", "reliever", "creator")
    texts = [f"{kind} {number}" for kind in kinds for number in range(10)]
    for channel in (sealed, by_reactions):
        await people[0].type_text(channel, "/valuemap new Reports")
        for kind in kinds:
            listed = "; ".join(text for text in texts if text.startswith(kind))
            await people[0].type_text(channel, f"/valuemap add {kind}: {listed}")
        await world.advance_time(minutes=5)
    await people[0].type_text(sealed, "/valuemap vote sealed until in 2 hours")
    await world.advance_time(minutes=5)
    picks, settle = random.Random(20), world.harness.settle
    world.harness.settle = world.bot.deps.background.drain  # the jobs of all votes run once, afterwards
    for person in people:
        await open_dialog(person, sealed)
        for _ in texts:
            (text,) = re.findall(r": \*(\w+ \d)\*", person.modal.text)
            level = picks.choice([4, 5] if text == "pain 0" else [None, 1, 2, 3, 4, 5])
            label = "No opinion" if level is None else str(level)
            await person.modal.click_button(find_label(person, label))
            if level is not None:
                card = find_card(person, by_reactions, text)
                await person.add_reaction(card, NUMBER_REACTIONS[level - 1])
        assert "You have voted on all 60 cards." in person.modal.text
        await person.member.close_view(whole_stack=True)
    world.harness.settle = settle
    waiting = await read_figures(world, people[0], sealed)
    assert [entry for entry in waiting["entries"].values() if entry[0] or entry[1]] == []
    await world.advance_time(hours=2)
    figures = await read_figures(world, people[0], sealed)
    assert figures == await read_figures(world, people[0], by_reactions)
    assert figures["fit"]["must_haves"]["pains"][1] == 1
    assert "7 of 7 took part" in find_results(people[0], sealed)[0].text


def find_label(person: Person, level: str) -> str:
    """Return the label of a level's button, which may have a word of the box's scale."""
    labels: list[str] = re.findall(r"\[([^\]]+)\]", person.modal.text)
    return next(label for label in labels if label.split(" · ")[0] == level)


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_vote_at_the_moment_of_the_end_counts_if_and_only_if_it_was_saved(world: World) -> None:
    (ana, ben, _), channel = await start_sealed_round(world)
    await ben.click_button(find_card(ben, channel, "slow"), "⋯", "Vote")
    call = find_public_messages(ana, channel, "[Vote in private]")[-1]
    await asyncio.gather(ana.click_button(call, "End vote"), ben.modal.click_button("5"))
    is_saved = OVER not in ben.modal.text
    await world.advance_time(seconds=20)
    (result,) = find_results(ana, channel)
    assert ("slow — *3.67*, 1 vote" in result.text) is is_saved
    assert f"{int(is_saved)} of 3 took part" in result.text


async def test_two_hundred_entries_with_the_longest_texts(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    drafts = [Draft(Kind.PAIN, f"{number} {'long ' * 57}".strip()) for number in range(200)]
    await store_entries(world, ana, channel, drafts)
    await ana.type_text(channel, "/valuemap vote pains sealed until friday")
    await world.advance_time(seconds=10)
    assert "203 pains" in find_call(ana, channel)
    await open_dialog(ben, channel)
    for _ in range(3):
        await ben.modal.click_button("4")
    assert "200 cards left" in ben.modal.text
    await world.advance_to(FRIDAY)
    (result,) = find_results(ana, channel)
    assert "1 of 3 took part" in result.text
    assert result.text.count("1 vote · one 4") == 3
