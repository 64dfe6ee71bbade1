"""What the cases about restrictions share: a world on SQLite, faults in one channel, and what people see."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from tests.conftest import World, open_world


@pytest_asyncio.fixture
async def sqlite_world(sqlite_url: str) -> AsyncIterator[World]:
    """A world on SQLite only, for cases with many inputs that differ in nothing of the database."""
    async with open_world(sqlite_url) as world:
        yield world
        assert world.harness.failures == []


def refuse_posts(world: World, channel: SlackChannel, error: str) -> None:
    """Let Slack refuse every message in a channel, until `world.slack.faults.clear()`."""
    world.slack.inject_fault("chat.postMessage", error=error, channel_id=channel.id, times=10_000)


def list_public(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    """Return the bot's messages that the whole channel sees."""
    return [
        seen
        for seen in person.visible_messages(channel)
        if seen.message.ephemeral_user_id is None and seen.message.user_id == "U0BOT"
    ]


def list_direct(person: Person) -> list[str]:
    """Return the texts of the bot's direct messages to a person."""
    return [seen.text for seen in person.visible_messages(person.direct_channel)]


def count_posts(world: World, channel: SlackChannel) -> int:
    """Count the calls that tried to post in a channel."""
    return sum(
        method == "chat.postMessage" and args["channel"] == channel.id for method, args in world.slack.calls
    )


def list_calls(world: World, method: str) -> list[Any]:
    """Return the arguments of each call of a method, in order."""
    return [args for name, args in world.slack.calls if name == method]
