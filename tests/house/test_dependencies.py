"""What is installed was asked for: pinned, hashed and used. And no secret stands among it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NEEDED = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
OPTIONAL = [Requirement(one) for more in PROJECT["project"]["optional-dependencies"].values() for one in more]
FOR_WORK = [Requirement(one) for one in PROJECT["dependency-groups"]["dev"]]
PIN = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
USED_BY_NAME = {
    "httptools",
    "psycopg",
    "tzdata",
    "fontpkg-inter",
}  # that others load, so nothing imports them
SECRETS = re.compile(
    r"xox[a-z](-\d)?-\d{8,}-[\w-]{8,}|xapp-\d-[A-Z0-9]{8,}-\d{8,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|https://hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{16,}"
)


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Return the version of each package and how many hashes it has; nothing else may be in such a file."""
    found: dict[str, tuple[str, int]] = {}
    last = ""
    for line in (ROOT / name).read_text().splitlines():
        if pin := PIN.fullmatch(line):
            last = pin[1]
            found[last] = (pin[2], 0)
        elif HASH.fullmatch(line):
            found[last] = (found[last][0], found[last][1] + 1)
        else:
            assert line.lstrip().startswith("#"), f"{name}: {line}"
    return found


RUNNING, WORKING = pins("requirements.txt"), pins("requirements-dev.txt")


@pytest.mark.parametrize(
    ("pinned", "asked"), [(RUNNING, NEEDED), (WORKING, [*NEEDED, *OPTIONAL, *FOR_WORK])], ids=["run", "dev"]
)
def test_what_is_asked_for_is_pinned_within_its_range_and_all_that_it_brings(
    pinned: dict[str, tuple[str, int]], asked: list[Requirement]
) -> None:
    assert [
        one for one in asked if pinned.get(canonicalize_name(one.name), ("",))[0] not in one.specifier
    ] == []
    assert brought(asked) - pinned.keys() == set()


def test_each_pin_has_hashes_and_is_the_same_wherever_it_stands() -> None:
    assert [name for name, (_, hashes) in {**RUNNING, **WORKING}.items() if not hashes] == []
    assert {name: WORKING.get(name) for name in RUNNING} == RUNNING


def brought(asked: Iterable[Requirement]) -> set[str]:
    """Return the names of packages and of all that those need on this machine."""
    found: set[tuple[str, str]] = set()
    left = [(canonicalize_name(one.name), extra) for one in asked for extra in ("", *one.extras)]
    while left:
        name, extra = left.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for more in map(Requirement, _requires(name)):
            if more.marker is None or more.marker.evaluate({"extra": extra}):
                left += [(canonicalize_name(more.name), one) for one in ("", *more.extras)]
    return {str(name) for name, _ in found}


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # not for this platform, or for who wants it
        return []


def test_what_the_bot_imports_is_asked_for_and_what_is_asked_for_is_used() -> None:
    """Not what another package happens to bring: that one may stop bringing it."""
    known = packages_distributions()
    imported = {
        canonicalize_name(known[module][0])
        for module in modules(ROOT / "bot")
        if module not in sys.stdlib_module_names and module != "bot"
    }
    asked = {canonicalize_name(one.name) for one in [*NEEDED, *OPTIONAL]}
    assert imported - asked == set()
    assert asked - imported == USED_BY_NAME


def modules(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield (node.module or "").partition(".")[0]


def test_no_secret_stands_in_a_file() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        assert not SECRETS.search(text), f"{name} holds what looks like a secret"


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb" + "-123456789012-123456789012-AbCdEfGhIjKl",
        "xoxe.xoxb-1".removesuffix("xoxb-1") + "xoxp" + "-1-12345678901-abcdefghij",
        "xapp" + "-1-A0123456789-1234567890123-abc",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
    ],
)
def test_a_secret_would_be_found(secret: str) -> None:
    assert SECRETS.search(f"token = {secret!r}")
