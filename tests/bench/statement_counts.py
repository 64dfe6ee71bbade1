"""Statements and calls to Slack, counted as the tests in `tests/statement_counts` count them."""

from bot.app import Bot
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.server.delivery import asgi_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.manifest import build_manifest
from bot.server import build_http_app
from bot.settings import Settings
from tests.bench import processes
from tests.bench.options import Options
from tests.bench.table import Row
from tests.conftest import World
from tests.statement_counts.counting import count_work
from tests.statement_counts.test_counts import EXCEPTIONS, MAX_STATEMENTS, count_commands

MAX_VOTE_STATEMENTS = 3
MAX_USUAL_CALLS = 2


async def measure_rows(_options: Options) -> list[Row]:
    with processes.create_sqlite() as url:
        async with processes.open_migrated(url):
            pass
        clock = FakeClock()
        async with FakeSlack(
            clock, build_manifest("https://bot.example/slack/events", socket_mode=False)
        ) as slack:
            bot = Bot(
                Settings(
                    bot_token=slack.bot_token,
                    signing_secret=slack.signing_secret,
                    api_url=slack.api_url,
                    database_url=url,
                ),
                clock.now,
            )
            async with bot.running():

                async def settle() -> None:
                    await world.settle()

                world = World(slack, bot, Harness(slack, asgi_sender(build_http_app(bot)), settle), clock)
                found = await count_commands(world)
                vote = await _count_vote_statements(world)
    usual = {typed: counts for typed, counts in found.items() if typed not in EXCEPTIONS}
    beside = "the goal"
    left_out = ", ".join(f"`{typed}`" for typed in EXCEPTIONS)
    note = f"without {left_out}, which `tests/statement_counts` holds to limits of their own"
    return [
        Row(
            "statements of a command, at most",
            max(len(counts.statements) for counts in usual.values()),
            MAX_STATEMENTS,
            "",
            beside,
            max_ratio=1,
            note=note,
        ),
        Row(
            "calls of a command, at most",
            max(len(counts.calls) for counts in usual.values()),
            MAX_USUAL_CALLS,
            "",
            beside,
            max_ratio=1,
        ),
        Row("statements of a vote, which calls nothing", vote, MAX_VOTE_STATEMENTS, "", beside, max_ratio=1),
    ]


async def _count_vote_statements(world: World) -> int:
    ben = world.harness.add_person("Ben")
    channel = world.harness.add_channel("votes", ben)
    await world.start_canvas(channel)
    card = ben.find_message(channel, "*Job*\nreport")
    with count_work(world) as counts:
        await ben.member.add_reaction(card.message, "five")
        await world.bot.deps.background.drain()
    assert not counts.calls
    return len(counts.statements)
