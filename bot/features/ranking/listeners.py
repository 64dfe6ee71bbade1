"""What people ask about rankings, and the votes that they give by reaction."""

from bot.features.channels.service import resolve_canvas, load_card_links as links_of
from bot.features.ranking import blocks
from bot.method.kinds import KIND_SPECS, Kind, find_kind
from bot.method.metrics import compute_metrics
from bot.slack.blockkit.text import escape, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Answer, Request
from bot.store.loading import load_canvas


async def rank(request: Request, deps: Deps) -> Answer:
    kinds = tuple(Kind)
    if request.argument:
        kind = find_kind(request.argument)
        if kind is None:
            known = ", ".join(f"`{about.singular}`" for about in KIND_SPECS.values())
            raise UserError(f"I know no kind “{escape(truncate(request.argument, 50))}”: there are {known}.")
        kinds = (kind,)
    head = await resolve_canvas(request, deps)
    async with deps.db.reading(request.team_id) as session:
        canvas = await load_canvas(session, head.id)
    links = await links_of(deps, request.team_id, head)
    return blocks.build_ranking(head, compute_metrics(canvas), kinds, request.user_id, links)
