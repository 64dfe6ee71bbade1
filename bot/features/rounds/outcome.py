"""The ranking when a round opened, as JSON, and what has changed since then. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry


@dataclass(frozen=True, slots=True)
class OpeningRank:
    """Where an entry stood when the round opened."""

    kind: Kind
    text: str
    rank: int
    vote_count: int
    must_have: bool


@dataclass(frozen=True, slots=True)
class RankMove:
    ranked: RankedEntry  # as it is now
    rank_before: int


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """What changed during a round."""

    rose: Sequence[RankMove]
    fell: Sequence[RankMove]
    new_must_haves: Sequence[RankedEntry]
    lost_must_haves: Sequence[tuple[Kind, str]]  # kind and text: some of them may be deleted
    added: Sequence[RankedEntry]
    removed: Sequence[tuple[Kind, str]]  # deleted, or moved to another kind
    divisive: Sequence[RankedEntry]
    has_same_ranks: bool  # every rank is as it was, and nothing is ranked that was not


def snapshot_ranking(metrics: CanvasMetrics, kinds: Iterable[Kind]) -> str:
    """Return the ranking of these boxes as JSON."""
    places = {
        ranked.entry.id: [kind, ranked.entry.text, ranked.rank, ranked.vote_count, ranked.must_have]
        for kind in kinds
        for ranked in metrics.boxes[kind]
    }
    return json.dumps(places, ensure_ascii=False, separators=(",", ":"))


def restore_ranking(opening_ranking: str) -> dict[int, OpeningRank]:
    """Return the ranking by entry id; "" is one of no entries."""
    return {
        int(entry_id): OpeningRank(Kind(kind), text, rank, vote_count, must_have)
        for entry_id, (kind, text, rank, vote_count, must_have) in json.loads(opening_ranking or "{}").items()
    }


def compare_rankings(opening_ranking: str, metrics: CanvasMetrics, kinds: Sequence[Kind]) -> RoundOutcome:
    """Return what changed in these boxes since the round opened."""
    before = restore_ranking(opening_ranking)
    places = [ranked for kind in kinds for ranked in metrics.boxes[kind]]
    stayed = {
        ranked.entry.id: before[ranked.entry.id]
        for ranked in places
        if ranked.entry.id in before and before[ranked.entry.id].kind is ranked.entry.kind
    }
    moves = _find_moves(places, stayed)
    must_have_ids = {ranked.entry.id for ranked in places if ranked.must_have}
    return RoundOutcome(
        rose=[move for move in moves if move.ranked.rank < move.rank_before],
        fell=[move for move in moves if move.ranked.rank > move.rank_before],
        new_must_haves=[
            ranked
            for ranked in places
            if ranked.must_have and not (ranked.entry.id in stayed and stayed[ranked.entry.id].must_have)
        ],
        lost_must_haves=[
            (then.kind, metrics.ranked[entry_id].entry.text if entry_id in stayed else then.text)
            for entry_id, then in before.items()
            if then.must_have and not (entry_id in stayed and entry_id in must_have_ids)
        ],
        added=[ranked for ranked in places if ranked.entry.id not in stayed],
        removed=[(then.kind, then.text) for entry_id, then in before.items() if entry_id not in stayed],
        divisive=[ranked for ranked in metrics.divisive if ranked.entry.kind in kinds],
        has_same_ranks=bool(places)
        and before.keys() == stayed.keys()
        and all(_has_same_rank(ranked, stayed.get(ranked.entry.id)) for ranked in places),
    )


def _find_moves(places: Iterable[RankedEntry], stayed: Mapping[int, OpeningRank]) -> list[RankMove]:
    """Return the entries whose rank changed, the widest move first.

    Only what had votes then and has some now has moved: entries without votes share one rank, which changes
    with the votes on others.
    """
    moves = [
        RankMove(ranked, then.rank)
        for ranked in places
        if (then := stayed.get(ranked.entry.id))
        and then.vote_count
        and ranked.vote_count
        and then.rank != ranked.rank
    ]
    return sorted(moves, key=lambda move: -abs(move.rank_before - move.ranked.rank))


def _has_same_rank(ranked: RankedEntry, then: OpeningRank | None) -> bool:
    if then is None:
        return False
    return (then.rank, then.vote_count > 0) == (ranked.rank, ranked.vote_count > 0)
