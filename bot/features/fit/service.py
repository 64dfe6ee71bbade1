"""Reading a canvas with its figures, and storing what a member marked."""

from collections.abc import Collection, Mapping

from bot.features.channels.service import find_visible_card
from bot.features.workspaces import service as people
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Mark
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import loading, reviews as store, workspaces as members
from bot.store.model import CanvasInfo

OFFER_GONE_TEXT = "This offer was deleted meanwhile, or is no offer any more"


async def load_metrics(deps: Deps, team: str, head: CanvasInfo) -> CanvasMetrics:
    """Return all figures of a canvas as it is now."""
    async with deps.db.reading(team) as session:
        canvas = await loading.load_canvas(session, head.id)
    return compute_metrics(canvas)


async def load_reviewer_names(deps: Deps, team: str, now: CanvasMetrics) -> dict[str, str]:
    """Return the names of those who reviewed something, as far as they are known."""
    async with deps.db.reading(team) as session:
        return await members.load_member_names(session, {review.user_id for review in now.canvas.reviews})


async def save_review(
    request: Request, deps: Deps, offer: int, shown: Collection[int], marks: Mapping[int, Mark]
) -> None:
    """Store a member's marks on an offer, among the needs that were shown and are there."""
    card = await find_visible_card(request, deps, offer)
    if card.deleted_by_id is not None or card.canvas_id != request.canvas_id or not card.entry.kind.is_offer:
        raise UserError(f"{OFFER_GONE_TEXT}: press Skip to go on with the others.")
    async with deps.db.transaction(request.team_id) as session:
        there = {
            entry.id for entry in await loading.load_entries(session, card.canvas_id) if entry.kind.is_need
        }
        asked = there & set(shown)
        sound = {need: mark for need, mark in marks.items() if need in asked}
        await store.save_review(session, offer, request.user_id, asked, sound, deps.clock())


async def register_reviewer(request: Request, deps: Deps) -> None:
    """Learn the member's name, which `why` shows among the reviewers."""
    await people.member(deps, request.team_id, request.user_id)
