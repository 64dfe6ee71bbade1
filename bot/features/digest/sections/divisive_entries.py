"""The entries on which votes differ most. Pure."""

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection


def section(facts: DigestFacts) -> DigestSection:
    lines = [f"• {quote_entry(ranked.entry)}" for ranked in facts.metrics.divisive]
    return DigestSection("What divides the team", lines)
