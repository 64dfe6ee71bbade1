"""The evidence that was recorded since the last digest, and where it speaks against the votes. Pure."""

from bot.features.digest.model import DigestFacts, DigestSection
from bot.features.fit.blocks import format_some_entries
from bot.method.evidence import compute_points
from bot.slack.blockkit.text import count_noun, escape, truncate

MAX_QUOTE_CHARACTERS = 120


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the new items, the newest first, and the alarms."""
    metrics, previous = facts.metrics, facts.previous_metrics
    known_ids = {item.id for item in previous.canvas.evidence} if previous else set()
    new_items = [item for item in reversed(metrics.canvas.evidence) if item.id not in known_ids]
    evidence = metrics.evidence
    alarms = (
        ("Voted up, evidence against", [ranked.entry for ranked in evidence.alarms_against]),
        ("Overlooked: evidenced, and no must-have", [ranked.entry for ranked in evidence.overlooked]),
    )
    return DigestSection(
        "Evidence",
        [
            *(f"{title}: {format_some_entries(entries)}" for title, entries in alarms if entries),
            *(
                f"• “{escape(truncate(item.quote, MAX_QUOTE_CHARACTERS))}” — {escape(item.source)}, "
                f"{item.grade.label}, {count_noun(compute_points(item), 'point')}"
                for item in new_items
            ),
        ],
    )
