"""The long run: python -m tests.chaos --kills 200 --digests 2000 --workers 4 --database postgresql."""

import argparse
import asyncio
import dataclasses
import os
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Plan, chaos


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    usual = Plan()
    for name in ("kills", "digests", "workers", "webs", "canvases", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default=usual.database)
    parser.add_argument("--log", help="where to write what the processes log")
    arguments = parser.parse_args()
    asked = {name: value for name, value in vars(arguments).items() if name != "log"}
    plan = dataclasses.replace(usual, **asked)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        log = Path(arguments.log).resolve() if arguments.log else Path(folder) / "processes.log"
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all processes end with this one
        figures = asyncio.run(chaos(plan, Path(folder), log, _say))
    for name, value in dataclasses.asdict(figures).items():
        shown = f"{value:.1f}" if isinstance(value, float) else value
        _say(f"{name.replace('_', ' '):<24} {shown}")
    _say(f"wrong: {figures.wrong or 'nothing'}")
    return 1 if figures.wrong else 0


def _say(said: str) -> None:
    print(said, flush=True)  # noqa: T201 - for whoever runs it


if __name__ == "__main__":
    sys.exit(main())
