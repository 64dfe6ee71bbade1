"""Slack listeners of entries: `add` with its form and shortcut, and the menu on a card with its forms."""

from dataclasses import replace
from typing import Any

from bot.features.channels import membership, service as channels
from bot.features.entries import blocks, forms, service
from bot.features.entries.drafts import MAX_TEXT_LENGTH, check_text, guess_kind, parse_drafts
from bot.features.workspaces import service as workspaces
from bot.method.kinds import Kind, find_kind
from bot.slack.blockkit.text import read_typed_text, sanitize, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import Form, read_private_metadata
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo


async def add_entries(request: Request, deps: Deps) -> Answer:
    """Add the entries that were typed; without a text open the form, with the kind if one was named."""
    info = await channels.resolve_canvas(request, deps)
    kind = find_kind(request.argument) if request.argument else Kind.JOB
    if kind:
        return await _open_add_form(request, deps, info, kind)
    drafts = parse_drafts(request.argument)
    await membership.require_bot_in_channel(deps, info.channel_id)
    return blocks.build_added_message(info, drafts, await service.add_drafts(request, deps, info, drafts))


async def open_message_form(request: Request, deps: Deps) -> Answer:
    """Open the form with the text of the message that the shortcut was used on, and a link to it."""
    info = await channels.resolve_canvas(request, deps)
    message_text = sanitize(read_typed_text(request.message.get("text") or ""))
    text = truncate(message_text, MAX_TEXT_LENGTH)
    source_link = await channels.link_to_message(request, deps, request.message)
    return await _open_add_form(request, deps, info, guess_kind(text), text, source_link)


async def _open_add_form(
    request: Request, deps: Deps, info: CanvasInfo, kind: Kind, text: str = "", source_link: str = ""
) -> Answer:
    await membership.require_bot_in_channel(deps, info.channel_id)
    # Stored now, so that submitting the form needs no call to Slack within its three seconds.
    await workspaces.get_member(deps, request.team_id, request.user_id)
    products = await service.list_products(request, deps, info.id)
    return Modal(forms.build_add_form(info, kind, products, text=text, source_link=source_link))


async def add_anyway(request: Request, deps: Deps) -> Answer:
    """Add a draft that is similar to an entry, by the button beside it."""
    info = await channels.resolve_canvas(request, deps)
    (draft,) = parse_drafts(request.argument.replace("\n", " "))
    await membership.require_bot_in_channel(deps, info.channel_id)
    if not await service.add_confirmed(request, deps, info, draft):
        return blocks.build_known_message(draft)
    return blocks.build_added_message(info, [draft])


async def submit_add(request: Request, deps: Deps) -> Answer:
    """Add the entry in the form; show the form again for a possible duplicate or for another entry."""
    form, private_metadata = Form(request.view), read_private_metadata(request.view)
    draft, block_id = forms.read_entry_form(form)
    try:
        draft = replace(draft, text=check_text(draft.text), source_link=private_metadata.get("source", ""))
    except UserError as error:
        return FieldErrors({block_id: error.text})
    info = await channels.resolve_canvas(request, deps)
    confirmed = private_metadata.get("confirmed") == draft.text
    duplicates = await service.add_drafts(request, deps, info, [draft], confirmed=confirmed)
    if not duplicates and not forms.wants_another(form):
        return blocks.build_added_message(info, [draft])
    products = await service.list_products(request, deps, info.id)
    version = private_metadata.get("form_version", 0)
    if not duplicates:
        return Modal(forms.build_add_form(info, draft.kind, products, version + 1, draft.text))
    link, duplicate = draft.source_link, duplicates[0]
    return Modal(
        forms.build_add_form(info, draft.kind, products, version, source_link=link, duplicate=duplicate)
    )


async def change_kind(request: Request, deps: Deps) -> Answer:
    """Show the fields of another kind, chosen in the form that adds or edits an entry."""
    kind, text = forms.read_kind(request.argument), forms.read_draft_text(Form(request.view))
    private_metadata = read_private_metadata(request.view)
    if "entry" in private_metadata:
        card = await channels.find_active_card(request, deps, private_metadata["entry"])
        products = await service.list_products(request, deps, card.canvas_id)
        vote_count = private_metadata.get("votes", 0)
        return Modal(forms.build_edit_form(card, kind, products, vote_count, text=text))
    info = await channels.resolve_canvas(request, deps)
    products = await service.list_products(request, deps, info.id)
    version, link = private_metadata.get("form_version", 0), private_metadata.get("source", "")
    return Modal(forms.build_add_form(info, kind, products, version, text=text, source_link=link))


async def suggest_products(request: Request, deps: Deps) -> list[dict[str, Any]]:
    """Return the products that match what was typed, where a canvas has too many for a fixed list."""
    info = await channels.resolve_canvas(request, deps)
    products = await service.list_products(request, deps, info.id)
    return [option.to_dict() for option in forms.filter_options(products, request.argument)]


async def choose_from_menu(request: Request, deps: Deps) -> Answer:
    """Do what was chosen from the menu on a card: edit, merge or delete the entry."""
    option, _, entry_id = request.argument.partition(":")
    card = await channels.find_active_card(request, deps, channels.parse_entry_id(entry_id))
    await channels.require_editor(request, deps, card)
    await workspaces.get_member(deps, request.team_id, request.user_id)  # whose name the card may show
    match option:
        case "edit":
            products = await service.list_products(request, deps, card.canvas_id)
            vote_count = await service.count_votes(deps, request.team_id, card)
            return Modal(forms.build_edit_form(card, card.entry.kind, products, vote_count))
        case "merge":
            others = await service.list_merge_targets(request, deps, card)
            if not others:
                raise UserError(f"There is no other {card.entry.kind.spec.singular} to merge it into.")
            return Modal(forms.build_merge_form(card, others))
        case _:
            is_new = await service.delete_entry(request, deps, card)
            return blocks.build_deleted_message(card, is_new=is_new)


async def undo_deletion(request: Request, deps: Deps) -> Answer:
    """Restore an entry that was deleted or merged."""
    card = await channels.find_visible_card(request, deps, channels.parse_entry_id(request.argument))
    await channels.require_editor(request, deps, card)
    await service.restore_entry(request, deps, card)
    return blocks.build_restored_message(card)


async def submit_edit(request: Request, deps: Deps) -> Answer:
    """Save an edit; show the form again if somebody else's edit came first."""
    private_metadata, form = read_private_metadata(request.view), Form(request.view)
    draft, block_id = forms.read_entry_form(form)
    try:
        draft = replace(draft, text=check_text(draft.text))
    except UserError as error:
        return FieldErrors({block_id: error.text})
    card = await channels.find_active_card(request, deps, private_metadata["entry"])
    await channels.require_editor(request, deps, card)
    reset, version = forms.read_reset_votes(form), private_metadata["version"]
    conflict = await service.edit_entry(request, deps, card, version, draft, reset_votes=reset)
    if conflict is None:
        return blocks.build_saved_message(card, draft, reset_votes=reset)
    products = await service.list_products(request, deps, card.canvas_id)
    vote_count = await service.count_votes(deps, request.team_id, card)
    return Modal(forms.build_conflict_form(conflict.card, conflict.editor_name, draft, products, vote_count))


async def submit_merge(request: Request, deps: Deps) -> Answer:
    """Merge an entry into the one that was chosen."""
    card = await channels.find_active_card(request, deps, read_private_metadata(request.view)["entry"])
    await channels.require_editor(request, deps, card)
    target_id = channels.parse_entry_id(forms.read_merge_target(Form(request.view)))
    target = await channels.find_active_card(request, deps, target_id)
    if not await service.merge_entries(request, deps, card, target):
        raise UserError("One of the two was changed meanwhile: close this and look at their cards.")
    return blocks.build_merged_message(card, target)


async def suggest_merge_targets(request: Request, deps: Deps) -> list[dict[str, Any]]:
    """Return the entries of the box that match what was typed, where there are too many for a fixed list."""
    card = await channels.find_active_card(request, deps, read_private_metadata(request.view)["entry"])
    others = await service.list_merge_targets(request, deps, card)
    return [option.to_dict() for option in forms.filter_options(others, request.argument)]
