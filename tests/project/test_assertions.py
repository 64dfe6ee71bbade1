"""No test asserts what is true of nearly anything."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FREQUENT_WORDS = frozenset(
    {"a", "and", "as", "at", "for", "in", "is", "it", "more", "no", "not", "of", "on", "or", "the", "to"}
)


def find_weak_comparisons(tree: ast.AST) -> Iterator[ast.Compare]:
    """Yield the asserted comparisons that can hardly be false.

    These are: a frequent word in a text, one truth value at least as great as another (name the one wrong
    pair instead), a value that is True or False, and a value compared with itself.
    """
    for asserted in (node.test for node in ast.walk(tree) if isinstance(node, ast.Assert)):
        match asserted:
            case ast.Compare(ast.Constant(str() as word), [ast.In()], _) if (
                word.strip().lower() in FREQUENT_WORDS
            ):
                yield asserted
            case ast.Compare(left, [ast.LtE() | ast.GtE()], [right]):
                if isinstance(left, ast.Compare) or isinstance(right, ast.Compare):
                    yield asserted
            case ast.Compare(_, [ast.In()], [ast.Set(values) | ast.Tuple(values) | ast.List(values)]):
                if {ast.unparse(value) for value in values} == {"True", "False"}:
                    yield asserted
            case ast.Compare(left, [ast.Is() | ast.Eq()], [right]):
                is_called = any(isinstance(node, ast.Call) for node in ast.walk(left))
                if ast.dump(left) == ast.dump(right) and not is_called:
                    yield asserted


def test_every_assertion_can_fail() -> None:
    weak = [
        f"{path.relative_to(TESTS)}:{comparison.lineno} {ast.unparse(comparison)}"
        for path in sorted(TESTS.rglob("*.py"))
        for comparison in find_weak_comparisons(ast.parse(path.read_text()))
    ]
    assert weak == []


@pytest.mark.parametrize(
    "weak",
    [
        'assert "and" in card.text',
        'assert " The " in text',
        "assert (step is last) <= (fit or done)",
        "assert (x == 1) >= done",
        "assert parse(text) in {True, False}",
        "assert parse(text) in (False, True)",
        "assert kind.spec is kind.spec",
        "assert values == values",
    ],
)
def test_an_assertion_that_hardly_fails_is_found(weak: str) -> None:
    assert len([*find_weak_comparisons(ast.parse(weak))]) == 1


@pytest.mark.parametrize(
    "sharp",
    [
        'assert "and Ben" in card.text',
        "assert len(steps) <= 5",
        "assert used <= known | other",
        "assert code in {0, 1}",
        "assert build() == build()",
        "assert done is (fit and last)",
    ],
)
def test_an_assertion_that_can_fail_is_not_found(sharp: str) -> None:
    assert [*find_weak_comparisons(ast.parse(sharp))] == []
