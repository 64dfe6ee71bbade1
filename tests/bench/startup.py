"""How long a process takes until it answers, and what it holds in memory after work, beside the bare app."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from tests.bench import load, processes
from tests.bench.acks import BARE, run_both_apps
from tests.bench.options import Options
from tests.bench.processes import RunningProcess
from tests.bench.table import Row, measure_alternately


async def measure_rows(options: Options) -> list[Row]:
    with processes.create_sqlite() as url:
        async with processes.open_migrated(url):
            pass
        async with processes.run_fake_slack() as slack:

            def of(
                start: Callable[[], AbstractAsyncContextManager[RunningProcess]],
            ) -> Callable[[], Awaitable[float]]:
                async def measure() -> float:
                    async with start() as running:
                        return running.startup_seconds * 1000

                return measure

            started = await measure_alternately(
                options.rounds,
                of(lambda: processes.run_bot(slack, url)),
                of(lambda: processes.run_bare_app(slack)),
            )
    return [
        Row("start-up until `/healthz` answers 200", *started, "ms", BARE, max_ratio=2),
        Row("memory after load", *await _measure_memory(options), "MiB", BARE, max_ratio=2),
    ]


async def _measure_memory(options: Options) -> tuple[float, float]:
    number = options.some(1000)
    async with run_both_apps("SQLite") as both:
        for app in (both.ours, both.bare):
            await load.send_requests(app.port, [both.command() for _ in range(number // 5)], 8)
            await load.send_requests(app.port, [both.reaction() for _ in range(number)], 8)
        await processes.wait_for_calls(both.slack, "response", number // 5)
        return both.ours.memory_mib, both.bare.memory_mib
