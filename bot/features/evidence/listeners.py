"""Slack listeners of evidence: the command, the form, the shortcut, and the menu of an item."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from bot.features.channels import mentions, service as channels
from bot.features.evidence import blocks, forms, service
from bot.features.evidence.model import (
    MAY_SEE,
    ConflictingChange,
    EvidenceSource,
    EvidenceView,
    build_blank_draft,
    check_draft,
    to_draft,
)
from bot.features.fit.blocks import build_entry_choice
from bot.features.fit.matching import match_entries
from bot.features.fit.service import load_metrics
from bot.features.tickets.service import load_ticket_view
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.slack.blockkit.builders import Message
from bot.slack.blockkit.message_words import read_words
from bot.slack.blockkit.text import escape, parse_id
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import OUTDATED_MESSAGE, Form, InvalidInput, read_private_metadata
from bot.slack.outgoing.dialogs import build_message_dialog
from bot.slack.outgoing.files import start_picture
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store import evidence as evidence_store
from bot.store.evidence import EvidenceVersion
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc


async def show_evidence(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap evidence`: the list of a canvas or entry, or the form where there is nothing."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    words, entry = request.argument, None
    if words:
        matches = match_entries(words, metrics.canvas.entries)
        if len(matches) > 1:
            return build_entry_choice(matches, words, partial(blocks.build_show_button, canvas_info))
        entry = matches[0]
    elif not metrics.canvas.evidence:
        if not metrics.canvas.entries:
            raise UserError("There is nothing to have evidence on yet: add an entry first.")
        draft = build_blank_draft(_today(deps, canvas_info))
        return Modal(forms.build_evidence_form(canvas_info, metrics, draft))
    return _list_evidence(request, canvas_info, metrics, entry)


async def show_entry_evidence(request: Request, deps: Deps) -> Answer:
    """Answer the button that lists the evidence of the entry in its value."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    ranked = metrics.ranked.get(parse_id(request.argument) or 0)
    if ranked is None:
        raise UserError(OUTDATED_MESSAGE)
    return _list_evidence(request, canvas_info, metrics, ranked.entry)


def _list_evidence(
    request: Request, canvas_info: CanvasInfo, metrics: CanvasMetrics, entry: Entry | None
) -> Message:
    view = EvidenceView(canvas_info, metrics, entry, request.user_id)
    return blocks.build_evidence_list(view)


async def show_risks(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap risks`."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    evidence = metrics.evidence
    tickets = await load_ticket_view(deps, request.team_id, canvas_info, metrics)
    create = partial(service.build_risk_picture, canvas_info, evidence)
    has_picture = evidence.refuted or evidence.riskiest
    subject = f"*{escape(canvas_info.title)}* in <#{canvas_info.channel_id}>"
    picture_note = start_picture(request, deps, create, subject, "/valuemap risks") if has_picture else ""
    return blocks.build_risks(tickets, picture_note)


async def open_form(request: Request, deps: Deps) -> Answer:
    """Answer the button that adds evidence, for the entry in its value or for any."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    entry_id = parse_id(request.argument)
    entry_ids = [entry_id] if entry_id in metrics.ranked and entry_id is not None else []
    draft = build_blank_draft(_today(deps, canvas_info), entry_ids)
    return Modal(forms.build_evidence_form(canvas_info, metrics, draft))


async def open_message_form(request: Request, deps: Deps) -> Answer:
    """Answer the shortcut *Add as evidence*: the form with the message, or the first item made of it."""
    if "ts" not in request.message:  # a forged global shortcut
        raise UserError(OUTDATED_MESSAGE)
    canvases = await channels.list_canvases_of_message(request, deps)
    canvas_info, message_key = canvases[0], f"{request.channel_id}:{request.message['ts']}"
    async with deps.db.reading(request.team_id) as session:
        item_id = await evidence_store.find_evidence_of_message(session, canvas_info.id, message_key)
    if item_id is not None:
        found = await service.find_item(request, deps, canvas_info, item_id)
        return await _build_edit_form(request, deps, canvas_info, found)
    is_private = await channels.is_shown_to_others(request, deps, canvas_info)
    draft = replace(
        build_blank_draft(min(_day_of_message(request, canvas_info), _today(deps, canvas_info))),
        quote=await mentions.read_text(request, deps, read_words(request.message)),
        link=await channels.load_message_link(request, deps, request.message),
    )
    is_elsewhere = canvas_info.channel_id != request.channel_id
    source = EvidenceSource(message_key, canvases if is_elsewhere else (), is_private)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    return Modal(forms.build_evidence_form(canvas_info, metrics, draft, source=source))


async def change_canvas(request: Request, deps: Deps) -> Answer:
    """Show the entries of the canvas that was chosen in the form of a message from another conversation."""
    private_metadata = read_private_metadata(request.view)
    elsewhere = replace(request, channel_id="", canvas_id=parse_id(request.argument) or 0)
    canvas_info = await channels.resolve_canvas(elsewhere, deps)
    canvases = await channels.list_canvases_of_user(elsewhere, deps)
    draft = forms.read_evidence_form(Form(request.view), private_metadata.read_text("message"))
    source = EvidenceSource(draft.message_key, canvases, bool(private_metadata.get("private")))
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    draft = replace(draft, supports=(), contradicts=())
    return Modal(forms.build_evidence_form(canvas_info, metrics, draft, source=source))


async def submit_form(request: Request, deps: Deps) -> Answer:
    """Save the item of the form."""
    canvas_info = await channels.resolve_canvas(request, deps)
    form, private_metadata = Form(request.view), read_private_metadata(request.view)
    draft = forms.read_evidence_form(form, private_metadata.read_text("message"))
    item_id = private_metadata.read_number("item")
    if private_metadata.get("private") and not forms.is_sharing_confirmed(form):
        return FieldErrors({MAY_SEE: "Tick this, or close the form: then nothing is recorded."})
    if item_id:
        await service.find_item(request, deps, canvas_info, item_id)
    try:
        draft = check_draft(draft, _today(deps, canvas_info))
        version = private_metadata.find_number("version")
        saved = await service.save_evidence(request, deps, canvas_info, draft, item_id, version)
    except InvalidInput as error:
        return FieldErrors({form.find_block_id(error.field): error.text})
    if isinstance(saved, ConflictingChange):
        metrics = await load_metrics(deps, request.team_id, canvas_info)
        return Modal(forms.build_conflict_form(canvas_info, metrics, draft, saved.current))
    linked_ids = (*draft.supports, *draft.contradicts)
    answer = await _describe_saved(request, deps, canvas_info, saved, linked_ids)
    message_channel_id = draft.message_key.partition(":")[0]
    if message_channel_id in {"", canvas_info.channel_id}:
        return answer
    return Modal(build_message_dialog(answer, request))  # who is elsewhere does not see the canvas's channel


async def edit_item(request: Request, deps: Deps) -> Answer:
    """Open the form of an item."""
    canvas_info, found, _ = await _find_item(request, deps)
    return await _build_edit_form(request, deps, canvas_info, found)


async def _build_edit_form(
    request: Request, deps: Deps, canvas_info: CanvasInfo, found: EvidenceVersion
) -> Modal:
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    return Modal(forms.build_evidence_form(canvas_info, metrics, to_draft(found.item), edited=found))


async def delete_item(request: Request, deps: Deps) -> Answer:
    """Delete an item."""
    canvas_info, found, _ = await _find_item(request, deps)
    await service.delete_evidence(request, deps, canvas_info, found.item)
    return blocks.build_deleted_message(canvas_info, found.item)


async def unlink_item(request: Request, deps: Deps) -> Answer:
    """Take an entry off an item."""
    canvas_info, found, entry_id = await _find_item(request, deps)
    await service.unlink_evidence(request, deps, canvas_info, found.item, entry_id)
    return await _describe_saved(request, deps, canvas_info, found.item.id, (entry_id,))


async def undo_deletion(request: Request, deps: Deps) -> Answer:
    """Bring a deleted item back."""
    canvas_info = await channels.resolve_canvas(request, deps)
    item_id = parse_id(request.argument) or 0
    await service.restore_evidence(request, deps, canvas_info, item_id)
    item = (await service.find_item(request, deps, canvas_info, item_id)).item
    linked_ids = (*item.supports, *item.contradicts)
    return await _describe_saved(request, deps, canvas_info, item_id, linked_ids)


async def suggest_entries(request: Request, deps: Deps) -> list[dict[str, Any]]:
    """Return the entries that match the query, where a canvas has too many for a fixed list."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    return [option.to_dict() for option in forms.filter_choices(metrics, request.argument)]


async def _describe_saved(
    request: Request, deps: Deps, canvas_info: CanvasInfo, item_id: int, entry_ids: tuple[int, ...]
) -> Message:
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    evidence = metrics.evidence
    shown = [
        (metrics.ranked[entry_id].entry, evidence.entries[entry_id])
        for entry_id in entry_ids
        if entry_id in metrics.ranked
    ]
    return blocks.build_saved_message(canvas_info, item_id, shown)


async def _find_item(request: Request, deps: Deps) -> tuple[CanvasInfo, EvidenceVersion, int]:
    """Return canvas, item and entry id, or 0, of an option's value such as "3:12:7"."""
    canvas_id, item_id, entry_id = ([parse_id(word) or 0 for word in request.argument.split(":")] + [0] * 3)[
        :3
    ]
    canvas_info = await channels.resolve_canvas(replace(request, canvas_id=canvas_id), deps)
    return canvas_info, await service.find_item(request, deps, canvas_info, item_id), entry_id


def _today(deps: Deps, canvas_info: CanvasInfo) -> date:
    return deps.clock().astimezone(zone_or_utc(canvas_info.time_zone)).date()


def _day_of_message(request: Request, canvas_info: CanvasInfo) -> date:
    """Return the day on which the request's message was posted, in the canvas's time zone."""
    posted_at = datetime.fromtimestamp(float(request.message["ts"]), UTC)
    return posted_at.astimezone(zone_or_utc(canvas_info.time_zone)).date()
