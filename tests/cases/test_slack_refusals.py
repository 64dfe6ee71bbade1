"""What Slack refuses: the person who asked reads it, nothing false is promised, and it is tried again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import InjectedFault, SlackChannel
from bot.slack.restrictions import CHANNEL, RESTRICTIONS, RestrictionScope, describe_restriction
from tests.cases.slack_faults import (
    count_posts,
    list_calls,
    list_direct,
    list_public,
    refuse_posts,
    sqlite_world,
)
from tests.conftest import World

pytestmark = pytest.mark.databases("sqlite")

__all__ = ["sqlite_world"]

POST_RESTRICTIONS = (
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "restricted_action_of_next_year",
    "cannot_reply_to_message",
    "not_in_channel",
    "is_archived",
    "channel_not_found",
    "no_permission",
    "team_access_not_granted",
    "ekm_access_denied",
    "messages_tab_disabled",
    "as_user_not_supported",
    "message_limit_exceeded",
    "slack_connect_file_link_sharing_blocked",
    "missing_scope",
    "account_inactive",
)
UPLOAD_RESTRICTIONS = (
    ("files.getUploadURLExternal", "file_uploads_disabled", "turned off"),
    ("files.getUploadURLExternal", "storage_limit_reached", "storage is full"),
    ("files.getUploadURLExternal", "file_upload_size_restricted", "limits the size"),
    ("files.getUploadURLExternal", "restricted_action", "`restricted_action`"),
    ("files.completeUploadExternal", "posting_to_channel_denied", "`posting_to_channel_denied`"),
    ("files.completeUploadExternal", "access_denied", "`access_denied`"),
    ("files.completeUploadExternal", "slack_connect_file_upload_sharing_blocked", "organisation that shares"),
    ("files.getUploadURLExternal", "token_revoked", "access to this workspace"),
    ("files.getUploadURLExternal", "an_error_of_next_year", "`an_error_of_next_year`"),
)


def start_team(world: World, private: bool = False) -> tuple[Person, Person, SlackChannel]:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    return ana, ben, world.harness.add_channel("product", ana, ben, private=private)


async def ask(person: Person, channel: SlackChannel, command: str) -> str:
    """Type a command and return its answer, which only this person sees."""
    await person.type_text(channel, f"/valuemap {command}")
    answers = [
        seen.text for seen in person.visible_messages(channel) if seen.message.ephemeral_user_id == person.id
    ]
    return answers[-1]


@pytest.mark.parametrize("error", POST_RESTRICTIONS)
async def test_s1_who_asks_is_told_what_slack_refuses_and_nothing_is_promised(
    sqlite_world: World, error: str
) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    refuse_posts(world, channel, error)
    await ask(ana, channel, "new Reports for small shops")
    (notice,) = list_direct(ana)
    sentence = describe_restriction(error, channel.id)
    assert sentence in notice
    assert "is stored" in notice

    answer = await ask(ana, channel, "add pain: slow; pain: dear")
    assert answer.startswith("Stored 2 pains in *Reports for small shops*, but their cards are not in the ")
    assert sentence in answer
    assert "Added" not in answer
    assert "its card is not in the channel: Slack refuses it" in await ask(ana, channel, "rank")
    assert list_public(ana, channel) == []
    assert len(list_direct(ana)) == 1, "she knows"

    world.slack.faults.clear()
    await ask(ana, channel, "fit")
    await world.advance_time(seconds=5)
    assert len(list_public(ana, channel)) == 3
    assert (await ask(ana, channel, "add pain: dull")).startswith("Added 1 pain")
    assert len(list_public(ana, channel)) == 4
    assert len(list_direct(ana)) == 1


async def test_s1_every_command_says_what_does_not_stand_in_the_channel(world: World) -> None:
    ana, ben, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    await ask(ana, channel, "add pain: slow")
    refuse_posts(world, channel, "restricted_action_read_only_channel")
    assert (await ask(ana, channel, "add gain: right")).startswith("Added"), "nobody knows yet"
    assert len(list_direct(ana)) == 1
    reason = describe_restriction("restricted_action_read_only_channel", channel.id)
    promises = ("Started", "Added", "I've told the channel", "is on its way", "post the result")
    for command, words in (
        ("new Bills", "is stored as this channel's current canvas, but its message is not in the channel"),
        ("add job: pay", "Stored 1 job in *Bills*, but its card is not in the channel"),
        ("vote until friday", "is open until"),
        ("vote", "Its call is not in the channel"),
        ("digest now", "is not in the channel yet"),
        ("digest", "next"),
    ):
        answer = await ask(ben, channel, command)
        assert words in answer
        assert reason in answer
        assert not [promise for promise in promises if promise in answer]
    assert list_direct(ben) == [], "he was told at once"
    assert len(list_direct(ana)) == 1
    world.slack.faults.clear()
    await ask(ana, channel, "canvases")
    await world.advance_time(seconds=10)
    texts = [seen.text for seen in list_public(ana, channel)]
    for words in ("Value map: Bills", "\npay\nby", "\nright\nby", " asks you to vote on ", "Fit digest"):
        assert len([text for text in texts if words in text]) == 1, words
    assert "is on its way" in await ask(ana, channel, "digest now")


async def test_s1_everybody_who_asked_is_told_once_after_one_call(
    world: World,
) -> None:
    ana, ben, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    refuse_posts(world, channel, "restricted_action")
    many = "; ".join(f"pain: number {n} of many" for n in range(12))
    await ana.member.send_text(channel, f"/valuemap add {many}")
    await ben.member.send_text(channel, "/valuemap add gain: in time")
    await world.bot.deps.background.drain()
    before = count_posts(world, channel)
    await world.settle()
    assert count_posts(world, channel) == before + 1
    assert len(list_direct(ana)) == len(list_direct(ben)) == 1
    for _ in range(5):
        await world.advance_time(minutes=6)
    assert count_posts(world, channel) == before + 1
    assert len(list_direct(ana)) == len(list_direct(ben)) == 1


async def test_s1_who_started_the_canvas_reads_once_that_scheduled_digests_are_refused(world: World) -> None:
    ana, ben, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    await ask(ben, channel, "add pain: slow")
    await ask(ben, channel, "digest daily 09:00 UTC")
    refuse_posts(world, channel, "restricted_action")
    for _ in range(3):
        await world.advance_time(days=1)
    (notice,) = list_direct(ana)
    assert describe_restriction("restricted_action", channel.id) in notice
    assert list_direct(ben) == []
    world.slack.faults.clear()
    await ask(ben, channel, "fit")
    await world.advance_time(seconds=5)
    assert [seen for seen in list_public(ana, channel) if "Fit digest" in seen.text]


async def test_s1_cards_wait_for_a_canvas_message_that_slack_refuses(world: World) -> None:
    ana, ben, channel = start_team(world)
    world.slack.inject_fault("chat.postMessage", status=500, times=1)
    await ask(ana, channel, "new Reports")
    refuse_posts(world, channel, "ekm_access_denied")
    assert (await ask(ben, channel, "add pain: slow")).startswith("Added")
    for _ in range(4):
        await world.advance_time(minutes=1)
    assert [len(list_direct(person)) for person in (ana, ben)] == [1, 1]
    world.slack.faults.clear()
    await ask(ben, channel, "show")
    await world.advance_time(seconds=5)
    assert len(list_public(ana, channel)) == 2


@pytest.mark.parametrize("event", ["channel_unarchive", "group_unarchive", "member_joined_channel"])
async def test_s1_what_waits_is_posted_when_the_channel_changes(sqlite_world: World, event: str) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    refuse_posts(world, channel, "is_archived")
    await ask(ana, channel, "new Reports")
    world.slack.faults.clear()
    await world.harness.send_event({"type": event, "channel": channel.id, "user": ana.id})
    assert len(list_public(ana, channel)) == 1


async def test_s1_a_notice_comes_in_the_channel_if_slack_takes_no_direct_message(sqlite_world: World) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    world.slack.inject_fault("chat.postMessage", error="messages_tab_disabled", times=1000)
    await ask(ana, channel, "new Reports")
    notice = ana.last_message(channel)
    assert "is stored" in notice.text
    assert notice.message.ephemeral_user_id == ana.id
    assert list_direct(ana) == []


async def test_s1_an_unknown_error_is_told_in_the_end(sqlite_world: World) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    refuse_posts(world, channel, "a_new_error")
    await ask(ana, channel, "new Reports")
    assert list_direct(ana) == []
    for _ in range(10):
        await world.advance_time(minutes=6)
    (notice,) = list_direct(ana)
    assert "Slack answers `a_new_error`" in notice


async def test_s1_an_import_and_a_form_say_it_too(sqlite_world: World) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    refuse_posts(world, channel, "no_permission")
    await ask(ana, channel, "new Reports")
    await ana.type_text(channel, "/valuemap import")
    await (await ana.modal.fill_field("Paste text", "pain: slow\npain: dear")).submit()
    await ana.modal.submit()
    assert "Stored 2 entries" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap add")
    await (await ana.modal.fill_field("The job", "report")).submit()
    assert "Stored 1 job" in ana.last_message(channel).text
    assert len(list_direct(ana)) == 1


async def test_s1_an_entry_without_card_can_be_brought_back(sqlite_world: World) -> None:
    """Its card cannot have the button, so the answer has it."""
    world = sqlite_world
    ana, _, channel = start_team(world)
    refuse_posts(world, channel, "no_permission")
    await ask(ana, channel, "new Reports")
    await ask(ana, channel, "add pain: slow")
    await ask(ana, channel, "rank")
    await ana.click_button(ana.last_message(channel), "Vote")
    menu = world.slack.top_view(ana.id)
    assert menu is not None
    block = next(each for each in menu["blocks"] if "accessory" in each)
    option = next(each for each in block["accessory"]["options"] if each["text"]["text"] == "Delete")
    await ana.member.act_in_view(
        menu, block["block_id"], block["accessory"]["action_id"], option["value"], {}
    )
    await world.settle()
    assert "Deleted: “slow”." in ana.modal.text
    await ana.modal.click_button("Undo")
    assert "“slow” is back" in ana.modal.text


def test_s1_every_restriction_says_in_one_sentence_who_can_change_it() -> None:
    for error, restriction in RESTRICTIONS.items():
        assert restriction.sentence.count(".") == 1, error
        assert restriction.sentence.endswith("."), error
        assert ": " in restriction.sentence, error
        assert "<#C1>" in restriction.describe("C1") or CHANNEL not in restriction.sentence
    assert {restriction.scope for restriction in RESTRICTIONS.values()} == {*RestrictionScope}


@pytest.mark.parametrize(("method", "error", "words"), UPLOAD_RESTRICTIONS)
async def test_s10_a_refused_upload_says_what_slack_refuses(
    sqlite_world: World, method: str, error: str, words: str
) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    await ask(ana, channel, "add pain: slow")
    world.slack.inject_fault(method, error=error, times=2)
    answer = await ask(ana, channel, "export csv")
    assert words in answer
    assert "Something went wrong" not in answer
    await ask(ana, channel, "show")
    picture = ana.find_message(channel, "I could not send you the picture").text
    assert words in picture
    assert "tries again" not in picture


async def test_s10_an_upload_that_fails_for_a_while_is_worth_another_try(sqlite_world: World) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    world.slack.inject_fault("files.getUploadURLExternal", status=503, error="service_unavailable")
    assert "try again in a minute" in await ask(ana, channel, "export csv")


@pytest.mark.parametrize(
    ("error", "call_count", "number_count"),
    [
        ("too_many_reactions", 2, 1),
        ("thread_locked", 2, 1),
        ("not_reactable", 2, 1),
        ("too_many_emoji", 5, 4),
        ("already_reacted", 5, 4),
        ("no_reaction", 5, 4),
        ("invalid_name", 5, 4),
        ("an_error_of_next_year", 5, 4),
    ],
)
async def test_s11_numbers_that_slack_refuses_are_left_out_once(
    sqlite_world: World, error: str, call_count: int, number_count: int
) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    world.slack.fault_policy = _fail_second_number(world, error)
    await ask(ana, channel, "add pain: slow")
    for _ in range(10):
        await world.advance_time(minutes=6)
    assert world.slack.count_calls("reactions.add") == call_count
    card = ana.find_message(channel, "\nslow\nby").message
    assert len(card.reactions) == number_count
    await ana.add_reaction(ana.find_message(channel, "\nslow\nby"), "four")
    await world.advance_time(seconds=2)
    assert "1 vote" in ana.find_message(channel, "\nslow\nby").text


def _fail_second_number(world: World, error: str) -> Callable[[str], InjectedFault | None]:
    """Return a fault policy in which the second reactions.add fails."""

    def decide(method: str) -> InjectedFault | None:
        if method == "reactions.add" and world.slack.count_calls(method) == 2:
            return InjectedFault(method, error)
        return None

    return decide


@pytest.mark.parametrize("error", ["msg_blocks_too_long", "msg_too_long", "invalid_blocks_format"])
async def test_s14_a_message_that_slack_finds_too_long_is_posted_nevertheless(
    sqlite_world: World, error: str
) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    await ask(ana, channel, "add " + "; ".join(f"pain: {n} {'& so on ' * 40}" for n in range(4)))
    world.slack.inject_fault("chat.postMessage", error=error, channel_id=channel.id)
    await world.advance_time(days=7)
    await world.advance_time(seconds=5)
    assert len(world.find_digests(ana, channel)) == 1
    assert world.slack.count_calls("conversations.history") == 0


async def test_an_answer_in_a_thread_goes_into_the_thread(world: World) -> None:
    ana, _, channel = start_team(world)
    await ask(ana, channel, "new Reports")
    await ask(ana, channel, "add pain: slow")
    card = ana.find_message(channel, "\nslow\nby")
    assert card.message.thread_ts
    before = len(list_calls(world, "chat.postEphemeral"))
    await ana.click_button(card, "⋯", "Why?")
    answer = ana.last_message(channel).message
    assert (answer.thread_ts, answer.ephemeral_user_id) == (card.message.thread_ts, ana.id)
    assert len(list_calls(world, "chat.postEphemeral")) == before + 1, (
        "the response_url would ignore the thread"
    )
    await ask(ana, channel, "fit")
    assert len(list_calls(world, "chat.postEphemeral")) == before + 1, "outside a thread it goes there"
    world.slack.inject_fault("chat.postEphemeral", error="not_in_channel")
    await ana.click_button(card, "⋯", "Why?")
    assert ana.last_message(channel).message.ephemeral_user_id == ana.id


@pytest.mark.parametrize("place", ["thread", "channel"])
async def test_a_message_from_before_a_crash_is_found_on_one_page(world: World, place: str) -> None:
    ana, ben, channel = start_team(world)
    if place == "thread":
        await ask(ana, channel, "new Reports")
    world.slack.inject_fault("chat.postMessage", drops_connection=True, takes_effect=True)
    await ask(ana, channel, "add pain: slow" if place == "thread" else "new Reports")
    world.clock.advance(timedelta(minutes=3))
    for n in range(40):
        await ben.member.send_text(channel, f"message {n}")
    await world.advance_time(seconds=1)
    (look_up,) = [
        args
        for method, args in world.slack.calls
        if method in {"conversations.history", "conversations.replies"}
    ]
    assert int(look_up["limit"]) == 15
    assert float(look_up["latest"]) - float(look_up["oldest"]) < 60
    assert "cursor" not in look_up
    assert len(list_public(ana, channel)) == (2 if place == "thread" else 1)


async def test_a_limited_look_up_is_repeated_when_slack_allows_it(sqlite_world: World) -> None:
    world = sqlite_world
    ana, _, channel = start_team(world)
    world.slack.inject_fault("chat.postMessage", drops_connection=True, takes_effect=True)
    world.slack.inject_fault("conversations.history", error="ratelimited", retry_after=60, times=3)
    await ask(ana, channel, "new Reports")
    await world.advance_time(seconds=20)
    assert world.slack.count_calls("conversations.history") == 1
    await world.advance_time(seconds=50)
    assert world.slack.count_calls("conversations.history") == 1, "Slack asked for a minute"
    for _ in range(4):
        await world.advance_time(seconds=61)
    assert world.slack.count_calls("conversations.history") == 4
    assert len(list_public(ana, channel)) == 1
