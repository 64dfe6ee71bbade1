"""Measure the size and the names of the code: `python -m tests.project.measure`.

docs/architecture.md quotes the output.
"""

import ast
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    files = [
        path for path in (ROOT / "bot").rglob("*.py") if path.stat().st_size and "versions" not in path.parts
    ]
    texts = [path.read_text() for path in files]
    documented = sum(bool(ast.get_docstring(ast.parse(text))) for text in texts)
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    functions = [node for node in nodes if isinstance(node, Function)]
    names = [node.name.strip("_") for node in functions if not node.name.startswith("__")]
    classes = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    lines = [len(text.splitlines()) for text in texts]
    comments = sum(line.lstrip().startswith("#") for text in texts for line in text.splitlines())
    rows = {
        "files / lines": f"{len(files)} / {sum(lines):,}",
        "file, lines (median / p90 / max)": spread(lines),
        "function, lines (median / p90 / max)": spread(
            [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]
        ),
        "one-word function names": f"{sum('_' not in name for name in names) / len(names):.0%}",
        "function name, letters (median)": f"{statistics.median(map(len, names)):.0f}",
        "class names that stand twice": str(sum(number > 1 for number in classes.values())),
        "comment lines in 1,000": f"{1000 * comments / sum(lines):.0f}",
        "modules with a docstring": f"{documented / len(texts):.0%}",
        "top-level entries of bot/": str(
            sum(not path.name.startswith("__py") for path in (ROOT / "bot").iterdir())
        ),
    }
    for name, value in rows.items():
        print(f"| {name} | {value} |")  # noqa: T201 - the output


def spread(numbers: Sequence[int]) -> str:
    """Return the median, the 90th percentile and the maximum."""
    ordered = sorted(numbers)
    return f"{statistics.median(ordered):.0f} / {ordered[int(len(ordered) * 0.9)]} / {ordered[-1]}"


if __name__ == "__main__":
    main()
