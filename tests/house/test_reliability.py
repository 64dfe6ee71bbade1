"""What docs/reliability.md promises has a test, and the test is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()
LINES = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d", line)]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_the_table_has_every_line() -> None:
    assert [int(number) for number, *_ in LINES] == list(range(1, 51))
    assert {len(line) for line in LINES} == {4}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_each_line_names_tests_that_are_there_and_nothing_else(line: list[str]) -> None:
    *_, proof = line
    named = PROOF.findall(proof)
    assert named, "a promise without a proof"
    assert PROOF.sub("", proof).strip(", ") == ""
    for file, test in named:
        assert test in defined_in(file), f"{file}::{test}"


def defined_in(file: str) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, functions)}


def test_no_schedule_is_kept_as_code() -> None:
    """APScheduler's own stores keep names of functions, and lose what belonged to one that was renamed."""
    code = "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    assert "jobstores" not in code
    assert "AsyncIOScheduler(timezone=UTC)" in code
