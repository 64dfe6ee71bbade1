"""Votes as they stand on the cards, and the cards that show them."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards import blocks as card_blocks
from bot.features.cards.model import CARD_JOB, MEMBER_JOB, NUMBER_REACTIONS_JOB
from bot.features.workspaces import service as people
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import DependencyNotReady, Job
from bot.jobs.posting import post_once, update_message
from bot.method.ranking import rank_box
from bot.method.votes import NUMBER_REACTIONS
from bot.slack.deps import Deps
from bot.slack.outgoing.errors import read_slack_error
from bot.store import canvases, cards as card_store, votes as store, workspaces
from bot.store.model import Card, CardLocation


async def post_card(job: Job, deps: Deps) -> OnSuccess | None:
    """Do the errand of posting a card or of bringing it up to date."""
    entry = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        shown = await card_store.find_card(session, entry)
        if shown is None or (shown.deleted_by_id is not None and shown.message_ts is None):
            return None
        head = await canvases.find_canvas(session, shown.canvas_id)
        heir = await card_store.find_card(session, shown.merged_into_id) if shown.merged_into_id else None
        votes = await store.load_entry_votes(session, shown.merge_source_ids)
        voters = {member for member, _ in await store.current_reactions(session, entry)}
        names = await workspaces.load_member_names(
            session, {shown.entry.author_id, shown.deleted_by_id or "", *voters}
        )
    if head is None:
        return None
    (place,) = rank_box([replace(shown.entry, votes=votes)])
    said = card_blocks.build_card(shown, names, place, heir.entry.text if heir else "")
    if shown.message_ts and await update_message(job, deps, shown.message_ts, said):
        return _what_follows(job, deps, shown, sorted(voters - names.keys()))
    if shown.deleted_by_id is not None:
        return None
    thread = head.message_ts if head.settings.card_location is CardLocation.THREAD else None
    if head.message_ts is None:
        raise DependencyNotReady
    ts = await post_once(job, deps, said, thread_ts=thread)

    async def note(session: AsyncSession) -> None:
        await card_store.set_card(session, entry, ts, thread)
        await jobs.enqueue(session, NUMBER_REACTIONS_JOB, [entry], job.channel_id, deps.clock())

    return note


def _what_follows(job: Job, deps: Deps, shown: Card, strangers: Sequence[str]) -> OnSuccess | None:
    """What is voted on the card of a merged entry counts on the other; who votes first is looked up."""
    heirs = [shown.merged_into_id] if shown.merged_into_id is not None else []
    if not heirs and not strangers:
        return None

    async def note(session: AsyncSession) -> None:
        await jobs.enqueue(session, CARD_JOB, heirs, job.channel_id, deps.clock())
        await jobs.enqueue(session, MEMBER_JOB, strangers, job.channel_id, deps.clock())

    return note


async def add_number_reactions(job: Job, deps: Deps) -> None:
    """Do the errand of setting the five numbers under a card, so that a vote is one tap. They never count."""
    async with deps.db.reading(job.team_id) as session:
        shown = await card_store.find_card(session, int(job.subject))
    if shown is None or shown.message_ts is None or shown.deleted_by_id is not None:
        return
    for name in NUMBER_REACTIONS:
        try:
            await deps.slack.reactions_add(channel=job.channel_id, timestamp=shown.message_ts, name=name)
        except SlackApiError as error:
            if read_slack_error(error).reason not in {"already_reacted", "message_not_found"}:
                raise


async def look_up_voter(job: Job, deps: Deps) -> OnSuccess:
    """Do the errand of finding out whether a voter is a bot, whose votes count for nothing."""
    voter = await people.ask(deps, job.subject)

    async def note(session: AsyncSession) -> None:
        await workspaces.save_member(session, voter)
        if voter.is_bot:
            for entry, channel in await store.find_entries_voted_by(session, voter.user_id):
                await jobs.enqueue(session, CARD_JOB, [entry], channel, deps.clock())

    return note
