"""SECURITY.md says nothing that no test shows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ")
][2:]


def test_every_threat_has_what_stops_it_and_a_test() -> None:
    assert len(ROWS) > 20
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_test_of_a_threat_is_there(row: list[str]) -> None:
    named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[2])
    assert named, row[2]
    tree = ast.parse((ROOT / named[1]).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert named[2] in {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_it_says_how_to_report_and_how_to_try_more() -> None:
    assert "How to report" in PAGE
    assert "--hypothesis-profile=long" in PAGE
