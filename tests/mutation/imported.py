"""Try the mutants outside functions: a fork imports their module anew, and all that import it."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutation.covering import CoveringTests
from tests.mutation.mutants import Mutant


def import_libraries(names: Iterable[str]) -> None:
    """Import what the tests import apart from the bot and themselves, so that no fork has to do it again."""
    for name in names:
        try:
            import_module(name)
        except Exception:  # noqa: BLE001 - some can be imported only by another one
            continue


def survives_import(
    covering: CoveringTests, options: Sequence[str], folder: Path
) -> Callable[[Mutant], bool]:
    """Return the work of a fork: to run the tests of a mutant on its module, imported with the fault.

    The tests put their files into the folder.
    """

    def survives(mutant: Mutant) -> bool:
        sys.meta_path.insert(0, _MutatedFinder(mutant))
        tests = covering.find(mutant)
        return (
            not tests
            or pytest.main([*options, f"--basetemp={folder / str(os.getpid())}", "-x", *tests])
            == pytest.ExitCode.OK
        )

    return survives


class _MutatedLoader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec")


class _MutatedFinder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        file = str(Path(self._mutant.path).resolve())
        loader = _MutatedLoader(fullname, file, self._mutant.source)
        return spec_from_file_location(fullname, file, loader=loader)
