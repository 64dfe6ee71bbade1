"""The entries whose rank changed since the last digest, the widest move first. Pure."""

from bot.features.digest.formatting import quote_entry
from bot.features.digest.model import DigestFacts, DigestSection


def section(facts: DigestFacts) -> DigestSection:
    before = facts.previous_metrics.ranked if facts.previous_metrics else {}
    moves = [
        (ranked.entry, before[entry_id].rank, ranked.rank)
        for entry_id, ranked in facts.metrics.ranked.items()
        # What is new to a box has no earlier rank in it.
        if entry_id in before
        and before[entry_id].entry.kind is ranked.entry.kind
        and before[entry_id].rank != ranked.rank
    ]
    moves.sort(key=lambda move: -abs(move[1] - move[2]))
    lines = [f"• {quote_entry(entry)}: {old_rank} → {new_rank}" for entry, old_rank, new_rank in moves]
    return DigestSection("Moved in the ranking", lines)
