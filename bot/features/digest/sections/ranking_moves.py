"""The entries whose rank changed since the last digest, the largest change first. Pure."""

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection


def build_section(facts: DigestFacts) -> DigestSection:
    """Return each entry with its old and new rank; in the first digest none."""
    old_ranking = facts.previous_metrics.ranked if facts.previous_metrics else {}
    moves = [
        (ranked.entry, old.rank, ranked.rank)
        for entry_id, ranked in facts.metrics.ranked.items()
        # An entry that is new in its box had no rank there, and an entry without votes has none.
        if (old := old_ranking.get(entry_id))
        and old.entry.kind is ranked.entry.kind
        and old.rank is not None
        and ranked.rank is not None
        and old.rank != ranked.rank
    ]
    moves.sort(key=lambda move: -abs(move[1] - move[2]))
    lines = [f"• {quote_entry(entry)}: {old_rank} → {new_rank}" for entry, old_rank, new_rank in moves]
    return DigestSection("Moves in the ranking", lines)
