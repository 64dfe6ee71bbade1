"""Handle the commands, buttons and forms of the fit, of explanations and of reviews."""

from bot.features.channels.service import (
    find_active_card,
    find_canvas_of_card,
    parse_entry_id,
    resolve_canvas,
)
from bot.features.fit import blocks, service
from bot.features.fit.matching import match_entries
from bot.features.fit.review_form import PARTIAL, read_marks, read_shown_need_ids, read_sort_key
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import Form, read_private_metadata
from bot.slack.request import Answer, FieldErrors, Request


async def show_fit(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap fit`."""
    canvas_info = await resolve_canvas(request, deps)
    metrics = await service.load_metrics(deps, request.team_id, canvas_info)
    return blocks.build_fit_message(canvas_info, metrics)


async def explain_named_entry(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap why` with a few words of an entry."""
    words = request.argument
    if not words:
        raise UserError("Say which entry you mean by a few of its words: `/valuemap why waiting`.")
    canvas_info = await resolve_canvas(request, deps)
    metrics = await service.load_metrics(deps, request.team_id, canvas_info)
    matches = match_entries(words, metrics.canvas.entries)
    if len(matches) > 1:
        return blocks.build_entry_choice(matches, words, blocks.build_why_button)
    return await service.explain_entry(request, deps, canvas_info, metrics, matches[0].id)


async def explain_entry(request: Request, deps: Deps) -> Answer:
    """Answer a "Why?" button."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    canvas_info = await find_canvas_of_card(request, deps, card)
    metrics = await service.load_metrics(deps, request.team_id, canvas_info)
    return await service.explain_entry(request, deps, canvas_info, metrics, card.entry.id)


async def start_review(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap review`."""
    return await service.start_review(request, deps, await resolve_canvas(request, deps))


async def review_offer(request: Request, deps: Deps) -> Answer:
    """Answer a button that opens the review at one offer."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    if not card.entry.kind.is_offer:
        raise UserError("Only pain relievers and gain creators are reviewed for their fit.")
    canvas_info = await find_canvas_of_card(request, deps, card)
    return await service.start_review(request, deps, canvas_info, card.entry.id)


async def submit_review_form(request: Request, deps: Deps) -> Answer:
    """Save the marks of a form and show the next step."""
    form, metadata = Form(request.view), read_private_metadata(request.view)
    try:
        marks = read_marks(form)
    except UserError as error:
        return FieldErrors({form.find_block_id(PARTIAL): error.text})
    offer_id = metadata.read_number("offer")
    await service.save_review(request, deps, offer_id, read_shown_need_ids(request.view), marks)
    return await service.continue_review(request, deps, read_sort_key(metadata))


async def change_step(request: Request, deps: Deps) -> Answer:
    """Answer a button of a form: back, skip or "fits nothing"."""
    return await service.change_step(request, deps, request.argument)
