"""What people ask about a channel's canvases and settings."""

from bot.features.canvases import blocks, service
from bot.features.channels.service import entry_id, in_hand
from bot.features.entries.drafts import checked_name, checked_segment, wrong_names
from bot.slack.blockkit.builders import message, run
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import esc
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Routes
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request


async def canvases(request: Request, deps: Deps) -> Answer:
    if request.direct:
        raise Refusal("Canvases belong to channels: type `/valuemap canvases` in your team's channel.")
    listed = await service.listed(request, deps)
    if not listed:
        raise Refusal(
            "This channel has no canvas yet: start one with `/valuemap new NAME for SEGMENT`.",
            run("Start a canvas", "new", style="primary"),
        )
    return blocks.canvases(listed)


async def act(request: Request, deps: Deps) -> Answer:
    """The menu of a canvas in the list."""
    verb, _, key = request.words.partition(":")
    head = await service.in_hand(request, deps, entry_id(key))
    title = esc(head.title)
    match verb:
        case "switch":
            await service.switch(request, deps, head)
            return message(f"*{title}* is this channel's current canvas now.")
        case "rename":
            return Modal(blocks.rename_form(head))
        case "archive":
            await service.archive(request, deps, head, archived=True)
            rests = "Its digest and its document rest" if head.document_id else "Its digest rests"
            return message(f"*{title}* is archived: `/valuemap canvases` restores it. {rests} meanwhile.")
        case "restore":
            await service.archive(request, deps, head, archived=False)
            return message(f"*{title}* is back, with everything in it.")
        case _:
            canvas = await service.contents(request, deps, head)
            votes = sum(len(entry.votes) for entry in canvas.entries)
            entries, reviews = len(canvas.entries), len(canvas.reviews)
            archived = await service.is_archived(request, deps, head)
            return Modal(blocks.delete_form(head, entries, votes, reviews, archived=archived))


async def submit_rename(request: Request, deps: Deps) -> Answer:
    head = await service.in_hand(request, deps, request.canvas or 0)
    name, segment = blocks.read_rename_form(Form(request.view))
    if errors := wrong_names(name, segment):
        return FieldErrors(errors)
    await service.rename(request, deps, head, checked_name(name), checked_segment(segment))
    return message(f"*{esc(head.title)}* is renamed.")


async def submit_delete(request: Request, deps: Deps) -> Answer:
    head = await service.in_hand(request, deps, request.canvas or 0)
    await service.delete(request, deps, head)
    return message(f"*{esc(head.title)}* is deleted.")


async def settings(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    await service.require_may_manage(request, deps, head)
    return Modal(blocks.settings_form(head))


async def submit_settings(request: Request, deps: Deps) -> Answer:
    head = await service.in_hand(request, deps, request.canvas or 0)
    rules = blocks.read_settings_form(Form(request.view))
    await service.decide(request, deps, head, rules)
    return blocks.saved(head, rules)


ROUTES = Routes(
    commands=(
        Command("canvases", "", "the channel's canvases: switch, rename, archive, restore, delete", canvases),
        Command("settings", "", "cards in the channel or in one thread; who may edit and delete", settings),
    ),
    actions={"canvas": act},
    views={
        blocks.RENAME: submit_rename,
        blocks.DELETE: submit_delete,
        blocks.SETTINGS: submit_settings,
    },
)
