"""What people do with an entry by the menu on its card."""

from dataclasses import replace
from typing import Any

from bot.features.channels import service as canvas
from bot.features.entries import blocks, service
from bot.features.entries.drafts import checked
from bot.features.entries.forms import EDIT, edit_form, read_anew, read_entry_form
from bot.features.workspaces import service as workspaces
from bot.method.kinds import ABOUT
from bot.slack.blockkit.forms import Form, about_of
from bot.slack.errors import Refusal
from bot.slack.incoming.router import Routes
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request


async def act(request: Request, deps: Deps) -> Answer:
    """The menu on a card."""
    verb, _, entry = request.words.partition(":")
    card = await canvas.live_card(request, deps, canvas.entry_id(entry))
    await canvas.require_may_change(request, deps, card)
    await workspaces.member(deps, request.team_id, request.user)  # whose name the card may show
    match verb:
        case "edit":
            products = await canvas.products(request, deps, card.canvas_id)
            votes = await service.votes_on(deps, request.team_id, card)
            return Modal(edit_form(card, card.entry.kind, products, votes))
        case "merge":
            others = await service.box_mates(request, deps, card)
            if not others:
                raise Refusal(f"There is no other {ABOUT[card.entry.kind].word} to merge it into.")
            return Modal(blocks.merge_form(card, others))
        case _:
            return blocks.deleted(card, now=await service.delete(request, deps, card))


async def undo(request: Request, deps: Deps) -> Answer:
    card = await canvas.card_in_hand(request, deps, canvas.entry_id(request.words))
    await canvas.require_may_change(request, deps, card)
    await service.bring_back(request, deps, card)
    return blocks.back(card)


async def submit_edit(request: Request, deps: Deps) -> Answer:
    about, form = about_of(request.view), Form(request.view)
    draft, block = read_entry_form(form)
    try:
        draft = replace(draft, text=checked(draft.text))
    except Refusal as refusal:
        return FieldErrors({block: refusal.says})
    card = await canvas.live_card(request, deps, about["entry"])
    await canvas.require_may_change(request, deps, card)
    anew = read_anew(form)
    overtaken = await service.edit(request, deps, card, about["version"], draft, anew=anew)
    if overtaken is None:
        return blocks.saved(card, draft, anew=anew)
    products = await canvas.products(request, deps, card.canvas_id)
    votes = await service.votes_on(deps, request.team_id, card)
    return Modal(blocks.overtaken_form(overtaken.card, overtaken.editor, draft, products, votes))


async def submit_merge(request: Request, deps: Deps) -> Answer:
    card = await canvas.live_card(request, deps, about_of(request.view)["entry"])
    await canvas.require_may_change(request, deps, card)
    into = await canvas.live_card(request, deps, canvas.entry_id(blocks.read_heir(Form(request.view))))
    if not await service.merge(request, deps, card, into):
        raise Refusal("One of the two was changed meanwhile: close this and look at their cards.")
    return blocks.merged(card, into)


async def suggest_heirs(request: Request, deps: Deps) -> list[dict[str, Any]]:
    card = await canvas.live_card(request, deps, about_of(request.view)["entry"])
    others = await service.box_mates(request, deps, card)
    return [option.to_dict() for option in blocks.heir_options(others, request.words)]


ROUTES = Routes(
    actions={"entry": act, "undo": undo},
    views={EDIT: submit_edit, blocks.MERGE: submit_merge},
    options={blocks.INTO: suggest_heirs},
)
