"""The trend of the fit as Slack's own chart. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from bot.features.digest.model import Trend
from bot.method.formatting import format_percent
from bot.method.kinds import NEED_KINDS
from bot.slack.blockkit.builders import Enhanced

MAX_NAME_CHARACTERS = 20  # of a point's label and of a series' name, in Slack's data_visualization block


def build_trend_chart(trend: Trend) -> Enhanced | None:
    """Return the chart of days and fits, oldest first; None if fewer than two days have a fit.

    Some Slack clients do not support this block, so the message has to contain the same as text.
    """
    measured = [(day, fit) for day, fit in trend if fit.overall is not None]
    if len(measured) < 2:
        return None
    days = _number_repeated([day for day, _ in measured])
    shares = {"all": [fit.overall for _, fit in measured]}
    shares |= {kind.spec.plural: [fit.shares[kind] for _, fit in measured] for kind in NEED_KINDS}
    series = [
        {"name": name[:MAX_NAME_CHARACTERS], "data": _build_points(days, values)}
        for name, values in shares.items()
        if None not in values
    ]
    lines = {"type": "line", "series": series, "axis_config": {"categories": days}}
    return Enhanced(({"type": "data_visualization", "title": "Fit, in percent", "chart": lines},))


def describe_trend(trend: Trend) -> str:
    """Return the shares of the chart as text, on a new line; "" for fewer than two."""
    shares = [fit.overall for _, fit in trend if fit.overall is not None]
    return f"\nTrend: {' → '.join(format_percent(share) for share in shares)}" if len(shares) > 1 else ""


def _build_points(days: Sequence[str], values: Sequence[Fraction | None]) -> list[dict[str, str | float]]:
    return [
        {"label": day, "value": round(float(100 * value), 1)}
        for day, value in zip(days, values, strict=True)
        if value is not None
    ]


def _number_repeated(days: Sequence[str]) -> list[str]:
    """Return the days, repeated ones with a number: Slack rejects two points with the same label."""
    earlier_counts = (days[:position].count(day) for position, day in enumerate(days))
    return [
        f"{day} ({earlier_count + 1})" if earlier_count else day
        for day, earlier_count in zip(days, earlier_counts, strict=True)
    ]
