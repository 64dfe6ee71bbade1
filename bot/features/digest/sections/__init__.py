"""The folded sections of a digest, one module each, in the order in which the message shows them.

To add a section, write a module with a pure function `build_section(facts)` that returns a DigestSection, and
name the module here. What changed stands above them: see `digest.changes`.
"""

from bot.features.digest.sections import (
    changed_entries,
    divisive_entries,
    fits_nothing,
    gaps,
    new_entries,
    new_evidence,
    ranking_moves,
    tests_and_decisions,
)

SECTIONS = (
    gaps,
    divisive_entries,
    fits_nothing,
    ranking_moves,
    new_entries,
    changed_entries,
    new_evidence,
    tests_and_decisions,
)
