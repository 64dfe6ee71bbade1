"""Cases from the world: mentions and direct messages as people write them (S3 to S5)."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.test_events import count_answers, count_rows
from tests.stories.voting import run_second_bot, start_team

pytestmark = pytest.mark.databases("sqlite")


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


async def test_s3_the_words_of_every_form_of_message_are_done(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    files = [{"id": "F1", "name": "notes.md"}]
    entries = {"file_share": "peace", "me_message": "daylight", "thread_broadcast": "fewer calls"}
    for subtype, gain in entries.items():
        for where, words in (
            (ana.direct_channel, f"add gain: {gain}"),
            (channel, f"<@U0BOT> add job: find {gain}"),
        ):
            await world.harness.send_event(build_message(ana, where, words, subtype=subtype, files=files))
    for gain in entries.values():
        assert count_entries(ana, channel, gain) == count_entries(ana, channel, f"find {gain}") == 1


async def test_s3_a_file_alone_leads_to_import(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    files = [{"id": "F1", "name": "notes.md"}]
    for where, words in (
        (ana.direct_channel, ""),
        (channel, "<@U0BOT>"),
        (channel, "thanks <@U0BOT> :tada:"),
    ):
        await world.harness.send_event(build_message(ana, where, words, subtype="file_share", files=files))
        assert "I add what a file says with `/valuemap import`" in ana.last_message(where).text
    await ana.click_button(ana.last_message(channel), "Import")
    assert "Import" in ana.modal.text
    await world.harness.send_event(build_message(ana, channel, "<@U0BOT> import", files=files))
    assert "form" in ana.last_message(channel).text


EDITS = (
    ("ad pian: x{}", "add pain: x{}"),
    ("add pian: x{}", "add pain: x{}"),
    ("add x{}", "add pain: x{}"),
    ("<@U0BOT> pian: x{}", "<@U0BOT>: add pain: x{}"),
    ("", "add pain: x{}"),
)


async def test_s4_the_edited_words_are_taken_as_said_once(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    places = [(channel, "<@U0BOT> "), (ana.direct_channel, "")]
    for number, ((where, mention), (first, second)) in enumerate(product(places, EDITS)):
        text = f"x{number}{number * 'y'}"
        original = build_message(ana, where, mention + first.format(text))
        await world.harness.send_event(original)
        before = count_answers(world, ana)
        for event in build_edits(original, mention + second.format(text)) * 2:
            await world.harness.send_event(event)
        assert count_answers(world, ana) == before + 1, first
        assert count_entries(ana, channel, f"x{text}") == 1
        for event in build_edits(original, f"{mention}add pain: again", seconds=9):
            await world.harness.send_event(event)
        assert count_answers(world, ana) == before + 1
    assert count_entries(ana, channel, "again") == 0
    assert await count_rows(world, "incoming_message") == 0


async def test_s4_an_edit_of_what_was_done_changes_nothing(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for words in ("add gain: once", "fit", "rank pains"):
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
    original = build_message(ana, channel, "<@U0BOT> ad pian: by hand")
    world.slack.inject_fault("chat.postEphemeral", status=503, times=1)
    world.slack.inject_fault("chat.postMessage", status=503, times=1)
    await world.harness.send_event(original)  # Slack takes no answer: it waits
    async with run_second_bot(world) as other:
        for event in build_edits(original, "<@U0BOT> add pain: by hand"):
            await world.harness.send_event(event)
        await world.advance_time(minutes=2)
        await other.deps.background.drain()
    await world.settle()
    assert count_entries(ana, channel, "by hand") == 1
    assert await count_rows(world, "incoming_message") == 0


MENTIONS = (
    ("<@U0BOT>: add pain: too loud", "Added 1 pain"),
    ("<@U0BOT>, fit", "Fit: Reports for small shops"),
    ("hey <@U0BOT> add pain: unclear", "Added 1 pain"),
    ("<@U0BOT> <@U0BOT> add gain: peace", "Added 1 gain"),
    ("add pain: forgotten <@U0BOT>", "Added 1 pain"),
    ("Hi <@U0BOT>, could you please fit", "Fit: Reports for small shops"),
    ("P1, <@U0BOT> rank gains!", "peace"),
    ("<@U0BOT> `/valuemap fit`", "Fit: Reports for small shops"),
    ("<@U0BOT> FIT?", "Fit: Reports for small shops"),
    ("thanks <@U0BOT>!", ":wave:"),
    ("<@U0BOT> good morning :sunny:", ":wave:"),
)


async def test_s5_a_mention_is_understood_as_people_write_it(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for typed, expected in MENTIONS:
        before = count_answers(world, ana)
        await world.harness.send_event(build_message(ana, channel, typed))
        answers = [seen for seen in ana.visible_messages(channel) if seen.message.ephemeral_user_id == ana.id]
        assert expected in answers[-1].text, typed
        assert count_answers(world, ana) == before + 1
        assert ":wave:" not in expected or len(answers[-1].text.splitlines()) <= 2
    await world.harness.send_event(build_message(ana, channel, "<@U0BOT>, show"))
    assert "Value map: Reports" in ana.last_message(channel).text


SUGGESTIONS = (
    ("add pian: x", "“pian”. Did you mean pain?"),
    ("ad pian: x", "“ad”. Did you mean `/valuemap add pain: x`?"),
    ("pian: x", "“pian”. Did you mean `/valuemap add pain: x`?"),
    ("add gian creator: x", "“gian creator”. Did you mean gain creator?"),
    ("Ranke pains", "“Ranke”. Did you mean `/valuemap rank pains`?"),
    ("rank pians", "Did you mean pains?"),
    ("vote pians until friday", "Did you mean pains?"),
)


async def test_s5_an_unknown_word_gets_the_nearest_known_one_in_every_way_in(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for typed, suggestion in SUGGESTIONS:
        await ana.type_text(channel, f"/valuemap {typed}")
        command_answer = ana.last_message(channel).text
        assert suggestion in command_answer
        assert len(command_answer.splitlines()) <= 3
        await world.harness.send_event(build_message(ana, channel, f"<@U0BOT> {typed}"))
        await world.harness.send_event(build_message(ana, ana.direct_channel, typed))
        assert ana.last_message(channel).text == command_answer
        assert ana.last_message(ana.direct_channel).text == command_answer
