"""The long run: python -m tests.chaos --kills 200 --digests 2000 --workers 4 --database postgresql."""

import argparse
import asyncio
import dataclasses
import os
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Plan, run_chaos


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    default_plan = Plan()
    for name in ("kills", "digests", "workers", "webs", "canvases", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(default_plan, name))
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default=default_plan.database)
    parser.add_argument("--log", help="where to write what the processes log")
    arguments = parser.parse_args()
    options = {name: value for name, value in vars(arguments).items() if name != "log"}
    plan = dataclasses.replace(default_plan, **options)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        log = Path(arguments.log).resolve() if arguments.log else Path(folder) / "processes.log"
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all processes end with this one
        report = asyncio.run(run_chaos(plan, Path(folder), log, _say))
    for name, value in dataclasses.asdict(report).items():
        text = f"{value:.1f}" if isinstance(value, float) else value
        _say(f"{name.replace('_', ' '):<24} {text}")
    _say(f"wrong: {report.failures or 'nothing'}")
    return 1 if report.failures else 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - for whoever runs it


if __name__ == "__main__":
    sys.exit(main())
