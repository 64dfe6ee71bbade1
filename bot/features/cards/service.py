"""The jobs of cards: post and update them, seed their number reactions, and look up their voters."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.blocks import build_card
from bot.features.cards.model import CARD_JOB, MEMBER_JOB, NUMBER_REACTIONS_JOB
from bot.features.workspaces import service as workspaces
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import DependencyNotReady, Job
from bot.jobs.posting import post_once, update_message
from bot.method.ranking import rank_box
from bot.method.votes import NUMBER_REACTIONS
from bot.slack.api_errors import read_slack_error
from bot.slack.deps import Deps
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    votes as vote_store,
    workspaces as workspace_store,
)
from bot.store.model import Card, CardLocation


async def post_card(job: Job, deps: Deps) -> OnSuccess | None:
    """Post an entry's card, or update it where it is posted already.

    Raises DependencyNotReady while the canvas's message, which the card replies to, is not posted.
    """
    entry_id = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, entry_id)
        if card is None or (card.deleted_by_id is not None and card.message_ts is None):
            return None
        canvas_info = await canvas_store.find_canvas(session, card.canvas_id)
        target = await card_store.find_card(session, card.merged_into_id) if card.merged_into_id else None
        votes = await vote_store.load_entry_votes(session, card.merge_source_ids)
        voter_ids = {user_id for user_id, _ in await vote_store.load_current_reactions(session, entry_id)}
        user_ids = {card.entry.author_id, card.deleted_by_id or "", *voter_ids}
        names = await workspace_store.load_member_names(session, user_ids)
    if canvas_info is None:
        return None
    (ranked,) = rank_box([replace(card.entry, votes=votes)])
    message = build_card(card, names, ranked, target.entry.text if target else "")
    if card.message_ts and await update_message(job, deps, card.message_ts, message):
        return _plan_follow_ups(job, deps, card, sorted(voter_ids - names.keys()))
    if card.deleted_by_id is not None:
        return None
    if canvas_info.message_ts is None:
        raise DependencyNotReady
    thread_ts = canvas_info.message_ts if canvas_info.settings.card_location is CardLocation.THREAD else None
    message_ts = await post_once(job, deps, message, thread_ts=thread_ts)

    async def store_card(session: AsyncSession) -> None:
        await card_store.set_card(session, entry_id, message_ts, thread_ts)
        await jobs.enqueue(session, NUMBER_REACTIONS_JOB, [entry_id], job.channel_id, deps.clock())

    return store_card


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


async def add_number_reactions(job: Job, deps: Deps) -> None:
    """Set the five numbers on a card, so that members vote with one tap. The bot's reactions never count."""
    async with deps.db.reading(job.team_id) as session:
        card = await card_store.find_card(session, int(job.subject))
    if card is None or card.message_ts is None or card.deleted_by_id is not None:
        return
    for name in NUMBER_REACTIONS:
        try:
            await deps.slack.reactions_add(channel=job.channel_id, timestamp=card.message_ts, name=name)
        except SlackApiError as error:
            # An earlier attempt may have set some of them, or somebody may have deleted the card.
            if read_slack_error(error).reason not in {"already_reacted", "message_not_found"}:
                raise


async def look_up_voter(job: Job, deps: Deps) -> OnSuccess:
    """Ask Slack who a voter is. Update the cards that a bot voted on, since its votes do not count."""
    voter = await workspaces.fetch_member(deps, job.subject)

    async def store_voter(session: AsyncSession) -> None:
        await workspace_store.save_member(session, voter)
        if voter.is_bot:
            for entry_id, channel_id in await vote_store.find_entries_voted_by(session, voter.user_id):
                await jobs.enqueue(session, CARD_JOB, [entry_id], channel_id, deps.clock())

    return store_voter
