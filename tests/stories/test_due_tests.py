"""The owner of a test is asked for its result once, privately, at the end of its last day."""

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.test_canvases import choose_from_canvas_list
from tests.stories.test_tests import decide, fill_result, record_result, start_test
from tests.stories.voting import find_card, run_second_bot, start_team

QUESTION = "what did you see?"


def count_questions(*people: Person) -> list[int]:
    """Return how often each person was asked in their direct message."""
    return [
        sum(QUESTION in seen.text for seen in person.visible_messages(person.direct_channel))
        for person in people
    ]


async def start_due_test(world: World, owner: Person, person: Person, channel: SlackChannel) -> None:
    """Start a test until today; the story begins on a Monday at nine in Berlin, where the canvas is."""
    await start_test(person, channel, Until="2026-10-12", Owner=owner.id)


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_owner_is_asked_once_at_the_end_of_the_day_in_the_canvass_zone(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_due_test(world, ben, ana, channel)
    await world.advance_time(hours=14, minutes=59)
    assert count_questions(ana, ben) == [0, 0]
    await world.advance_time(minutes=1)
    assert count_questions(ana, ben) == [0, 1]
    question = ben.find_message(ben.direct_channel, QUESTION)
    assert "The test of “slow” on *Reports for small shops* is over: what did you see?" in question.text
    assert "Right if ≥ 3 of 5 customers." in question.text
    async with run_second_bot(world) as other:  # after a restart, and beside another process
        await other.scheduler.tick()
        await world.advance_time(days=1)
    assert count_questions(ana, ben) == [0, 1]
    await ana.type_text(channel, "/valuemap test")
    assert "*Due: what did you see?*\n*“slow”*" in ana.last_message(channel).text
    await ben.click_button(question, "Record the result")
    modal = ben.modal
    await fill_result(modal, "3")
    await modal.submit()
    await modal.submit()
    assert "Recorded: “slow”. *Met: 3" in ben.last_message(channel).text
    await world.advance_time(days=1)
    assert count_questions(ana, ben) == [0, 1]


async def test_a_test_with_a_result_is_not_asked_about_and_a_longer_one_is_asked_about_again(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await start_due_test(world, ana, ana, channel)
    await world.advance_time(days=1)
    await ana.click_button(ana.find_message(ana.direct_channel, QUESTION), "Change")
    await ana.modal.fill_field("Until", "2026-10-14")
    await ana.modal.submit()
    await world.advance_time(days=2)
    assert count_questions(ana) == [2]
    await start_test(ana, channel, "dear", Until="2026-10-15")
    await record_result(ana, channel, "4", "dear")
    await world.advance_time(days=2)
    assert count_questions(ana) == [2]


async def test_who_left_the_channel_reads_nothing_and_who_started_the_test_is_asked(world: World) -> None:
    (ana, ben, cleo), channel = await start_team(world)
    await start_due_test(world, cleo, ben, channel)
    await cleo.member.leave_channel(channel)
    await world.advance_time(days=1)
    assert count_questions(ana, ben, cleo) == [0, 1, 0]
    await start_test(ben, channel, "dear", Until="2026-10-13")
    await ben.member.leave_channel(channel)
    await world.advance_time(days=1)
    assert count_questions(ana, ben, cleo) == [1, 1, 0]


async def test_nobody_is_asked_while_the_canvas_is_archived_or_the_entry_deleted(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_due_test(world, ana, ana, channel)
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await choose_from_canvas_list(ana, channel, "Reports", "Archive")
    await world.advance_time(days=1)
    assert count_questions(ana) == [0]
    await choose_from_canvas_list(ana, channel, "Reports", "Restore")
    await world.advance_time(minutes=1)
    assert count_questions(ana) == [0]
    await ana.click_button(ana.find_message(channel, "Deleted: "), "Undo")
    await world.advance_time(minutes=1)
    assert count_questions(ana) == [1]


async def test_a_question_that_slack_may_have_got_is_not_asked_twice(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_due_test(world, ana, ana, channel)
    await world.advance_time(hours=14)
    world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await world.advance_time(hours=1)
    await world.advance_time(minutes=5)
    assert count_questions(ana) == [1]


async def test_a_digest_tells_of_tests_that_are_overdue_and_of_what_happened_to_them_once(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await send_digest(world, ana, channel)
    await start_due_test(world, ana, ana, channel)
    digest = await send_digest(world, ana, channel)
    assert "• Started: “slow”, right if ≥ 3 of 5 customers, until 12 Oct" in digest
    assert "overdue" not in digest
    await world.advance_time(days=1)
    digest = await send_digest(world, ana, channel)
    assert ":test_tube: 1 test overdue since 12 Oct: “slow”" in digest
    assert "Started" not in digest
    await record_result(ana, channel, "1")
    await decide(ana, channel, "Keep", "ask others")
    digest = await send_digest(world, ana, channel)
    assert "overdue" not in digest
    assert "• Decided: keep “slow”: ask others\n• Not met: 1, needed ≥ 3 of 5 customers: “slow”" in digest
    digest = await send_digest(world, ana, channel)
    assert "*Tests*" not in digest


async def send_digest(world: World, person: Person, channel: SlackChannel) -> str:
    await person.type_text(channel, "/valuemap digest now")
    await world.advance_time(seconds=30)
    return world.find_digests(person, channel)[-1].text


async def test_a_scheduled_digest_is_no_unchanged_one_when_a_test_became_overdue(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap digest daily 10:00")
    await start_due_test(world, ana, ana, channel)
    await world.advance_time(hours=24)
    assert "nothing happened" not in world.find_digests(ana, channel)[-1].text
    for _ in range(2):
        await world.advance_time(hours=24)
    texts = [seen.text for seen in ana.visible_messages(channel)]
    assert sum("test overdue" in text for text in texts) == 1
    assert sum("nothing happened since the last digest" in text for text in texts) == 2


@pytest.mark.databases("sqlite", "postgresql")
async def test_home_names_the_tests_of_the_member_whose_results_are_missing(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    assert "[Tests]" not in await ana.open_home()
    await start_due_test(world, ben, ana, channel)
    assert "Record what you saw" not in await ben.open_home()
    await world.advance_time(days=1)
    assert "Record what you saw" not in await ana.open_home()
    home = await ben.open_home()
    assert ":test_tube: Record what you saw: “slow”" in home
    await ben.click_in_home("Tests")
    assert "*Due: what did you see?*" in ben.modal.text
