"""The gaps that matter most: needs that no offer addresses. Pure."""

from bot.features.digest.model import DigestFacts, DigestSection
from bot.features.fit.blocks import format_cover

MAX_GAPS = 3


def build_section(facts: DigestFacts) -> DigestSection:
    """Return the first MAX_GAPS gaps, numbered."""
    gaps = facts.metrics.fit.gaps[:MAX_GAPS]
    return DigestSection(
        "Gaps", [f"{number}. {format_cover(need)}" for number, need in enumerate(gaps, start=1)]
    )
