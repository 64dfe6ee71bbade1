"""Cases from the world: mentions and direct messages as people write them (S3 to S5)."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.test_events import count_answers, count_rows, run_second_bot
from tests.stories.voting import start_team


def build_message(person: Person, channel: SlackChannel, text: str, **more: Any) -> dict[str, Any]:
    """Return the event of a mention, or of a direct message."""
    ts = person.member.slack.new_ts()
    is_direct = channel.id.startswith("D")
    kind = {"type": "message", "channel_type": "im"} if is_direct else {"type": "app_mention"}
    return {**kind, "user": person.id, "channel": channel.id, "text": text, "ts": ts, "event_ts": ts, **more}


def build_edits(original: Mapping[str, Any], text: str, seconds: int = 5) -> list[dict[str, Any]]:
    """Return both events of an edit: Slack sends a mention again, or a `message_changed`."""
    edited = {"user": original["user"], "ts": f"{float(original['ts']) + seconds:.6f}"}
    message = {**original, "type": "message", "text": text, "edited": edited}
    changed = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": original["channel"],
        "channel_type": original.get("channel_type", "channel"),
        "ts": edited["ts"],
        "event_ts": edited["ts"],
        "message": message,
        "previous_message": {**original, "type": "message"},
    }
    return [changed, {**original, "text": text, "edited": edited}][: 1 if "channel_type" in original else 2]


def count_entries(person: Person, channel: SlackChannel, text: str) -> int:
    """Count the cards with this text."""
    return sum(f"\n{text}\nby" in seen.text for seen in person.visible_messages(channel))


@pytest.mark.parametrize("subtype", ["file_share", "me_message", "thread_broadcast"])
async def test_s3_the_words_of_every_form_of_message_are_done(world: World, subtype: str) -> None:
    (ana, *_), channel = await start_team(world)
    files = [{"id": "F1", "name": "notes.md"}] if subtype == "file_share" else []
    for where, words in ((ana.direct_channel, "add gain: in time"), (channel, "<@U0BOT> add gain: in tune")):
        await world.harness.send_event(build_message(ana, where, words, subtype=subtype, files=files))
    assert count_entries(ana, channel, "in time") == count_entries(ana, channel, "in tune") == 1


async def test_s3_a_file_alone_leads_to_import(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    files = [{"id": "F1", "name": "notes.md"}]
    for where, words in (
        (ana.direct_channel, ""),
        (channel, "<@U0BOT>"),
        (channel, "thanks <@U0BOT> :tada:"),
    ):
        await world.harness.send_event(build_message(ana, where, words, subtype="file_share", files=files))
        answer = ana.last_message(where)
        assert "I add what a file says with `/valuemap import`" in answer.text
    await ana.click_button(answer, "Import")
    assert "Import" in ana.modal.text
    await world.harness.send_event(build_message(ana, channel, "<@U0BOT> import", files=files))
    assert "form" in ana.last_message(channel).text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ad pian: x1", "add pain: x1"),
        ("add pian: x1", "add pain: x1"),
        ("add x1", "add pain: x1"),
        ("<@U0BOT> pian: x1", "<@U0BOT>: add pain: x1"),
        ("", "add pain: x1"),
    ],
)
async def test_s4_the_edited_words_are_taken_as_said_once(world: World, first: str, second: str) -> None:
    (ana, *_), channel = await start_team(world)
    for where, mention in ((channel, "<@U0BOT> "), (ana.direct_channel, "")):
        original = build_message(ana, where, f"{mention}{first}")
        await world.harness.send_event(original)
        before, cards = count_answers(world, ana), count_entries(ana, channel, "x1")
        for event in build_edits(original, f"{mention}{second}") * 2:
            await world.harness.send_event(event)
        assert count_answers(world, ana) == before + 1
        assert "x1" in ana.last_message(where).text
        if where is channel:  # the second x1 is a possible duplicate of the first
            assert count_entries(ana, channel, "x1") == cards + 1
        for event in build_edits(original, f"{mention}add pain: x2", seconds=9):
            await world.harness.send_event(event)
        assert count_answers(world, ana) == before + 1
    assert count_entries(ana, channel, "x2") == 0
    assert await count_rows(world, "incoming_message") == 0


async def test_s4_an_edit_of_what_was_done_changes_nothing(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for words in ("add gain: once", "show", "rank pains"):
        original = build_message(ana, channel, f"<@U0BOT> {words}")
        await world.harness.send_event(original)
        before = count_answers(world, ana)
        for event in build_edits(original, "<@U0BOT> add gain: twice"):
            await world.harness.send_event(event)
        assert count_answers(world, ana) == before
    assert count_entries(ana, channel, "once") == 1
    assert count_entries(ana, channel, "twice") == 0


async def test_s4_a_link_preview_is_no_edit_and_an_edit_can_add_the_mention(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    original = build_message(ana, channel, "<@U0BOT> ad pian: https://a.example")
    await world.harness.send_event(original)
    before = count_answers(world, ana)
    for event in build_edits(original, original["text"])[:1]:
        await world.harness.send_event(event)
    assert count_answers(world, ana) == before
    unheard = build_message(ana, channel, "add gain: in time")  # without a mention Slack sends no event
    for event in build_edits(unheard, "<@U0BOT> add gain: in time"):
        await world.harness.send_event(event)
    assert count_entries(ana, channel, "in time") == 1


async def test_s4_an_edit_before_the_answer_is_answered_with_its_words_once(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    original = build_message(ana, channel, "<@U0BOT> ad pian: slowly")
    world.slack.inject_fault("chat.postEphemeral", status=503, times=1)
    world.slack.inject_fault("chat.postMessage", status=503, times=1)
    await world.harness.send_event(original)  # Slack takes no answer: it waits
    async with run_second_bot(world) as other:
        for event in build_edits(original, "<@U0BOT> add pain: slowly"):
            await world.harness.send_event(event)
        await world.advance_time(minutes=2)
        await other.deps.background.drain()
    await world.settle()
    assert count_entries(ana, channel, "slowly") == 1
    assert await count_rows(world, "incoming_message") == 0


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("<@U0BOT>: add pain: x", "Added 1 entry"),
        ("<@U0BOT>, show", "Reports for small shops"),
        ("hey <@U0BOT> add pain: x", "Added 1 entry"),
        ("<@U0BOT> <@U0BOT> add gain: x", "Added 1 entry"),
        ("add pain: x <@U0BOT>", "Added 1 entry"),
        ("Hi <@U0BOT>, could you please show", "Reports for small shops"),
        ("P1, <@U0BOT> rank pains!", "slow"),
        ("<@U0BOT> `/valuemap fit`", "Fit: Reports"),
        ("<@U0BOT> SHOW?", "Reports for small shops"),
        ("thanks <@U0BOT>!", ":wave:"),
        ("<@U0BOT> good morning :sunny:", ":wave:"),
    ],
)
async def test_s5_a_mention_is_understood_as_people_write_it(world: World, typed: str, answer: str) -> None:
    (ana, *_), channel = await start_team(world)
    before = count_answers(world, ana)
    await world.harness.send_event(build_message(ana, channel, typed))
    assert answer in ana.find_message(channel, answer).text
    assert count_answers(world, ana) == before + 1
    assert len(ana.last_message(channel).text.splitlines()) < 28 or answer != ":wave:"


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("add pian: x", "“pian”. Did you mean `/valuemap add pain: x`?"),
        ("ad pian: x", "“ad”. Did you mean `/valuemap add pain: x`?"),
        ("pian: x", "“pian”. Did you mean `/valuemap add pain: x`?"),
        ("add gian creator: x", "“gian creator”. Did you mean `/valuemap add gain creator: x`?"),
        ("Ranke pains", "“Ranke”. Did you mean `/valuemap rank pains`?"),
        ("rank pians", "“pians”: did you mean `/valuemap rank pain`?"),
        ("vote pians until friday", "“pians”: did you mean `/valuemap vote pains`?"),
    ],
)
async def test_s5_an_unknown_word_gets_the_nearest_known_one_in_every_way_in(
    world: World, typed: str, suggestion: str
) -> None:
    (ana, *_), channel = await start_team(world)
    for way_in in (f"/valuemap {typed}", f"<@U0BOT> {typed}"):
        if way_in.startswith("/"):
            await ana.type_text(channel, way_in)
        else:
            await world.harness.send_event(build_message(ana, channel, way_in))
        answer = ana.last_message(channel).text
        assert suggestion in answer
        assert len(answer.splitlines()) <= 4
