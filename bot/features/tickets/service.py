"""Load what tickets say, and store their links."""

from bot.features.cards.model import CARD_JOB
from bot.features.channels.service import load_card_links
from bot.features.tickets.blocks import TicketView
from bot.jobs import store as jobs
from bot.method.metrics import CanvasMetrics
from bot.slack.deps import Deps
from bot.slack.request import Request
from bot.store import tickets as ticket_store
from bot.store.model import CanvasInfo, Card


async def load_ticket_view(
    deps: Deps, team_id: str, canvas_info: CanvasInfo, metrics: CanvasMetrics
) -> TicketView:
    """Return what the tickets of a canvas say, and where they are."""
    async with deps.db.reading(team_id) as session:
        ticket_links = await ticket_store.load_ticket_links(session, canvas_info.id)
    card_links = await load_card_links(deps, team_id, canvas_info) if canvas_info.settings.tracker else {}
    return TicketView(canvas_info, metrics, ticket_links, card_links)


async def link_ticket(request: Request, deps: Deps, card: Card, link: str) -> None:
    """Store the link of an entry's ticket, or take it off, and update the card."""
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        await ticket_store.set_ticket_link(session, card.entry.id, link)
        await jobs.enqueue(session, CARD_JOB, [card.entry.id], card.channel_id, now, request.user_id)
