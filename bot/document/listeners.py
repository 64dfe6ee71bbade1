"""What people ask about a value map's document."""

from bot.canvas.service import in_hand
from bot.document import blocks, service
from bot.kit.request import Answer, Deps, Request
from bot.kit.router import Routes
from bot.workspaces.service import require_bot_in


async def document(request: Request, deps: Deps) -> Answer:
    """The button and the menu at the value map."""
    head = await in_hand(request, deps)
    if request.words == "stop":
        if head.document is None:
            return blocks.none(head)
        await service.stop(request, deps, head)
        return blocks.stopped(head)
    await require_bot_in(deps, head.channel)
    await service.ask(request, deps, head)
    return blocks.asked(head)


ROUTES = Routes(actions={"document": document})
