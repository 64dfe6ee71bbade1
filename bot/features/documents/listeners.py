"""The button and the menu that keep a value map as a document, update it, or stop keeping it."""

from bot.features.channels.membership import require_bot_in_channel
from bot.features.channels.service import resolve_canvas
from bot.features.documents import blocks, service
from bot.slack.deps import Deps
from bot.slack.request import Answer, Request


async def handle_document_action(request: Request, deps: Deps) -> Answer:
    """Write the document, or stop keeping it where the button's value is "stop"."""
    canvas_info = await resolve_canvas(request, deps)
    if request.argument == "stop":
        if canvas_info.document_id is None:
            return blocks.build_no_document_message(canvas_info)
        await service.stop_document(request, deps, canvas_info)
        return blocks.build_stopped_message(canvas_info)
    await require_bot_in_channel(deps, canvas_info.channel_id)
    await service.request_document(request, deps, canvas_info)
    return blocks.build_requested_message(canvas_info)
