"""Reading a canvas with its figures, and storing what a member marked."""

from collections.abc import Collection, Mapping

from bot.features.channels.service import card_in_hand
from bot.features.workspaces import service as people
from bot.method.metrics import Figures, figures
from bot.method.model import Mark
from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.store import entries as entry_store, reviews as store, workspaces as members
from bot.store.model import CanvasInfo

GONE = "This offer was deleted meanwhile, or is no offer any more"


async def figures_of(deps: Deps, team: str, head: CanvasInfo) -> Figures:
    """Return all figures of a canvas as it is now."""
    async with deps.db.reading(team) as session:
        canvas = await store.read(session, head)
    return figures(canvas)


async def names(deps: Deps, team: str, now: Figures) -> dict[str, str]:
    """Return the names of those who reviewed something, as far as they are known."""
    async with deps.db.reading(team) as session:
        return await members.names(session, {review.member for review in now.canvas.reviews})


async def review(
    request: Request, deps: Deps, offer: int, shown: Collection[int], marks: Mapping[int, Mark]
) -> None:
    """Store a member's marks on an offer, among the needs that were shown and are there."""
    card = await card_in_hand(request, deps, offer)
    if card.deleted_by is not None or card.canvas_id != request.canvas or not card.entry.kind.is_offer:
        raise Refusal(f"{GONE}: press Skip to go on with the others.")
    async with deps.db.transaction(request.team_id) as session:
        there = {entry.id for entry in await entry_store.live(session, card.canvas_id) if entry.kind.is_need}
        asked = there & set(shown)
        sound = {need: mark for need, mark in marks.items() if need in asked}
        await store.review(session, offer, request.user, asked, sound, deps.now())


async def get_known(request: Request, deps: Deps) -> None:
    """Learn the member's name, which `why` shows among the reviewers."""
    await people.member(deps, request.team_id, request.user)
