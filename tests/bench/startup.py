"""How long a process takes until it answers, and what it holds in memory after work, beside the bare app."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from tests.bench import load, processes
from tests.bench.acks import BARE, side_by_side
from tests.bench.options import Options
from tests.bench.processes import Running
from tests.bench.table import Row, alternating


async def rows(options: Options) -> list[Row]:
    with processes.sqlite() as url:
        async with processes.migrated(url):
            pass
        async with processes.yes_slack() as slack:

            def of(
                start: Callable[[], AbstractAsyncContextManager[Running]],
            ) -> Callable[[], Awaitable[float]]:
                async def measure() -> float:
                    async with start() as running:
                        return running.started_in * 1000

                return measure

            started = await alternating(
                options.rounds,
                of(lambda: processes.ours(slack, url)),
                of(lambda: processes.bare(slack)),
            )
    return [
        Row("start-up until `/healthz` answers 200", *started, "ms", BARE, most=2),
        Row("memory after load", *await _memory(options), "MiB", BARE, most=2),
    ]


async def _memory(options: Options) -> tuple[float, float]:
    number = options.some(1000)
    async with side_by_side("SQLite") as both:
        for app in (both.ours, both.bare):
            await load.send(app.port, [both.command() for _ in range(number // 5)], 8)
            await load.send(app.port, [both.reaction() for _ in range(number)], 8)
        await processes.until_called(both.slack, "response", number // 5)
        return both.ours.memory, both.bare.memory
