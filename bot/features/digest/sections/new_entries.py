"""The entries that were added since the last digest. Pure."""

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the new entries; in the first digest none."""
    if facts.previous_metrics is None:
        return DigestSection("New entries", [])  # in the first digest everything is new
    known_ids = {entry.id for entry in facts.previous_metrics.canvas.entries}
    added = [entry for entry in facts.metrics.canvas.entries if entry.id not in known_ids]
    return DigestSection("New entries", [f"• {quote_entry(entry)}" for entry in added])
