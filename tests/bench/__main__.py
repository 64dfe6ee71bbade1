"""Measure everything and print one table: `python -m tests.bench [--quick] [NAME …]`."""

import argparse
import asyncio
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from tests.bench import acks, answers, claims, digests, method_metrics, scale, votes
from tests.bench.options import Options
from tests.bench.table import Row, render_markdown

PARTS: dict[str, Callable[[Options], Awaitable[list[Row]]]] = {
    "acks": acks.measure_rows,
    "votes": votes.measure_rows,
    "metrics": method_metrics.measure_rows,
    "answers": answers.measure_rows,
    "digests": digests.measure_rows,
    "claims": claims.measure_rows,
    "scale": scale.measure_rows,
    "backlog": scale.measure_backlog_rows,
}


async def measure_parts(names: list[str], options: Options) -> list[Row]:
    rows: list[Row] = []
    for name in names or PARTS:
        print(f"measuring {name} …", flush=True)  # noqa: T201 - this takes minutes
        rows += await PARTS[name](options)
    return rows


def describe_machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {memory:.0f} GiB, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"the parts: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: to see that it works")
    given = parser.parse_args()
    if unknown := {*given.names} - PARTS.keys():
        parser.error(f"There is no part {', '.join(sorted(unknown))}.")
    began, where = datetime.now(UTC), describe_machine()
    rows = asyncio.run(measure_parts(given.names, Options(quick=given.quick)))
    print(f"\nMeasured on {began:%Y-%m-%d %H:%M} UTC; {where} when it began.\n\n{render_markdown(rows)}")  # noqa: T201 - the output


if __name__ == "__main__":
    main()
