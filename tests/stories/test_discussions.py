"""Discussions: reasons from both sides in private, then a sealed vote on the entry."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackChannel
from bot.features.discussions import service
from bot.features.rounds.model import Voters
from bot.store import discussions as store
from bot.store.loading import load_canvas
from tests.conftest import World
from tests.stories.voting import (
    count_reminders,
    find_card,
    find_public_messages,
    run_second_bot,
    start_team,
)

TUESDAY = datetime(2026, 10, 13, 15, tzinfo=UTC)  # 17:00 in Berlin, on the day after the stories begin
CALL = "asks you to vote again in private"
OVER = "The time for reasons is over"
GONE = "That discussion is not there any more"


async def start_divided_team(
    world: World, levels: tuple[str, ...] = ("five", "one", ""), text: str = "slow"
) -> tuple[list[Person], SlackChannel]:
    """Start a team whose members vote so on a pain; "" is no vote."""
    people, channel = await start_team(world, len(levels))
    for person, name in zip(people, levels, strict=True):
        if name:
            await person.add_reaction(find_card(person, channel, text), name)
    await world.advance_time(seconds=5)
    return people, channel


async def start_discussion(
    world: World, levels: tuple[str, ...] = ("five", "one", "")
) -> tuple[list[Person], SlackChannel]:
    people, channel = await start_divided_team(world, levels)
    await people[0].type_text(channel, "/valuemap discuss slow")
    await world.advance_time(seconds=5)
    return people, channel


def find_questions(person: Person) -> list[VisibleMessage]:
    return [
        seen
        for seen in person.visible_messages(person.direct_channel)
        if "wants the team to discuss" in seen.text
    ]


async def open_form(person: Person) -> None:
    await person.click_button(find_questions(person)[-1], "Give a reason")


async def give_reason(person: Person, text: str, *, shows_name: bool = False) -> None:
    await open_form(person)
    direction = "higher" if "reason for higher" in person.modal.text else "lower"
    await person.modal.fill_field(f"Your reason for {direction}", text)
    if shows_name:
        await person.modal.fill_field("Name", ["Show my name beside it"])
    await person.modal.submit()


async def click_with_value(person: Person, seen: VisibleMessage, value: str) -> None:
    """Click *Open the vote* with this value in place of "CANVAS:DISCUSSION"."""
    elements = [element for block in seen.message.blocks for element in block.get("elements", ())]
    (button,) = (each for each in elements if each.get("action_id") == "open_vote")
    assert button["value"] == "1:1"
    button["value"] = value
    await person.click_button(seen, "Open the vote")


def find_calls(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    return find_public_messages(person, channel, CALL)


async def vote_again(person: Person, channel: SlackChannel, level: str) -> None:
    await person.click_button(find_calls(person, channel)[-1], "Vote in private")
    await person.modal.click_button(level)
    await person.member.close_view(whole_stack=True)


async def end_vote(world: World, person: Person, channel: SlackChannel) -> VisibleMessage:
    """End the vote of a discussion and return its result."""
    await person.click_button(find_calls(person, channel)[-1], "End vote")
    await world.advance_time(seconds=30)
    return find_public_messages(person, channel, "voted again")[-1]


def read_direct(person: Person) -> str:
    """Return the last answer to a button in the direct message."""
    return person.last_message(person.direct_channel).text


async def read_answer(person: Person, channel: SlackChannel, command: str) -> str:
    await person.type_text(channel, f"/valuemap {command}")
    return person.last_message(channel).text


async def test_a_discussion_from_its_start_to_its_result(world: World) -> None:
    (ana, ben, cleo), channel = await start_divided_team(world)
    await ana.click_button(find_card(ana, channel, "slow"), "Discuss")
    assert "I've asked 2 members in private for a reason on pain “slow”" in ana.last_message(channel).text
    await world.advance_time(seconds=5)
    assert [len(find_questions(person)) for person in (ana, ben, cleo)] == [1, 1, 0]
    for person, vote, direction in ((ana, "*5*, above", "higher"), (ben, "*1*, below", "lower")):
        question = f"You voted {vote} the team's mean of 3.00: what is your reason for {direction}?"
        assert question in find_questions(person)[0].text
    card = find_card(ana, channel, "slow").text
    assert "in discussion, collecting reasons until Tue 13 Oct 17:00" in card
    assert "[Discuss]" not in card

    await give_reason(ana, "It costs <us> most")
    assert "your reason is saved" in ana.last_message(channel).text
    assert "1 of 2 has answered" in await read_answer(cleo, channel, "discuss")
    assert find_calls(ana, channel) == []
    assert "costs" not in find_card(ana, channel, "slow").text
    await give_reason(ben, "Nobody complains", shows_name=True)
    assert "All have answered" in ben.find_message(channel, "Thank you").text
    await world.advance_time(seconds=5)
    (call,) = find_calls(ana, channel)
    reasons = "*For higher:*\n• It costs <us> most\n*For lower:*\n• Nobody complains — P1"
    assert f"*Ana {CALL} on pain “slow” by Tue 13 Oct 17:00 (Europe/Berlin)*" in call.text
    assert reasons in call.text
    assert "|its card>" in str(call.message.blocks)
    card = find_card(ana, channel, "slow").text
    assert (
        f"sealed until Tue 13 Oct 17:00 (Europe/Berlin)\n▸ Reasons: 1 for higher, 1 for lower\n{reasons}"
        in card
    )
    assert "• Nobody complains — P1" in find_card(ana, channel, "slow").message.text
    assert "&lt;us&gt;" in str(call.message.blocks), "what somebody typed is escaped"

    await vote_again(ana, channel, "4")
    await vote_again(ben, channel, "3")
    await world.advance_time(seconds=5)
    assert "*2 of 3 have voted*" in find_calls(ana, channel)[0].text
    result = await end_vote(world, ana, channel)
    assert result.text.startswith("*Settled:* pain “slow”\n")
    assert "2 of 3 voted again · Ana ended the vote early" in result.text
    assert "Votes: one 5, one 1 → one 4, one 3" in result.text
    assert "Score 3.00 → 3.25 · agreement 0.00 → 0.81\n" in result.text
    assert "Shift +0.50 of the 2 who voted both times: 1 up, 1 down, 0 stayed" in result.text
    assert reasons in result.text
    closed = find_public_messages(ana, channel, "The sealed vote on pain “slow”")
    assert "is closed. 2 of 3 took part: see the result." in closed[-1].text

    told = (
        "settled: one 5, one 1 → one 4, one 3 · "
        "shift +0.50 of the 2 who voted both times: 1 up, 1 down, 0 stayed"
    )
    why = await read_answer(cleo, channel, "why slow")
    assert f"*Discussed 12 Oct 2026:* {told}." in why
    assert reasons in why
    assert told in await read_answer(cleo, channel, "discuss")
    await ana.type_text(channel, "/valuemap export md")
    assert f"## Discussions\n\n- pain “slow” (12 Oct 2026): {told}" in world.slack.files[-1].content.decode()
    await ana.type_text(channel, "/valuemap export json")
    (exported,) = json.loads(world.slack.files[-1].content)["discussions"]
    assert exported["before"] == {"votes": [5, 1], "score": 3.0, "agreement": 0.0}
    assert exported["after"]["votes"] == [4, 3]
    assert (exported["shift"], exported["moved"]) == (0.5, {"up": 1, "down": 1, "stayed": 0})
    assert exported["settled"] is True
    assert exported["reasons"] == [
        {"for": "higher", "text": "It costs <us> most", "by": None},
        {"for": "lower", "text": "Nobody complains", "by": ben.id},
    ]


async def test_the_vote_opens_at_the_deadline_with_the_reasons_that_are_there(world: World) -> None:
    (ana, ben, cleo, _), channel = await start_discussion(world, ("five", "one", "one", ""))
    await give_reason(ben, "Too rare")
    await cleo.click_button(find_questions(cleo)[-1], "No reason")
    await world.advance_to(TUESDAY)
    (call,) = find_calls(ana, channel)
    assert "*For higher:* nobody gave a reason\n*For lower:*\n• Too rare" in call.text
    await open_form(ana)
    assert OVER in read_direct(ana)
    await cleo.click_button(find_questions(cleo)[-1], "No reason")
    assert OVER in read_direct(cleo)
    await world.advance_to(TUESDAY.replace(day=14))
    await world.advance_time(minutes=1)
    result = find_public_messages(ana, channel, "voted again")[-1]
    assert "0 of 4 voted again" in result.text
    assert "No shift, since nobody voted both times" in result.text
    assert result.text.startswith("*Still divided, test it:* pain “slow”")


async def test_a_form_that_is_sent_after_the_time_for_reasons_is_over_is_refused(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await open_form(ben)
    form = ben.modal
    await form.fill_field("Your reason for lower", "Too late")
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    ana.find_message(channel, "is open. I've told the channel.")
    await form.submit()
    assert OVER in " ".join(form.errors.values())
    await world.advance_time(seconds=5)
    assert "Too late" not in find_calls(ana, channel)[0].text
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    assert OVER in ana.last_message(channel).text
    assert len(find_calls(ana, channel)) == 1


async def test_a_form_that_is_sent_after_the_discussion_was_taken_back_is_refused(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await open_form(ben)
    form, answer = ben.modal, ana.find_message(channel, "[Open the vote]")
    await ana.click_button(answer, "Take it back")
    await form.submit()
    assert GONE in " ".join(form.errors.values())
    await ana.click_button(answer, "Open the vote")
    assert GONE in ana.last_message(channel).text


@pytest.mark.parametrize("value", ["1:", "1:x", "1:99"])
async def test_a_value_that_names_no_discussion_changes_none(world: World, value: str) -> None:
    (ana, _, _), channel = await start_discussion(world)
    await click_with_value(ana, ana.find_message(channel, "[Open the vote]"), value)
    assert GONE in ana.last_message(channel).text
    assert "collecting reasons" in find_card(ana, channel, "slow").text


async def test_a_discussion_of_another_canvas_is_none_of_this_channel(world: World) -> None:
    (ana, _, _), channel = await start_discussion(world)
    other = world.harness.add_channel("other", ana)
    await ana.type_text(other, "/valuemap new Other")
    forged = ana.last_message(other)
    forged.message.blocks[:] = ana.find_message(channel, "[Open the vote]").message.blocks
    await click_with_value(ana, forged, "2:1")
    assert GONE in ana.last_message(other).text
    assert "collecting reasons" in find_card(ana, channel, "slow").text


@pytest.mark.databases("sqlite", "postgresql")
async def test_of_two_starts_at_the_same_time_one_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither start sees the other one yet."""

    async def find_no_obstacle(*_: object) -> None: ...

    (ana, ben, _), channel = await start_divided_team(world)
    monkeypatch.setattr(service, "_require_discussable", find_no_obstacle)
    for person in (ana, ben):
        await person.type_text(channel, "/valuemap discuss slow")
    assert "“slow” is in discussion already: `/valuemap discuss` shows it" in ben.last_message(channel).text
    await world.advance_time(seconds=5)
    assert [len(find_questions(person)) for person in (ana, ben)] == [1, 1]


async def test_where_too_many_are_members_to_list_all_who_voted_are_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ana, ben, _), channel = await start_divided_team(world)

    async def list_some(*_: object) -> Voters:
        return Voters(frozenset({ana.id}), is_complete=False)

    monkeypatch.setattr(service, "load_voters_if_possible", list_some)
    await ana.type_text(channel, "/valuemap discuss slow")
    await world.advance_time(seconds=5)
    assert [len(find_questions(person)) for person in (ana, ben)] == [1, 1]


async def test_a_reason_can_be_changed_or_taken_back_until_all_have_answered(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await give_reason(ana, "First")
    await ana.click_button(ana.last_message(channel), "Change it")
    assert "First" in str(ana.modal._view)
    await ana.modal.fill_field("Your reason for higher", "   ")
    await ana.modal.submit()
    assert "no reason from you" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Change it")
    await ana.modal.fill_field("Your reason for higher", "Second")
    await ana.modal.submit()
    await ben.click_button(find_questions(ben)[-1], "No reason")
    await world.advance_time(seconds=5)
    (call,) = find_calls(ana, channel)
    assert "*For higher:*\n• Second\n*For lower:* nobody gave a reason" in call.text
    assert "First" not in call.text


async def test_who_gives_no_reason_after_all_does_not_show_their_name(world: World) -> None:
    (ana, _, _), _ = await start_discussion(world)
    await give_reason(ana, "First", shows_name=True)
    await open_form(ana)
    assert "initial_options" in str(ana.modal._view)
    await ana.member.close_view(whole_stack=True)
    await ana.click_button(find_questions(ana)[-1], "No reason")
    await open_form(ana)
    assert "initial_options" not in str(ana.modal._view)


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_last_two_answers_at_the_same_time_open_one_vote(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    for person, direction in ((ana, "higher"), (ben, "lower")):
        await open_form(person)
        await person.modal.fill_field(f"Your reason for {direction}", direction)
    async with run_second_bot(world) as other:
        await asyncio.gather(ana.modal.submit(), ben.modal.submit(), other.scheduler.tick())
        await world.advance_time(seconds=10)
    (call,) = find_calls(ana, channel)
    assert "• higher" in call.text
    assert "• lower" in call.text


@pytest.mark.databases("sqlite", "postgresql")
async def test_only_its_starter_ends_the_time_for_reasons_or_takes_it_back(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    answer = ana.find_message(channel, "[Open the vote]")
    for label in ("Open the vote", "Take it back"):
        await ben.click_button(answer, label)
        assert "Only Ana, who started this discussion" in ben.last_message(channel).text
    await ana.click_button(answer, "Take it back")
    assert "taken back" in ana.last_message(channel).text
    await world.advance_time(seconds=10)
    assert "[Discuss]" in find_card(ana, channel, "slow").text
    await open_form(ben)
    assert GONE in read_direct(ben)
    await ana.type_text(channel, "/valuemap discuss slow")
    await world.advance_time(seconds=5)
    await give_reason(ben, "Rare")
    await ana.click_button(ana.find_message(channel, "[Take it back]"), "Take it back")
    assert "Somebody has given a reason already" in ana.last_message(channel).text


async def find_texts_to_be_tested(world: World) -> list[str]:
    async with world.bot.db.reading(TEAM_ID) as session:
        canvas = await load_canvas(session, 1)
    return [entry.text for entry in canvas.entries if entry.id in canvas.to_be_tested]


async def test_after_two_that_leave_the_team_divided_it_is_tested_instead(world: World) -> None:
    (ana, ben, _), channel = await start_divided_team(world)
    for number in (1, 2):
        await ana.type_text(channel, "/valuemap discuss slow")
        await world.advance_time(seconds=5)
        for person in (ana, ben):
            await give_reason(person, f"{person.user.name} {number}")
        await world.advance_time(seconds=5)
        await vote_again(ana, channel, "5")
        await vote_again(ben, channel, "1")
        result = await end_vote(world, ana, channel)
        assert result.text.startswith("*Still divided, test it:* pain “slow”")
        assert "Shift ±0.00 of the 2 who voted both times: 0 up, 0 down, 2 stayed" in result.text
        assert ("[Test it] [Discuss again]" in result.text) is (number == 1)
        assert "[Test it]" in result.text
        assert await find_texts_to_be_tested(world) == ["slow"] * (number == 2), "what the next step offers"
    assert "[Test it]" in await read_answer(ana, channel, "discuss")
    assert "[Discuss]" not in ana.last_message(channel).text
    await ana.click_button(find_card(ana, channel, "slow"), "Discuss")
    refusal = ana.last_message(channel)
    assert "The team has discussed “slow” twice and is still divided: test it with customers" in refusal.text
    await ana.click_button(refusal, "Test it")
    assert "To check it we" in ana.modal.text
    await ana.member.close_view(whole_stack=True)
    assert "Ana 2" in find_card(ana, channel, "slow").text
    assert "Ana 1" not in find_card(ana, channel, "slow").text, "the card has the reasons of the last one"


async def test_what_cannot_be_discussed_is_refused_in_one_sentence(world: World) -> None:
    (ana, ben, _), channel = await start_divided_team(world)
    assert "No entry contains “nothing”" in await read_answer(ana, channel, "discuss nothing")
    assert "Nobody has voted on “dear” yet" in await read_answer(ana, channel, "discuss dear")
    await ana.click_button(ana.last_message(channel), "Vote")
    assert "*dear*" in ana.modal.text
    await ana.member.close_view(whole_stack=True)
    await ana.type_text(channel, "/valuemap discuss slow")
    assert "“slow” is in discussion already: reasons until" in await read_answer(ben, channel, "discuss slow")
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(seconds=5)
    assert "“slow” is in a sealed vote until Tue 13 Oct" in await read_answer(ben, channel, "discuss slow")
    await ben.add_reaction(find_card(ben, channel, "dull"), "five")
    await ana.type_text(channel, "/valuemap vote pains until friday")
    assert "“dull” is in the vote on pains until" in await read_answer(ben, channel, "discuss dull")


async def test_an_entry_that_was_deleted_meanwhile_cannot_be_discussed(world: World) -> None:
    (ana, ben, _), channel = await start_divided_team(world)
    await ana.type_text(channel, "/valuemap discuss")
    listed = ana.last_message(channel)
    await ben.click_button(find_card(ben, channel, "slow"), "⋯", "Delete")
    await ana.click_button(listed, "Discuss")
    assert "That entry is not there any more" in ana.last_message(channel).text
    assert [find_questions(person) for person in (ana, ben)] == [[], []]


async def test_a_bot_that_is_not_in_the_channel_starts_no_discussion(world: World) -> None:
    (ana, ben, _), channel = await start_divided_team(world)
    channel.member_ids.discard(BOT_USER_ID)
    assert "I'm not in this channel" in await read_answer(ana, channel, "discuss slow")
    channel.member_ids.add(BOT_USER_ID)
    await world.advance_time(minutes=1)
    assert find_questions(ben) == []


async def test_two_entries_are_discussed_at_the_same_time(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.add_reaction(find_card(ana, channel, "dull"), "five")
    await ben.add_reaction(find_card(ben, channel, "dull"), "one")
    await world.advance_time(seconds=5)
    assert "I've asked 2 members" in await read_answer(ben, channel, "discuss dull")


async def test_what_ended_after_it_was_found_due_opens_no_vote(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A discussion that is gone, and one that was taken back, come before one that is due."""
    (ana, _, _), channel = await start_discussion(world)
    await ana.click_button(ana.find_message(channel, "[Take it back]"), "Take it back")
    await ana.type_text(channel, "/valuemap discuss slow")

    async def list_due(*_: object) -> list[tuple[str, int]]:
        return [(TEAM_ID, 99), (TEAM_ID, 1), (TEAM_ID, 2)]

    monkeypatch.setattr(store, "list_due_discussions", list_due)
    await world.advance_time(minutes=1)
    assert len(find_calls(ana, channel)) == 1


@pytest.mark.parametrize("label", ["Delete", "Archive"])
async def test_nobody_is_asked_about_what_is_gone(world: World, label: str) -> None:
    """Slack limits the bot when it wants to ask, and the entry or its canvas goes meanwhile."""
    (ana, ben, _), channel = await start_divided_team(world)
    world.slack.inject_fault("chat.postMessage", retry_after=60)
    await ana.type_text(channel, "/valuemap discuss slow")
    if label == "Archive":
        await ana.type_text(channel, "/valuemap canvases")
        await ana.click_button(ana.last_message(channel), "⋯", label)
    else:
        await ana.click_button(find_card(ana, channel, "slow"), "⋯", label)
    await world.advance_time(minutes=2)
    assert [find_questions(person) for person in (ana, ben)] == [[], []]


@pytest.mark.parametrize(("label", "questions"), [("", 1), ("Take it back", 0), ("Open the vote", 0)])
async def test_nobody_is_asked_once_the_time_for_reasons_is_over(
    world: World, label: str, questions: int
) -> None:
    """Slack limits the bot when it wants to ask, and somebody presses a button meanwhile."""
    (ana, ben, _), channel = await start_divided_team(world)
    world.slack.inject_fault("chat.postMessage", retry_after=60)
    await ana.type_text(channel, "/valuemap discuss slow")
    assert world.slack.faults[0].times == 0
    if label:
        await ana.click_button(ana.find_message(channel, f"[{label}]"), label)
    await world.advance_time(minutes=2)
    assert [len(find_questions(person)) for person in (ana, ben)] == [questions, questions]


async def test_where_nobody_is_far_from_the_mean_the_vote_opens_at_once(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world, ("four", "five", "four"))
    ana.find_message(channel, "All votes on pain “slow” are close together")
    (call,) = find_calls(ana, channel)
    assert "For higher" not in call.text
    assert find_questions(ben) == []


async def test_who_left_the_channel_is_not_asked(world: World) -> None:
    (ana, ben, cleo), channel = await start_divided_team(world, ("five", "one", "one"))
    await ben.leave_channel(channel)
    world.slack.inject_fault("conversations.open", error="internal_error", times=2)
    await ana.type_text(channel, "/valuemap discuss slow")
    assert "I've asked 2 members" in ana.last_message(channel).text
    channel.member_ids.remove(cleo.id)  # after the start, before the attempt that asks
    await world.advance_time(minutes=2)
    assert [len(find_questions(person)) for person in (ana, ben, cleo)] == [1, 0, 0]
    await open_form(ana)
    assert "others may guess that it is yours" in ana.modal.text


@pytest.mark.parametrize(
    "error", ["user_is_restricted", "channel_not_found", "user_disabled", "cannot_dm_bot"]
)
async def test_a_guest_whom_slack_does_not_let_the_bot_write_to_holds_up_nobody(
    world: World, error: str
) -> None:
    (ana, ben, _), channel = await start_divided_team(world)
    world.slack.inject_fault("conversations.open", error=error)
    await ana.type_text(channel, "/valuemap discuss slow")
    await world.advance_time(minutes=10)
    assert sorted(len(find_questions(person)) for person in (ana, ben)) == [0, 1]
    await world.advance_to(TUESDAY)
    assert len(find_calls(ana, channel)) == 1, "the bot still writes to the channel"


async def test_who_was_not_asked_cannot_give_a_reason(world: World) -> None:
    (_, ben, cleo), _ = await start_discussion(world)
    await cleo.click_button(find_questions(ben)[-1], "Give a reason")
    assert "I did not ask you for a reason" in cleo.last_message(ben.direct_channel).text


async def test_reasons_stand_in_random_order_without_their_authors(world: World) -> None:
    levels = ("five", "five", "five", "one", "one", "one")
    seen_orders = set()
    people, channel = await start_divided_team(world, levels)
    for number in range(4):
        await people[0].type_text(channel, "/valuemap discuss slow")
        await world.advance_time(seconds=5)
        for person in people:
            await give_reason(person, f"by-{person.user.name}")
        await world.advance_time(seconds=5)
        call = find_calls(people[0], channel)[-1]
        lines = tuple(line for line in call.text.splitlines() if line.startswith("• by-"))
        assert len(lines) == 6
        assert not any(person.id in f"{call.message.blocks}{call.message.text}" for person in people[1:])
        seen_orders.add(lines)
        for person in people:  # all agree, so that the entry can be discussed again
            await vote_again(person, channel, "4")
        await end_vote(world, people[0], channel)
        if number == 3:
            break
        for person, name in zip(people, levels, strict=True):
            await person.remove_reaction(find_card(person, channel, "slow"), name)
            await person.add_reaction(find_card(person, channel, "slow"), name)
        await world.advance_time(seconds=5)
    assert len(seen_orders) > 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_entry_is_deleted_while_reasons_are_given(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await open_form(ben)
    assert GONE in read_direct(ben)
    await world.advance_to(TUESDAY)
    assert find_calls(ana, channel) == []
    await ana.click_button(ana.find_message(channel, "Deleted by Ana"), "Undo")
    await world.advance_time(seconds=5)
    assert "[Discuss]" in find_card(ana, channel, "slow").text


async def test_the_vote_on_an_entry_that_was_deleted_is_not_opened(world: World) -> None:
    (ana, _, _), channel = await start_discussion(world)
    answer = ana.find_message(channel, "[Open the vote]")
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await ana.click_button(answer, "Open the vote")
    assert "That entry is not there any more" in ana.last_message(channel).text
    await world.advance_to(TUESDAY)
    assert find_calls(ana, channel) == []


async def test_the_last_reason_about_an_entry_that_was_deleted_opens_no_vote(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await give_reason(ana, "Much")
    await open_form(ben)
    form = ben.modal
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await form.submit()
    assert "The entry was deleted meanwhile, so its discussion is over" in ben.last_message(channel).text
    await world.advance_to(TUESDAY)
    assert find_calls(ana, channel) == []


async def test_the_entry_is_deleted_while_it_is_voted_on(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(seconds=5)
    await vote_again(ben, channel, "4")
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await world.advance_time(seconds=10)
    assert "rests: its entry was deleted" in find_public_messages(ana, channel, "vote on one pain")[-1].text
    await world.advance_to(TUESDAY)
    assert find_public_messages(ana, channel, "voted again") == []
    assert "is over without a result: its entry" in find_public_messages(ana, channel, "one pain")[-1].text


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_entry_is_merged_into_another_meanwhile(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "dear")
    await ana.modal.submit()
    await give_reason(ana, "Much")
    await give_reason(ben, "Little")
    await world.advance_time(seconds=10)
    assert f"*Ana {CALL} on pain “dear” by" in find_calls(ana, channel)[-1].text
    await vote_again(ben, channel, "4")
    await world.advance_time(seconds=5)
    await ana.click_button(find_card(ana, channel, "dear"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "dull")
    await ana.modal.submit()
    await world.advance_time(seconds=10)
    await vote_again(ana, channel, "4")
    result = await end_vote(world, ana, channel)
    assert result.text.startswith("*Settled:* pain “dull”")
    assert "one 5, one 1 → two 4s" in result.text
    assert "• Much" in await read_answer(ben, channel, "why dull")


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_text_with_another_meaning_forgets_the_votes_and_reasons_of_before(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await give_reason(ben, "Rare")
    await open_form(ben)
    opened_before = ben.modal
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Edit or move to another kind")
    await ana.modal.fill_field("The pain", "expensive")
    await ana.modal.fill_field("It has 2 votes", "Clear the votes")
    await ana.modal.submit()
    await open_form(ana)
    assert "I did not ask you for a reason" in read_direct(ana)
    await opened_before.submit()
    assert "I did not ask you for a reason" in " ".join(opened_before.errors.values())
    await world.advance_to(TUESDAY)
    (call,) = find_calls(ana, channel)
    assert "Rare" not in call.text
    await vote_again(ana, channel, "4")
    await vote_again(ben, channel, "4")
    result = await end_vote(world, ana, channel)
    assert "Votes: no votes → two 4s" in result.text
    assert "No shift, since nobody voted both times" in result.text


@pytest.mark.databases("sqlite", "postgresql")
async def test_another_sealed_vote_on_its_box_comes_first(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.type_text(channel, "/valuemap vote pains sealed until wednesday 17:00")
    await give_reason(ana, "Much")
    await give_reason(ben, "Little")
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    assert "is in another sealed vote: this one opens after it" in ana.last_message(channel).text
    assert "asking for reasons until Wed 14 Oct 17:00" in await read_answer(ana, channel, "discuss")
    await world.advance_time(minutes=2)
    assert find_calls(ana, channel) == []
    await world.advance_to(TUESDAY.replace(day=14))
    await world.advance_time(minutes=1)
    assert "• Much" in find_calls(ana, channel)[0].text


async def test_a_vote_on_its_box_leaves_out_an_entry_that_is_voted_on_again(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(seconds=5)
    await ben.type_text(channel, "/valuemap vote pains sealed until friday 17:00")
    await world.advance_time(seconds=5)
    assert "asks you to vote in private on 2 pains" in find_public_messages(ana, channel, "2 pains")[0].text
    await vote_again(ana, channel, "4")
    await vote_again(ben, channel, "4")
    result = await end_vote(world, ana, channel)
    assert result.text.startswith("*Settled:* pain “slow”")
    assert "sealed until Fri" in find_card(ana, channel, "dear").text
    assert "score 3.50, 2 votes (two 4s)" in find_card(ana, channel, "slow").text


async def test_what_is_sealed_longer_than_a_discussion_is_counted_apart(world: World) -> None:
    (ana, *_), channel = await start_discussion(world)
    await ana.type_text(channel, "/valuemap vote jobs sealed until in 9 days")
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(seconds=5)
    ends = "sealed until Tue 13 Oct 17:00 (Europe/Berlin) and 1 longer"
    assert f"1 card {ends}" in await read_answer(ana, channel, "rank")
    fit = await read_answer(ana, channel, "fit")
    assert f"1 need {ends}, not counted" in fit
    assert "A sealed vote runs until Tue 13 Oct 17:00 (Europe/Berlin): vote in private" in fit


async def test_a_call_that_was_deleted_is_posted_again_with_the_reasons(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await give_reason(ana, "Much")
    await give_reason(ben, "Little")
    await world.advance_time(seconds=5)
    (call,) = find_calls(ana, channel)
    world.slack.messages.remove(call.message)
    await ben.click_button(find_card(ben, channel, "slow"), "⋯", "Vote")
    await ben.modal.click_button("4")
    await ben.member.close_view(whole_stack=True)
    await world.advance_time(seconds=10)
    (again,) = find_calls(ana, channel)
    assert "*1 of 3 has voted*" in again.text
    assert "• Much" in again.text


async def test_only_who_has_not_voted_again_is_reminded_and_once(world: World) -> None:
    (ana, ben, cleo), channel = await start_discussion(world)
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(seconds=5)
    await vote_again(ben, channel, "4")
    await world.advance_to(TUESDAY.replace(hour=14))
    assert count_reminders([ana, ben, cleo]) == [1, 0, 1]
    reminder = cleo.find_message(cleo.direct_channel, "you have not voted yet")
    assert "vote> on pain “slow” of *Reports for small shops*" in reminder.message.text
    await cleo.click_button(reminder, "Vote in private")
    assert "*slow*" in cleo.modal.text


async def test_the_canvas_is_archived_or_deleted_meanwhile(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(seconds=5)
    await ana.type_text(channel, "/valuemap canvases")
    await ana.click_button(ana.last_message(channel), "⋯", "Archive")
    await world.advance_time(seconds=5)
    assert "rests, since its canvas is archived" in find_public_messages(ana, channel, "one pain")[-1].text
    await ana.type_text(channel, "/valuemap canvases")
    await ana.click_button(ana.last_message(channel), "⋯", "Delete…")
    await ana.modal.submit()
    await world.advance_to(TUESDAY)
    await world.advance_time(minutes=1)
    assert find_public_messages(ana, channel, "voted again") == []
    assert "• " not in "".join(seen.text for seen in find_public_messages(ben, channel, "one pain"))


async def test_the_canvas_is_archived_until_the_time_for_reasons_is_over(world: World) -> None:
    (ana, _, _), channel = await start_discussion(world)
    await ana.type_text(channel, "/valuemap canvases")
    await ana.click_button(ana.last_message(channel), "⋯", "Archive")
    await world.advance_time(seconds=5)
    assert "in discussion" in find_card(ana, channel, "slow").text, "it may come back in time"
    await world.advance_to(TUESDAY)
    await world.advance_time(minutes=1)
    assert find_calls(ana, channel) == []
    assert "in discussion" not in find_card(ana, channel, "slow").text


async def test_a_discussion_lies_wherever_something_is_called_divisive(world: World) -> None:
    (ana, ben, _), channel = await start_divided_team(world)
    for command in ("rank pains", "why slow", "discuss"):
        await ben.type_text(channel, f"/valuemap {command}")
        assert "[Discuss]" in ben.last_message(channel).text, command
    assert "Nothing divides the team now" not in ben.last_message(channel).text
    await ana.type_text(channel, "/valuemap vote pains until friday")
    await world.advance_time(seconds=2)
    await ana.click_button(find_public_messages(ana, channel, "[Vote now]")[-1], "End vote")
    await world.advance_time(seconds=20)
    result = find_public_messages(ana, channel, "Vote closed · ")[-1]
    assert "Divides the team, discuss it:* pain “slow”  [Discuss]" in result.text
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(minutes=1)
    digest = find_public_messages(ana, channel, "Fit digest")[-1]
    await ben.click_button(digest, "Discuss")
    assert "I've asked 2 members in private" in ben.last_message(channel).text


async def test_without_divisive_entries_the_command_says_so(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    assert "Nothing divides the team now" in await read_answer(ana, channel, "discuss")


async def test_several_entries_with_these_words_are_offered(world: World) -> None:
    (ana, *_), channel = await start_divided_team(world)
    await ana.type_text(channel, "/valuemap add pain: slow at night")
    await ana.type_text(channel, "/valuemap discuss night slow")
    assert "Nobody has voted on “slow at night” yet" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap add pain: late at night")
    await ana.type_text(channel, "/valuemap discuss night")
    assert "2 entries match “night”" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Discuss")
    assert "Nobody has voted" in ana.last_message(channel).text


@pytest.mark.databases("sqlite", "postgresql")
async def test_it_survives_crashes_with_one_call_and_one_result(world: World) -> None:
    (ana, ben, _), channel = await start_discussion(world)
    await give_reason(ana, "Much")
    world.slack.inject_fault("chat.postMessage", error="internal_error", times=1)
    await give_reason(ben, "Little")
    async with run_second_bot(world) as other:
        await other.scheduler.tick()
        await world.advance_time(minutes=5)
        assert len(find_calls(ana, channel)) == 1
        await vote_again(ana, channel, "4")
        world.slack.inject_fault("chat.postMessage", error="internal_error", times=1)
        world.clock.advance(TUESDAY - world.clock.now())
        for bot in (other, world.bot):
            await bot.scheduler.tick()
        await world.advance_time(minutes=5)
    assert len(find_public_messages(ana, channel, "voted again")) == 1
    assert "1 of 3 voted again" in find_public_messages(ana, channel, "voted again")[0].text
