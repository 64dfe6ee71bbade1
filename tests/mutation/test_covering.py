"""Which tests a mutant has to survive, and in which order."""

from tests.mutation.covering import MAX_CPU_SECONDS, CoveringTests, Line, find_uses
from tests.mutation.mutants import make_mutants

PATH = "bot/x.py"


def test_the_tests_of_a_file_come_before_those_that_run_everything() -> None:
    story, unit = "tests/stories/test_a.py::test_story", "tests/test_x.py::test_unit"
    elsewhere = {Line("bot/y.py", number): frozenset({story}) for number in range(9)}
    covering = CoveringTests({Line(PATH, 2): frozenset({story, unit}), **elsewhere}, {}, {}, {})
    (mutant,) = make_mutants(PATH, "def f():\n    a.b = 1\n")
    assert covering.find(mutant) == [unit, story]


def test_one_case_of_each_test_comes_before_the_second_case_of_any() -> None:
    tests = frozenset({"t.py::test_a[1]", "t.py::test_a[2]", "t.py::test_b"})
    (mutant,) = make_mutants(PATH, "def f():\n    a.b = 1\n")
    found = CoveringTests({Line(PATH, 2): tests}, {}, {}, {}).find(mutant)
    assert found == ["t.py::test_a[1]", "t.py::test_b", "t.py::test_a[2]"]


def test_a_mutant_has_to_survive_tests_for_a_limited_time() -> None:
    tests = [f"t.py::test_{letter}" for letter in "abc"]
    (mutant,) = make_mutants(PATH, "def f():\n    a.b = 1\n")
    half = MAX_CPU_SECONDS / 2
    covering = CoveringTests({Line(PATH, 2): frozenset(tests)}, {}, {}, dict.fromkeys(tests, half))
    assert covering.find(mutant) == tests[:2]


def test_a_constant_is_tested_by_what_runs_its_uses_and_by_what_uses_it() -> None:
    (mutant,) = make_mutants(PATH, "LIMIT = 1\n")
    use = Line("bot/y.py", 7)
    covering = CoveringTests(
        {use: frozenset({"t.py::test_a"})}, {"LIMIT": {use}}, {"LIMIT": ["t.py::test_b"]}, {}
    )
    assert covering.find(mutant) == ["t.py::test_a", "t.py::test_b"]


def test_names_and_attributes_are_uses() -> None:
    assert {*find_uses("def f():\n    return limits.LIMIT\n\nLIMIT\n")} == {
        ("limits", 2),
        ("LIMIT", 2),
        ("LIMIT", 4),
    }
