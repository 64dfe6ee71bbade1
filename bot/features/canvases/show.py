"""Showing a canvas."""

import logging

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.features.canvases import past_day as blocks
from bot.features.channels.service import in_hand
from bot.features.exports.service import send
from bot.features.fit.next_step import step
from bot.features.fit.service import figures_of
from bot.features.ranking.blocks import canvas
from bot.method.coach import next_step
from bot.method.metrics import Figures, figures
from bot.slack.blockkit.builders import message
from bot.slack.blockkit.text import esc
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Routes
from bot.slack.outgoing.responses import deliver
from bot.slack.request import Answer, Deps, Request
from bot.store import reviews as store
from bot.store.model import CanvasInfo
from bot.times.clock import zone_named
from bot.times.days import day_named, end_of

log = logging.getLogger(__name__)


async def show(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    if request.words:
        return await _earlier(request, deps, head)
    now = await figures_of(deps, request.team_id, head)
    if now.canvas.entries:
        deps.tasks.start(_send_picture(request, deps, head, now))
    return canvas(head, now, step(head, next_step(now)))


async def _send_picture(request: Request, deps: Deps, head: CanvasInfo, now: Figures) -> None:
    """The picture follows by itself: a file cannot be for one person alone but in their direct message."""
    try:
        await send(deps, request.user, head, now, "png")
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("no picture: %s", type(error).__name__)
        says = "I could not send you the picture just now: `/valuemap export png` tries again."
        await deliver(message(says), request, deps)


async def _earlier(request: Request, deps: Deps, head: CanvasInfo) -> Answer:
    """Show the canvas as it was at the end of a day, by the calendar of whoever started it."""
    zone = zone_named(head.time_zone)
    day = day_named(request.words, deps.now().astimezone(zone).date())
    began = head.created_at.astimezone(zone).date()
    if day < began:
        raise Refusal(f"*{esc(head.title)}* was started on {began}: there is nothing to show of {day}.")
    async with deps.db.reading(request.team_id) as session:
        then = await store.read(session, head, min(end_of(day, zone), deps.now()))
    return blocks.earlier(head, day, figures(then))


ROUTES = Routes(
    commands=(
        Command(
            "show",
            "[DAY]",
            "the canvas: six boxes in rank order, and its picture; as it is, or as it was on a day",
            show,
        ),
    ),
)
