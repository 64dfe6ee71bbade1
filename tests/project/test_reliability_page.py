"""Every promise of docs/reliability.md names a test that exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d", line)]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_the_table_has_every_row() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 69))
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_existing_tests_and_nothing_else(row: list[str]) -> None:
    *_, proof = row
    named = PROOF.findall(proof)
    assert named, "the row names no test"
    assert PROOF.sub("", proof).strip(", ") == ""
    for file, test in named:
        assert test in functions_in(file), f"{file}::{test}"


def functions_in(file: str) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, functions)}


def test_no_schedule_is_stored_as_code() -> None:
    """APScheduler's job stores save function names, so a schedule is lost when its function is renamed."""
    code = "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    assert "jobstores" not in code
    assert "AsyncIOScheduler(timezone=UTC)" in code
