"""The offers whose reviews found no need that they fit. Pure."""

from bot.features.digest.model import DigestFacts, DigestSection
from bot.features.fit.blocks import format_some_entries


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the section "Fits nothing yet"."""
    entries = [offer.ranked.entry for offer in facts.metrics.fits_nothing]
    return DigestSection("Offers that fit nothing yet", [format_some_entries(entries)] if entries else [])
