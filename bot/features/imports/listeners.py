"""What people ask about files."""

from bot.features.channels.service import in_hand
from bot.features.exports.service import FORMATS, PICTURES, send
from bot.features.fit.service import figures_of
from bot.features.imports import blocks, service
from bot.features.imports.files import content_of
from bot.features.workspaces import service as workspaces
from bot.slack.blockkit.builders import message
from bot.slack.blockkit.forms import Form, about_of
from bot.slack.blockkit.text import cut, esc, listed
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Routes
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request


async def export(request: Request, deps: Deps) -> Answer:
    """Send the canvas as a file to the person who asked, in their direct message with the bot."""
    wanted, links = _asked(request.words)
    head = await in_hand(request, deps)
    await send(deps, request.user, head, await figures_of(deps, request.team_id, head), wanted, links=links)
    return message(f"I sent you *{esc(head.title)}* as a file in our direct message.")


def _asked(words: str) -> tuple[str, bool]:
    """Return the format, and whether the picture is wanted with lines for what fits what."""
    match words.lower().split():
        case []:
            return "json", False
        case [wanted] if wanted in FORMATS:
            return wanted, False
        case [wanted, "links"] if wanted in PICTURES:
            return wanted, True
        case _:
            works = listed([f"`/valuemap export {each}`" for each in FORMATS])
            raise Refusal(f"I can't export “{esc(cut(words.strip(), 30))}” yet: {works} work.")


async def import_(request: Request, deps: Deps) -> Answer:
    """The form of an import."""
    head = await in_hand(request, deps)
    await workspaces.require_bot_in(deps, head.channel_id)
    await workspaces.member(deps, request.team_id, request.user)  # so that submitting calls nobody
    return Modal(blocks.form(head))


async def submit_import(request: Request, deps: Deps) -> Answer:
    """Show what was asked for; add it once just that was shown."""
    form, about = Form(request.view), about_of(request.view)
    shown, turn = about.get("sure", ""), about.get("turn", 0)
    text, chosen = blocks.read_form(form)
    file = chosen or about.get("file", "")
    if errors := blocks.wrongly_filled(form, text, file):
        return FieldErrors(errors)
    head = await in_hand(request, deps)
    try:
        content = await content_of(deps, file, request.user) if file else text.encode("utf-8", "replace")
    except Refusal as refusal:
        if chosen:
            return FieldErrors({form.block_named(blocks.FILE): refusal.says})
        return Modal(blocks.form(head, turn + 1, refusal.says))
    reading = await service.understood(content)
    act = service.add if shown else service.look
    outcome = await act(request, deps, head, reading, shown)
    if outcome is None:
        return None
    if outcome.added:
        return blocks.added(head, outcome.plan)
    return Modal(blocks.preview(head, outcome.plan, text, file, turn))


ROUTES = Routes(
    commands=(
        Command(
            "export",
            "[json|csv|md|png|svg] [links]",
            "the canvas as a file, to you alone; pictures also with lines for what fits what",
            export,
        ),
        Command(
            "import",
            "",
            "adds what a file or pasted text says, and shows it before: json, csv, md or plain lines",
            import_,
        ),
    ),
    views={blocks.IMPORT: submit_import},
)
