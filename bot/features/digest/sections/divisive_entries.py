"""The entries on which votes differ most. Pure."""

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the divisive entries."""
    lines = [f"• {quote_entry(ranked.entry)}" for ranked in facts.metrics.divisive]
    return DigestSection("What divides the team", lines)
