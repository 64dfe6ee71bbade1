"""The `vote` command, the button that closes a round, and members who join or leave a channel."""

from bot.features.channels.membership import require_bot_in_channel
from bot.features.channels.service import CANVAS_NOT_FOUND, resolve_canvas
from bot.features.rounds import blocks, service
from bot.features.rounds.facts import load_facts, load_voters_if_possible
from bot.features.rounds.input import read_box, split_sealed
from bot.features.rounds.model import Round
from bot.features.votes.casting import load_step, read_action_time
from bot.features.votes.listeners import read_words, show_step
from bot.slack.blockkit.text import parse_id
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, Request
from bot.store.sealed_votes import SealedVote
from bot.times.deadlines import split_at_deadline


async def run_vote_command(request: Request, deps: Deps) -> Answer:
    """Open a round, or show the one that is open."""
    canvas_info = await resolve_canvas(request, deps)
    if existing_round := await service.find_open_round(deps, request.team_id, canvas_info):
        return await _show_open_round(request, deps, existing_round)
    argument, is_sealed = split_sealed(request.argument)
    box_text, deadline_text = split_at_deadline(argument)
    kind = read_box(box_text, deadline_text, is_sealed=is_sealed)
    await require_bot_in_channel(deps, canvas_info.channel_id)
    voters = await load_voters_if_possible(deps, request.team_id, canvas_info.channel_id)
    round_ = await service.open_round(
        request, deps, canvas_info, kind, deadline_text, voters.unknown_members, is_sealed=is_sealed
    )
    if round_.starter_id != request.user_id:  # somebody else opened one at the same moment
        return await _show_open_round(request, deps, round_)
    return blocks.build_opened_answer(
        canvas_info,
        round_,
        has_typed_deadline=deadline_text is not None,
        is_large_channel=not voters.is_complete,
    )


async def close_round(request: Request, deps: Deps) -> Answer:
    """Close the round whose announcement has the button."""
    round_id = parse_id(request.argument) or 0  # no round has the id 0
    return blocks.build_closing_answer(*await service.close_early(request, deps, round_id))


async def take_back_round(request: Request, deps: Deps) -> Answer:
    """Take the round back whose opening was answered with the button."""
    round_id = parse_id(request.argument) or 0  # no round has the id 0
    return blocks.build_taken_back_answer(await service.take_back(request, deps, round_id))


async def cast_sealed_vote(request: Request, deps: Deps) -> Answer:
    """Save a vote of a sealed round, and show the next entry."""
    scope, *rest = read_words(request.argument)
    entry_id, round_id, level = (parse_id(word) for word in (*rest, "", "", "")[:3])
    canvas_info = await resolve_canvas(request, deps)
    at_us = read_action_time(request, deps)
    vote = SealedVote(round_id or 0, entry_id or 0, request.user_id, level or None, at_us)
    try:
        step = await service.cast_sealed_vote(request, deps, canvas_info, scope, vote)
    except UserError as error:
        step = await load_step(request, deps, canvas_info, scope)
        return show_step(request, step, error.text)
    return show_step(request, step)


async def refresh_voter_counts(team_id: str, event: Event, deps: Deps) -> None:
    """Update the announcements in a channel that a member joined or left."""
    await service.refresh_channel_rounds(deps, team_id, event["channel"])


async def _show_open_round(request: Request, deps: Deps, round_: Round) -> Answer:
    facts = await load_facts(deps, request.team_id, round_)
    if facts is None:
        raise UserError(CANVAS_NOT_FOUND)
    return blocks.build_open_already_answer(facts, deps.clock())
