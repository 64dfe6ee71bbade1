"""The verdict and the counts in words: wherever the fit is told, they lead."""

from bot.method.fit import Fit
from bot.method.kinds import ABOUT, NEEDS


def verdict(now: Fit) -> str:
    if now.achieved:
        return "Fit is achieved on paper: now test it with customers."
    total = sum(count.total for count in now.must_haves.values())
    if not total:
        return "Fit is not achieved: no need is a must-have yet."
    missing = total - sum(count.addressed for count in now.must_haves.values())
    return f"Fit is not achieved: {missing} of {total} must-have{'' if total == 1 else 's'} not addressed."


def each_count(now: Fit) -> list[str]:
    """Return "important jobs addressed 4/5", and so for pains and gains."""
    return [f"{ABOUT[kind].must_have} {ABOUT[kind].served} {now.must_haves[kind]}" for kind in NEEDS]


def counts(now: Fit) -> str:
    return " · ".join(each_count(now))
