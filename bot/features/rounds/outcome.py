"""The ranking at a round's opening, as JSON, and what changed until now. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry


@dataclass(frozen=True, slots=True)
class OpeningRank:
    """An entry in the ranking when the round opened."""

    kind: Kind
    text: str
    rank: int | None  # None without votes
    must_have: bool


@dataclass(frozen=True, slots=True)
class RankMove:
    """A change of an entry's rank."""

    ranked: RankedEntry  # as it is now
    rank_before: int
    rank: int


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """What changed during a round."""

    rose: Sequence[RankMove]
    fell: Sequence[RankMove]
    new_must_haves: Sequence[RankedEntry]
    lost_must_haves: Sequence[tuple[Kind, str]]  # kind and text, since some of the entries may be deleted
    added: Sequence[RankedEntry]
    removed: Sequence[tuple[Kind, str]]  # deleted, or moved to another kind
    divisive: Sequence[RankedEntry]
    has_same_ranks: bool  # the entries, their ranks, and which of them have votes are as they were


def snapshot_ranking(metrics: CanvasMetrics, kinds: Iterable[Kind]) -> str:
    """Return the ranking of these boxes as JSON."""
    ranks = {
        ranked.entry.id: [kind, ranked.entry.text, ranked.rank, ranked.vote_count, ranked.must_have]
        for kind in kinds
        for ranked in metrics.boxes[kind]
    }
    return json.dumps(ranks, ensure_ascii=False, separators=(",", ":"))


def restore_ranking(opening_ranking: str) -> dict[int, OpeningRank]:
    """Return the opening ranking by entry id; "" is a ranking without entries."""
    # Rounds that an earlier version opened have a rank for entries without votes, too.
    return {
        int(entry_id): OpeningRank(Kind(kind), text, rank if vote_count else None, must_have)
        for entry_id, (kind, text, rank, vote_count, must_have) in json.loads(opening_ranking or "{}").items()
    }


def compare_rankings(opening_ranking: str, metrics: CanvasMetrics, kinds: Sequence[Kind]) -> RoundOutcome:
    """Return what changed in these boxes since the round opened."""
    opening_ranks = restore_ranking(opening_ranking)
    ranked_entries = [ranked for kind in kinds for ranked in metrics.boxes[kind]]
    # Of the entries that are still in the same box.
    kept_ranks = {
        ranked.entry.id: opening_ranks[ranked.entry.id]
        for ranked in ranked_entries
        if ranked.entry.id in opening_ranks and opening_ranks[ranked.entry.id].kind is ranked.entry.kind
    }
    moves = _find_moves(ranked_entries, kept_ranks)
    must_have_ids = {ranked.entry.id for ranked in ranked_entries if ranked.must_have}
    return RoundOutcome(
        rose=[move for move in moves if move.rank < move.rank_before],
        fell=[move for move in moves if move.rank > move.rank_before],
        new_must_haves=[
            ranked
            for ranked in ranked_entries
            if ranked.must_have
            and not (ranked.entry.id in kept_ranks and kept_ranks[ranked.entry.id].must_have)
        ],
        lost_must_haves=[
            (
                opening_rank.kind,
                metrics.ranked[entry_id].entry.text if entry_id in kept_ranks else opening_rank.text,
            )
            for entry_id, opening_rank in opening_ranks.items()
            if opening_rank.must_have and not (entry_id in kept_ranks and entry_id in must_have_ids)
        ],
        added=[ranked for ranked in ranked_entries if ranked.entry.id not in kept_ranks],
        removed=[
            (opening_rank.kind, opening_rank.text)
            for entry_id, opening_rank in opening_ranks.items()
            if entry_id not in kept_ranks
        ],
        divisive=[ranked for ranked in metrics.divisive if ranked.entry.kind in kinds],
        has_same_ranks=bool(ranked_entries)
        and opening_ranks.keys() == kept_ranks.keys()
        and all(kept_ranks[ranked.entry.id].rank == ranked.rank for ranked in ranked_entries),
    )


def _find_moves(
    ranked_entries: Iterable[RankedEntry], kept_ranks: Mapping[int, OpeningRank]
) -> list[RankMove]:
    """Return the entries whose rank changed, the largest change first; without votes they have no rank."""
    moves = [
        RankMove(ranked, opening_rank.rank, ranked.rank)
        for ranked in ranked_entries
        if (opening_rank := kept_ranks.get(ranked.entry.id))
        and opening_rank.rank is not None
        and ranked.rank is not None
        and opening_rank.rank != ranked.rank
    ]
    return sorted(moves, key=lambda move: -abs(move.rank_before - move.rank))
