"""Every dependency is declared, pinned with hashes and used, and no file holds a secret."""

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
DEPENDENCIES = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
EXTRAS = [Requirement(one) for more in PROJECT["project"]["optional-dependencies"].values() for one in more]
DEV_DEPENDENCIES = [Requirement(one) for one in PROJECT["dependency-groups"]["dev"]]
PIN = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
LOADED_BY_NAME = {
    "httptools",
    "tzdata",
    "fontpkg-inter",
    "manimgx-fonts",
    "manimgx-fonts-cjk",
}  # other packages load these by name, so no module imports them
SECRET_PATTERN = re.compile(
    r"xox[a-z](-\d)?-\d{8,}-[\w-]{8,}|xapp-\d-[A-Z0-9]{8,}-\d{8,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|https://hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{16,}"
)


def read_pins(name: str) -> dict[str, tuple[str, int]]:
    """Return the version of each package and its number of hashes. Any line that is not a pin fails."""
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


RUNTIME_PINS, DEV_PINS = read_pins("requirements.txt"), read_pins("requirements-dev.txt")


@pytest.mark.parametrize(
    ("pinned", "requirements"),
    [(RUNTIME_PINS, DEPENDENCIES), (DEV_PINS, [*DEPENDENCIES, *EXTRAS, *DEV_DEPENDENCIES])],
    ids=["run", "dev"],
)
def test_every_declared_package_is_pinned_within_its_range_with_all_it_needs(
    pinned: dict[str, tuple[str, int]], requirements: list[Requirement]
) -> None:
    assert [
        one for one in requirements if pinned.get(canonicalize_name(one.name), ("",))[0] not in one.specifier
    ] == []
    assert packages_installed_by(requirements) - pinned.keys() == set()


def test_every_pin_has_hashes_and_both_files_agree() -> None:
    assert [name for name, (_, hashes) in {**RUNTIME_PINS, **DEV_PINS}.items() if not hashes] == []
    assert {name: DEV_PINS.get(name) for name in RUNTIME_PINS} == RUNTIME_PINS


def packages_installed_by(requirements: Iterable[Requirement]) -> set[str]:
    """Return the names of these packages and of all that they need on this machine."""
    found: set[tuple[str, str]] = set()
    pending = [(canonicalize_name(one.name), extra) for one in requirements for extra in ("", *one.extras)]
    while pending:
        name, extra = pending.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for more in map(Requirement, _requirements_of(name)):
            if more.marker is None or more.marker.evaluate({"extra": extra}):
                pending += [(canonicalize_name(more.name), one) for one in ("", *more.extras)]
    return {str(name) for name, _ in found}


def _requirements_of(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # not for this platform, or optional
        return []


def test_every_import_is_declared_and_every_declared_package_is_used() -> None:
    """A package that another one happens to install does not count: the other may drop it."""
    known = packages_distributions()
    imported = {
        canonicalize_name(known[module][0])
        for module in imported_modules(ROOT / "bot")
        if module not in sys.stdlib_module_names and module != "bot"
    }
    declared = {canonicalize_name(one.name) for one in [*DEPENDENCIES, *EXTRAS]}
    assert imported - declared == set()
    assert declared - imported == LOADED_BY_NAME


def imported_modules(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield (node.module or "").partition(".")[0]


def test_no_file_holds_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    texts = {
        name: (ROOT / name).read_bytes().decode(errors="ignore")
        for name in filter(None, listed.stdout.split("\0"))
    }
    assert "bot/settings.py" in texts
    assert [name for name, text in texts.items() if SECRET_PATTERN.search(text)] == []


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb" + "-123456789012-123456789012-AbCdEfGhIjKl",
        "xoxe.xoxb-1".removesuffix("xoxb-1") + "xoxp" + "-1-12345678901-abcdefghij",
        "xapp" + "-1-A0123456789-1234567890123-abc",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
    ],
)
def test_the_secret_pattern_finds_secrets(secret: str) -> None:
    assert SECRET_PATTERN.search(f"token = {secret!r}")
