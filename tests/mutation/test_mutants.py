"""The faults that the mutation run plants."""

import ast
import gc
import inspect

import pytest

from bot.method.evidence import normalize_source
from bot.method.ranking import compute_score
from tests.mutation.__main__ import PACKAGES, list_mutants
from tests.mutation.mutants import make_mutants
from tests.mutation.session import list_caches, list_functions
from tests.mutation.survivors import read_survivors


@pytest.mark.parametrize(
    ("statement", "changed"),
    [
        ("return a < b", ["return None", "return (a <= b)"]),
        ("return a is not None", ["return None", "return (a is None)"]),
        ("return x and not y", ["return None", "return (x or (not y))", "return (x and (y))"]),
        (
            "return a * 2 - b",
            ["return None", "return (a * 2 + b)", "return (a / 2) - b", "return a * (3) - b"],
        ),
        ("return min(a, key=f)", ["return None", "return (max(a, key=f))", "return (min(a))"]),
        ("return [x for x in a if x]", ["return None", "return ([x for x in a])"]),
        ("return select(a).where(b)", ["return None", "return (select(a))"]),
        ("count += 1", ["pass", "count += (2)"]),
        ("raise ValueError(x)", ["pass"]),
        (
            "if ready:\n        x = True",
            ["if (not ready):\n        x = True", "if ready:\n        x = (False)"],
        ),
    ],
)
def test_each_fault_is_planted_alone(statement: str, changed: list[str]) -> None:
    module = "def f():\n    {}\n"
    mutants = make_mutants("bot/x.py", module.format(statement))
    assert sorted(ast.dump(ast.parse(mutant.source)) for mutant in mutants) == sorted(
        ast.dump(ast.parse(module.format(each))) for each in changed
    )
    assert {(mutant.is_in_function, mutant.defines) for mutant in mutants} == {(True, frozenset())}


@pytest.mark.parametrize(
    "statement",
    [
        'text = "two"',
        "import os",
        "assert a < 2",
        "assert_never(a)",
        'log.info("%d", 1)',
        'text = f"{a + 1}"',
        "a: int",
        "a = None",
        "Kind = A | B",
    ],
)
def test_texts_logs_and_assertions_stay_as_they_are(statement: str) -> None:
    assert make_mutants("bot/x.py", f"{statement}\n") == []


def test_a_fault_outside_functions_has_the_name_that_it_changes() -> None:
    (mutant,) = make_mutants("bot/x.py", "\n\nLIMIT = 3\n")
    assert mutant.key == "bot/x.py module: 3 → 4"
    assert (mutant.source, mutant.defines, mutant.is_in_function) == (
        "\n\nLIMIT = (4)\n",
        frozenset({"LIMIT"}),
        False,
    )
    assert mutant.lines == range(3, 4)


def test_faults_that_read_alike_are_numbered_and_lines_stay_where_they_are() -> None:
    source = "def f(a):\n    a = (a\n        + 1)\n    return g(\n        a + 1\n    )\n"
    mutants = make_mutants("bot/x.py", source)
    sums = [mutant.key for mutant in mutants if "a - 1" in mutant.key]
    assert sums == ["bot/x.py f: a + 1 → a - 1", "bot/x.py f: a + 1 → a - 1 (2)"]
    assert {mutant.source.count("\n") for mutant in mutants} == {6}


def test_functions_are_found_that_the_collector_is_spared() -> None:
    """Without the functions, no mutant would come into force, and every one would survive."""
    gc.freeze()  # as the tests do
    functions, caches = list_functions(), list_caches()
    gc.freeze()
    assert compute_score in functions[inspect.getfile(compute_score)]
    assert normalize_source in caches


def test_each_survivor_that_is_explained_is_still_planted() -> None:
    assert read_survivors().keys() <= {mutant.key for mutant in list_mutants(PACKAGES)}
