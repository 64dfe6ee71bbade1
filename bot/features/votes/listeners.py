"""Reaction events, and the buttons of the voting dialog."""

from dataclasses import replace

from bot.features.channels.service import (
    find_active_card,
    find_canvas_of_card,
    parse_entry_id,
    resolve_canvas,
)
from bot.features.votes import casting, service
from bot.features.votes.blocks import END, build_voting_dialog
from bot.features.votes.model import ALL_BOXES, ReactionEvent, VotingStep
from bot.method.kinds import Kind
from bot.method.votes import LEVEL_BY_REACTION, read_level
from bot.slack.blockkit.text import parse_id
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import read_private_metadata
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, Modal, Request
from bot.store.votes import parse_event_time


async def handle_reaction(team_id: str, event: Event, deps: Deps) -> None:
    """Record a number reaction that a user set on a message or took back."""
    item, level = event.get("item") or {}, read_level(event.get("reaction", ""))
    if level is None or item.get("type") != "message":
        return
    is_set, event_at_us = event["type"] == "reaction_added", parse_event_time(event["event_ts"])
    reaction = ReactionEvent(item["channel"], item["ts"], event["user"], level, is_set, event_at_us)
    await service.record_reaction(deps, team_id, reaction)


async def open_voting_dialog(request: Request, deps: Deps) -> Answer:
    """Answer a *Vote* button: show the entry in its value, or else the first one to vote on."""
    scope, *rest = read_words(request.argument)
    canvas_info = await resolve_canvas(request, deps)
    place = rest[0] if rest else ""
    step = await casting.load_step(request, deps, canvas_info, scope, parse_id(place))
    if place == END:
        step = replace(step, current=None)
    return show_step(request, step)


async def vote_on_entry(request: Request, deps: Deps) -> Answer:
    """Answer the option *Vote* of an entry's menu."""
    card = await find_active_card(request, deps, parse_entry_id(request.argument))
    canvas_info = await find_canvas_of_card(request, deps, card)
    return show_step(request, await casting.load_step(request, deps, canvas_info, entry_id=card.entry.id))


async def cast_vote(request: Request, deps: Deps) -> Answer:
    """Save the vote of a number's button, and show the next entry."""
    return await _cast(request, deps)


async def undo_vote(request: Request, deps: Deps) -> Answer:
    """Give the member the vote before the last one again, and show the entry."""
    return await _cast(request, deps, stays=True)


async def _cast(request: Request, deps: Deps, *, stays: bool = False) -> Answer:
    scope, *rest = read_words(request.argument)
    entry_id, level = (parse_id(word) for word in (*rest, "", "")[:2])
    canvas_info = await resolve_canvas(request, deps)
    try:
        step = await casting.cast_vote(
            request,
            deps,
            canvas_info,
            scope,
            entry_id or 0,
            level if level in LEVEL_BY_REACTION.values() else None,
        )
    except UserError as error:
        step = await casting.load_step(request, deps, canvas_info, scope)
        return show_step(request, step, error.text)
    if stays and step.saved:
        step = replace(step, current=step.saved.entry)
    return show_step(request, step)


def show_step(request: Request, step: VotingStep, warning: str = "") -> Modal:
    """Return a step of the voting dialog."""
    return Modal(build_voting_dialog(step, read_private_metadata(request.view).find_number("maps"), warning))


def read_words(argument: str) -> list[str]:
    """Return the words of a button's value, of which the first is the scope."""
    scope, *rest = argument.split() or [ALL_BOXES]
    return [scope if scope in {*Kind} or parse_id(scope) else ALL_BOXES, *rest]
