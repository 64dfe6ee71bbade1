"""The bare command, and opening App Home."""

from bot.canvas.service import in_hand
from bot.canvas.store import current_in
from bot.fit import store as fit
from bot.fit.service import figures_of
from bot.home import blocks
from bot.kit.commands import MENU, Command
from bot.kit.request import Answer, Deps, Request
from bot.kit.router import Event, Routes
from bot.method.figures import figures
from bot.workspaces.service import channels_of


async def menu(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    return blocks.menu(head, await figures_of(deps, request.team, head))


async def opened(team: str, event: Event, deps: Deps) -> None:
    """App Home was opened: what it shows is made after Slack had its answer."""
    if event.get("tab") == "home":
        deps.tasks.start(_publish(team, event["user"], deps))


async def _publish(team: str, user: str, deps: Deps) -> None:
    channels = await channels_of(deps, user)
    async with deps.db.reading(team) as session:
        heads = await current_in(session, channels)
        canvases = [(head, figures(await fit.read(session, head))) for head in heads]
    await deps.slack.views_publish(user_id=user, view=blocks.home(canvases, user))


ROUTES = Routes(
    commands=(Command(MENU, "", "the menu: where this channel stands and the one next best step", menu),),
    events={"app_home_opened": opened},
)
