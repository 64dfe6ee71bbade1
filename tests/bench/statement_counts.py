"""Statements and calls to Slack, counted as the tests in `tests/statement_counts` count them."""

from bot.timing import DEFAULT_TIMING
from tests.bench import processes
from tests.bench.options import Options
from tests.bench.table import Row
from tests.conftest import World, open_world
from tests.statement_counts.counting import count_work
from tests.statement_counts.test_counts import EXCEPTIONS, MAX_STATEMENTS, count_commands

MAX_VOTE_STATEMENTS = 3
MAX_USUAL_CALLS = 2


async def measure_rows(_options: Options) -> list[Row]:
    with processes.create_sqlite() as url:
        async with processes.open_migrated(url):
            pass
        async with open_world(url, DEFAULT_TIMING) as world:
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
    card = ben.find_message(channel, "*Job*  [⋯]\nreport")
    with count_work(world) as counts:
        await ben.member.add_reaction(card.message, "five")
        await world.bot.deps.background.drain()
    assert not counts.calls
    return len(counts.statements)
