"""The verdict and the counts of must-haves in words. They come first wherever the fit is shown."""

from bot.method.fit import Fit
from bot.method.kinds import NEED_KINDS


def describe_verdict(fit: Fit) -> str:
    if fit.achieved:
        return "Fit is achieved on paper: now test it with customers."
    total = sum(count.total for count in fit.must_haves.values())
    if not total:
        return "Fit is not achieved: no need is a must-have yet."
    missing = total - sum(count.addressed for count in fit.must_haves.values())
    return f"Fit is not achieved: {missing} of {total} must-have{'' if total == 1 else 's'} not addressed."


def describe_counts(fit: Fit) -> str:
    return " · ".join(list_counts(fit))


def list_counts(fit: Fit) -> list[str]:
    """Return one text for each kind of need, such as "important jobs addressed 4/5"."""
    return [
        f"{kind.need_spec.must_have_plural} {kind.need_spec.served_verb} {fit.must_haves[kind]}"
        for kind in NEED_KINDS
    ]
