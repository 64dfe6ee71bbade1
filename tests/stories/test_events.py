"""Events are never lost, and have their effect once, however often Slack sends them and whoever dies."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app import Bot
from bot.fake_slack.client.events import (
    build_deleted_event,
    build_id_changed_event,
    build_joined_event,
    build_left_event,
    build_unarchived_event,
)
from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.fake_slack.server.delivery import Delivery, asgi_sender
from bot.server import build_http_app
from bot.slack.request import Request
from bot.timing import DEFAULT_TIMING
from tests.conftest import World
from tests.stories.voting import find_card, run_second_bot, start_team

RENAME_TABLE, RESTORE_TABLE = (
    "ALTER TABLE incoming_message RENAME TO away",
    "ALTER TABLE away RENAME TO incoming_message",
)


def build_mention(person: Person, channel: SlackChannel, text: str) -> dict[str, Any]:
    """Return the event of a message that mentions the bot."""
    ts = person.member.slack.new_ts()
    where = {"channel": channel.id, "ts": ts, "event_ts": ts}
    return {"type": "app_mention", "user": person.id, "text": f"<@U0BOT> {text}", **where}


def build_message_twin(mention: Mapping[str, Any]) -> dict[str, Any]:
    """Return the second event of a mention in a direct message: the message itself."""
    return {**mention, "type": "message", "channel_type": "im"}


def count_answers(world: World, person: Person) -> int:
    """Count the messages that only this person can see."""
    own = person.direct_channel.id
    return sum(
        person.id == posted.ephemeral_user_id or own == posted.channel_id for posted in world.slack.messages
    )


async def execute_sql(world: World, statement: str) -> None:
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql(statement)


async def count_rows(world: World, table: str) -> int:
    async with world.bot.db.engine.begin() as connection:
        found: int = (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()
    return found


def stop_answering(bot: Bot) -> None:
    """Let a process acknowledge messages and never answer them, as if it died in between."""
    bot.incoming_messages.answer_message = do_nothing  # type: ignore[method-assign]


async def do_nothing(request: Request, attempt: int = 1) -> None:
    pass


def open_deliveries(world: World, *bots: Bot) -> list[Delivery]:
    """Return a delivery to each of these processes, the world's own first."""
    return [Delivery(world.slack, asgi_sender(build_http_app(bot))) for bot in (world.bot, *bots)]


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_message_is_answered_once_by_any_number_of_processes(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    mention, before = build_mention(ana, channel, "add gain: in time"), count_answers(world, ana)
    async with run_second_bot(world) as other:
        deliveries = open_deliveries(world, other) * 2
        await asyncio.gather(
            *(delivery.send_event(mention) for delivery in deliveries),
            *(delivery.send_event(build_message_twin(mention)) for delivery in deliveries),
        )
        await other.deps.background.drain()
        await world.settle()
        for delivery in deliveries:  # and Slack's last try comes minutes later
            await delivery.send_event(mention)
        await other.deps.background.drain()
        await world.advance_time(minutes=6)
        assert [delivery.failures for delivery in deliveries] == [[]] * 4
    assert count_answers(world, ana) == before + 1
    assert len([message for message in ana.visible_messages(channel) if "in time\nby" in message.text]) == 1
    assert await count_rows(world, "incoming_message") == 0


@pytest.mark.databases("sqlite", "postgresql")
async def test_another_process_answers_what_a_process_did_not_answer_before_it_died(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    async with run_second_bot(world) as dying:
        stop_answering(dying)
        (delivery,) = open_deliveries(world, dying)[1:]
        await delivery.send_event(build_mention(ana, channel, "add gain: in time"))
        assert delivery.failures == []
    await world.advance_time(seconds=30)
    assert not [message for message in ana.visible_messages(channel) if "Added 1 gain" in message.text]
    await world.advance_time(seconds=31)
    await world.settle()
    answer = ana.find_message(channel, "Added 1 gain")
    assert answer.message.ephemeral_user_id == ana.id
    assert "*Gain*" in find_card(ana, channel, "in time").text
    assert await count_rows(world, "incoming_message") == 0


@pytest.mark.databases("sqlite", "postgresql")
async def test_two_processes_answer_an_abandoned_message_once(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    before = count_answers(world, ana)
    async with run_second_bot(world) as other:
        async with run_second_bot(world) as dying:
            stop_answering(dying)
            (delivery,) = open_deliveries(world, dying)[1:]
            await delivery.send_event(build_mention(ana, channel, "rank pains"))
        world.clock.advance(DEFAULT_TIMING.job_lease + timedelta(seconds=1))
        await asyncio.gather(world.bot.scheduler.tick(), other.scheduler.tick())
        await asyncio.gather(world.bot.deps.background.drain(), other.deps.background.drain())
    assert count_answers(world, ana) == before + 1


async def test_a_message_that_cannot_be_stored_is_answered_when_slack_sends_it_again(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    mention = build_mention(ana, channel, "add gain: in time")
    await execute_sql(world, RENAME_TABLE)
    await world.harness.delivery.send_event(mention)
    await world.bot.deps.background.drain()
    assert [failure[:3] for failure in world.harness.failures] == ["500"]
    world.harness.failures.clear()
    assert "I can't reach my storage at the moment. I'll try again" in ana.last_message(channel).text
    await execute_sql(world, RESTORE_TABLE)
    await world.harness.send_event(mention)
    assert "Added 1 gain" in ana.find_message(channel, "Added").text


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_message_is_answered_once_the_database_works_again(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await execute_sql(world, "ALTER TABLE entry RENAME TO away")
    await world.harness.delivery.send_event(build_mention(ana, channel, "fit"))
    await world.bot.deps.background.drain()
    assert await count_rows(world, "incoming_message") == 1
    await execute_sql(world, "ALTER TABLE away RENAME TO entry")
    await world.advance_time(minutes=2)
    await world.settle()
    assert "Fit: Reports for small shops" in ana.last_message(channel).text
    assert await count_rows(world, "incoming_message") == 0


async def test_an_answer_that_slack_rejects_is_tried_again_later_but_not_for_ever(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for method in ("chat.postEphemeral", "chat.postMessage"):
        world.slack.inject_fault(method, status=503, times=1)
    await world.harness.send_event(build_mention(ana, channel, "add gain: in time"))
    assert await count_rows(world, "incoming_message") == 1
    await world.advance_time(minutes=2)
    await world.settle()
    assert "Added 1 gain" in ana.find_message(channel, "Added 1 gain").text
    assert len([message for message in ana.visible_messages(channel) if "in time\nby" in message.text]) == 1

    for method in ("chat.postEphemeral", "chat.postMessage"):
        world.slack.inject_fault(method, error="user_not_found", times=99)
    await world.harness.send_event(build_mention(ana, channel, "rank"))
    for _ in range(5):
        await world.advance_time(minutes=2)
    assert await count_rows(world, "incoming_message") == 0


async def test_a_message_is_answered_after_a_long_outage_of_slack(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    for method in ("chat.postEphemeral", "chat.postMessage"):
        world.slack.inject_fault(method, status=503, times=8)
    await world.harness.send_event(build_mention(ana, channel, "fit"))
    for _ in range(12):
        await world.advance_time(minutes=2)
        await world.settle()
    assert "Fit: Reports for small shops" in ana.find_message(channel, "Fit: Reports").text
    assert await count_rows(world, "incoming_message") == 0


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("order", ["in order", "reversed"])
async def test_each_event_twice_on_two_processes_at_once_has_its_effect_once(
    world: World, order: str
) -> None:
    (ana, ben, *_), channel = await start_team(world)
    card = find_card(ana, channel, "slow")
    await ana.type_text(channel, "/valuemap vote pains until in 2 hours")
    events = [
        ben.reaction_event(card, "two", "reaction_added"),
        ben.reaction_event(card, "two", "reaction_removed"),
        ben.reaction_event(card, "four", "reaction_added"),
        build_joined_event(world.slack, channel, ben.id),
        build_left_event(world.slack, channel, ben.id),
        build_unarchived_event(world.slack, channel, ana.id),
        build_unarchived_event(world.slack, replace(channel, is_private=True), ana.id),
        {"type": "app_home_opened", "user": ana.id, "tab": "home", "channel": ana.direct_channel.id},
        build_mention(ben, channel, "add gain: in time"),
    ]
    async with run_second_bot(world) as other:
        deliveries = open_deliveries(world, other)
        for event in events if order == "in order" else reversed(events):
            await asyncio.gather(*(delivery.send_event(event) for delivery in deliveries * 2))
        await other.deps.background.drain()
        await world.advance_time(seconds=5)
        await world.advance_time(seconds=5)
        assert [delivery.failures for delivery in deliveries] == [[], []]
    assert "1 vote (one 4)" in card.text
    assert len([message for message in ana.visible_messages(channel) if "in time\nby" in message.text]) == 1
    assert (
        len([message for message in ana.visible_messages(channel) if "asks you to vote on" in message.text])
        == 1
    )


async def test_what_waits_for_slack_is_posted_under_the_new_id_of_its_channel(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("chat.postMessage", error="channel_not_found")
    await ana.type_text(channel, "/valuemap digest now")
    moved = world.harness.add_channel("moved", ana)
    await world.harness.send_event(build_id_changed_event(world.slack, channel.id, moved.id))
    await world.advance_time(minutes=1)
    assert world.find_digests(ana, channel) == []
    assert len(world.find_digests(ana, moved)) == 1


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("is_private", [False, True])
async def test_a_channel_that_is_moved_and_deleted_twice_is_archived_once(
    world: World, is_private: bool
) -> None:
    (ana, *_), channel = await start_team(world)
    moved = world.harness.add_channel("moved", ana, private=is_private)
    events = [
        build_id_changed_event(world.slack, channel.id, moved.id),
        build_deleted_event(world.slack, moved),
    ]
    async with run_second_bot(world) as other:
        for event in events:
            await asyncio.gather(
                *(delivery.send_event(event) for delivery in open_deliveries(world, other) * 2)
            )
    await ana.type_text(moved, "/valuemap canvases")
    assert "archived" in ana.last_message(moved).text
