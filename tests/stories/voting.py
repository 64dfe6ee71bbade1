"""What the stories of voting rounds share."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from bot.fake_slack.client.harness import Person, VisibleMessage

from bot.app import Bot
from bot.fake_slack.models import SlackChannel
from bot.settings import Settings
from bot.timing import UNTHROTTLED_TIMING, Timing
from tests.conftest import World

FRIDAY = datetime(2026, 10, 16, 15, tzinfo=UTC)  # 17:00 in Berlin; the stories begin on Monday the 12th


async def team(world: World, number: int = 3) -> tuple[list[Person], SlackChannel]:
    """Ana in Berlin and others, and a canvas with three pains and a job."""
    people = [world.harness.add_person("Ana", "Europe/Berlin")]
    people += [world.harness.add_person(f"P{n}") for n in range(1, number)]
    channel = world.harness.add_channel("product", *people)
    await people[0].type_text(channel, "/valuemap new Reports for small shops")
    await people[0].type_text(channel, "/valuemap add pain: slow; dear; dull; job: report")
    return people, channel


def card(person: Person, channel: SlackChannel, text: str) -> VisibleMessage:
    return person.find_message(channel, f"\n{text}\nby")


def of_all(person: Person, channel: SlackChannel, words: str) -> list[VisibleMessage]:
    """Return the messages with these words that the whole channel sees."""
    return [seen for seen in person.visible_messages(channel) if words in seen.text and seen.posted.ephemeral_user_id is None]


def results(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    return of_all(person, channel, "Result of the vote")


def calls(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    return of_all(person, channel, "Vote: pains")


def reminders(people: Sequence[Person]) -> list[int]:
    return [sum("you have not voted yet" in seen.text for seen in p.visible_messages(p.direct_channel)) for p in people]


@contextlib.asynccontextmanager
async def another(world: World, pace: Timing = UNTHROTTLED_TIMING) -> AsyncIterator[Bot]:
    """Another process of the bot, on the same database."""
    settings = Settings(
        bot_token=world.slack.bot_token,
        signing_secret=world.slack.signing_secret,
        api_url=world.slack.api_url,
        database_url=world.bot.db.url.render_as_string(hide_password=False),
    )
    bot = Bot(settings, world.clock.now, pace)
    async with bot.running():
        yield bot
