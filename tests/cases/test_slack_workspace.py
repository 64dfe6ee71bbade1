"""A workspace as it is: people change and leave, channels are large, and Slack limits calls."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.client.modal import NotVisible
from bot.fake_slack.models import SlackChannel, SlackMessage, SlackUser
from bot.features.channels.membership import GROUP_MESSAGE_TEXT, USER_NOT_IN_CHANNEL
from bot.store import canvases as canvas_store
from bot.store.model import CanvasInfo
from tests.conftest import World
from tests.stories.test_events import build_mention
from tests.stories.voting import find_card, start_team

pytestmark = pytest.mark.databases("sqlite")

MEMBERS, OWN_CHANNELS = "conversations.members", "users.conversations"
TOO_BUSY = "Slack is too busy to tell me who is in this channel, so nothing was done: please try again in"
Act = Callable[[Person, SlackChannel], Awaitable[None]]


# S8: names and time zones


@pytest.mark.databases("sqlite", "postgresql")
async def test_s8_a_new_name_is_on_cards_and_in_answers(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ben.type_text(channel, "/valuemap add pain: gone")
    for name in ("Anna Maria", "O'Hara & <Sons>", "李雷", "Ana 2 🐙"):
        await ana.change_profile(name=name)
        assert f"slow\nby {name} ·" in find_card(ben, channel, "slow").text
        await ben.type_text(channel, "/valuemap vote pains until in 2 hours")
        with contextlib.suppress(NotVisible):
            await ben.click_button(ben.find_message(channel, "asks you to vote on"), "End vote")
    assert "gone\nby P1 ·" in find_card(ana, channel, "gone").text
    assert "by Ana 2" in find_card(ben, channel, "report").text


@pytest.mark.parametrize(
    "zone_name", ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"]
)
async def test_s8_a_vote_closes_at_17_in_the_zone_that_its_starter_moved_to(
    world: World, zone_name: str
) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.change_profile(time_zone=zone_name)
    await ana.type_text(channel, "/valuemap vote pains until friday")
    closes_at = datetime(2026, 10, 16, 17, tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
    await world.advance_to(closes_at - timedelta(minutes=1))
    assert "Vote closed" not in ana.last_message(channel).text
    await world.advance_to(closes_at + timedelta(seconds=1))
    await world.settle()
    assert "Vote closed" in ana.find_message(channel, "Vote closed").text


async def test_s8_a_member_is_read_anew_after_a_day_in_case_the_event_was_lost(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    ana.user.name, ana.user.time_zone = "Anna", "America/New_York"
    await ana.type_text(channel, "/valuemap add pain: early")
    assert "by Ana ·" in find_card(ana, channel, "early").text
    await world.advance_time(hours=25)
    await ana.type_text(channel, "/valuemap add pain: late")
    assert "by Anna ·" in find_card(ana, channel, "late").text
    await ana.type_text(channel, "/valuemap vote pains until friday")
    assert "17:00 (America/New_York)" in ana.find_message(channel, "asks you to vote on").text
    world.slack.inject_fault("users.info", status=503, times=9)
    await world.advance_time(hours=25)
    await ana.type_text(channel, "/valuemap add pain: during an outage")
    assert "by Anna ·" in find_card(ana, channel, "during an outage").text


async def test_s8_changes_of_people_who_do_not_use_the_bot_store_and_send_nothing(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    eve = world.harness.add_person("Eve")
    await ana.type_text(channel, "/valuemap help")  # with the first request the bot asks Slack who it is
    calls = len(world.slack.calls)
    await eve.change_profile(name="Evelyn")  # she is in no channel with the bot
    await ana.change_profile()  # a new status, for example
    assert len(world.slack.calls) == calls
    assert "by Ana ·" in find_card(ana, channel, "slow").text


async def test_s8_many_cards_of_a_renamed_member_are_updated_some_each_minute(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, f"/valuemap add gain: {'; '.join(f'gain number {n}' for n in range(41))}")
    await ana.change_profile(name="Anna")
    counts = []
    for _ in range(3):
        messages = ana.visible_messages(channel)
        counts.append(sum("by Anna ·" in message.text for message in messages))
        await world.advance_time(minutes=1)
    assert counts == [20, 40, 45]


# S9: who is in a channel, where Slack limits the question


async def press_why(person: Person, channel: SlackChannel) -> None:
    await person.click_button(find_card(person, channel, "slow"), "⋯", "Why?")


async def type_rank(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "/valuemap rank")


async def mention_fit(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "@valuemap fit")


async def message_rank(person: Person, _channel: SlackChannel) -> None:
    await person.message_bot("rank")


async def press_vote_in_home(person: Person, _channel: SlackChannel) -> None:
    await person.click_in_home("Vote")


async def submit_edit(person: Person, channel: SlackChannel) -> None:
    await (await person.modal.fill_field("The pain", "slower")).submit()


async def open_edit_form(person: Person, channel: SlackChannel) -> None:
    await person.click_button(find_card(person, channel, "slow"), "⋯", "Edit or move to another kind")


async def test_s9_presses_within_a_minute_ask_slack_once(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await world.advance_time(minutes=2)
    before = world.slack.count_calls(MEMBERS)
    for act in (press_why, type_rank, mention_fit, open_edit_form, submit_edit):
        await act(ana, channel)
    assert find_card(ana, channel, "slower").text
    await ben.type_text(channel, "/valuemap fit")
    assert world.slack.count_calls(MEMBERS) == before + 1
    await world.advance_time(seconds=61)
    await ben.type_text(channel, "/valuemap fit")
    assert world.slack.count_calls(MEMBERS) == before + 2


async def test_s9_a_channel_of_3000_is_listed_once_a_minute_for_all_its_members(world: World) -> None:
    people, channel = await start_team(world)
    others = [SlackUser(f"UZ{number:04d}", f"Other {number}") for number in range(3000)]
    world.slack.users |= {user.id: user for user in others}
    channel.member_ids |= {user.id for user in others}
    last = Person(world.harness, others[-1])
    await world.advance_time(minutes=2)
    before = world.slack.count_calls(MEMBERS)
    await press_why(last, channel)
    assert "slow" in last.last_message(channel).text
    for person in people:
        await press_why(person, channel)
    assert world.slack.count_calls(MEMBERS) == before + 4, "pages of a thousand"


async def test_s9_a_limit_costs_a_member_who_was_just_seen_nothing(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap add reliever: robot")
    await ana.type_text(channel, "/valuemap review")
    world.slack.inject_fault(MEMBERS, retry_after=30, times=99)
    await ana.modal.fill_field("Fits strongly", ["slow"])
    modal = await ana.modal.submit()
    assert modal.errors == {}
    assert "You have reviewed every offer" in modal.text or "Saved" in modal.text
    await open_edit_form(ana, channel)
    await submit_edit(ana, channel)
    assert find_card(ana, channel, "slower").text


async def test_s9_a_form_that_cannot_be_checked_stays_open_and_says_when_to_try_again(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await open_edit_form(ana, channel)
    await world.advance_time(minutes=2)
    for seconds in (2, 30, 300):
        world.slack.inject_fault(MEMBERS, retry_after=seconds)
        await ana.modal.fill_field("The pain", "slower")
        modal = await ana.modal.submit()
        (error,) = modal.errors.values()
        assert f"{TOO_BUSY} {seconds} seconds." in error
        assert find_card(ana, channel, "slow").text
    await ana.modal.submit()
    assert find_card(ana, channel, "slower").text


async def test_s9_a_request_waits_as_long_as_slack_asks_if_that_is_short(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def note_wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.features.channels.membership.sleep", note_wait)
    (ana, *_), channel = await start_team(world)
    await world.advance_time(minutes=2)
    world.slack.inject_fault(MEMBERS, retry_after=4, times=2)
    await press_why(ana, channel)
    assert waits == [4, 4]
    assert "slow" in ana.last_message(channel).text
    await world.advance_time(minutes=2)
    world.slack.inject_fault(MEMBERS, retry_after=4, times=99)
    await press_why(ana, channel)
    assert waits == [4, 4, 4, 4]
    assert f"{TOO_BUSY} 4 seconds." in ana.last_message(channel).text


@pytest.mark.parametrize("way", ["command", "message"])
async def test_s9_what_was_typed_to_the_bot_alone_is_answered_after_the_wait_that_slack_asks_for(
    world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    waits: list[float] = []

    async def note_wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.features.channels.membership.sleep", note_wait)
    (ana, *_), _ = await start_team(world)
    world.slack.inject_fault(OWN_CHANNELS, retry_after=14, times=2)
    if way == "command":
        await ana.type_text(ana.direct_channel, "/valuemap rank")
    else:
        await ana.message_bot("rank")
    assert waits == [14, 14]
    assert "Ranking" in ana.last_message(ana.direct_channel).text


@pytest.mark.parametrize("method", ["conversations.info", OWN_CHANNELS])
async def test_s9_a_message_that_slacks_limit_delays_for_long_takes_effect_once_later(
    world: World, method: str
) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault(method, retry_after=60, times=2)
    words = "add gain: in time"
    if method == OWN_CHANNELS:
        await ana.message_bot(words)
    else:
        await world.harness.send_event(build_mention(ana, channel, words))
    for _ in range(4):
        assert not [m for m in ana.visible_messages(channel) if "try again" in m.text]
        await world.advance_time(minutes=2)
        await world.settle()
    assert len([m for m in ana.visible_messages(channel) if "\nin time\nby" in m.text]) == 1


async def test_s9_what_was_typed_in_the_channel_is_answered_although_slack_lists_nobody(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await world.advance_time(minutes=2)
    world.slack.inject_fault(MEMBERS, retry_after=60, times=99)
    await type_rank(ana, channel)
    assert "Ranking" in ana.last_message(channel).text
    await open_edit_form(ana, channel)  # the typed command shows that she is there
    await submit_edit(ana, channel)
    assert find_card(ana, channel, "slower").text


async def test_s9_home_and_direct_messages_proceed_or_say_when_to_try_again(world: World) -> None:
    (ana, ben, _), channel = await start_team(world)
    await ana.open_home()
    world.slack.inject_fault(OWN_CHANNELS, retry_after=60, times=99)
    await press_vote_in_home(ana, channel)  # she was seen in the channel just now
    assert "Others' votes show after yours." in ana.modal.text
    await ana.message_bot("rank")  # it stays stored
    assert "Reports for small shops" in await ana.open_home(), "what was shown before stays"
    assert f"{TOO_BUSY} 60 seconds.\n[Try again]" in await ben.open_home(), "it showed nothing before"
    world.slack.faults.clear()
    await ben.click_in_home("Try again")
    assert "Reports for small shops" in await ben.open_home()
    await world.advance_time(minutes=2)
    await world.settle()
    assert "Ranking" in ana.last_message(ana.direct_channel).text, "answered late, not turned away"


@pytest.mark.parametrize(
    "act", [press_why, message_rank, press_vote_in_home, submit_edit], ids=lambda act: act.__name__
)
@pytest.mark.parametrize("is_heard", [True, False], ids=["by the event", "after a minute"])
async def test_s9_who_was_removed_has_no_access(world: World, act: Act, is_heard: bool) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await open_edit_form(ana, channel)
    await ana.open_home()
    await press_why(ana, channel)
    if is_heard:
        await ana.leave_channel(channel)
    else:
        channel.member_ids.discard(ana.id)
        await world.advance_time(seconds=61)
    seen_before = len([m for m in world.slack.messages if m.ephemeral_user_id == ana.id])
    with contextlib.suppress(NotVisible):
        await act(ana, channel)
    answers = [m for m in world.slack.messages if m.ephemeral_user_id == ana.id][seen_before:]
    assert all(USER_NOT_IN_CHANNEL in message.text for message in answers)
    assert "Ranking" not in str([m.text for m in ana.visible_messages(ana.direct_channel)])
    assert find_card(ben, channel, "slow").text, "nothing was changed"


async def test_s9_a_new_member_needs_no_listing(world: World) -> None:
    _, channel = await start_team(world)
    eve = world.harness.add_person("Eve")
    await eve.join_channel(channel)
    world.slack.inject_fault(MEMBERS, retry_after=60, times=99)
    await press_why(eve, channel)
    assert "slow" in eve.last_message(channel).text


# S12: many canvases


async def add_canvases(world: World, channel: SlackChannel, names: list[str], archived: int = 0) -> None:
    """Store canvases, the first ones archived."""
    async with world.bot.db.transaction(world.slack.team_id) as session:
        for number, name in enumerate(names):
            now = world.clock.now() + timedelta(seconds=number)
            canvas = CanvasInfo(0, channel.id, name, "", "U1", "UTC", now, None)
            stored = await canvas_store.add_canvas(session, canvas)
            if number < archived:
                await canvas_store.update_canvas(session, stored.id, archived_at=now)


async def test_s12_every_canvas_of_a_channel_is_on_a_page(world: World) -> None:
    ana = world.harness.add_person("Ana")
    for count, page_count in ((1, 1), (20, 1), (21, 2), (60, 3)):
        channel = world.harness.add_channel(f"product-{count}", ana)
        await ana.type_text(channel, "/valuemap new First")
        await add_canvases(world, channel, [f"Map {n:02d}" for n in range(1, count)], archived=count // 5)
        await ana.type_text(channel, "/valuemap canvases")
        shown = ana.last_message(channel).text
        for page in range(2, page_count + 1):
            await ana.click_button(ana.last_message(channel), f"Page {page} of {page_count} ›")
            shown += ana.last_message(channel).text
        assert [n for n in range(1, count) if f"*Map {n:02d}*" not in shown] == []
        assert (shown.count("· *current*"), shown.count("· archived")) == (1, count // 5)


async def test_s12_a_canvas_is_found_by_its_name_and_made_current(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new First")
    await add_canvases(world, channel, ["Ünïcode", "A & <b>", "2026", *(f"Map {n:02d}" for n in range(60))])
    searches = {"map 59": "Map 59", "MAP 07": "Map 07", "ünï": "Ünïcode", "<b>": "A & <b>", "2026": "2026"}
    for words, expected in searches.items():
        await ana.type_text(channel, f"/valuemap canvases {words}")
        found = ana.last_message(channel)
        assert f"1 canvas of this channel with “{words}” in the name." in found.text
        await world.advance_time(minutes=2)
        (section,) = (block for block in found.message.blocks if block["type"] == "section")
        value = section["accessory"]["options"][0]["value"]
        await ana.act_on_message(found, section["block_id"], "canvas", value)
        assert f"*{expected}* is this channel's current canvas now." in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap canvases nowhere")
    assert "No canvas of this channel has “nowhere” in its name." in ana.last_message(channel).text


async def test_s12_home_leads_to_every_canvas_of_a_channel_also_archived_ones(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new First")
    await add_canvases(world, channel, [f"Map {n:02d}" for n in range(59)], archived=20)
    await ana.open_home()
    await ana.click_in_home("All canvases")
    shown = ana.modal.text
    for page in (2, 3):
        await ana.modal.click_button(f"Page {page} of 3 ›")
        shown += ana.modal.text
    assert [n for n in range(59) if f"*Map {n:02d}*" not in shown] == []


async def test_s12_a_direct_message_reaches_the_canvases_of_sixty_channels(world: World) -> None:
    ana = world.harness.add_person("Ana")
    await ana.message_bot("help")  # or nothing is stored of the workspace
    for number in range(60):
        channel = world.harness.add_channel(f"c{number}", ana)
        await add_canvases(world, channel, [f"Map {number:02d}"])
    await ana.message_bot("fit")
    question = ana.last_message(ana.direct_channel)
    assert [n for n in range(60) if f"[Map {n:02d}]" not in question.text] == []
    await ana.click_button(question, "Map 00")
    assert "Map 00" in ana.last_message(ana.direct_channel).text


# S13: group messages


async def test_s13_a_group_message_gets_one_sentence_that_leads_to_a_channel(world: World) -> None:
    ana, ben, cleo = (world.harness.add_person(name) for name in ("Ana", "Ben", "Cleo"))
    group = world.harness.add_group_message(ana, ben, cleo)
    commands = ("", "new Ledger for small firms", "add pain: slow", "canvases", "fit", "x", "digest now")
    for number, command in enumerate(commands, 1):
        await ana.type_text(group, f"/valuemap {command}")
        answers = ana.visible_messages(group)
        assert (len(answers), answers[-1].text) == (number, GROUP_MESSAGE_TEXT), command
    assert "private channel" in GROUP_MESSAGE_TEXT
    assert world.slack.count_calls(MEMBERS) == 0


async def test_s13_help_and_shortcuts_in_a_group_message(world: World) -> None:
    ana, ben, cleo = (world.harness.add_person(name) for name in ("Ana", "Ben", "Cleo"))
    group = world.harness.add_group_message(ana, ben, cleo)
    await ana.type_text(group, "/valuemap help")
    assert "How voting works" in ana.last_message(group).text
    message = world.slack.post_message(SlackMessage(group.id, world.slack.new_ts(), ben.id, "too slow", []))
    await ana.use_shortcut("add_message", message)
    assert ana.last_message(group).text == GROUP_MESSAGE_TEXT


async def test_s13_a_group_message_that_slack_does_not_name_as_one(world: World) -> None:
    """Slack masks the names of some conversations; the answer to a call then tells that it is a group."""
    ana, ben, cleo = (world.harness.add_person(each) for each in ("Ana", "Ben", "Cleo"))
    for name in ("privategroup", "", "mpdm"):
        group = world.harness.add_group_message(ana, ben, cleo)
        form: dict[str, Any] = ana.member.command_payload(group, "/valuemap new Ledger")
        await world.harness.delivery.send_command({**form, "channel_name": name})
        await world.settle()
        assert ana.last_message(group).text == GROUP_MESSAGE_TEXT
