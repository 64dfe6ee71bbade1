"""Parse the kinds of a ranking, and load its metrics."""

from collections.abc import Collection, Sequence

from bot.features.entries.unknown_kinds import build_unknown_kind_error
from bot.method.kinds import Kind, find_kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.slack.deps import Deps
from bot.slack.request import Request
from bot.store import sealed_votes as sealed_vote_store
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo


def parse_kinds(text: str) -> Sequence[Kind]:
    """Return the kind that the user typed, or all kinds for ""; raise UserError for an unknown kind."""
    if not text:
        return tuple(Kind)
    kind = find_kind(text)
    if kind is None:
        raise build_unknown_kind_error(text, "Rank", lambda kind: f"rank {kind.spec.singular}")
    return (kind,)


async def load_ranking_metrics(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> CanvasMetrics:
    """Return the metrics of a canvas as of now, without reviews, which a ranking does not need."""
    async with deps.db.reading(team_id) as session:
        canvas = await load_canvas(session, canvas_info.id, with_reviews=False)
    return compute_metrics(canvas)


async def load_sealed_votes(deps: Deps, request: Request, metrics: CanvasMetrics) -> Collection[int]:
    """Return the ids of the entries that a member has voted on in a sealed round."""
    round_ids = {entry.seal.round_id for entry in metrics.canvas.entries if entry.seal}
    if not round_ids:
        return ()
    async with deps.db.reading(request.team_id) as session:
        return await sealed_vote_store.load_own_votes(session, request.user_id, round_ids)
