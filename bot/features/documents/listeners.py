"""What people ask about a value map's document."""

from bot.features.channels.service import in_hand
from bot.features.documents import blocks, service
from bot.features.workspaces.service import require_bot_in
from bot.slack.incoming.router import Routes
from bot.slack.request import Answer, Deps, Request


async def document(request: Request, deps: Deps) -> Answer:
    """The button and the menu at the value map."""
    head = await in_hand(request, deps)
    if request.words == "stop":
        if head.document_id is None:
            return blocks.none(head)
        await service.stop(request, deps, head)
        return blocks.stopped(head)
    await require_bot_in(deps, head.channel_id)
    await service.ask(request, deps, head)
    return blocks.asked(head)


ROUTES = Routes(actions={"document": document})
