"""Acknowledgements over HTTP, and how many requests one process takes a second, beside the bare app."""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.bench import load, processes, seed
from tests.bench.constants import CHANNEL
from tests.bench.options import Options
from tests.bench.processes import Running
from tests.bench.table import Row, alternating

ENTRIES, VOTES = 40, 400
CONNECTIONS = 64
PAUSE = 0.02  # seconds between two requests of the one connection, so that what the first began is over
BARE = "a bare Bolt app"


@dataclass(frozen=True, slots=True)
class Both:
    """Both apps, and what is there to ask them of."""

    slack: Running
    ours: Running
    bare: Running
    cards: list[str]

    def command(self) -> bytes:
        return load.command("fit", self.slack.url)

    def reaction(self) -> bytes:
        return load.reaction(self.cards[load.count() % len(self.cards)])


@asynccontextmanager
async def side_by_side(database: str) -> AsyncIterator[Both]:
    with processes.DATABASES[database]() as url:
        async with processes.migrated(url) as prepared:
            await seed.workspace(prepared)
            _, entries = await seed.canvas(prepared, ENTRIES, CHANNEL)
            cards = await seed.cards(prepared, entries)
            await seed.vote(prepared, entries, VOTES)
            await seed.settled(prepared)
        async with (
            processes.yes_slack() as slack,
            processes.bare(slack) as bare,
            processes.ours(slack, url) as ours,
        ):
            yield Both(slack, ours, bare, cards)


async def rows(options: Options) -> list[Row]:
    found: list[Row] = []
    for name in options.databases:
        async with side_by_side(name) as both:
            for app in (both.ours, both.bare):  # each asks Slack who it is at its first request
                await load.send(app.port, [both.command(), both.reaction()])
            found += [*await _waits(options, name, both), *await _throughput(options, name, both)]
    return found


async def _waits(options: Options, name: str, both: Both) -> list[Row]:
    """Return the median waits over one connection that is not hurried."""
    number = options.some(150)

    def one(app: Running, request: Callable[[], bytes]) -> Callable[[], Awaitable[float]]:
        async def measure() -> float:
            sent = await load.send(app.port, [request() for _ in range(number)], pause=PAUSE)
            return statistics.median(sent.waits) * 1000

        return measure

    def both_of(request: Callable[[], bytes]) -> tuple[Callable[[], Awaitable[float]], ...]:
        return one(both.ours, request), one(both.bare, request)

    commands = await alternating(options.rounds, *both_of(both.command))
    reactions = await alternating(options.rounds, *both_of(both.reaction))
    return [
        Row(f"`/valuemap fit` acknowledged, p50, {name}", *commands, "ms", BARE, most=0.35),
        Row(f"a reaction stored and acknowledged, p50, {name}", *reactions, "ms", BARE, most=1.5),
    ]


async def _throughput(options: Options, name: str, both: Both) -> list[Row]:
    """Return how many requests a second each takes at many connections, all work done."""
    number, costs = options.some(1500), list[float]()
    until_answered = list[float]()

    async def send(app: Running, requests: list[bytes]) -> float:
        sent = await load.send(app.port, requests, CONNECTIONS)
        costs.append(sent.own / len(requests) * 1000)
        return len(requests) / sent.seconds

    async def commands() -> float:
        before = await processes.called(both.slack, "response")
        began = time.perf_counter()
        speed = await send(both.ours, [both.command() for _ in range(number // 5)])
        await processes.until_called(both.slack, "response", before + number // 5)
        until_answered.append(number / 5 / (time.perf_counter() - began))
        return speed

    async def bare_commands() -> float:
        return await send(both.bare, [both.command() for _ in range(number)])

    async def reactions() -> float:
        return await send(both.ours, [both.reaction() for _ in range(number)])

    async def bare_reactions() -> float:
        return await send(both.bare, [both.reaction() for _ in range(number)])

    asked = await alternating(options.rounds, commands, bare_commands)
    stored = await alternating(options.rounds, reactions, bare_reactions)
    cost = f"the generator costs {statistics.median(costs):.2f} ms of processor time a request on either side"
    answered = f"all of them were answered at {statistics.median(until_answered):.0f} a second; {cost}"
    return [
        Row(f"commands acknowledged, 64 connections, {name}", *asked, "/s", BARE, least=0.8, note=answered),
        Row(f"reactions stored, 64 connections, {name}", *stored, "/s", BARE, least=0.5, note=cost),
    ]
