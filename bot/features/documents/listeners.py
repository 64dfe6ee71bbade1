"""What people ask about a value map's document."""

from bot.features.channels.membership import require_bot_in_channel
from bot.features.channels.service import resolve_canvas
from bot.features.documents import blocks, service
from bot.slack.deps import Deps
from bot.slack.request import Answer, Request


async def document(request: Request, deps: Deps) -> Answer:
    """The button and the menu at the value map."""
    head = await resolve_canvas(request, deps)
    if request.argument == "stop":
        if head.document_id is None:
            return blocks.none(head)
        await service.stop(request, deps, head)
        return blocks.stopped(head)
    await require_bot_in_channel(deps, head.channel_id)
    await service.ask(request, deps, head)
    return blocks.asked(head)
