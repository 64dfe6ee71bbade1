"""Parse the kinds of a ranking, and load its metrics."""

from collections.abc import Sequence

from bot.method.kinds import KIND_SPECS, Kind, find_kind, suggest_kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.slack.blockkit.text import escape, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo

MAX_SHOWN_KIND_CHARACTERS = 50


def parse_kinds(text: str) -> Sequence[Kind]:
    """Return the kind that the user typed, or all kinds for ""; raise UserError for an unknown kind."""
    if not text:
        return tuple(Kind)
    kind = find_kind(text)
    if kind is None:
        kind_names = ", ".join(f"`{spec.singular}`" for spec in KIND_SPECS.values())
        similar = suggest_kind(text)
        help_text = (
            f"did you mean `/valuemap rank {similar.spec.singular}`?"
            if similar
            else f"there are {kind_names}."
        )
        raise UserError(f"I know no kind “{escape(truncate(text, MAX_SHOWN_KIND_CHARACTERS))}”: {help_text}")
    return (kind,)


async def load_ranking_metrics(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> CanvasMetrics:
    """Return the metrics of a canvas as of now, without reviews, which a ranking does not need."""
    async with deps.db.reading(team_id) as session:
        canvas = await load_canvas(session, canvas_info.id, with_reviews=False)
    return compute_metrics(canvas)
