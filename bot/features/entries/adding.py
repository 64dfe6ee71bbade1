"""What people ask about canvases and entries."""

from dataclasses import replace
from typing import Any

from bot.features.channels import service
from bot.features.entries import forms as blocks
from bot.features.entries.drafts import (
    TEXT,
    checked,
    checked_name,
    checked_segment,
    guess_kind,
    read_name,
    read_typed,
    wrong_names,
)
from bot.features.workspaces import service as workspaces
from bot.jobs import store as outbox
from bot.method.kinds import Kind, kind_named
from bot.slack.blockkit.builders import message
from bot.slack.blockkit.forms import Form, about_of
from bot.slack.blockkit.text import clean, cut, esc, typed
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Event, Routes
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request
from bot.store import canvases as store


async def new(request: Request, deps: Deps) -> Answer:
    if request.direct:
        raise Refusal("A canvas belongs to a channel: type `/valuemap new` in your team's channel.")
    await workspaces.require_bot_in(deps, request.channel)
    if not request.words:
        await workspaces.member(deps, request.team_id, request.user)  # so that submitting calls nobody
        return Modal(blocks.new_form(request.channel))
    return blocks.started(await service.start(request, deps, *read_name(request.words)))


async def submit_new(request: Request, deps: Deps) -> Answer:
    name, segment = blocks.read_new_form(Form(request.view))
    if errors := wrong_names(name, segment):
        return FieldErrors(errors)
    return blocks.started(await service.start(request, deps, checked_name(name), checked_segment(segment)))


async def add(request: Request, deps: Deps) -> Answer:
    head = await service.in_hand(request, deps)
    kind = kind_named(request.words) if request.words else Kind.JOB
    drafts = [] if kind else read_typed(request.words)
    await workspaces.require_bot_in(deps, head.channel_id)
    if kind:
        await workspaces.member(deps, request.team_id, request.user)  # so that submitting calls nobody
        return Modal(blocks.add_form(head, kind, await service.products(request, deps, head.id)))
    doubts = await service.add(request, deps, head, drafts)
    return blocks.added(head, drafts, doubts)


async def add_anyway(request: Request, deps: Deps) -> Answer:
    """The button beside a draft that is close to an entry."""
    head = await service.in_hand(request, deps)
    (draft,) = read_typed(request.words.replace("\n", " "))
    await workspaces.require_bot_in(deps, head.channel_id)
    if not await service.add_anyway(request, deps, head, draft):
        return message(f"“{esc(draft.text)}” is there already.")
    return blocks.added(head, [draft])


async def change_kind(request: Request, deps: Deps) -> Answer:
    """Another kind was chosen in the form of an entry: show what belongs to it."""
    form = Form(request.view)
    kind = blocks.kind_meant(request.words)
    about = about_of(request.view)
    if "entry" in about:
        card = await service.live_card(request, deps, about["entry"])
        products = await service.products(request, deps, card.canvas_id)
        votes = about.get("votes", 0)
        return Modal(blocks.edit_form(card, kind, products, votes, text=_text_in(form)))
    head = await service.in_hand(request, deps)
    products = await service.products(request, deps, head.id)
    turn, source = about.get("turn", 0), about.get("source", "")
    return Modal(blocks.add_form(head, kind, products, turn, text=_text_in(form), source=source))


def _text_in(form: Form) -> str:
    return form.text(form.block_named("text"))


async def add_message(request: Request, deps: Deps) -> Answer:
    """The shortcut on a message: the form with its text, which will link back to it."""
    head = await service.in_hand(request, deps)
    await workspaces.require_bot_in(deps, head.channel_id)
    await workspaces.member(deps, request.team_id, request.user)  # so that submitting calls nobody
    text = cut(clean(typed(request.message.get("text") or "")), TEXT)
    kind, products = guess_kind(text), await service.products(request, deps, head.id)
    source = await service.link_of(request, deps, request.message)
    return Modal(blocks.add_form(head, kind, products, text=text, source=source))


async def submit_add(request: Request, deps: Deps) -> Answer:
    form = Form(request.view)
    draft, block = blocks.read_entry_form(form)
    try:
        draft = replace(draft, text=checked(draft.text), source=about_of(request.view).get("source", ""))
    except Refusal as refusal:
        return FieldErrors({block: refusal.says})
    head = await service.in_hand(request, deps)
    about = about_of(request.view)
    turn, sure = about.get("turn", 0), about.get("sure") == draft.text
    doubts = await service.add(request, deps, head, [draft], sure=sure)
    if not doubts and not blocks.again(form):
        return blocks.added(head, [draft])
    products = await service.products(request, deps, head.id)
    if doubts:
        source = draft.source
        return Modal(blocks.add_form(head, draft.kind, products, turn, source=source, doubt=doubts[0]))
    turn += 1
    return Modal(blocks.add_form(head, draft.kind, products, turn, last=draft.text))


async def suggest_products(request: Request, deps: Deps) -> list[dict[str, Any]]:
    head = await service.in_hand(request, deps)
    products = await service.products(request, deps, head.id)
    return [option.to_dict() for option in blocks.product_options(products, request.words)]


async def follow_channel(team: str, event: Event, deps: Deps) -> None:
    async with deps.db.transaction(team) as session:
        await store.move_channel(session, event["old_channel_id"], event["new_channel_id"])


async def close_channel(team: str, event: Event, deps: Deps) -> None:
    """The channel was deleted: what its team worked out is kept, and nothing is sent any more."""
    async with deps.db.transaction(team) as session:
        await store.archive_channel(session, event["channel"], deps.now())


async def try_again(team: str, event: Event, deps: Deps) -> None:
    """The bot may have been invited, or the channel unarchived: what was hopeless may go now."""
    async with deps.db.transaction(team) as session:
        await outbox.unpark(session, event["channel"], deps.now())


ROUTES = Routes(
    commands=(
        Command("new", "NAME [for SEGMENT]", "starts a canvas in this channel and makes it current", new),
        Command(
            "add",
            "[KIND: text]",
            "adds an entry: in a form, or at once; several lines or `;` add several",
            add,
        ),
    ),
    actions={"add_anyway": add_anyway, "kind": change_kind},
    views={blocks.NEW: submit_new, blocks.ADD: submit_add},
    shortcuts={"add_message": add_message},
    options={blocks.PRODUCTS: suggest_products},
    events={
        "channel_id_changed": follow_channel,
        "member_joined_channel": try_again,
        "channel_deleted": close_channel,
        "channel_unarchive": try_again,
        "group_deleted": close_channel,
        "group_unarchive": try_again,
    },
)
