"""The jobs of discussions: the question for a reason, and the call and the result of their votes."""

import logging
from dataclasses import dataclass
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CARD_JOB
from bot.features.channels.membership import list_members
from bot.features.discussions import blocks
from bot.features.rounds.model import Round, RoundFacts
from bot.features.rounds.posting import (
    build_current_announcement,
    finish_round,
    load_closing,
    post_announcement,
)
from bot.features.workspaces.service import get_member
from bot.jobs import store as jobs
from bot.jobs.handler import JobHandler, OnSuccess
from bot.jobs.model import Job
from bot.jobs.posting import post_once, send_direct_message
from bot.method.discussions import (
    Discussion,
    DiscussionResult,
    DiscussionState,
    compare_votes,
    count_divided_in_a_row,
)
from bot.slack.blockkit.builders import Message
from bot.slack.deps import Deps
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    discussions as store,
    sealed_votes as sealed_vote_store,
    workspaces as workspace_store,
)

log = logging.getLogger(__name__)

MAX_LISTED_MEMBERS = 10_000


async def ask_for_reason(job: Job, deps: Deps) -> None:
    """Ask a member for a reason, unless they have left or answered. The job's subject is DISCUSSION:USER."""
    discussion_id, _, user_id = job.subject.partition(":")
    async with deps.db.reading(job.team_id) as session:
        discussion = await store.find_discussion(session, int(discussion_id))
        canvas_info = await canvas_store.find_canvas(session, discussion.canvas_id) if discussion else None
        card = await card_store.find_card(session, discussion.entry_id) if discussion else None
    if discussion is None or canvas_info is None or card is None or card.deleted_by_id is not None:
        return
    reason = discussion.find_reason(user_id)
    # The mean that the question names is not to be seen while the entry is sealed.
    if discussion.state is not DiscussionState.ASKING or card.entry.seal or reason is None:
        return
    if reason.text is not None or not await _is_asked(job, deps, user_id):
        return
    starter = await get_member(deps, job.team_id, discussion.starter_id)
    question = blocks.build_question(canvas_info, discussion, card.entry, reason, starter.name)
    await send_direct_message(job, deps, user_id, question)


async def _is_asked(job: Job, deps: Deps, user_id: str) -> bool:
    """Return whether a member is a person, and in the job's channel: who left must not read about it."""
    if user_id not in await list_members(deps, job.team_id, job.channel_id, MAX_LISTED_MEMBERS):
        log.info("%s: not in the channel any more", job.key)
        return False
    return not (await get_member(deps, job.team_id, user_id)).is_bot


def posts_discussion_calls(_handler: JobHandler) -> JobHandler:
    """Return the handler of the announcements by which the call of a discussion's vote has its reasons."""

    async def post_call(job: Job, deps: Deps) -> OnSuccess | None:
        return await post_announcement(job, deps, partial(_build_call, job, deps))

    return post_call


async def _build_call(job: Job, deps: Deps, round_: Round, facts: RoundFacts | None) -> Message:
    # A round on boxes is no discussion's, and nothing is read to see that.
    if round_.entry_id is not None and round_.is_open and facts is not None:
        async with deps.db.reading(job.team_id) as session:
            discussion = await store.find_discussion_of_round(session, round_.id)
            authors = _list_named(discussion) if discussion else set()
            names = await workspace_store.load_member_names(session, authors)
        if discussion is not None:
            return blocks.build_call(facts, discussion, names)
    return await build_current_announcement(round_, facts)


def posts_discussion_results(handler: JobHandler) -> JobHandler:
    """Wrap the handler of the results: that of a discussion's vote says what the discussion changed."""

    async def post_result(job: Job, deps: Deps) -> OnSuccess | None:
        discussion = await _find_discussion(job, deps)
        if discussion is None:
            return await handler(job, deps)
        loaded = await load_closing(job, deps)
        if loaded is None:
            return None
        round_, facts = loaded
        # Without its entry there is no result.
        posted = await _post_result(job, deps, discussion, facts) if facts and facts.entries else None

        async def on_success(session: AsyncSession) -> None:
            await finish_round(job, deps, round_, posted.message_ts if posted else None, session)
            result = posted.result if posted else None
            await store.close_discussion(session, discussion.id, deps.clock(), result)
            entry_ids = [posted.entry_id] if posted else []
            await jobs.enqueue(session, CARD_JOB, entry_ids, job.channel_id, deps.clock())

        return on_success

    return post_result


@dataclass(frozen=True, slots=True)
class PostedResult:
    """The result of a discussion's vote, with its entry and its message."""

    entry_id: int
    result: DiscussionResult
    message_ts: str


async def _post_result(job: Job, deps: Deps, discussion: Discussion, facts: RoundFacts) -> PostedResult:
    (entry,) = facts.entries
    async with deps.db.reading(job.team_id) as session:
        cast = await sealed_vote_store.load_round_votes(session, facts.round.id)
        earlier = await store.list_discussions(session, discussion.canvas_id)
        names = await workspace_store.load_member_names(session, _list_named(discussion))
    result = compare_votes(discussion.votes_before, cast, entry.votes)
    in_a_row = count_divided_in_a_row(
        [each for each in earlier if each.entry_id == entry.id and each.id != discussion.id]
    )
    message = blocks.build_result(facts, discussion, result, in_a_row + result.is_divided, names)
    return PostedResult(entry.id, result, await post_once(job, deps, message))


def _list_named(discussion: Discussion) -> set[str]:
    """Return the user ids of the authors who want their names beside their reasons."""
    return {reason.user_id for reason in discussion.reasons if reason.shows_name}


async def _find_discussion(job: Job, deps: Deps) -> Discussion | None:
    """Return the discussion whose vote the round of a job is; None for another round."""
    async with deps.db.reading(job.team_id) as session:
        return await store.find_discussion_of_round(session, int(job.subject))
