"""Every claim of SECURITY.md names a test, and its figures are those of the code."""

import ast
import re
from pathlib import Path

import pytest

from bot.slack.incoming.middleware import MAX_BODY_BYTES
from bot.timing import DEFAULT_TIMING
from tests.security.test_fuzz import LONG_EXAMPLES

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ")
][2:]


def test_every_threat_has_a_measure_and_a_test() -> None:
    assert len(ROWS) > 20
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_tests_of_a_threat_exist_and_run(row: list[str]) -> None:
    """Each test is named by file and function, is collected by pytest and is not skipped."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[2])
    assert ", ".join(f"`{file}::{test}`" for file, test in named) == row[2]
    for file, test in named:
        assert Path(file).name.startswith("test_")
        tree = ast.parse((ROOT / file).read_text())
        (found,) = (node for node in tree.body if isinstance(node, FUNCTIONS) and node.name == test)
        assert not re.search("skip|xfail", " ".join(map(ast.unparse, found.decorator_list)))


def test_the_figures_match_the_code() -> None:
    per_member = DEFAULT_TIMING.member_requests_per_minute
    per_workspace = DEFAULT_TIMING.workspace_requests_per_minute
    assert f"{per_member} requests a minute for a member, {per_workspace:,} for a workspace" in PAGE
    assert f"tries {sum(LONG_EXAMPLES.values()):,} requests" in PAGE.replace("\n", " ")
    assert MAX_BODY_BYTES == 1_000_000
    assert "more than a megabyte" in PAGE


def test_the_page_says_how_to_report_and_how_to_search_longer() -> None:
    report = PAGE.partition("## How to report")[2].partition("\n## ")[0]
    assert "in private" in report
    assert not re.search(r"\b(hours?|days?|weeks?)\b", report), "the page must not promise a time of answer"
    assert "--hypothesis-profile=long" in PAGE
