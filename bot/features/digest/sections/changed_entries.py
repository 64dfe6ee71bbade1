"""The entries that were edited, moved, merged or deleted since the last digest. Pure."""

from collections.abc import Iterator

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry

MAX_CHARACTERS = 60  # of each text


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the changed entries as they were and as they are now; in the first digest none."""
    before = facts.previous_metrics
    return DigestSection("Changed entries", list(_describe_changes(before, facts.metrics)) if before else [])


def _describe_changes(before: CanvasMetrics, after: CanvasMetrics) -> Iterator[str]:
    for old in before.canvas.entries:
        ranked = after.ranked.get(old.id)
        if ranked is None:
            yield f"• Deleted or merged: {_quote(old)}"
        elif (ranked.entry.kind, ranked.entry.text) != (old.kind, old.text):
            was, now = _quote(old), _quote(ranked.entry)
            yield f"• Edited: {now}" if was == now else f"• {was} → {now}"


def _quote(entry: Entry) -> str:
    return quote_entry(entry, MAX_CHARACTERS)
