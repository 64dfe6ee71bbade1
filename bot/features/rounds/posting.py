"""The jobs of voting rounds: announcement, reminders and result."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import MEMBER_JOB
from bot.features.rounds import blocks, store
from bot.features.rounds.facts import load_facts
from bot.features.rounds.model import REMINDER_JOB, ROUND_JOB, Round, RoundFacts, RoundState
from bot.features.rounds.outcome import compare_rankings
from bot.features.rounds.result_blocks import build_result
from bot.features.votes.model import READ_ROUND_VOTES_JOB
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import DependencyNotReady, Job
from bot.jobs.posting import delete_message, post_once, send_direct_message, update_message
from bot.slack.blockkit.builders import Message
from bot.slack.deps import Deps

# The result waits at most this long after the end: for the cards to be read, 40 a minute and none in an
# outage, and for voters to be looked up, who may be bots.
READ_TIMEOUTS = {READ_ROUND_VOTES_JOB: timedelta(hours=2), MEMBER_JOB: timedelta(minutes=15)}


BuildAnnouncement = Callable[[Round, RoundFacts | None], Awaitable[Message]]


async def build_current_announcement(round_: Round, facts: RoundFacts | None) -> Message:
    """Return the announcement of a round on boxes in its current state."""
    if facts is None:
        if round_.is_open:
            return blocks.build_paused_announcement(round_)
        return blocks.build_announcement_without_result(round_)
    if round_.is_open:
        return blocks.build_announcement(facts)
    if round_.state is RoundState.CLOSED and round_.result_ts is None:
        return blocks.build_announcement_without_result(round_)
    return blocks.build_closed_announcement(facts)


async def post_announcement(
    job: Job, deps: Deps, build: BuildAnnouncement = build_current_announcement
) -> OnSuccess | None:
    """Post the announcement of a round, or update it; delete it if the round was taken back.

    `build` builds it from the round and its facts; without facts the canvas is not active.
    """
    round_ = await _find_round(job, deps)
    if round_ is None:
        return None
    if round_.state is RoundState.TAKEN_BACK:
        await delete_message(job, deps, round_.message_ts)
        return None
    if round_.message_ts is None and not round_.is_open and job.maybe_posted_since is None:
        return None  # the round closed before its announcement was posted
    facts = await load_facts(deps, job.team_id, round_)
    if round_.message_ts is None and facts is None:
        return None
    message = await build(round_, facts)
    unknown_members = facts.voters.unknown_members if facts else frozenset[str]()
    message_ts = round_.message_ts
    # An announcement that somebody deleted is posted again, but only while people can vote.
    if message_ts is None or (not await update_message(job, deps, message_ts, message) and round_.is_open):
        message_ts = await post_once(job, deps, message)

    async def on_success(session: AsyncSession) -> None:
        if message_ts != round_.message_ts:
            await store.set_announcement_ts(session, round_.id, message_ts)
        await jobs.enqueue(session, MEMBER_JOB, sorted(unknown_members), job.channel_id, deps.clock())

    return on_success


async def enqueue_reminders(job: Job, deps: Deps) -> OnSuccess | None:
    """Enqueue a reminder to each member who has not voted."""
    facts = await _load_running_facts(job, deps)
    if facts is None or not facts.entries:
        return None
    subjects = [f"{job.subject}:{user_id}" for user_id in sorted(facts.non_voters)]

    async def on_success(session: AsyncSession) -> None:
        await jobs.enqueue(session, REMINDER_JOB, subjects, job.channel_id, deps.clock())

    return on_success


async def send_reminder(job: Job, deps: Deps) -> None:
    """Remind one member, unless they have voted or left meanwhile. The job's subject is ROUND:USER."""
    facts = await _load_running_facts(job, deps)
    user_id = job.subject.partition(":")[2]
    if facts is None or user_id not in facts.non_voters or not facts.entries:
        return
    await send_direct_message(job, deps, user_id, blocks.build_reminder(facts, user_id))


async def post_result(job: Job, deps: Deps) -> OnSuccess | None:
    """Post the result of a round, once its cards are read back. Raises DependencyNotReady before that."""
    loaded = await load_closing(job, deps)
    if loaded is None:
        return None
    round_, facts = loaded
    result_ts = await post_once(job, deps, _build_result(facts)) if facts else None
    return partial(finish_round, job, deps, round_, result_ts)


async def load_closing(job: Job, deps: Deps) -> tuple[Round, RoundFacts | None] | None:
    """Return the round of a job that waits for its result, with its facts; None if it does not wait.

    Without facts its canvas is not active. Raises DependencyNotReady until its cards are read back.
    """
    round_ = await _find_round(job, deps)
    if round_ is None or round_.state is not RoundState.CLOSING or round_.closed_at is None:
        return None
    waited = deps.clock() - round_.closed_at
    kinds = [kind for kind, timeout in READ_TIMEOUTS.items() if waited < timeout]
    async with deps.db.reading(job.team_id) as session:
        if await jobs.has_waiting_jobs(session, job.channel_id, kinds):
            raise DependencyNotReady
    return round_, await load_facts(deps, job.team_id, round_)


async def finish_round(
    job: Job, deps: Deps, round_: Round, result_ts: str | None, session: AsyncSession
) -> None:
    """End a round whose result is posted, and update its call; `result_ts` is None without a result."""
    await store.mark_closed(session, round_.id, result_ts)
    await jobs.enqueue(session, ROUND_JOB, [round_.id], job.channel_id, deps.clock())


def _build_result(facts: RoundFacts) -> Message:
    outcome = compare_rankings(facts.round.opening_ranking, facts.metrics, facts.round.kinds)
    return build_result(facts, outcome)


async def _find_round(job: Job, deps: Deps) -> Round | None:
    """Return the round of a job, whose subject is ROUND or ROUND:USER."""
    async with deps.db.reading(job.team_id) as session:
        return await store.find_round(session, int(job.subject.partition(":")[0]))


async def _load_running_facts(job: Job, deps: Deps) -> RoundFacts | None:
    """Return the facts of a round that is open and has not reached its deadline."""
    round_ = await _find_round(job, deps)
    if round_ is None or not round_.is_open or deps.clock() >= round_.closes_at:
        return None
    return await load_facts(deps, job.team_id, round_)
