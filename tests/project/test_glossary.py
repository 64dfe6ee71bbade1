"""The code keeps to the words of docs/glossary.md."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
RETIRED_WORDS = frozenset(
    [
        "acquaintance",
        "anew",
        "doer",
        "doers",
        "errand",
        "errands",
        "heir",
        "heirs",
        "hopeless",
        "inbox",
        "likeness",
        "outbox",
        "paced",
        "parked",
        "patience",
        "playground",
        "refusal",
        "refusals",
        "sparing",
        "spared",
        "strangers",
        "unpark",
        "vault",
    ]
)
RETIRED_NAMES = frozenset(
    [
        "about_of",
        "about_to_post",
        "at_once",
        "close_to",
        "esc",
        "give_back",
        "handed_over",
        "in_hand",
        "start_anew",
        "stood_for",
        "take_turn",
        "uncertain_since",
        "unesc",
    ]
)
RETIRED_IN_PROSE = re.compile(
    r"\b(errands?|doers?|outbox|heirs?|likeness|hopeless|playground|refusals?|unpark(ed)?|acquaintance|anew)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
UNITS = ("MICROSECOND", "_SECONDS", "_MINUTES", "_HOURS", "_DAYS", "_WEEKS", "_MICROSECONDS", "_MILLISECONDS")
DURATION_WORDS = (
    *UNITS,
    "_AGE",
    "_DELAY",
    "_DURATION",
    "_INTERVAL",
    "_LEASE",
    "_LIFETIME",
    "_MARGIN",
    "_PERIOD",
    "_RETENTION",
    "_TIMEOUT",
    "_TOLERANCE",
    "_WINDOW",
)


@cache
def parse_modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted((ROOT / "bot").rglob("*.py"))}


def names_of(tree: ast.Module) -> Iterator[str]:
    """Yield every name that the module defines, and every attribute and keyword that it uses."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.keyword(arg=str(name)) | ast.alias(asname=str(name)):
                yield name


def docstrings_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def is_retired(name: str) -> bool:
    words = {word.lower() for word in WORD.findall(name)}
    return name.strip("_").lower() in RETIRED_NAMES or bool(words & RETIRED_WORDS)


def test_no_name_is_a_retired_word() -> None:
    found = {
        (path.name, name)
        for path, tree in parse_modules().items()
        for name in names_of(tree)
        if is_retired(name)
    }
    assert found == set()


def test_no_docstring_or_comment_has_a_retired_word() -> None:
    prose = {
        path: [*docstrings_of(tree), *re.findall(r"#.*", path.read_text())]
        for path, tree in parse_modules().items()
    }
    found = {
        (path.name, match[0])
        for path, texts in prose.items()
        for text in texts
        for match in RETIRED_IN_PROSE.finditer(text)
    }
    assert found == set()


def test_a_retired_word_would_be_found() -> None:
    assert [is_retired(name) for name in ("OutboxRow", "_in_hand", "put_errand", "park", "job_kind")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_no_class_name_stands_twice() -> None:
    classes = Counter(
        node.name
        for tree in parse_modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, number in classes.items() if number > 1] == []


def test_a_constant_of_time_says_what_it_is() -> None:
    found = []
    for path, tree in parse_modules().items():
        lines = path.read_text().splitlines()
        for node in tree.body:
            if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
                continue
            name, comment = node.targets[0].id, lines[node.lineno - 1].partition("#")[2]
            is_duration = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "timedelta"
            is_number = isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float)
            counts_time = is_number and re.match(r"\s*(seconds|minutes|hours|days)\b", comment)
            if (is_duration and not name.endswith(DURATION_WORDS)) or (
                counts_time and not name.endswith(UNITS)
            ):
                found.append((path.name, name))
    assert found == []


def test_now_is_a_datetime() -> None:
    found = [
        (path.name, ast.unparse(argument.annotation))
        for path, tree in parse_modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for argument in [*node.args.args, *node.args.kwonlyargs]
        if argument.arg == "now" and argument.annotation and ast.unparse(argument.annotation) != "datetime"
    ]
    assert found == []


def test_the_glossary_defines_the_words_of_the_queue() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    defined = {
        word.strip()
        for row in re.findall(r"^\| ([^|]+) \|", glossary, re.MULTILINE)
        for word in row.split(",")
    }
    assert {
        "job",
        "job kind",
        "handler",
        "lease",
        "dead letter",
        "throttle",
        "need",
        "offer",
        "card",
    } <= defined
