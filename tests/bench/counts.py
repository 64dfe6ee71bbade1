"""Statements and calls to Slack, counted as the tests in `tests/counts` count them."""

from bot.app import Bot
from bot.fake_slack.clock import Clock
from bot.fake_slack.delivery import over_asgi
from bot.fake_slack.people import Bench
from bot.fake_slack.slack import Playground
from bot.manifest import manifest
from bot.settings import Settings
from tests.bench import processes
from tests.bench.options import Options
from tests.bench.table import Row
from tests.conftest import World
from tests.counts.counting import asked
from tests.counts.test_counts import EXCEPTIONS, MOST_STATEMENTS, counted

VOTE = 3  # statements
CALLS = 2


async def rows(_options: Options) -> list[Row]:
    with processes.sqlite() as url:
        async with processes.migrated(url):
            pass
        clock = Clock()
        async with Playground(
            clock, manifest("https://bot.example/slack/events", socket_mode=False)
        ) as slack:
            bot = Bot(Settings(slack.bot_token, slack.signing_secret, "", slack.api_url, url), clock.now)
            async with bot.running():

                async def settle() -> None:
                    await world.settle()

                world = World(slack, bot, Bench(slack, over_asgi(bot.web()), settle), clock)
                found = await counted(world)
                vote = await _vote(world)
    usual = {typed: counts for typed, counts in found.items() if typed not in EXCEPTIONS}
    beside = "the goal"
    left_out = ", ".join(f"`{typed}`" for typed in EXCEPTIONS)
    note = f"without {left_out}, which `tests/counts` holds to limits of their own"
    return [
        Row(
            "statements of a command, at most",
            max(len(counts.statements) for counts in usual.values()),
            MOST_STATEMENTS,
            "",
            beside,
            most=1,
            note=note,
        ),
        Row(
            "calls of a command, at most",
            max(len(counts.calls) for counts in usual.values()),
            CALLS,
            "",
            beside,
            most=1,
        ),
        Row("statements of a vote, which calls nothing", vote, VOTE, "", beside, most=1),
    ]


async def _vote(world: World) -> int:
    ben = world.bench.person("Ben")
    channel = world.bench.channel("votes", ben)
    await world.canvas(channel)
    card = ben.finds(channel, "*Job*\nreport")
    with asked(world) as counts:
        await ben.member.reacts(card.posted, "five")
        await world.bot.deps.tasks.drain()
    assert not counts.calls
    return len(counts.statements)
