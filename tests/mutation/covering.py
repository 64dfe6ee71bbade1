"""Which tests run which lines, and those that a mutant has to survive."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from coverage import CoverageData

from tests.mutation.mutants import Mutant

MAX_TESTS = 25  # that one mutant has to survive


class Line(NamedTuple):
    """A line of a file, counted from 1."""

    path: str
    number: int


class CoveringTests:
    """The tests that run each line of the bot."""

    def __init__(self, tests_by_line: Mapping[Line, frozenset[str]]) -> None:
        self._tests_by_line = tests_by_line
        self._paths = {line.path for line in tests_by_line}
        # A test that runs little is fast, and speaks about that little.
        self._line_counts = Counter(test for tests in tests_by_line.values() for test in tests)

    def find(self, mutant: Mutant) -> list[str]:
        """Return the tests for a mutant, the most specific first, at most MAX_TESTS.

        No test runs a line outside functions: for it, these are the tests that run a line with a name that it
        defines.
        """
        lines = [Line(mutant.path, number) for number in mutant.lines]
        lines += [line for path in self._paths for line in _find_uses(path, mutant.defines)]
        tests = {test for line in lines for test in self._tests_by_line.get(line, ())}
        return sorted(tests, key=lambda test: (self._line_counts[test], test))[:MAX_TESTS]


def read_covering_tests(file: Path) -> CoveringTests:
    """Return what coverage.py measured, with a context for each test."""
    data = CoverageData(str(file))
    data.read()
    assert data.measured_files(), "without measured lines, no mutant would have a test"
    return CoveringTests(
        {
            Line(Path(source).relative_to(Path.cwd()).as_posix(), number): frozenset(contexts) - {""}
            for source in data.measured_files()
            for number, contexts in data.contexts_by_lineno(source).items()
        }
    )


def _find_uses(path: str, names: frozenset[str]) -> Iterator[Line]:
    """Yield the lines of a file on which code uses a name or an attribute of these."""
    for node in ast.walk(_parse(path)):
        match node:
            case ast.Name(found) | ast.Attribute(_, found) if found in names:
                yield Line(path, node.lineno)


@cache
def _parse(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text())
