"""A team with a canvas, its cards and rounds, for stories about votes."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from bot.app import Bot
from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from bot.timing import Timing
from tests.conftest import TEST_TIMING, World, build_settings
from tests.saved_state import find_channel, find_person

FRIDAY = datetime(2026, 10, 16, 15, tzinfo=UTC)  # 17:00 in Berlin; the stories begin on Monday the 12th


async def start_team(world: World, number: int = 3) -> tuple[list[Person], SlackChannel]:
    """Start a canvas with three pains and a job in a channel of Ana, who is in Berlin, and others."""
    if await world.restore_state("team"):
        ana, channel = find_person(world, "Ana"), find_channel(world, "product")
    else:
        ana, channel = await world.play_team()
    others = [world.harness.add_person(f"P{n}") for n in range(1, number)]
    for person in others:
        channel.member_ids.add(person.id)
    return [ana, *others], channel


def find_card(person: Person, channel: SlackChannel, text: str) -> VisibleMessage:
    return person.find_message(channel, f"\n{text}\nby")


def find_public_messages(person: Person, channel: SlackChannel, words: str) -> list[VisibleMessage]:
    """Return the messages with these words that the whole channel sees."""
    return [
        seen
        for seen in person.visible_messages(channel)
        if words in seen.text and seen.message.ephemeral_user_id is None
    ]


def find_results(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    return find_public_messages(person, channel, "Vote closed · ")


def find_announcements(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    """Return the calls of the votes on pains, open or closed."""
    return [
        seen
        for seen in find_public_messages(person, channel, "pains")
        if " asks you to vote on " in seen.text or "The vote on pains of " in seen.text
    ]


def count_reminders(people: Sequence[Person]) -> list[int]:
    return [
        sum("This is the only reminder" in seen.text for seen in p.visible_messages(p.direct_channel))
        for p in people
    ]


@contextlib.asynccontextmanager
async def run_second_bot(world: World, timing: Timing = TEST_TIMING) -> AsyncIterator[Bot]:
    """Run another process of the bot on the same database."""
    settings = build_settings(world.slack, world.bot.db.url.render_as_string(hide_password=False))
    bot = Bot(settings, world.clock.now, timing)
    async with bot.running():
        yield bot
