"""One run of pytest that measures what the tests run, and then tries the mutants inside functions.

Each mutant is tried in a fork of the run, in which its functions get their mutated code. Nothing is imported
or collected again.
"""

import gc
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from coverage import Coverage

from tests.mutation.covering import COVERAGE, CPU_SECONDS, read_covering_tests
from tests.mutation.forks import run_in_fork, run_in_forks
from tests.mutation.mutants import Mutant

CONTROL_STEP = 20  # one test in so many is run again without a mutant
Functions = Mapping[str, Sequence[FunctionType]]  # by file


class MutationSession:
    """The pytest plugin of this run. It writes its results into the folder."""

    def __init__(self, mutants: Sequence[Mutant], workers: int, folder: Path) -> None:
        self._mutants = mutants
        self._workers = workers
        self._folder = folder
        data_file = str(folder / COVERAGE)
        # Without the settings of `make coverage`, which write one file for each process.
        self._coverage = Coverage(
            data_file, config_file=False, source=["bot"], concurrency=["thread", "greenlet"]
        )
        self._coverage.start()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests once, then some of them for each mutant."""
        cpu_seconds: dict[str, float] = {}
        caches = list_caches()
        for item in session.items:
            for cache in caches:  # else only the first test would run what is kept
                cache.cache_clear()
            self._coverage.switch_context(item.nodeid)
            started_at = time.process_time()
            _run_item(session, item)
            cpu_seconds[item.nodeid] = time.process_time() - started_at
        (self._folder / CPU_SECONDS).write_text(json.dumps(cpu_seconds))
        self._coverage.stop()
        self._coverage.save()
        libraries = [name for name in sys.modules if name.partition(".")[0] not in {"bot", "tests"}]
        (self._folder / "libraries").write_text("\n".join(libraries))
        if not session.testsfailed and run_in_fork(lambda: _pass_again(session)):
            keys = [f"{mutant.key}\n" for mutant in self._find_survivors(session)]
            (self._folder / "survivors").write_text("".join(keys))
        return True

    def _find_survivors(self, session: pytest.Session) -> Iterator[Mutant]:
        covering = read_covering_tests(self._folder)
        items = {item.nodeid: item for item in session.items}
        functions, caches = list_functions(), list_caches()

        def survives(mutant: Mutant) -> bool:
            _swap_code(mutant, functions)
            for cache in caches:  # a result that is kept would hide the fault
                cache.cache_clear()
            for test in covering.find(mutant):
                _run_item(session, items[test])
                if session.testsfailed:
                    return False
            return True

        for mutant, survived in run_in_forks(self._mutants, survives, self._workers):
            if survived:
                yield mutant


class FailureReports:
    """A pytest plugin that keeps why the last test failed."""

    text = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the text of a failure."""
        if report.failed:
            self.text = report.longreprtext


def _pass_again(session: pytest.Session) -> bool:
    """Return whether tests pass in a fork without a mutant; else every mutant would seem to be killed."""
    reports = FailureReports()
    session.config.pluginmanager.register(reports)
    for item in session.items[::CONTROL_STEP]:
        _run_item(session, item)
        if session.testsfailed:
            sys.stdout.write(f"\nFails in a fork: {item.nodeid}\n{reports.text}\n")
            return False
    return True


def _run_item(session: pytest.Session, item: pytest.Item) -> None:
    # With the session as what comes next, only what is set up for the session stays.
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=session)


def list_functions() -> Functions:
    """Return all functions that exist, whatever holds them."""
    functions: dict[str, list[FunctionType]] = {}
    for each in _list_objects():
        if isinstance(each, FunctionType):
            functions.setdefault(each.__code__.co_filename, []).append(each)
    return functions


def list_caches() -> list["_lru_cache_wrapper[Any]"]:
    """Return all functions of the bot that keep their results."""
    return [
        each
        for each in _list_objects()
        if isinstance(each, _lru_cache_wrapper) and each.__module__.startswith("bot.")
    ]


def _list_objects() -> list[object]:
    gc.unfreeze()  # the collector does not list what the tests froze to spare it
    return gc.get_objects()


def _swap_code(mutant: Mutant, functions: Functions) -> None:
    file = str(Path(mutant.path).resolve())
    codes = {_identify(code): code for code in _walk_code(compile(mutant.source, file, "exec"))}
    for function in functions.get(file, ()):
        function.__code__ = codes.get(_identify(function.__code__), function.__code__)


def _walk_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _walk_code(constant)


def _identify(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno
