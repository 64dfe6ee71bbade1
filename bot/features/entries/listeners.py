"""Slack listeners of entries: the `add` command, form and shortcut, and the menu on a card with its forms."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.features.channels import membership, mentions, service as channels
from bot.features.entries import blocks, forms, service
from bot.features.entries.drafts import check_text, draft_message, parse_drafts, split_draft
from bot.features.entries.model import Addition, ConflictingEdit, PossibleDuplicate, Support
from bot.features.entries.typed_lists import has_colon
from bot.features.workspaces import service as workspaces
from bot.method.kinds import Kind, find_kind
from bot.slack.blockkit.builders import Message
from bot.slack.blockkit.message_words import read_words
from bot.slack.blockkit.text import count_noun
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import Form, read_private_metadata
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo, Card, Draft


async def add_entries(request: Request, deps: Deps) -> Answer:
    """Add the typed entries; without a text, open the form for the kind that was named, or for a job."""
    canvas_info = await channels.resolve_canvas(request, deps)
    kind = find_kind(request.argument) if request.argument else Kind.JOB
    if kind and not has_colon(request.argument):
        return await _open_add_form(request, deps, canvas_info, kind)
    drafts = parse_drafts(request.argument)
    await membership.require_bot_in_channel(deps, canvas_info.channel_id)
    return await _build_added_message(
        request, deps, canvas_info, await service.add_drafts(request, deps, canvas_info, drafts)
    )


async def _build_added_message(
    request: Request, deps: Deps, canvas_info: CanvasInfo, addition: Addition
) -> Message:
    names_canvas = await channels.must_name_canvas(request, deps, canvas_info)
    return blocks.build_added_message(canvas_info, addition, names_canvas=names_canvas)


async def open_message_form(request: Request, deps: Deps) -> Answer:
    """Open the form with the text of the message on which the shortcut was used, and a link to it."""
    canvas_info = await channels.resolve_canvas(request, deps)
    message_text = await mentions.read_text(request, deps, read_words(request.message))
    kind, text = draft_message(message_text)
    source_link = await channels.load_message_link(request, deps, request.message)
    return await _open_add_form(request, deps, canvas_info, kind, text, source_link)


async def _open_add_form(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    kind: Kind | None,
    text: str = "",
    source_link: str = "",
) -> Answer:
    await membership.require_bot_in_channel(deps, canvas_info.channel_id)
    # Stored now, so that submitting the form needs no call to Slack within its three seconds.
    await workspaces.get_member(deps, request.team_id, request.user_id)
    products = await service.list_products(request, deps, canvas_info.id)
    names_canvas = await channels.must_name_canvas(request, deps, canvas_info)
    return Modal(
        forms.build_add_form(
            canvas_info, kind, products, text=text, source_link=source_link, names_canvas=names_canvas
        )
    )


async def add_anyway(request: Request, deps: Deps) -> Answer:
    """Add a possible duplicate: the button "Add anyway" was pressed."""
    canvas_info = await channels.resolve_canvas(request, deps)
    kind, _, text = request.argument.partition(":")
    draft = Draft(forms.read_kind(kind), check_text(text))
    await membership.require_bot_in_channel(deps, canvas_info.channel_id)
    addition = await service.add_confirmed(request, deps, canvas_info, draft)
    if addition is None:
        return blocks.build_already_added_message(draft)
    return await _build_added_message(request, deps, canvas_info, addition)


async def undo_addition(request: Request, deps: Deps) -> Answer:
    """Delete the entries that an answer says were added, as far as they are still there."""
    cards = [await channels.find_visible_card(request, deps, each) for each in _read_entry_ids(request)]
    remaining = [card for card in cards if card.deleted_by_id is None]
    for card in remaining:
        await channels.require_editor(request, deps, card)
    await workspaces.get_member(deps, request.team_id, request.user_id)  # the cards may show the name
    canvas_info = await channels.find_canvas_of_card(request, deps, cards[0])
    entries = [card.entry for card in remaining]
    deleted = await service.delete_entries(request, deps, canvas_info.channel_id, entries)
    return blocks.build_undone_message(canvas_info, deleted)


def _read_entry_ids(request: Request) -> list[int]:
    return [channels.parse_entry_id(each) for each in request.argument.split(".")]


async def submit_add(request: Request, deps: Deps) -> Answer:
    """Add the entries in the form; show the form again for a possible duplicate or for another entry."""
    form, private_metadata = Form(request.view), read_private_metadata(request.view)
    draft, text_block_id = forms.read_entry_form(form)
    try:
        drafts = split_draft(replace(draft, source_link=private_metadata.find_text("source")))
    except UserError as error:
        return FieldErrors({text_block_id: error.text})
    canvas_info = await channels.resolve_canvas(request, deps)
    confirmed = [private_metadata.get("confirmed")] == [draft.text for draft in drafts]
    addition = await service.add_drafts(request, deps, canvas_info, drafts, confirmed=confirmed)
    stays_open = len(drafts) == 1 if addition.duplicates else forms.wants_another(form)
    if stays_open:
        return await _reopen_add_form(request, deps, canvas_info, drafts, addition.duplicates)
    return await _build_added_message(request, deps, canvas_info, addition)


async def _reopen_add_form(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    drafts: Sequence[Draft],
    duplicates: Sequence[PossibleDuplicate],
) -> Answer:
    """Show the form with a warning about the duplicate; without one, show it empty for another entry."""
    draft = drafts[0]
    products = await service.list_products(request, deps, canvas_info.id)
    private_metadata = read_private_metadata(request.view)
    form_version = private_metadata.find_number("form_version") or 0
    names_canvas = bool(private_metadata.get("named"))
    if not duplicates:
        added_text = draft.text if len(drafts) == 1 else count_noun(len(drafts), "entry", "entries")
        return Modal(
            forms.build_add_form(
                canvas_info, draft.kind, products, form_version + 1, added_text, names_canvas=names_canvas
            )
        )
    # The version stays the same, so Slack keeps what was typed.
    return Modal(
        forms.build_add_form(
            canvas_info,
            draft.kind,
            products,
            form_version,
            source_link=draft.source_link,
            duplicate=duplicates[0],
            names_canvas=names_canvas,
        )
    )


async def change_kind(request: Request, deps: Deps) -> Answer:
    """Show the fields of the kind that was chosen in the form that adds or edits an entry."""
    kind, text = forms.read_kind(request.argument), forms.read_draft_text(Form(request.view))
    private_metadata = read_private_metadata(request.view)
    entry_id = private_metadata.find_number("entry")
    if entry_id is not None:
        card = await channels.find_active_card(request, deps, entry_id)
        products = await service.list_products(request, deps, card.canvas_id)
        item_count = private_metadata.find_number("evidence") or 0
        support = Support(private_metadata.find_number("votes"), item_count)
        return Modal(forms.build_edit_form(card, kind, products, support, text=text))
    canvas_info = await channels.resolve_canvas(request, deps)
    products = await service.list_products(request, deps, canvas_info.id)
    form_version = private_metadata.find_number("form_version") or 0
    source_link = private_metadata.find_text("source")
    return Modal(
        forms.build_add_form(
            canvas_info,
            kind,
            products,
            form_version,
            text=text,
            source_link=source_link,
            names_canvas=bool(private_metadata.get("named")),
        )
    )


async def suggest_products(request: Request, deps: Deps) -> list[dict[str, Any]]:
    """Return the products that match the query, where a canvas has too many for a fixed list."""
    canvas_info = await channels.resolve_canvas(request, deps)
    products = await service.list_products(request, deps, canvas_info.id)
    return [option.to_dict() for option in forms.filter_options(products, request.argument)]


async def open_edit_form(request: Request, deps: Deps) -> Answer:
    """Open the form that edits an entry or moves it to another kind."""
    card = await _find_editable_card(request, deps)
    products = await service.list_products(request, deps, card.canvas_id)
    support = await service.count_support(deps, request.team_id, card)
    return Modal(forms.build_edit_form(card, card.entry.kind, products, support))


async def open_merge_form(request: Request, deps: Deps) -> Answer:
    """Open the form that merges an entry into another."""
    card = await _find_editable_card(request, deps)
    others = await service.list_merge_targets(request, deps, card)
    if not others:
        raise UserError(f"There is no other {card.entry.kind.spec.singular} to merge it into.")
    return Modal(forms.build_merge_form(card, others))


async def delete_entry(request: Request, deps: Deps) -> Answer:
    """Delete an entry."""
    entry_id = channels.parse_entry_id(request.argument)
    return await _delete(request, deps, await channels.find_active_card(request, deps, entry_id))


async def submit_delete(request: Request, deps: Deps) -> Answer:
    """Delete the entry of the form."""
    entry_id = read_private_metadata(request.view).read_number("entry")
    return await _delete(request, deps, await channels.find_visible_card(request, deps, entry_id))


async def _delete(request: Request, deps: Deps, card: Card) -> Answer:
    await _prepare_change(request, deps, card)
    is_new = await service.delete_entry(request, deps, card)
    return blocks.build_deleted_message(card, is_new=is_new)


async def _find_editable_card(request: Request, deps: Deps) -> Card:
    card = await channels.find_active_card(request, deps, channels.parse_entry_id(request.argument))
    await _prepare_change(request, deps, card)
    return card


async def _prepare_change(request: Request, deps: Deps, card: Card) -> None:
    """Raise UserError unless the user may change the card's entry."""
    await channels.require_editor(request, deps, card)
    # Stored now: the card may show the name of the member who edits, merges or deletes.
    await workspaces.get_member(deps, request.team_id, request.user_id)


async def undo_deletion(request: Request, deps: Deps) -> Answer:
    """Restore entries that were deleted or merged."""
    cards = [await channels.find_visible_card(request, deps, each) for each in _read_entry_ids(request)]
    for card in cards:
        await channels.require_editor(request, deps, card)
    twins = [await service.restore_entry(request, deps, card) for card in cards]
    return blocks.build_restored_message(cards, twins[0].text if twins[0] else "")


async def undo_deletion_here(request: Request, deps: Deps) -> Answer:
    """Restore entries by the button of an answer, which the new answer replaces; a card stays where it is."""
    answer = await undo_deletion(request, deps)
    return replace(answer, replaces_original=True) if isinstance(answer, Message) else answer


async def submit_edit(request: Request, deps: Deps) -> Answer:
    """Save an edit; show the form again if somebody else saved one first."""
    private_metadata, form = read_private_metadata(request.view), Form(request.view)
    draft, text_block_id = forms.read_entry_form(form)
    try:
        draft = replace(draft, text=check_text(draft.text))
    except UserError as error:
        return FieldErrors({text_block_id: error.text})
    card = await channels.find_active_card(request, deps, private_metadata.read_number("entry"))
    await channels.require_editor(request, deps, card)
    reset_votes, version = forms.read_reset_votes(form), private_metadata.read_number("version")
    unlinks_evidence = forms.read_unlinks_evidence(form)
    conflict = await service.edit_entry(
        request, deps, card, version, draft, reset_votes=reset_votes, unlinks_evidence=unlinks_evidence
    )
    if conflict is not None:
        return await _reopen_edit_form(request, deps, card, draft, conflict)
    similar = await service.find_like_edited(deps, request.team_id, card, draft)
    return blocks.build_saved_message(
        card, draft, reset_votes=reset_votes, unlinks_evidence=unlinks_evidence, similar=similar
    )


async def _reopen_edit_form(
    request: Request, deps: Deps, card: Card, draft: Draft, conflict: ConflictingEdit
) -> Answer:
    products = await service.list_products(request, deps, card.canvas_id)
    support = await service.count_support(deps, request.team_id, card)
    return Modal(forms.build_conflict_form(conflict.card, conflict.editor_name, draft, products, support))


async def submit_merge(request: Request, deps: Deps) -> Answer:
    """Merge an entry into the one that was chosen."""
    entry_id = read_private_metadata(request.view).read_number("entry")
    card = await channels.find_active_card(request, deps, entry_id)
    await channels.require_editor(request, deps, card)
    target_id = channels.parse_entry_id(forms.read_merge_target_id(Form(request.view)))
    target = await channels.find_active_card(request, deps, target_id)
    if not await service.merge_entries(request, deps, card, target):
        raise UserError("One of the two was changed meanwhile: close this and look at their cards.")
    return blocks.build_merged_message(card, target)


async def suggest_merge_targets(request: Request, deps: Deps) -> list[dict[str, Any]]:
    """Return the entries of the box that match the query, where it has too many for a fixed list."""
    entry_id = read_private_metadata(request.view).read_number("entry")
    card = await channels.find_active_card(request, deps, entry_id)
    others = await service.list_merge_targets(request, deps, card)
    return [option.to_dict() for option in forms.filter_options(others, request.argument)]
