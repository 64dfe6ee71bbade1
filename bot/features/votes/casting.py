"""Cast votes in the voting dialog, without a number on the card."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.features.cards.model import CARD_JOB, CARD_UPDATE_DELAY
from bot.features.channels.service import ENTRY_NOT_FOUND
from bot.features.votes.model import (
    ALL_BOXES,
    SavedVote,
    VotingStep,
    find_unvoted,
    find_voted_ids,
    list_scope,
    shuffle_sealed,
)
from bot.jobs import store as jobs
from bot.method.model import Entry
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import sealed_votes as sealed_vote_store, votes as vote_store
from bot.store.loading import load_canvas
from bot.store.model import CanvasInfo
from bot.store.votes import CastVote
from bot.times.clock import to_microseconds

SEALED_NOW = "This entry is in a sealed vote now: vote on it here, in private."


@dataclass(frozen=True, slots=True)
class VotingScope:
    """The entries that a member votes on, in the member's order, and the member's own sealed votes."""

    entries: list[Entry]
    sealed_votes: Mapping[int, int | None]  # by entry id; None is no opinion

    def find_entry(self, entry_id: int) -> Entry:
        """Return an entry; raise UserError if it was deleted or merged meanwhile."""
        entry = next((each for each in self.entries if each.id == entry_id), None)
        if entry is None:
            raise UserError(ENTRY_NOT_FOUND)
        return entry


async def load_step(
    request: Request, deps: Deps, canvas_info: CanvasInfo, scope: str = ALL_BOXES, entry_id: int | None = None
) -> VotingStep:
    """Return the step at an entry, or else at the first entry without the member's vote.

    Raises UserError if there is no entry at all.
    """
    loaded = await load_scope(request, deps, canvas_info, scope)
    entries = loaded.entries
    if not entries:
        raise UserError("There is nothing to vote on yet: add an entry first.")
    named = next((entry for entry in entries if entry.id == entry_id), None)
    voted_ids = find_voted_ids(entries, request.user_id, loaded.sealed_votes)
    current = named or find_unvoted(entries, voted_ids, None)
    return VotingStep(canvas_info, request.user_id, scope, entries, current, sealed_votes=loaded.sealed_votes)


async def load_scope(request: Request, deps: Deps, canvas_info: CanvasInfo, scope: str) -> VotingScope:
    """Return the entries of a scope, with their votes and the member's own sealed ones."""
    async with deps.db.reading(request.team_id) as session:
        canvas = await load_canvas(session, canvas_info.id, with_reviews=False, with_evidence=False)
        entries = shuffle_sealed(list_scope(canvas, scope), request.user_id)
        round_ids = {entry.seal.round_id for entry in entries if entry.seal}
        if not round_ids:
            return VotingScope(entries, {})
        sealed_votes = await sealed_vote_store.load_own_votes(session, request.user_id, round_ids)
    return VotingScope(entries, sealed_votes)


async def cast_vote(
    request: Request, deps: Deps, canvas_info: CanvasInfo, scope: str, entry_id: int, level: int | None
) -> VotingStep:
    """Save a member's vote and return the next step; with the level None, take the vote back.

    Raises UserError if the entry was deleted, merged or sealed meanwhile.
    """
    loaded = await load_scope(request, deps, canvas_info, scope)
    entry = loaded.find_entry(entry_id)
    if entry.seal:
        raise UserError(SEALED_NOW)
    now, user_id = deps.clock(), request.user_id
    async with deps.db.transaction(request.team_id) as session:
        vote = CastVote(entry_id, user_id, level, read_action_time(request, deps))
        await vote_store.record_cast_votes(session, [vote])
        due_at = now + CARD_UPDATE_DELAY
        await jobs.enqueue(session, CARD_JOB, [entry_id], canvas_info.channel_id, due_at)
    others = {voter_id: other for voter_id, other in entry.votes.items() if voter_id != user_id}
    voted = replace(entry, votes=others if level is None else {**others, user_id: level})
    entries = [voted if each.id == entry_id else each for each in loaded.entries]
    saved = SavedVote(voted, level, entry.votes.get(user_id))
    return build_next_step(replace(loaded, entries=entries), canvas_info, user_id, scope, saved)


def read_action_time(request: Request, deps: Deps) -> int:
    """Return when a button was pressed, by Slack's clock, in microseconds since 1970."""
    if request.action_ts:
        return vote_store.parse_event_time(request.action_ts)
    return to_microseconds(deps.clock())


def build_next_step(
    loaded: VotingScope, canvas_info: CanvasInfo, user_id: str, scope: str, saved: SavedVote
) -> VotingStep:
    """Return the step after a vote that was just saved, which `loaded` has already."""
    entries, voted = loaded.entries, saved.entry
    voted_ids = find_voted_ids(entries, user_id, loaded.sealed_votes)
    return VotingStep(
        canvas_info,
        user_id,
        scope,
        entries,
        find_unvoted(entries, voted_ids, voted),
        saved,
        loaded.sealed_votes,
    )
