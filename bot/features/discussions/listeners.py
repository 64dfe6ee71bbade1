"""The `discuss` command, and the buttons and the form of a discussion."""

from bot.features.cards.blocks import build_discuss_button
from bot.features.channels import service as channels
from bot.features.channels.membership import require_bot_in_channel
from bot.features.discussions import blocks, forms, service
from bot.features.fit.blocks import build_entry_choice
from bot.features.fit.matching import match_entries
from bot.features.fit.service import load_metrics
from bot.slack.blockkit.text import parse_id
from bot.slack.deps import Deps
from bot.slack.forms import Form, read_private_metadata
from bot.slack.request import Answer, Modal, Request
from bot.store.model import CanvasInfo


async def run_discuss_command(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap discuss`: what divides the team, or start a discussion of the entry that is named."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    words = request.argument
    if not words:
        return blocks.build_discussion_list(
            await service.list_discussions(request, deps, canvas_info, metrics)
        )
    matches = match_entries(words, metrics.canvas.entries)
    if len(matches) > 1:
        return build_entry_choice(matches, words, lambda entry: build_discuss_button(canvas_info.id, entry))
    return await _start(request, deps, canvas_info, matches[0].id)


async def start_discussion(request: Request, deps: Deps) -> Answer:
    """Answer *Discuss*: start a discussion of the entry in its value."""
    canvas_info = await channels.resolve_canvas(request, deps)
    return await _start(request, deps, canvas_info, channels.parse_entry_id(request.argument))


async def _start(request: Request, deps: Deps, canvas_info: CanvasInfo, entry_id: int) -> Answer:
    await require_bot_in_channel(deps, canvas_info.channel_id)
    discussion, entry = await service.start_discussion(request, deps, canvas_info, entry_id)
    return blocks.build_started_answer(canvas_info, discussion, entry)


async def open_reason_form(request: Request, deps: Deps) -> Answer:
    """Answer *Give a reason*: the form."""
    canvas_info = await channels.resolve_canvas(request, deps)
    found = await service.find_asked(request, deps, canvas_info, _read_discussion_id(request))
    return Modal(forms.build_reason_form(canvas_info, *found))


async def decline_reason(request: Request, deps: Deps) -> Answer:
    """Answer *No reason*."""
    canvas_info = await channels.resolve_canvas(request, deps)
    return await _answer(request, deps, canvas_info, _read_discussion_id(request), "", shows_name=False)


async def submit_reason(request: Request, deps: Deps) -> Answer:
    """Save the reason of the form."""
    canvas_info = await channels.resolve_canvas(request, deps)
    text, shows_name = forms.read_reason_form(Form(request.view))
    discussion_id = read_private_metadata(request.view).read_number("discussion")
    return await _answer(request, deps, canvas_info, discussion_id, text, shows_name=shows_name)


async def _answer(
    request: Request, deps: Deps, canvas_info: CanvasInfo, discussion_id: int, text: str, *, shows_name: bool
) -> Answer:
    discussion = await service.record_answer(
        request, deps, canvas_info, discussion_id, text, shows_name=shows_name
    )
    return blocks.build_answered(discussion, text.strip(), canvas_info.id)


async def open_vote_early(request: Request, deps: Deps) -> Answer:
    """Answer *Open the vote*: open the vote without waiting for more reasons."""
    canvas_info = await channels.resolve_canvas(request, deps)
    _, entry = await service.open_vote_early(request, deps, canvas_info, _read_discussion_id(request))
    return blocks.build_vote_opened_answer(entry)


async def take_back_discussion(request: Request, deps: Deps) -> Answer:
    """Answer *Take it back*: end the discussion."""
    canvas_info = await channels.resolve_canvas(request, deps)
    await service.take_back(request, deps, canvas_info, _read_discussion_id(request))
    return blocks.build_taken_back_answer()


def _read_discussion_id(request: Request) -> int:
    """Return the id in a button's value; 0, which no discussion has, where it is none."""
    return parse_id(request.argument) or 0
