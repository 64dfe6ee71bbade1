"""Load the metrics of a canvas, save a member's marks, and build the steps of a review."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.features.channels.service import find_visible_card, resolve_canvas
from bot.features.fit.comparison import compare_with_others
from bot.features.fit.explanation import build_explanation
from bot.features.fit.model import ReviewSession, ReviewStep, SortKey
from bot.features.fit.review_form import build_review_form
from bot.features.fit.review_result import build_review_result, build_saved_blocks
from bot.features.tickets.service import load_ticket_view
from bot.features.workspaces import service as workspaces
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Mark
from bot.slack.blockkit.builders import Block, Message
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import read_private_metadata
from bot.slack.request import Modal, Request
from bot.store import (
    discussions as discussion_store,
    loading,
    reviews as review_store,
    workspaces as workspace_store,
)
from bot.store.model import CanvasInfo

OFFER_DELETED_TEXT = "This offer was deleted meanwhile, or is no offer any more"


async def load_metrics(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> CanvasMetrics:
    """Return the current metrics of a canvas."""
    async with deps.db.reading(team_id) as session:
        canvas = await loading.load_canvas(session, canvas_info.id)
    return compute_metrics(canvas)


async def explain_entry(
    request: Request, deps: Deps, canvas_info: CanvasInfo, metrics: CanvasMetrics, entry_id: int
) -> Message:
    """Return the explanation of an entry's metrics."""
    async with deps.db.reading(request.team_id) as session:
        discussions = await discussion_store.list_discussions(session, canvas_info.id)
        user_ids = {review.user_id for review in metrics.canvas.reviews} | {
            reason.user_id for discussion in discussions for reason in discussion.reasons
        }
        names = await workspace_store.load_member_names(session, user_ids)
    tickets = await load_ticket_view(deps, request.team_id, canvas_info, metrics)
    ticket_buttons = tickets.build_buttons(metrics.ranked[entry_id].entry)
    return build_explanation(
        canvas_info,
        metrics,
        entry_id,
        request.user_id,
        names,
        ticket_buttons,
        [discussion for discussion in discussions if discussion.entry_id == entry_id],
    )


async def save_review(
    request: Request, deps: Deps, offer_id: int, shown_need_ids: Collection[int], marks: Mapping[int, Mark]
) -> None:
    """Save a member's marks on an offer, for the needs that the form showed and that still exist.

    Raises UserError if the offer was deleted, moved to another canvas or changed to another kind.
    """
    card = await find_visible_card(request, deps, offer_id)
    if card.deleted_by_id is not None or card.canvas_id != request.canvas_id or not card.entry.kind.is_offer:
        raise UserError(f"{OFFER_DELETED_TEXT}: press Skip to go on with the others.")
    async with deps.db.transaction(request.team_id) as session:
        entries = await loading.load_entries(session, card.canvas_id)
        need_ids = {entry.id for entry in entries if entry.kind.is_need} & set(shown_need_ids)
        valid_marks = {need_id: mark for need_id, mark in marks.items() if need_id in need_ids}
        await review_store.save_review(
            session, offer_id, request.user_id, need_ids, valid_marks, deps.clock()
        )


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A member's review of a canvas, with the state of the canvas at this request."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    session: ReviewSession
    user_id: str

    def build_modal(self, step: ReviewStep | None, saved: Sequence[Block] = (), warning: str = "") -> Modal:
        """Return the form of a step, or the result of the review without a step or without needs."""
        if step is None or not step.needs:
            view = build_review_result(
                self.canvas_info, self.metrics, self.session, self.user_id, saved, warning
            )
        else:
            view = build_review_form(self.canvas_info, self.metrics, self.session, step, saved, warning)
        return Modal(view)


async def start_review(
    request: Request, deps: Deps, canvas_info: CanvasInfo, offer_id: int | None = None
) -> Modal:
    """Return the first step of a review, or the step at an offer.

    Raises UserError if the canvas has no offers or no needs.
    """
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    if not metrics.offers:
        raise UserError("There is no pain reliever or gain creator to review yet: add some first.")
    if not metrics.needs:
        raise UserError("There is no job, pain or gain that an offer could fit yet: add some first.")
    # Loading the member stores their name, which other reviewers see.
    await workspaces.get_member(deps, request.team_id, request.user_id)
    session = ReviewSession(metrics, request.user_id, is_repeat=None if offer_id is None else False)
    step = session.first_step() if offer_id is None else session.step_at(offer_id)
    return OpenReview(canvas_info, metrics, session, request.user_id).build_modal(step)


async def continue_review(request: Request, deps: Deps, last_sort_key: SortKey | None) -> Modal:
    """Return the step after a saved form: the next page of the same offer, or the next offer."""
    metadata = read_private_metadata(request.view)
    offer_id, page = metadata.read_number("offer"), metadata.read_number("page")
    review = await _load_open_review(request, deps)
    step = review.session.step_after_page(offer_id, page, last_sort_key)
    return review.build_modal(step) if step else await _show_next_offer(request, deps, review, offer_id)


async def change_step(request: Request, deps: Deps, change: str) -> Modal:
    """Return the step after the button "back", "skip" or "nothing", which saves a review without marks."""
    metadata = read_private_metadata(request.view)
    offer_id, page = metadata.read_number("offer"), metadata.read_number("page")
    review = await _load_open_review(request, deps)
    current_step = review.session.step_at(offer_id, page)
    if current_step is None:
        return review.build_modal(review.session.first_step(), warning=f"{OFFER_DELETED_TEXT}.")
    if change == "nothing":
        await save_review(request, deps, offer_id, review.metrics.needs.keys(), {})
        return await _show_next_offer(request, deps, await _load_open_review(request, deps), offer_id)
    if change == "back":
        return review.build_modal(review.session.step_before(offer_id, page) or current_step)
    return review.build_modal(review.session.step_after_skip(offer_id))


async def _load_open_review(request: Request, deps: Deps) -> OpenReview:
    canvas_info = await resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    is_repeat = bool(read_private_metadata(request.view).get("again"))
    session = ReviewSession(metrics, request.user_id, is_repeat=is_repeat)
    return OpenReview(canvas_info, metrics, session, request.user_id)


async def _show_next_offer(request: Request, deps: Deps, review: OpenReview, offer_id: int) -> Modal:
    """Return the step after a saved offer, with a comparison of its marks to the others'."""
    comparison = compare_with_others(review.metrics, offer_id, request.user_id)
    names = await _load_reviewer_names(deps, request.team_id, review.metrics)
    has_alerts = await deps.block_support.is_supported(request.team_id)
    saved = build_saved_blocks(comparison, names, has_alerts=has_alerts) if comparison else ()
    return review.build_modal(review.session.step_after_offer(offer_id), saved)


async def _load_reviewer_names(deps: Deps, team_id: str, metrics: CanvasMetrics) -> dict[str, str]:
    """Return the stored names of the canvas's reviewers by user id."""
    user_ids = {review.user_id for review in metrics.canvas.reviews}
    async with deps.db.reading(team_id) as session:
        return await workspace_store.load_member_names(session, user_ids)
