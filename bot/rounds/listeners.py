"""What people ask about voting rounds."""

from bot.canvas.service import NO_CANVAS, in_hand
from bot.kit.commands import Command
from bot.kit.errors import Refusal
from bot.kit.request import Answer, Deps, Request
from bot.kit.router import Event, Routes
from bot.kit.text import whole
from bot.rounds import blocks, service
from bot.rounds.facts import circle_if_told, facts_of
from bot.rounds.model import Round
from bot.rounds.when import box_named, split
from bot.workspaces.service import require_bot_in


async def vote(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    if running := await service.standing(deps, request.team, head):
        return await _is_open(request, deps, running)
    box, when = split(request.words)
    kind = box_named(box)
    await require_bot_in(deps, head.channel)
    circle = await circle_if_told(deps, request.team, head.channel)
    opened = await service.start(request, deps, head, kind, when, circle.strangers)
    if opened.starter != request.user:
        return await _is_open(request, deps, opened)
    return blocks.opened(opened, deadline_said=when is not None, crowd=not circle.complete)


async def close(request: Request, deps: Deps) -> Answer:
    """The button on a call."""
    key = whole(request.words) or 0
    return blocks.closing(await service.close_early(request, deps, key))


async def membership(team: str, event: Event, deps: Deps) -> None:
    await service.follow_channel(deps, team, event["channel"])


async def _is_open(request: Request, deps: Deps, running: Round) -> Answer:
    facts = await facts_of(deps, request.team, running)
    if facts is None:
        raise Refusal(NO_CANVAS)
    return blocks.is_open(facts, deps.now())


ROUTES = Routes(
    commands=(
        Command(
            "vote",
            "[KIND] [until WHEN]",
            "calls the channel to vote until then, reminds once, posts the result",
            vote,
        ),
    ),
    actions={blocks.CLOSE: close},
    events={"member_joined_channel": membership, "member_left_channel": membership},
)
