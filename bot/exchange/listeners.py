"""What people ask about files."""

import re

from bot.canvas.service import in_hand
from bot.exchange.model import to_json
from bot.fit.service import figures_of
from bot.kit.blocks import message
from bot.kit.commands import Command
from bot.kit.errors import Refusal
from bot.kit.request import Answer, Deps, Request
from bot.kit.router import Routes
from bot.kit.text import cut, esc


async def export(request: Request, deps: Deps) -> Answer:
    """Send the canvas as a file to the person who asked, in their direct message with the bot."""
    wanted = request.words.lower().strip() or "json"
    if wanted != "json":
        raise Refusal(f"I can't export “{esc(cut(wanted, 30))}” yet: `/valuemap export json` works.")
    head = await in_hand(request, deps)
    now = await figures_of(deps, request.team, head)
    opened = await deps.slack.conversations_open(users=request.user)
    name = re.sub(r"[^\w-]+", "-", head.name).strip("-").lower() or "canvas"
    await deps.slack.files_upload_v2(
        channel=opened["channel"]["id"],
        content=to_json(now),
        filename=f"{name}.json",
        title=f"Value map: {head.title}",
    )
    return message(f"I sent you *{esc(head.title)}* as a file in our direct message.")


ROUTES = Routes(
    commands=(Command("export", "[json]", "the canvas as a file, to you alone", export),),
)
