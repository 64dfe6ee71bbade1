"""Take back what one has just done, with the button of the answer."""

from copy import deepcopy

import pytest

from bot.fake_slack.client.harness import VisibleMessage
from bot.fake_slack.models import BOT_USER_ID
from bot.method.votes import NUMBER_REACTIONS
from tests.conftest import World


async def test_an_addition_is_confirmed_in_one_line_and_undone_once(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: kept")
    await ana.type_text(channel, "/valuemap add pain: slow; too dear; dull")
    answer = ana.find_message(channel, "Added 3 pains")
    assert answer.text.splitlines() == ["Added 3 pains.", "[Undo] [Vote on them] [Add another]"]
    before = deepcopy(answer.message.blocks)
    await ana.click_button(answer, "Undo")
    assert answer.text.splitlines() == ["Undone: 3 pains are gone.", "[Put back]"]
    undone = deepcopy(answer.message.blocks)
    await ana.type_text(channel, "/valuemap show")
    assert "kept" in ana.last_message(channel).text
    assert "too dear" not in ana.last_message(channel).text

    answer.message.blocks[:] = before  # as in a window that is behind
    await world.advance_time(minutes=1)
    await ana.click_button(answer, "Undo")
    assert answer.text == "That is undone already."

    answer.message.blocks[:] = undone
    await ana.click_button(answer, "Put back")
    assert "3 pains are back." in answer.text
    await ana.type_text(channel, "/valuemap show")
    assert "too dear" in ana.last_message(channel).text


async def test_only_who_may_delete_undoes_an_addition(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap settings")
    await ana.modal.fill_field("Entries may be edited and deleted by", "Who started the canvas")
    await ana.modal.submit()
    await ben.type_text(channel, "/valuemap add pain: slow")
    answer = ben.find_message(channel, "Added 1 pain: “slow”.")
    await ben.click_button(answer, "Undo")
    assert "Only Ana may change this entry" in ben.last_message(channel).text
    assert answer.text.startswith("Added 1 pain"), "it stays, since nothing is undone"
    assert "Pain" in ben.find_message(channel, "by Ben").text


async def test_a_new_offer_leads_to_its_review(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    channel.member_ids.add(ana.id)
    await ana.type_text(channel, "/valuemap add reliever: a person who answers")
    await ana.click_button(ana.find_message(channel, "Added 1 pain reliever"), "Review it")
    assert "a person who answers" in ana.modal.text


async def test_an_undone_deletion_joins_what_was_added_again(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: slow")
    card = ana.find_message(channel, "slow\nby")
    await ben.add_reaction(card, "five")
    await ana.click_button(card, "⋯", "Delete")
    deleted = ana.find_message(channel, "Deleted: “slow”.")
    await ana.type_text(channel, "/valuemap add pain: Slow")
    await ana.click_button(deleted, "Undo")
    assert "“slow” was added again meanwhile: the two are one now." in deleted.text
    await ana.type_text(channel, "/valuemap rank pain")
    rows = [line for line in ana.last_message(channel).text.splitlines() if "slow" in line.casefold()]
    assert rows[0] == "1 | Slow | 3.67 | 1", "Ben's vote went over"
    assert [row for row in rows if "|" in row] == rows[:1]


async def test_the_answer_to_a_form_stays_in_the_thread_of_the_card(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: slow")
    card = ana.find_message(channel, "slow\nby")
    await ana.click_button(card, "⋯", "Edit or move to another kind")
    await ana.modal.fill_field("The pain", "very slow")
    await ana.modal.submit()
    saved = ana.find_message(channel, "Saved.")
    assert saved.message.thread_ts == card.message.thread_ts
    assert saved.text == "Saved."


def read_reactions(seen: VisibleMessage) -> dict[str, list[str]]:
    """Return who set which number on a card."""
    return {name: [*user_ids] for name, user_ids in seen.message.reactions.items()}


async def test_the_bot_takes_its_numbers_from_a_deleted_card_and_sets_them_again(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: slow; dear")
    await world.advance_time(seconds=5)
    slow, dear = ana.find_message(channel, "slow\nby"), ana.find_message(channel, "dear\nby")
    all_five = {name: [BOT_USER_ID] for name in NUMBER_REACTIONS}
    assert read_reactions(slow) == read_reactions(dear) == all_five
    await ana.add_reaction(slow, "four")
    await ana.click_button(slow, "⋯", "Delete")
    await world.advance_time(seconds=5)
    assert read_reactions(slow) == {"four": [ana.id]}, "a vote of somebody else stays"
    await ana.click_button(slow, "Undo")
    await world.advance_time(seconds=5)
    assert read_reactions(slow) == {**all_five, "four": [ana.id, BOT_USER_ID]}
    assert "1 vote (one 4)" in slow.text

    await ana.click_button(dear, "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "slow")
    await ana.modal.submit()
    await world.advance_time(seconds=5)
    assert read_reactions(dear) == {}
    assert "four" in read_reactions(slow)


@pytest.mark.parametrize("error", ["no_reaction", "message_not_found", "an_error_of_next_year"])
async def test_a_number_that_slack_does_not_remove_is_asked_for_once(world: World, error: str) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: slow")
    slow = ana.find_message(channel, "slow\nby")
    for _ in NUMBER_REACTIONS:
        world.slack.inject_fault("reactions.remove", error=error)
    await ana.click_button(slow, "⋯", "Delete")
    await world.advance_time(days=1)
    assert world.slack.count_calls("reactions.remove") == (1 if error == "message_not_found" else 5)
    assert len(read_reactions(slow)) == 5


async def test_an_entry_that_is_back_while_its_numbers_go_has_them_again(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: slow")
    slow = ana.find_message(channel, "slow\nby")
    world.slack.inject_fault("reactions.remove", error="ratelimited", retry_after=30)
    await ana.click_button(slow, "⋯", "Delete")
    await world.advance_time(seconds=5)
    await ana.click_button(slow, "Undo")
    await world.advance_time(minutes=5)
    assert len(read_reactions(slow)) == 5
