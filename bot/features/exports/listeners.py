"""Slack listeners of exports: `/valuemap export`."""

from bot.features.channels.service import resolve_canvas
from bot.features.exports.service import (
    EXPORT_FORMATS,
    PICTURE_FORMATS,
    build_evidence_file,
    build_export,
    load_discussions,
)
from bot.features.fit.service import load_metrics
from bot.picture.model import Links
from bot.slack.blockkit.builders import build_message
from bot.slack.blockkit.text import escape, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.outgoing.files import send_file
from bot.slack.request import Answer, Request

MAX_QUOTED_LENGTH = 30  # characters of a text in an error message


async def export_canvas(request: Request, deps: Deps) -> Answer:
    """Send the canvas as a file to the person who asked, in their direct message with the bot."""
    format_name, links = _parse_format(request.argument)
    canvas_info = await resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    discussions = await load_discussions(deps, request.team_id, canvas_info)
    file = await build_export(canvas_info, metrics, format_name, links=links, discussions=discussions)
    await send_file(deps, request.user_id, file)
    title, sent = escape(canvas_info.title), "as a file"
    if format_name == "csv" and metrics.canvas.evidence:
        await send_file(deps, request.user_id, build_evidence_file(canvas_info, metrics))
        sent = "and its evidence as two files"
    return build_message(f"I sent you *{title}* {sent} in our direct message.")


def _parse_format(argument: str) -> tuple[str, Links]:
    """Return the format, and which lines a picture shows between offers and needs that fit.

    Raises UserError for an unknown format, and for "links" with a format that is no picture.
    """
    match argument.lower().split():
        case []:
            return "json", Links.NONE
        case [name] if name in EXPORT_FORMATS:
            return name, Links.NONE
        case [name, *words] if name in PICTURE_FORMATS and " ".join(words) in {*Links}:
            return name, Links(" ".join(words))
        case _:
            quoted = escape(truncate(argument.strip(), MAX_QUOTED_LENGTH))
            *formats, last_format = (f"`{name}`" for name in EXPORT_FORMATS)
            choice = f"{', '.join(formats)} or {last_format}"
            raise UserError(f"I can't export “{quoted}”. After `/valuemap export`, type {choice}.")
