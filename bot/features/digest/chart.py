"""The trend of the fit as Slack's own chart. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from bot.method.fit import Fit
from bot.method.kinds import ABOUT, NEEDS
from bot.slack.blockkit.builders import Newest

LABEL = 20  # characters of a point's label and of a series' name


def trend(told: Sequence[tuple[str, Fit]]) -> Newest | None:
    """Return the chart of what digests told, oldest first, each with its day; None for fewer than two.

    What it shows has to stand in words beside it: Slack does not know this block everywhere.
    """
    known = [(day, fit) for day, fit in told if fit.all is not None]
    if len(known) < 2:
        return None
    days = _distinct([day for day, _ in known])
    shares = {"all": [fit.all for _, fit in known]}
    shares |= {ABOUT[kind].plural: [fit.shares[kind] for _, fit in known] for kind in NEEDS}
    series = [
        {"name": name[:LABEL], "data": _points(days, values)}
        for name, values in shares.items()
        if None not in values
    ]
    lines = {"type": "line", "series": series, "axis_config": {"categories": days}}
    return Newest(({"type": "data_visualization", "title": "Fit, in percent", "chart": lines},))


def _points(days: Sequence[str], values: Sequence[Fraction | None]) -> list[dict[str, str | float]]:
    return [
        {"label": day, "value": round(float(100 * value), 1)}
        for day, value in zip(days, values, strict=True)
        if value is not None
    ]


def _distinct(days: Sequence[str]) -> list[str]:
    """Return the days, a second digest of one with a number: no two points may have the same label."""
    earlier = (days[:place].count(day) for place, day in enumerate(days))
    return [f"{day} ({before + 1})" if before else day for day, before in zip(days, earlier, strict=True)]
