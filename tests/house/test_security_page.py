"""SECURITY.md says nothing that no test shows."""

import ast
import re
from pathlib import Path

import pytest

from bot.slack.incoming.middleware import MOST
from bot.timing import USUAL
from tests.security.test_fuzz import LONG

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
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
def test_the_tests_of_a_threat_are_there_and_run(row: list[str]) -> None:
    """Named is a test that pytest collects, by file and name, and that nothing skips."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[2])
    assert ", ".join(f"`{file}::{test}`" for file, test in named) == row[2]
    for file, test in named:
        assert Path(file).name.startswith("test_")
        tree = ast.parse((ROOT / file).read_text())
        (found,) = (node for node in tree.body if isinstance(node, FUNCTIONS) and node.name == test)
        assert not re.search("skip|xfail", " ".join(map(ast.unparse, found.decorator_list)))


def test_the_figures_are_those_of_the_code() -> None:
    assert f"{USUAL.of_member} requests a minute for a member, {USUAL.of_workspace:,} for a workspace" in PAGE
    assert f"tries {sum(LONG.values()):,} requests" in PAGE.replace("\n", " ")
    assert MOST == 1_000_000
    assert "more than a megabyte" in PAGE


def test_it_says_how_to_report_and_how_to_try_more() -> None:
    report = PAGE.partition("## How to report")[2].partition("\n## ")[0]
    assert "in private" in report
    assert not re.search(r"\b(hours?|days?|weeks?)\b", report), "nobody has promised when an answer comes"
    assert "--hypothesis-profile=long" in PAGE
