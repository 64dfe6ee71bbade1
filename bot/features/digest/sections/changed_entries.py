"""The entries that were edited, moved, merged or deleted since the last digest. Pure."""

from collections.abc import Iterator

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection
from bot.method.metrics import CanvasMetrics


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the changed entries as they were and as they are now; in the first digest none."""
    before = facts.previous_metrics
    return DigestSection("Changed entries", list(_describe_changes(before, facts.metrics)) if before else [])


def _describe_changes(before: CanvasMetrics, after: CanvasMetrics) -> Iterator[str]:
    for old in before.canvas.entries:
        ranked = after.ranked.get(old.id)
        if ranked is None:
            yield f"• Deleted or merged: {quote_entry(old)}"
        elif (ranked.entry.kind, ranked.entry.text) != (old.kind, old.text):
            yield f"• {quote_entry(old)} → {quote_entry(ranked.entry)}"
