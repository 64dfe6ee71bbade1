"""The mutants that may survive, each with its reason, as `survivors.txt` lists them."""

from pathlib import Path

FILE = Path(__file__).with_name("survivors.txt")


def read_survivors(text: str | None = None) -> dict[str, str]:
    """Return the reasons by the keys of mutants: a reason stands above its mutants as a comment."""
    reasons: dict[str, str] = {}
    reason = ""
    for line in (FILE.read_text() if text is None else text).splitlines():
        if line.startswith("# "):
            reason = line.removeprefix("# ")
        elif line:
            reasons[line] = reason
    return reasons
