"""Slack listeners of imports: `/valuemap import` and its form."""

from bot.features.channels import membership
from bot.features.channels.service import resolve_canvas
from bot.features.entries.blocks import build_undone_message
from bot.features.imports import blocks, service
from bot.features.imports.files import download_file
from bot.features.imports.undo import parse_ids
from bot.features.workspaces import service as workspaces
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import Form, read_private_metadata
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo


async def open_import_form(request: Request, deps: Deps) -> Answer:
    """Open the form of an import."""
    canvas_info = await resolve_canvas(request, deps)
    await membership.require_bot_in_channel(deps, canvas_info.channel_id)
    # Stored now, so that submitting the form needs no call to Slack within its three seconds.
    await workspaces.get_member(deps, request.team_id, request.user_id)
    takes_files = not deps.scopes.lacks(request.team_id, blocks.FILE_SCOPE)
    return Modal(blocks.build_import_form(canvas_info, takes_files=takes_files))


async def submit_import(request: Request, deps: Deps) -> Answer:
    """Show a preview; on the next submission add what the preview showed."""
    form, private_metadata = Form(request.view), read_private_metadata(request.view)
    text, uploaded_file_id = blocks.read_import_form(form)
    file_id = uploaded_file_id or private_metadata.find_text("file")
    if errors := blocks.find_form_errors(form, text, file_id):
        return FieldErrors(errors)
    canvas_info = await resolve_canvas(request, deps)
    form_version = private_metadata.find_number("form_version") or 0
    fingerprint = private_metadata.find_text("confirmed")
    try:
        content = await download_file(deps, file_id, request.user_id) if file_id else _encode_text(text)
    except UserError as error:
        return _show_file_error(canvas_info, form, form_version, error, is_new_upload=bool(uploaded_file_id))
    box = blocks.read_box(form)
    outcome = await service.preview_or_add(
        request, deps, canvas_info, content, fingerprint, box, blocks.read_similar_choice(form)
    )
    if outcome is None:  # a repeated delivery, which is answered already
        return None
    if outcome.is_done:
        return blocks.build_added_message(canvas_info, outcome.plan, outcome.added_ids)
    return Modal(blocks.build_preview_form(canvas_info, outcome.plan, text, file_id, form_version))


async def undo_import(request: Request, deps: Deps) -> Answer:
    """Delete the entries that an import added, as far as they are still there."""
    canvas_info = await resolve_canvas(request, deps)
    deleted = await service.undo_import(request, deps, canvas_info, parse_ids(request.argument))
    return build_undone_message(canvas_info, deleted)


def _show_file_error(
    canvas_info: CanvasInfo, form: Form, form_version: int, error: UserError, *, is_new_upload: bool
) -> Answer:
    """Show an error at the file field; the preview of an earlier upload has none, so a new form shows it."""
    if is_new_upload:
        return FieldErrors({form.find_block_id(blocks.FILE_BLOCK_ID): error.text})
    return Modal(blocks.build_import_form(canvas_info, form_version + 1, error.text))


def _encode_text(text: str) -> bytes:
    return text.encode(
        "utf-8", "replace"
    )  # JSON may hold half of a surrogate pair, which UTF-8 cannot encode
