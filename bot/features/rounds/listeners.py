"""What people ask about voting rounds."""

from bot.features.channels.service import NO_CANVAS, in_hand
from bot.features.rounds import blocks, service
from bot.features.rounds.model import Round
from bot.features.rounds.voters import circle_if_told, facts_of
from bot.features.workspaces.service import require_bot_in
from bot.slack.blockkit.text import whole
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Event, Routes
from bot.slack.request import Answer, Deps, Request
from bot.times.deadlines import box_named, split


async def vote(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    if running := await service.standing(deps, request.team_id, head):
        return await _is_open(request, deps, running)
    box, when = split(request.words)
    kind = box_named(box)
    await require_bot_in(deps, head.channel_id)
    circle = await circle_if_told(deps, request.team_id, head.channel_id)
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
    facts = await facts_of(deps, request.team_id, running)
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
