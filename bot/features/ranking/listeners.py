"""`/valuemap rank [KIND]`."""

from bot.features.channels.service import load_card_links, resolve_canvas
from bot.features.ranking import service
from bot.features.ranking.blocks import build_ranking
from bot.slack.deps import Deps
from bot.slack.request import Answer, Request


async def show_ranking(request: Request, deps: Deps) -> Answer:
    """Answer with the ranking of one box or of all, and with what the member has not voted on."""
    kinds = service.parse_kinds(request.argument)
    canvas_info = await resolve_canvas(request, deps)
    metrics = await service.load_ranking_metrics(deps, request.team_id, canvas_info)
    links = await load_card_links(deps, request.team_id, canvas_info)
    sealed_votes = await service.load_sealed_votes(deps, request, metrics)
    return build_ranking(canvas_info, metrics, kinds, request.user_id, links, sealed_votes)
