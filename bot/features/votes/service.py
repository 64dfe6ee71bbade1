"""Record votes from reaction events, and read them back from Slack in case events were lost.

Slack may deliver an event late, twice or not at all. The cards are therefore read back in turn, and the
reactions that Slack then returns count.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CARD_JOB, CARD_UPDATE_DELAY
from bot.features.cards.service import enqueue_card
from bot.features.votes.blocks import build_seal_notice
from bot.features.votes.model import READ_VOTES_JOB, SEAL_NOTICE_JOB, ReactionEvent
from bot.features.workspaces.service import get_member
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import Job
from bot.jobs.posting import send_direct_message
from bot.method.kinds import Kind
from bot.method.votes import read_level
from bot.slack.api_errors import read_slack_error
from bot.slack.deps import Deps
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    sealed_votes as sealed_vote_store,
    vote_reading as reading_store,
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.votes import Reaction
from bot.times.clock import to_microseconds

# The answer of reactions.get may lack reactions that are younger than this. The answer is therefore recorded
# with an earlier time, so that an event of such a reaction is newer and wins.
REACTION_SETTLE_DELAY = timedelta(seconds=2)


async def record_reaction(deps: Deps, team_id: str, event: ReactionEvent) -> None:
    """Record a reaction if it is on a card, and enqueue the card's update.

    Reactions of one workspace that arrive while a transaction runs share the next one: in a workshop, twenty
    members vote at the same time.
    """
    await deps.batcher.process(("reactions", team_id), event, partial(_record_batch, deps, team_id))


async def _record_batch(deps: Deps, team_id: str, events: Sequence[ReactionEvent]) -> None:
    """Record the reactions that are on cards, for one channel in three statements for any number."""
    messages = {(event.channel_id, event.message_ts) for event in events}
    async with deps.db.transaction(team_id) as session:
        found = await card_store.find_entries_by_cards(session, messages)
        on_cards = [
            (*found[event.channel_id, event.message_ts], event)
            for event in events
            if (event.channel_id, event.message_ts) in found
        ]
        reactions = [
            Reaction(entry_id, event.user_id, event.level, event.is_set, event.event_at_us)
            for entry_id, _, event in on_cards
        ]
        await vote_store.record_reactions(session, reactions)
        by_channel: defaultdict[str, set[int]] = defaultdict(set)
        for entry_id, _, event in on_cards:
            by_channel[event.channel_id].add(entry_id)
        for channel_id, voted_ids in sorted(by_channel.items()):
            due_at = deps.clock() + CARD_UPDATE_DELAY
            await jobs.enqueue(session, CARD_JOB, sorted(voted_ids), channel_id, due_at)
        sealed_channels = {
            (round_id, event.user_id): event.channel_id
            for _, round_id, event in on_cards
            if round_id is not None and event.is_set
        }
        await _enqueue_seal_notices(session, deps, sealed_channels)


async def _enqueue_seal_notices(
    session: AsyncSession, deps: Deps, channels: Mapping[tuple[int, str], str]
) -> None:
    """Enqueue a notice to each member who set a number on a sealed card, the first time in a round.

    The keys of `channels` are round and user id, the values are channel ids.
    """
    for round_id, user_id in await sealed_vote_store.claim_seal_notices(session, channels.keys()):
        subject, channel_id = f"{round_id}:{user_id}", channels[round_id, user_id]
        await jobs.enqueue(session, SEAL_NOTICE_JOB, [subject], channel_id, deps.clock())


async def send_seal_notice(job: Job, deps: Deps) -> None:
    """Tell a member that numbers on sealed cards do not count yet. The job's subject is ROUND:USER."""
    round_id, _, user_id = job.subject.partition(":")
    if (await get_member(deps, job.team_id, user_id)).is_bot:
        return
    async with deps.db.reading(job.team_id) as session:
        found = await sealed_vote_store.find_seal(session, int(round_id))
        canvas_info = await canvas_store.find_canvas(session, found[0]) if found else None
    if found is None or canvas_info is None:
        return  # the round is over, and all numbers count
    await send_direct_message(job, deps, user_id, build_seal_notice(canvas_info, found[1]))


async def enqueue_vote_reads(
    deps: Deps, first_boxes: Mapping[str, Collection[tuple[int, Kind | None]]]
) -> None:
    """Enqueue reading the votes of due canvases back, within Slack's rate limit, a workspace at a time.

    `first_boxes`, by team id, are the boxes of open rounds (canvas id and kind, None for all kinds), whose
    cards come first.
    """
    await _note_outage(deps)
    async with deps.db.reading(None) as session:
        team_ids = await reading_store.list_due_teams(session, deps.clock())
    for team_id in team_ids:
        if deps.is_stopping():
            return
        async with deps.db.transaction(team_id) as session:
            await _enqueue_reads_of_team(session, deps, first_boxes.get(team_id, ()))


async def _note_outage(deps: Deps) -> None:
    """Store that a scheduler runs. After a time without one all cards are due: events may be lost."""
    now = deps.clock()
    async with deps.db.transaction(None) as session:
        ran_at = await reading_store.record_heartbeat(session, now)
        if ran_at is not None and now - ran_at > deps.timing.min_outage:
            await reading_store.make_all_due(session, now)


async def _enqueue_reads_of_team(
    session: AsyncSession, deps: Deps, first_boxes: Collection[tuple[int, Kind | None]]
) -> None:
    # Without the lock, two processes would each use the whole rate limit.
    await workspace_store.lock_workspace(session)
    now, timing = deps.clock(), deps.timing
    recent = await reading_store.count_recent_reads(session, now - timing.sweep_interval)
    limit = max(timing.max_card_reads_per_sweep - recent, 0)
    cards = await reading_store.find_cards_to_read(session, now, limit, first_boxes)
    by_channel: defaultdict[str, list[int]] = defaultdict(list)
    for entry_id, channel_id in cards:
        by_channel[channel_id].append(entry_id)
    for channel_id, entry_ids in sorted(by_channel.items()):
        await jobs.enqueue(session, READ_VOTES_JOB, entry_ids, channel_id, now)
    await reading_store.mark_votes_read(session, [entry_id for entry_id, _ in cards], now)
    # Quiet canvases that became due together, after an outage, are spread over the next days.
    spread = random.uniform(0.75, 1)  # noqa: S311 - no secret
    await reading_store.plan_next_reading(
        session,
        now,
        [canvas_id for canvas_id, _ in first_boxes],
        now - timing.active_period,
        open_due_at=now + timing.card_read_interval,
        active_due_at=now + timing.active_read_interval,
        quiet_due_at=now + timing.quiet_read_interval * spread,
    )


async def read_back_votes(job: Job, deps: Deps) -> OnSuccess | None:
    """Record the differences between the stored reactions on a card and those that Slack returns.

    A card that is gone is posted again, and the stored votes on it stay.
    """
    entry_id = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, entry_id)
        workspace = await workspace_store.find_workspace(session, job.team_id)
    if card is None or card.message_ts is None:
        return None
    # A card that was posted again keeps its earlier votes, which are older than all reactions on it.
    posted_at_us = vote_store.parse_event_time(card.message_ts)
    as_of_us = max(to_microseconds(deps.clock() - REACTION_SETTLE_DELAY), posted_at_us + 1)
    try:
        answer = await deps.slack.reactions_get(channel=job.channel_id, timestamp=card.message_ts, full=True)
    except SlackApiError as error:
        if not read_slack_error(error).is_gone:
            raise
        return partial(enqueue_card, job, deps)
    message: dict[str, Any] = answer.get("message") or {}
    shown_reactions, incomplete_levels = _read_reactions(message, workspace.bot_user_id if workspace else "")

    async def store_differences(session: AsyncSession) -> None:
        stored_reactions = await vote_store.load_current_reactions(session, entry_id)
        taken_back = {
            (user_id, level)
            for user_id, level in stored_reactions - shown_reactions
            if level not in incomplete_levels
        }
        changes = [
            Reaction(
                entry_id, user_id, level, (user_id, level) in shown_reactions, as_of_us, is_read_back=True
            )
            for user_id, level in (shown_reactions - stored_reactions) | taken_back
        ]
        if changes:
            await vote_store.record_reactions(session, changes)
            await jobs.enqueue(session, CARD_JOB, [entry_id], job.channel_id, deps.clock())

    return store_differences


def _read_reactions(message: Mapping[str, Any], bot_user_id: str) -> tuple[set[tuple[str, int]], set[int]]:
    """Return user id and level of each number reaction, and the levels with incomplete user lists.

    Slack shortens the user list of a reaction that very many users set; `count` is their true number.
    """
    shown_reactions: set[tuple[str, int]] = set()
    incomplete_levels: set[int] = set()
    for reaction in message.get("reactions", ()):
        level = read_level(reaction["name"])
        if level is None:
            continue
        shown_reactions |= {(user_id, level) for user_id in reaction["users"] if user_id != bot_user_id}
        if len(reaction["users"]) < reaction["count"]:
            incomplete_levels.add(level)
    return shown_reactions, incomplete_levels
