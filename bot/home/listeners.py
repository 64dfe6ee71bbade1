"""The bare command, and opening App Home."""

from bot.canvas.model import Head
from bot.canvas.service import in_hand
from bot.canvas.store import current_in
from bot.fit import store as fit
from bot.fit.service import figures_of
from bot.home import blocks, store
from bot.kit.blocks import message
from bot.kit.commands import MENU, Command
from bot.kit.errors import Refusal
from bot.kit.request import Answer, Deps, Modal, Request
from bot.kit.router import Event, Routes
from bot.kit.text import esc
from bot.method.figures import Figures, figures
from bot.method.mistakes import RULES, mistakes
from bot.rounds import store as rounds
from bot.rounds.model import Round
from bot.workspaces.service import channels_of


async def menu(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    now = await figures_of(deps, request.team, head)
    async with deps.db.reading(request.team) as session:
        dismissed = await store.dismissed(session, head.id)
    hints = (mistake for mistake in mistakes(now) if mistake.rule not in dismissed)
    return blocks.menu(head, now, next(hints, None))


async def dismiss(request: Request, deps: Deps) -> Answer:
    """The button beside a hint."""
    head = await in_hand(request, deps)
    if request.words not in RULES:
        raise Refusal("That hint is from an older version of me and is gone already.")
    async with deps.db.transaction(request.team) as session:
        await store.dismiss(session, head.id, request.words)
    return message(f"I'll not bring that up again for *{esc(head.title)}*.")


async def value_maps(request: Request, deps: Deps) -> Answer:
    """The shortcut from anywhere: what Home shows, in a dialog."""
    canvases = await _canvases(request.team, request.user, deps)
    return Modal(blocks.dialog(canvases, request.user, await _rounds(request.team, canvases, deps)))


async def opened(team: str, event: Event, deps: Deps) -> None:
    """App Home was opened: what it shows is made after Slack had its answer."""
    if event.get("tab") == "home":
        deps.tasks.start(_publish(team, event["user"], deps))


async def _publish(team: str, user: str, deps: Deps) -> None:
    canvases = await _canvases(team, user, deps)
    view = blocks.home(canvases, user, await _rounds(team, canvases, deps))
    await deps.slack.views_publish(user_id=user, view=view)


async def _canvases(team: str, user: str, deps: Deps) -> list[tuple[Head, Figures]]:
    """Return the canvases of the channels that a member is in."""
    channels = await channels_of(deps, user)
    async with deps.db.reading(team) as session:
        heads = await current_in(session, channels)
        return [(head, figures(await fit.read(session, head))) for head in heads]


async def _rounds(team: str, canvases: list[tuple[Head, Figures]], deps: Deps) -> dict[int, Round]:
    """Return the open voting round of each of these canvases that has one."""
    async with deps.db.reading(team) as session:
        return await rounds.open_on(session, [head.id for head, _ in canvases])


ROUTES = Routes(
    commands=(Command(MENU, "", "the menu: where this channel stands and the one next best step", menu),),
    actions={"dismiss": dismiss},
    shortcuts={"value_maps": value_maps},
    events={"app_home_opened": opened},
)
