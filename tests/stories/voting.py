"""What the stories of voting rounds share."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from bot.app import Bot
from bot.fake_slack.people import Person, Seen
from bot.fake_slack.things import Channel
from bot.settings import Settings
from bot.timing import UNPACED, Pace
from tests.conftest import World

FRIDAY = datetime(2026, 10, 16, 15, tzinfo=UTC)  # 17:00 in Berlin; the stories begin on Monday the 12th


async def team(world: World, number: int = 3) -> tuple[list[Person], Channel]:
    """Ana in Berlin and others, and a canvas with three pains and a job."""
    people = [world.bench.person("Ana", "Europe/Berlin")]
    people += [world.bench.person(f"P{n}") for n in range(1, number)]
    channel = world.bench.channel("product", *people)
    await people[0].types(channel, "/valuemap new Reports for small shops")
    await people[0].types(channel, "/valuemap add pain: slow; dear; dull; job: report")
    return people, channel


def card(person: Person, channel: Channel, text: str) -> Seen:
    return person.finds(channel, f"\n{text}\nby")


def of_all(person: Person, channel: Channel, words: str) -> list[Seen]:
    """Return the messages with these words that the whole channel sees."""
    return [seen for seen in person.sees(channel) if words in seen.text and seen.posted.only_for is None]


def results(person: Person, channel: Channel) -> list[Seen]:
    return of_all(person, channel, "Result of the vote")


def calls(person: Person, channel: Channel) -> list[Seen]:
    return of_all(person, channel, "Vote: pains")


def reminders(people: Sequence[Person]) -> list[int]:
    return [sum("you have not voted yet" in seen.text for seen in p.sees(p.direct)) for p in people]


@contextlib.asynccontextmanager
async def another(world: World, pace: Pace = UNPACED) -> AsyncIterator[Bot]:
    """Another process of the bot, on the same database."""
    settings = Settings(
        world.slack.bot_token,
        world.slack.signing_secret,
        api_url=world.slack.api_url,
        database_url=world.bot.db.url.render_as_string(hide_password=False),
    )
    bot = Bot(settings, world.clock.now, pace)
    async with bot.running():
        yield bot
