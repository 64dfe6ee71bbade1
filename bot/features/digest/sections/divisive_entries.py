"""The entries on which votes differ most. Pure."""

from bot.features.cards.blocks import build_discuss_choice
from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the divisive entries."""
    divisive = facts.metrics.divisive
    lines = [f"• {quote_entry(ranked.entry)}" for ranked in divisive]
    button = build_discuss_choice(facts.canvas_info.id, divisive)
    return DigestSection("What divides the team", lines, button)
