"""The jobs of cards: post and update them, seed their number reactions, and look up their voters."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.blocks import build_card
from bot.features.cards.model import (
    CANVAS_JOB,
    CARD_JOB,
    MEMBER_JOB,
    NUMBER_REACTIONS_JOB,
    REFRESH_CARD_JOB,
    REFRESHED_CARDS_PER_MINUTE,
)
from bot.features.channels.service import note_activity
from bot.features.workspaces import service as workspaces
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import ChannelRestricted, DependencyNotReady, Job
from bot.jobs.posting import find_own_message, post_once, update_message
from bot.method.evidence import EntryEvidence, weigh_items
from bot.method.merging import apply_merges_to_links
from bot.method.ranking import rank_box
from bot.method.votes import NUMBER_REACTIONS
from bot.slack.api_errors import read_slack_error
from bot.slack.blockkit.builders import Message
from bot.slack.deps import Deps
from bot.store import (
    assumption_tests as test_store,
    canvases as canvas_store,
    cards as card_store,
    discussions as discussion_store,
    evidence as evidence_store,
    vote_reading as reading_store,
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.model import CanvasInfo, Card, CardLocation
from bot.store.workspaces import Member

log = logging.getLogger(__name__)

UNKNOWN_USER_ERRORS = frozenset({"user_not_found", "user_not_visible"})
# Slack takes no further number on the card from the bot.
NO_MORE_REACTIONS_ERRORS = frozenset({"not_reactable", "thread_locked", "too_many_reactions"})


@dataclass(frozen=True, slots=True)
class LoadedCard:
    """A card with its canvas and what it shows now."""

    card: Card
    canvas_info: CanvasInfo
    message: Message
    unknown_voter_ids: Sequence[str]  # users with a number on it who are not stored yet
    is_archived: bool  # whether its canvas is


async def post_card(job: Job, deps: Deps) -> OnSuccess | None:
    """Post an entry's card, or update it where it is posted already; post it again if it is gone.

    The card of a deleted entry or an archived canvas is updated, and not posted.

    Raises DependencyNotReady while the canvas's message, which the card replies to, is not posted, and
    ChannelRestricted if Slack refuses the messages in the channel.
    """
    loaded = await _load_card(job, deps)
    if loaded is None:
        return None
    card, canvas_info, message = loaded.card, loaded.canvas_info, loaded.message
    if not loaded.is_archived:
        await _note_activity(job, deps, canvas_info)
    if card.message_ts and await update_message(job, deps, card.message_ts, message):
        return _plan_follow_ups(job, deps, card, loaded.unknown_voter_ids)
    thread_ts = canvas_info.message_ts if canvas_info.settings.card_location is CardLocation.THREAD else None
    if card.deleted_by_id is not None or loaded.is_archived:
        # An attempt whose answer was lost may have posted it before.
        message_ts = None if card.message_ts else await find_own_message(job, deps, thread_ts)
        if message_ts is None or not await update_message(job, deps, message_ts, message):
            return None
        return partial(_store_card, job, deps, card, message_ts, thread_ts)
    if canvas_info.message_ts is None:
        raise ChannelRestricted(canvas_info.restriction) if canvas_info.restriction else DependencyNotReady
    try:
        message_ts = await post_once(job, deps, message, thread_ts=thread_ts)
    except SlackApiError as error:
        if thread_ts is None or not read_slack_error(error).is_gone:
            raise
        await _repost_canvas_message(job, deps, canvas_info.id, thread_ts)
        raise DependencyNotReady from error
    return partial(_store_card, job, deps, card, message_ts, thread_ts)


async def _store_card(
    job: Job, deps: Deps, card: Card, message_ts: str, thread_ts: str | None, session: AsyncSession
) -> None:
    """Store where a card is posted, and enqueue what follows."""
    if card.message_ts is not None:  # its card is gone, and the reactions with it
        await vote_store.keep_votes(session, card.entry.id, message_ts)
    await card_store.set_card(session, card.entry.id, message_ts, thread_ts)
    await jobs.enqueue(session, NUMBER_REACTIONS_JOB, [card.entry.id], job.channel_id, deps.clock())
    if job.maybe_posted_since is not None:  # members may have voted on it before the bot knew it
        await reading_store.bring_forward(session, card.canvas_id, deps.clock())


async def _load_card(job: Job, deps: Deps) -> LoadedCard | None:
    """Return the card of the entry whose id is the job's subject; None if there is nothing to show."""
    entry_id = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, entry_id)
        if card is None or (card.deleted_by_id and not card.message_ts and not job.maybe_posted_since):
            return None
        active_canvas = await canvas_store.find_canvas(session, card.canvas_id)
        canvas_info = active_canvas or await canvas_store.find_undeleted_canvas(session, card.canvas_id)
        target = await card_store.find_card(session, card.merged_into_id) if card.merged_into_id else None
        votes = await vote_store.load_card_votes(session, card)
        voter_ids = {user_id for user_id, _ in await vote_store.load_current_reactions(session, entry_id)}
        evidence = await _load_card_evidence(session, card)
        discussion = await discussion_store.find_last_discussion(session, card.merge_source_ids)
        tested_until = await test_store.find_open_until(session, card.merge_source_ids)
        authors = {reason.user_id for reason in discussion.reasons} if discussion else set()
        user_ids = {card.entry.author_id, card.deleted_by_id or "", *voter_ids, *authors}
        names = await workspace_store.load_member_names(session, user_ids)
    if canvas_info is None:
        return None
    (ranked,) = rank_box([replace(card.entry, votes=votes)])
    editor_ids = canvas_info.settings.list_editors(card.entry.author_id, canvas_info.starter_id)
    target_text = target.entry.text if target else ""
    message = build_card(card, names, ranked, target_text, editor_ids, evidence, tested_until, discussion)
    unknown_voter_ids = sorted(voter_ids - names.keys())
    return LoadedCard(card, canvas_info, message, unknown_voter_ids, is_archived=active_canvas is None)


async def _load_card_evidence(session: AsyncSession, card: Card) -> EntryEvidence:
    items = await evidence_store.load_entry_evidence(session, card.canvas_id, card.merge_source_ids)
    merges = dict.fromkeys(card.merge_source_ids - {card.entry.id}, card.entry.id)
    supported = [apply_merges_to_links(item.supports, item.contradicts, merges)[0] for item in items]
    return weigh_items(
        (item, card.entry.id in entry_ids) for item, entry_ids in zip(items, supported, strict=True)
    )


async def _note_activity(job: Job, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Store that the canvas is used, where somebody added, changed or voted on the entry."""
    if job.kind is CARD_JOB:
        await note_activity(deps, job.team_id, canvas_info)


async def _repost_canvas_message(job: Job, deps: Deps, canvas_id: int, gone_ts: str) -> None:
    """Post the canvas's message again, which somebody deleted, with its thread for the cards to come."""
    async with deps.db.transaction(job.team_id) as session:
        await canvas_store.forget_message(session, canvas_id, gone_ts)
        await jobs.enqueue(session, CANVAS_JOB, [canvas_id], job.channel_id, deps.clock())


def _plan_follow_ups(job: Job, deps: Deps, card: Card, unknown_user_ids: Sequence[str]) -> OnSuccess | None:
    """Return a function that enqueues the jobs after the update of a card, None where there are none.

    Votes on the card of a merged entry change the card of its target. Users who are not stored yet are looked
    up, since the votes of bots do not count.
    """
    target_ids = [card.merged_into_id] if card.merged_into_id is not None else []
    if not target_ids and not unknown_user_ids:
        return None

    async def enqueue_follow_ups(session: AsyncSession) -> None:
        await jobs.enqueue(session, CARD_JOB, target_ids, job.channel_id, deps.clock())
        await jobs.enqueue(session, MEMBER_JOB, unknown_user_ids, job.channel_id, deps.clock())

    return enqueue_follow_ups


async def add_number_reactions(job: Job, deps: Deps) -> OnSuccess | None:
    """Set the five numbers on a card, so that members vote with one tap. The bot's reactions never count.

    A number that Slack does not let the bot set is left out: members can set it themselves.
    """
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, int(job.subject))
    if card is None or card.message_ts is None or card.deleted_by_id is not None:
        return None
    for name in NUMBER_REACTIONS:
        try:
            await deps.slack.reactions_add(channel=job.channel_id, timestamp=card.message_ts, name=name)
        except SlackApiError as error:
            slack_error = read_slack_error(error)
            if slack_error.is_gone:
                return partial(enqueue_card, job, deps)
            if slack_error.reason in NO_MORE_REACTIONS_ERRORS:
                log.info("%s: no more numbers: %s", job.key, slack_error.reason)
                return None
            if slack_error.is_temporary or slack_error.is_restriction:
                raise
            # An earlier attempt may have set it, for example. The next number may be possible nevertheless.
            log.info("%s: without :%s:, since Slack answered %s", job.key, name, slack_error.reason)
    return None


async def clear_number_reactions(job: Job, deps: Deps) -> OnSuccess | None:
    """Remove the bot's numbers from the card of a deleted entry. Those of members stay: they may be votes.

    Where the entry is restored meanwhile, the numbers are set again: an attempt may have removed some.
    """
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, int(job.subject))
    if card is None or card.message_ts is None:
        return None
    if card.deleted_by_id is not None:
        await remove_number_reactions(job, deps, card.message_ts)

    async def set_again(session: AsyncSession) -> None:
        current = await card_store.find_card(session, int(job.subject))
        if current is not None and current.deleted_by_id is None:
            await jobs.enqueue(session, NUMBER_REACTIONS_JOB, [job.subject], job.channel_id, deps.clock())

    return set_again


async def remove_number_reactions(job: Job, deps: Deps, message_ts: str) -> None:
    """Remove the bot's five numbers from a message, if they are still there."""
    for name in NUMBER_REACTIONS:
        try:
            await deps.slack.reactions_remove(channel=job.channel_id, timestamp=message_ts, name=name)
        except SlackApiError as error:
            slack_error = read_slack_error(error)
            if slack_error.is_gone:
                return
            if slack_error.is_temporary or slack_error.is_restriction:
                raise
            # For example no_reaction, if an earlier attempt has removed it.
            log.info("%s: :%s: stays, since Slack answered %s", job.key, name, slack_error.reason)


async def enqueue_card(job: Job, deps: Deps, session: AsyncSession) -> None:
    """Enqueue the job of a card that is gone: its update fails, so that it is posted again."""
    await jobs.enqueue(session, CARD_JOB, [job.subject], job.channel_id, deps.clock())


async def look_up_voter(job: Job, deps: Deps) -> OnSuccess:
    """Ask Slack who a voter is. Update the cards that a bot voted on, since its votes do not count.

    A voter whom Slack does not know is stored without a name, and counts.
    """
    try:
        voter = await workspaces.fetch_member(deps, job.subject)
    except SlackApiError as error:
        if read_slack_error(error).reason not in UNKNOWN_USER_ERRORS:
            raise
        voter = workspaces.build_unknown_member(job.subject, deps.clock())

    async def store_voter(session: AsyncSession) -> None:
        await workspace_store.save_member(session, voter)
        if voter.is_bot:
            for entry_id, channel_id in await vote_store.find_entries_voted_by(session, voter.user_id):
                await jobs.enqueue(session, CARD_JOB, [entry_id], channel_id, deps.clock())

    return store_voter


async def update_member(deps: Deps, team_id: str, member: Member) -> None:
    """Store a changed member, and enqueue the cards that show the old name, some in each minute.

    Slack reports every change of every user, also of a status. Users that are not stored stay so.
    """
    async with deps.db.reading(team_id) as session:
        stored = await workspace_store.find_member(session, member.user_id)
    if stored is None or replace(stored, fetched_at=member.fetched_at) == member:
        return
    async with deps.db.transaction(team_id) as session:
        await workspace_store.save_member(session, member)
        if stored.name != member.name:
            cards = await card_store.find_cards_naming(session, member.user_id)
            await enqueue_refreshes(session, cards, deps.clock())


async def enqueue_refreshes(
    session: AsyncSession,
    cards: Sequence[tuple[int, str]],
    now: datetime,
    per_minute: int = REFRESHED_CARDS_PER_MINUTE,
) -> None:
    """Enqueue the updates of cards, given by entry id and channel id, some in each minute."""
    subjects: defaultdict[tuple[datetime, str], list[int]] = defaultdict(list)
    for number, (entry_id, channel_id) in enumerate(cards):
        due_at = now + timedelta(minutes=number // per_minute)
        subjects[due_at, channel_id].append(entry_id)
    for (due_at, channel_id), entry_ids in subjects.items():
        await jobs.enqueue(session, REFRESH_CARD_JOB, entry_ids, channel_id, due_at)
