"""`python -m tests.mutation`: how many of the planted faults the tests find, and which they do not."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutation.covering import read_covering_tests
from tests.mutation.forks import run_in_fork, run_in_forks
from tests.mutation.imported import import_libraries, survives_import
from tests.mutation.mutants import Mutant, make_mutants
from tests.mutation.session import MutationSession
from tests.mutation.survivors import read_survivors

PACKAGES = (
    "bot/method",
    "bot/jobs",
    "bot/features/votes",
    "bot/features/discussions",
    "bot/features/fit",
    "bot/features/digest",
)
# The tests of these packages, and the stories that go through them.
TESTS = (
    "tests/method",
    "tests/jobs",
    "tests/store",
    "tests/features/digest",
    "tests/features/discussions",
    "tests/features/fit",
    "tests/features/ranking",
    "tests/features/votes",
    "tests/cases/test_slack_deleted_messages.py",
    "tests/cases/test_slack_messages.py",
    *(
        f"tests/stories/test_{name}.py"
        for name in (
            "changes",
            "converging",
            "digest",
            "discussions",
            "due_tests",
            "entries",
            "events",
            "evidence",
            "home",
            "leaving",
            "review",
            "sealed_rounds",
            "tests",
            "vote_reading",
            "votes",
            "voting_dialog",
        )
    ),
)
PYTEST_OPTIONS = (
    "-q",
    *("-p", "no:cacheprovider"),
    *("-o", "tmp_path_retention_policy=none"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # a fork has pytest's plugins already
    *("-m", "not postgresql and not browser and not chaos"),
    "--hypothesis-profile=mutation",
)
MIN_KILLED = 0.9

# The same examples each time, and no search for smaller ones: only whether a test fails matters.
settings.register_profile(
    "mutation",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=50,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def main() -> int:
    """Run, print the survivors, and return 1 if there are unexplained ones or too many."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("packages", nargs="*", default=PACKAGES, help="folders or files of the bot")
    parser.add_argument(
        "--one-in", type=int, default=1, metavar="N", help="take one mutant in N, always the same"
    )
    parser.add_argument("--tests", nargs="+", default=TESTS, help="folders or files of tests")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    mutants = [
        mutant
        for mutant in list_mutants(options.packages)
        if crc32(mutant.key.encode()) % options.one_in == 0
    ]
    explained = read_survivors()
    for key in explained.keys() - {mutant.key for mutant in list_mutants(PACKAGES)}:
        sys.stdout.write(f"NO LONGER PLANTED: {key}\n")
    started_at = time.monotonic()
    survivors = run(mutants, options.tests, options.workers)
    unexplained = [mutant for mutant in survivors if mutant.key not in explained]
    for mutant in unexplained:
        count = len(survivors[mutant])
        sys.stdout.write(f"SURVIVED {count} tests, line {mutant.lines.start}: {mutant.key}\n")
    killed = 1 - len(survivors) / len(mutants)
    minutes = (time.monotonic() - started_at) / 60
    sys.stdout.write(
        f"{len(mutants)} mutants, {len(survivors)} survived, of these {len(unexplained)} unexplained: "
        f"{killed:.1%} killed in {minutes:.0f} minutes\n"
    )
    return int(bool(unexplained) or killed < MIN_KILLED)


def list_mutants(packages: Sequence[str]) -> list[Mutant]:
    """Return the mutants of all modules of these packages."""
    files = [
        file
        for package in packages
        for file in ([Path(package)] if package.endswith(".py") else sorted(Path(package).rglob("*.py")))
    ]
    return [mutant for file in files for mutant in make_mutants(file.as_posix(), file.read_text())]


def run(mutants: list[Mutant], tests: Sequence[str], workers: int) -> dict[Mutant, list[str]]:
    """Return the mutants that survive, each with the tests that it survived."""
    in_functions = [mutant for mutant in mutants if mutant.is_in_function]
    others = [mutant for mutant in mutants if not mutant.is_in_function]
    with TemporaryDirectory() as name:
        folder = Path(name)
        plugin = MutationSession(in_functions, workers, folder)
        # Not pytest's own folder, of which the third run after this one would delete what this one uses.
        options = [*PYTEST_OPTIONS, f"--basetemp={folder / 'pytest'}"]
        if not run_in_fork(lambda: pytest.main([*options, *tests], plugins=[plugin]) == 0):
            sys.exit("The tests fail without any mutant.")
        if not (folder / "survivors").exists():
            sys.exit("The tests fail in a fork without any mutant.")
        import_libraries((folder / "libraries").read_text().splitlines())
        covering = read_covering_tests(folder)
        work = survives_import(covering, PYTEST_OPTIONS, folder)
        keys = {*(folder / "survivors").read_text().splitlines()}
    keys |= {mutant.key for mutant, survived in run_in_forks(others, work, workers) if survived}
    return {mutant: covering.find(mutant) for mutant in mutants if mutant.key in keys}


if __name__ == "__main__":
    sys.exit(main())
