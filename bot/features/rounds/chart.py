"""The spread of the votes of a sealed round as Slack's own chart. Pure."""

from collections import Counter
from collections.abc import Sequence

from bot.method.ranking import RankedEntry
from bot.method.votes import LEVEL_BY_REACTION
from bot.slack.blockkit.builders import Enhanced
from bot.slack.blockkit.text import truncate

MAX_LABEL_CHARACTERS = 20  # of a point, in Slack's data_visualization block
MAX_POINTS = 20


def build_spread_chart(ranked_entries: Sequence[RankedEntry]) -> Enhanced | None:
    """Return how many members voted 5, 4, 3, 2 and 1 on each of these entries; None without entries.

    Some Slack clients do not support this block, so the message has to contain the same as text.
    """
    shown = ranked_entries[:MAX_POINTS]
    if not shown:
        return None
    labels = [
        truncate(f"{number}. {ranked.entry.text}", MAX_LABEL_CHARACTERS)
        for number, ranked in enumerate(shown, start=1)
    ]
    counts = [Counter(ranked.entry.votes.values()) for ranked in shown]
    series = [
        {
            "name": f"Votes of {level}",
            "data": [
                {"label": label, "value": count[level]} for label, count in zip(labels, counts, strict=True)
            ],
        }
        for level in sorted(LEVEL_BY_REACTION.values(), reverse=True)
    ]
    bars = {"type": "bar", "series": series, "axis_config": {"categories": labels}}
    return Enhanced(({"type": "data_visualization", "title": "Votes by number", "chart": bars},))
