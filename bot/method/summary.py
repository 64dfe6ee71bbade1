"""Describe the verdict and the counts of must-haves.

Every message shows them before any percentage, since a high one can hide a must-have that is not addressed.
"""

from collections.abc import Iterable

from bot.method.fit import Fit
from bot.method.formatting import MomentFormatter
from bot.method.kinds import NEED_KINDS
from bot.method.ranking import RankedEntry


def describe_verdict(fit: Fit) -> str:
    """Return a sentence that says whether the fit is achieved, and else how many must-haves are addressed."""
    if fit.achieved:
        return "Fit is achieved on paper: now test it with customers."
    if not fit.must_have_total.total:
        return "Fit is not achieved: no need is a must-have yet."
    return f"Fit is not achieved: {describe_must_have_total(fit)}."


def describe_must_have_total(fit: Fit) -> str:
    """Return the counts of all kinds together: "3 of 5 must-haves addressed"."""
    count = fit.must_have_total
    if not count.total:
        return "No must-have yet"
    return f"{count.addressed} of {count.total} must-have{'' if count.total == 1 else 's'} addressed"


def describe_must_have_counts(fit: Fit) -> str:
    """Return the counts of all kinds of needs in one line: "Important jobs addressed 4/5 · …"."""
    counts = " · ".join(list_must_have_counts(fit))
    return f"{counts[:1].upper()}{counts[1:]}"


def list_must_have_counts(fit: Fit) -> list[str]:
    """Return one text for each kind of need, for example "important jobs addressed 4/5"."""
    return [
        f"{kind.need_spec.must_have_plural} {kind.need_spec.served_verb} {fit.must_haves[kind]}"
        for kind in NEED_KINDS
    ]


def describe_sealed(
    ranked_entries: Iterable[RankedEntry],
    format_moment: MomentFormatter,
    singular: str = "",
    plural: str = "",
) -> str:
    """Return how many of them are sealed and until when; "" where none is.

    For example "3 needs sealed until Fri 4 Dec 17:00", or "1 need sealed until Fri 4 Dec 17:00 and 2 longer":
    votes on several boxes, and those of discussions, may run at the same time.
    """
    ends = [ranked.entry.seal.until for ranked in ranked_entries if ranked.entry.seal]
    if not ends:
        return ""
    first = min(ends)
    number = ends.count(first)
    count = f"{number} {singular if number == 1 else plural}".rstrip()
    longer = f" and {len(ends) - number} longer" if number < len(ends) else ""
    return f"{count} sealed until {format_moment(first)}{longer}"


def describe_undelivered(number: int) -> str:
    """Return the heading above so many products that no offer names."""
    return f"{'Product' if number == 1 else 'Products'} that no reliever or creator uses yet"
