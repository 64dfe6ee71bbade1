"""Which tests run which lines, and those that a mutant has to survive."""

import ast
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, zip_longest
from pathlib import Path
from typing import NamedTuple

from coverage import CoverageData

from tests.mutation.mutants import Mutant

MAX_CPU_SECONDS = 20  # of the tests that one mutant has to survive, as they were measured
COVERAGE, CPU_SECONDS = "coverage", "cpu_seconds.json"  # the files of a measured run


class Line(NamedTuple):
    """A line of a file, counted from 1."""

    path: str
    number: int


class CoveringTests:
    """The tests that run each line of the bot.

    `uses` has the lines on which code uses a name, `users` the tests whose module uses it, and `cpu_seconds`
    how long each test takes.
    """

    def __init__(
        self,
        tests_by_line: Mapping[Line, frozenset[str]],
        uses: Mapping[str, Iterable[Line]],
        users: Mapping[str, Iterable[str]],
        cpu_seconds: Mapping[str, float],
    ) -> None:
        self._tests_by_line = tests_by_line
        self._uses = uses
        self._users = users
        self._cpu_seconds = cpu_seconds
        self._line_counts = Counter(test for tests in tests_by_line.values() for test in tests)
        self._line_counts_by_path = Counter(
            (line.path, test) for line, tests in tests_by_line.items() for test in tests
        )

    def find(self, mutant: Mutant) -> list[str]:
        """Return the tests for a mutant, the most specific first, for at most MAX_CPU_SECONDS.

        No test runs a line outside functions: for it, these are the tests that run a line with a name that it
        defines, and those of modules that use a constant that it defines.
        """
        lines = [Line(mutant.path, number) for number in mutant.lines]
        lines += [line for name in mutant.defines for line in self._uses.get(name, ())]
        tests = {test for line in lines for test in self._tests_by_line.get(line, ())}
        constants = filter(str.isupper, mutant.defines)
        tests |= {test for name in constants for test in self._users.get(name, ())}
        by_function: defaultdict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (-self._compute_share(mutant.path, test), test)):
            by_function[test.partition("[")[0]].append(test)
        # One case of each test before the second case of any: the cases of one test say much the same.
        rounds = zip_longest(*by_function.values())
        ordered = [test for cases in rounds for test in cases if test is not None]
        ends = accumulate(self._cpu_seconds.get(test, 0) for test in ordered)
        return [test for test, end in zip(ordered, ends, strict=True) if end <= MAX_CPU_SECONDS]

    def _compute_share(self, path: str, test: str) -> float:
        """Return how much of what a test runs is in a file: a test of that file runs little else."""
        return self._line_counts_by_path[path, test] / max(self._line_counts[test], 1)


def read_covering_tests(folder: Path) -> CoveringTests:
    """Return what coverage.py measured, with a context for each test, and how long each took."""
    data = CoverageData(str(folder / COVERAGE))
    data.read()
    sources = [Path(source).relative_to(Path.cwd()) for source in data.measured_files()]
    assert sources, "without measured lines, no mutant would have a test"
    uses: defaultdict[str, set[Line]] = defaultdict(set)
    for source in sources:
        for name, number in find_uses(source.read_text()):
            uses[name].add(Line(source.as_posix(), number))
    cpu_seconds: dict[str, float] = json.loads((folder / CPU_SECONDS).read_text())
    return CoveringTests(
        {
            Line(source.as_posix(), number): frozenset(contexts) - {""}
            for source in sources
            for number, contexts in data.contexts_by_lineno(str(source.absolute())).items()
        },
        uses,
        _find_users(cpu_seconds),
        cpu_seconds,
    )


def _find_users(tests: Iterable[str]) -> Mapping[str, Iterable[str]]:
    """Return the tests by the names that their modules use."""
    by_module: defaultdict[str, list[str]] = defaultdict(list)
    for test in tests:
        by_module[test.partition("::")[0]].append(test)
    users: defaultdict[str, list[str]] = defaultdict(list)
    for module, its_tests in by_module.items():
        for name in {name for name, _ in find_uses(Path(module).read_text())}:
            users[name] += its_tests
    return users


def find_uses(source: str) -> Iterator[tuple[str, int]]:
    """Yield each name or attribute that code uses, with the number of its line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(name) | ast.Attribute(_, name):
                yield name, node.lineno
