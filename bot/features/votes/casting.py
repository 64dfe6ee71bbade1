"""Cast votes in the voting dialog, without a number on the card."""

from dataclasses import replace

from bot.features.cards.model import CARD_JOB, CARD_UPDATE_DELAY
from bot.features.channels.service import ENTRY_NOT_FOUND
from bot.features.votes.model import ALL_BOXES, SavedVote, VotingStep, find_unvoted, list_scope
from bot.jobs import store as jobs
from bot.method.model import Entry
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import votes as vote_store
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo
from bot.store.votes import CastVote
from bot.times.clock import to_microseconds


async def load_step(
    request: Request, deps: Deps, canvas_info: CanvasInfo, scope: str = ALL_BOXES, entry_id: int | None = None
) -> VotingStep:
    """Return the step at an entry, or else at the first entry without the member's vote.

    Raises UserError if there is no entry at all.
    """
    entries = await load_scope(deps, request.team_id, canvas_info, scope)
    if not entries:
        raise UserError("There is nothing to vote on yet: add an entry first.")
    named = next((entry for entry in entries if entry.id == entry_id), None)
    current = named or find_unvoted(entries, request.user_id, None)
    return VotingStep(canvas_info, request.user_id, scope, entries, current)


async def load_scope(deps: Deps, team_id: str, canvas_info: CanvasInfo, scope: str) -> list[Entry]:
    """Return the entries of a scope, with their votes."""
    async with deps.db.reading(team_id) as session:
        canvas = await load_canvas(session, canvas_info.id, with_reviews=False, with_evidence=False)
        return list_scope(canvas, scope)


async def cast_vote(
    request: Request, deps: Deps, canvas_info: CanvasInfo, scope: str, entry_id: int, level: int | None
) -> VotingStep:
    """Save a member's vote and return the next step; with the level None, take the vote back.

    Raises UserError if the entry was deleted or merged meanwhile.
    """
    entries = await load_scope(deps, request.team_id, canvas_info, scope)
    entry = next((each for each in entries if each.id == entry_id), None)
    if entry is None:
        raise UserError(ENTRY_NOT_FOUND)
    now, user_id = deps.clock(), request.user_id
    at_us = vote_store.parse_event_time(request.action_ts) if request.action_ts else to_microseconds(now)
    async with deps.db.transaction(request.team_id) as session:
        await vote_store.record_cast_votes(session, [CastVote(entry_id, user_id, level, at_us)])
        due_at = now + CARD_UPDATE_DELAY
        await jobs.enqueue(session, CARD_JOB, [entry_id], canvas_info.channel_id, due_at)
    others = {voter_id: other for voter_id, other in entry.votes.items() if voter_id != user_id}
    voted = replace(entry, votes=others if level is None else {**others, user_id: level})
    entries = [voted if each.id == entry_id else each for each in entries]
    saved = SavedVote(voted, level, entry.votes.get(user_id))
    return VotingStep(canvas_info, user_id, scope, entries, find_unvoted(entries, user_id, voted), saved)
