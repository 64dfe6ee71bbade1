"""Parse the kinds of a ranking, and load its metrics."""

from collections.abc import Sequence

from bot.features.entries.unknown_kinds import build_unknown_kind_error
from bot.method.kinds import Kind, find_kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.slack.deps import Deps
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
