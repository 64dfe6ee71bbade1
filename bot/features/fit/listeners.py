"""What people ask about the fit, and the reviews that they give."""

from collections.abc import Sequence

from bot.features.channels.service import parse_entry_id, find_canvas_of_card, resolve_canvas, find_active_card
from bot.features.fit import blocks, review_form as reviewing, service
from bot.features.fit.model import ReviewSession, ReviewStep, compare_with_others, match_entries
from bot.features.fit.why import build_explanation as explained
from bot.method.metrics import CanvasMetrics
from bot.slack.blockkit.builders import Block
from bot.slack.blockkit.forms import Form, read_private_metadata
from bot.slack.blockkit.text import escape, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo


async def fit(request: Request, deps: Deps) -> Answer:
    head = await resolve_canvas(request, deps)
    return blocks.build_fit_message(head, await service.load_metrics(deps, request.team_id, head))


async def why(request: Request, deps: Deps) -> Answer:
    if not request.argument:
        raise UserError("Say which entry you mean by a few of its words: `/valuemap why waiting`.")
    head = await resolve_canvas(request, deps)
    now = await service.load_metrics(deps, request.team_id, head)
    found = match_entries(request.argument, now.canvas.entries)
    if not found:
        raise UserError(
            f"No entry has “{escape(truncate(request.argument, 60))}” in it: `/valuemap show` shows what there is."
        )
    if len(found) > 1:
        return blocks.build_entry_choice(found, request.argument)
    return await _explain(request, deps, head, now, found[0].id)


async def why_entry(request: Request, deps: Deps) -> Answer:
    """A "Why?" button."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    head = await find_canvas_of_card(request, deps, card)
    now = await service.load_metrics(deps, request.team_id, head)
    return await _explain(request, deps, head, now, card.entry.id)


async def _explain(request: Request, deps: Deps, head: CanvasInfo, now: CanvasMetrics, entry: int) -> Answer:
    return explained(
        head, now, entry, request.user_id, await service.load_reviewer_names(deps, request.team_id, now)
    )


async def review(request: Request, deps: Deps) -> Answer:
    return await _begin(request, deps, await resolve_canvas(request, deps))


async def review_at(request: Request, deps: Deps) -> Answer:
    """A button that leads to one offer; after it the review goes on as usual."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    if not card.entry.kind.is_offer:
        raise UserError("Only pain relievers and gain creators are reviewed for their fit.")
    return await _begin(request, deps, await find_canvas_of_card(request, deps, card), card.entry.id)


async def _begin(request: Request, deps: Deps, head: CanvasInfo, offer: int | None = None) -> Answer:
    now = await service.load_metrics(deps, request.team_id, head)
    if not now.offers:
        raise UserError("There is no pain reliever or gain creator to review yet: add some first.")
    if not now.needs:
        raise UserError("There is no job, pain or gain that an offer could fit yet: add some first.")
    await service.register_reviewer(request, deps)
    walk = ReviewSession(now, request.user_id, is_repeat=None if offer is None else False)
    there = walk.first_step() if offer is None else walk.step_at(offer)
    return _arrive(request, head, now, walk, there)


async def submit_review(request: Request, deps: Deps) -> Answer:
    form, about = Form(request.view), read_private_metadata(request.view)
    try:
        marks = reviewing.read_marks(form)
    except UserError as refusal:
        return FieldErrors({form.find_block_id(reviewing.PARTIAL): refusal.text})
    await service.save_review(request, deps, about["offer"], reviewing.read_shown_need_ids(request.view), marks)
    head, now, walk = await _on_the_way(request, deps)
    if more := walk.step_after_page(about["offer"], about["page"], reviewing.read_sort_key(about)):
        return _arrive(request, head, now, walk, more)
    return await _go_on(request, deps, head, now, walk)


async def step(request: Request, deps: Deps) -> Answer:
    """Back, skip, or 'fits nothing', which is a review too."""
    about = read_private_metadata(request.view)
    head, now, walk = await _on_the_way(request, deps)
    offer, page = about["offer"], about["page"]
    here = walk.step_at(offer, page)
    if here is None:
        return _arrive(request, head, now, walk, walk.first_step(), warning=f"{service.OFFER_GONE_TEXT}.")
    if request.argument == "nothing":
        await service.save_review(request, deps, offer, now.needs.keys(), {})
        return await _go_on(request, deps, *await _on_the_way(request, deps))
    there = walk.step_before(offer, page) or here if request.argument == "back" else walk.step_after_skip(offer)
    return _arrive(request, head, now, walk, there)


async def _on_the_way(request: Request, deps: Deps) -> tuple[CanvasInfo, CanvasMetrics, ReviewSession]:
    """Return where a member's review is led, as things are now."""
    head = await resolve_canvas(request, deps)
    now = await service.load_metrics(deps, request.team_id, head)
    return (
        head,
        now,
        ReviewSession(now, request.user_id, is_repeat=bool(read_private_metadata(request.view).get("again"))),
    )


async def _go_on(
    request: Request, deps: Deps, head: CanvasInfo, now: CanvasMetrics, walk: ReviewSession
) -> Answer:
    """Lead on from an offer that was saved, and say how the marks on it compare to the others'."""
    offer: int = read_private_metadata(request.view)["offer"]
    comparison = compare_with_others(now, offer, request.user_id)
    known = await service.load_reviewer_names(deps, request.team_id, now)
    said = reviewing.build_saved_blocks(comparison, known) if comparison else ()
    return _arrive(request, head, now, walk, walk.step_after_offer(offer), said)


def _arrive(
    request: Request,
    head: CanvasInfo,
    now: CanvasMetrics,
    walk: ReviewSession,
    there: ReviewStep | None,
    said: Sequence[Block] = (),
    warning: str = "",
) -> Modal:
    """Show a stop, or the end where there is none: no more offer, or no need that one could fit."""
    if there is None or not there.needs:
        return Modal(reviewing.build_review_result(head, now, walk, request.user_id, said, warning))
    return Modal(reviewing.build_review_form(head, now, walk, there, said, warning))
