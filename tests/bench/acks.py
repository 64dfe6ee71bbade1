"""Acknowledgements over HTTP, and how many requests one process takes a second, beside the bare app."""

import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from tests.bench import load, processes, seed
from tests.bench.constants import CHANNEL_ID
from tests.bench.options import Options
from tests.bench.processes import RunningProcess
from tests.bench.table import Row, measure_alternately

ENTRIES, VOTES = 40, 400
CONNECTIONS = 64
REQUEST_INTERVAL_SECONDS = 0.02  # of one connection, so that the work of a request is over before the next
BARE = "a bare Bolt app"


@dataclass(frozen=True, slots=True)
class AppPair:
    """The bot, the bare app, the fake Slack that both call, and the ts of the cards."""

    slack: RunningProcess
    ours: RunningProcess
    bare: RunningProcess
    cards: list[str]

    def command(self) -> bytes:
        return load.make_command("fit", self.slack.url)

    def reaction(self) -> bytes:
        return load.make_reaction(self.cards[load.next_number() % len(self.cards)])


@asynccontextmanager
async def run_both_apps(database: str) -> AsyncIterator[AppPair]:
    with processes.DATABASES[database]() as url:
        async with processes.open_migrated(url) as prepared:
            await seed.add_workspace(prepared)
            _, entries = await seed.add_canvas(prepared, ENTRIES, CHANNEL_ID)
            cards = await seed.set_cards(prepared, entries)
            await seed.add_votes(prepared, entries, VOTES)
            await seed.analyze_tables(prepared)
        async with (
            processes.run_fake_slack() as slack,
            processes.run_bare_app(slack) as bare,
            processes.run_bot(slack, url) as ours,
        ):
            yield AppPair(slack, ours, bare, cards)


async def measure_rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for name in options.databases:
        async with run_both_apps(name) as both:
            for app in (both.ours, both.bare):  # each asks Slack who it is at its first request
                await load.send_requests(app.port, [both.command(), both.reaction()])
            found += [
                *await _measure_waits(options, name, both),
                *await _measure_throughput(options, name, both),
            ]
    return found


async def _measure_waits(options: Options, name: str, both: AppPair) -> list[Row]:
    """Return the median waits over one connection with pauses."""

    async def measure(app: RunningProcess) -> float:
        requests = [both.command() for _ in range(options.some(150))]
        sent = await load.send_requests(app.port, requests, pause_seconds=REQUEST_INTERVAL_SECONDS)
        return statistics.median(sent.answer_seconds) * 1000

    waits = await measure_alternately(
        options.rounds, partial(measure, both.ours), partial(measure, both.bare)
    )
    return [Row(f"`/valuemap fit` acknowledged, p50, {name}", *waits, "ms", BARE, max_ratio=0.35)]


async def _measure_throughput(options: Options, name: str, both: AppPair) -> list[Row]:
    """Return how many requests a second each app answers over many connections, until all work is done."""
    number, costs = options.some(1500), list[float]()
    until_answered = list[float]()

    async def send(app: RunningProcess, requests: list[bytes]) -> float:
        sent = await load.send_requests(app.port, requests, CONNECTIONS)
        costs.append(sent.processor_seconds / len(requests) * 1000)
        return len(requests) / sent.seconds

    async def commands() -> float:
        before = await processes.count_calls(both.slack, "response")
        began = time.perf_counter()
        speed = await send(both.ours, [both.command() for _ in range(number // 5)])
        await processes.wait_for_calls(both.slack, "response", before + number // 5)
        until_answered.append(number / 5 / (time.perf_counter() - began))
        return speed

    async def bare_commands() -> float:
        return await send(both.bare, [both.command() for _ in range(number)])

    async def reactions() -> float:
        return await send(both.ours, [both.reaction() for _ in range(number)])

    async def bare_reactions() -> float:
        return await send(both.bare, [both.reaction() for _ in range(number)])

    asked = await measure_alternately(options.rounds, commands, bare_commands)
    stored = await measure_alternately(options.rounds, reactions, bare_reactions)
    cost = f"the generator costs {statistics.median(costs):.2f} ms of processor time a request on either side"
    answered = f"all of them were answered at {statistics.median(until_answered):.0f} a second; {cost}"
    return [
        Row(
            f"commands acknowledged, 64 connections, {name}", *asked, "/s", BARE, min_ratio=0.8, note=answered
        ),
        Row(
            f"reactions stored over HTTP, 64 connections, {name}",
            *stored,
            "/s",
            BARE,
            min_ratio=0.5,
            note=cost,
        ),
    ]
