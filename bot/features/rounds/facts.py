"""Load the facts of a round: its canvas, its votes, and who can vote."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.channels.membership import list_members
from bot.features.channels.service import load_card_links
from bot.features.rounds.model import MAX_COUNTED_MEMBERS, Round, RoundFacts, Voters
from bot.features.workspaces.service import get_member
from bot.method.merging import merge_target
from bot.method.metrics import compute_metrics
from bot.method.model import Entry
from bot.slack.api_errors import SLACK_CALL_ERRORS
from bot.slack.blockkit.text import build_permalink
from bot.slack.deps import Deps
from bot.store import (
    canvases as canvas_store,
    loading,
    sealed_votes as sealed_vote_store,
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.entries import load_canvas_merges

log = logging.getLogger(__name__)


async def load_voters_if_possible(deps: Deps, team_id: str, channel_id: str) -> Voters:
    """Return who can vote in a channel; nobody if Slack fails, since later messages of the round retry."""
    try:
        return await load_voters(deps, team_id, channel_id)
    except SLACK_CALL_ERRORS as error:
        log.info("conversations.members failed: %s", type(error).__name__)
        return Voters(frozenset())


async def load_voters(deps: Deps, team_id: str, channel_id: str) -> Voters:
    """Return who can vote in a channel now. Raises the errors of the Slack client."""
    listed = await list_members(deps, team_id, channel_id, MAX_COUNTED_MEMBERS)
    counted = frozenset(listed[:MAX_COUNTED_MEMBERS])
    async with deps.db.reading(team_id) as session:
        workspace = await workspace_store.find_workspace(session, team_id)
        known_members = await workspace_store.find_members(session, counted)
    bots = {member.user_id for member in known_members if member.is_bot} | {
        workspace.bot_user_id if workspace else ""
    }
    unknown = counted - {member.user_id for member in known_members} - bots
    return Voters(counted - bots, unknown, is_complete=len(listed) <= MAX_COUNTED_MEMBERS)


async def load_facts(deps: Deps, team_id: str, round_: Round) -> RoundFacts | None:
    """Return everything that the messages of a round report; None if its canvas is archived or deleted."""
    async with deps.db.reading(team_id) as session:
        canvas_info = await canvas_store.find_canvas(session, round_.canvas_id)
        if canvas_info is None:
            return None
        canvas = await loading.load_canvas(session, canvas_info.id)
        workspace = await workspace_store.find_workspace(session, team_id)
        round_ = await _follow_merge(session, round_)
        turnout = await sealed_vote_store.load_turnout(session, round_.id) if round_.is_sealed else None
        recent_voters = await _load_recent_voters(session, round_, canvas.entries)
    url = workspace.url if workspace else ""
    announcement_link, result_link = (
        build_permalink(url, canvas_info.channel_id, message_ts) if url and message_ts else ""
        for message_ts in (round_.message_ts, round_.result_ts)
    )
    return RoundFacts(
        round_,
        canvas_info,
        compute_metrics(canvas),
        await load_voters(deps, team_id, canvas_info.channel_id),
        (await get_member(deps, team_id, round_.starter_id)).name,
        await load_card_links(deps, team_id, canvas_info),
        announcement_link,
        result_link,
        turnout,
        recent_voters,
    )


async def _load_recent_voters(
    session: AsyncSession, round_: Round, entries: Sequence[Entry]
) -> frozenset[str]:
    """Return who has a vote in the boxes that is no older than the newest of the cards at the call.

    A member who voted on the pains last week has not voted on the one that came yesterday.
    """
    added_at = [entry.created_at for entry in entries if round_.covers(entry)]
    if round_.is_sealed:
        return frozenset()
    since = max((at for at in added_at if at <= round_.opened_at), default=round_.opened_at)
    return await vote_store.find_voters_since(session, round_.canvas_id, round_.kinds, since)


async def _follow_merge(session: AsyncSession, round_: Round) -> Round:
    """Return the round; one on an entry that was merged meanwhile is on the merge target."""
    if round_.entry_id is None:
        return round_
    merges = await load_canvas_merges(session, round_.canvas_id)
    return replace(round_, entry_id=merge_target(round_.entry_id, merges))
