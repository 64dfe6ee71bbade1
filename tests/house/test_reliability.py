"""What docs/reliability.md promises has a test, and the test is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()
LINES = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d", line)]


def test_each_line_of_the_table_names_a_test_that_is_there_or_says_why_there_is_none() -> None:
    assert [int(number) for number, *_ in LINES] == list(range(1, 51))
    for number, _, _, proof in LINES:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", proof)
        assert named or proof.startswith("— "), f"line {number} proves nothing"
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(), f"line {number}: {file}::{test}"


def test_no_schedule_is_kept_as_code() -> None:
    """APScheduler's own stores keep names of functions, and lose what belonged to one that was renamed."""
    code = "\n".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    assert "jobstores" not in code
    assert "AsyncIOScheduler(timezone=UTC)" in code
