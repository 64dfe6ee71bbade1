"""TODO: say what this module is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CARD_JOB
from bot.features.channels.service import CARD_UPDATE_DELAY
from bot.features.votes.model import READ_VOTES_JOB
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import Job
from bot.method.kinds import Kind
from bot.method.votes import read_level
from bot.slack.deps import Deps
from bot.store import cards as card_store, votes as store, workspaces
from bot.store.votes import Reaction

SETTLED = 2 * store.MICROSECONDS  # a reaction younger than this may be missing from what Slack reads back


@dataclass(frozen=True, slots=True)
class Heard:
    """A number that somebody set on a message, or took back; the message may be a card."""

    channel: str
    ts: str
    member: str
    level: int
    stands: bool
    event_at: int


async def react(deps: Deps, team: str, heard: Heard) -> None:
    """Record a reaction and let its card follow, in one transaction with others that come meanwhile."""
    await deps.batcher.do(("reactions", team), heard, partial(_react, deps, team))


async def _react(deps: Deps, team: str, gathered: Sequence[Heard]) -> None:
    """Record the reactions on those of these messages that are cards: three statements for a channel."""
    async with deps.db.transaction(team) as session:
        cards = await card_store.find_entries_by_cards(session, {(one.channel, one.ts) for one in gathered})
        on_cards = [(cards[one.channel, one.ts], one) for one in gathered if (one.channel, one.ts) in cards]
        await store.record_reactions(
            session,
            [Reaction(entry, one.member, one.level, one.stands, one.event_at) for entry, one in on_cards],
        )
        voted_on: defaultdict[str, set[int]] = defaultdict(set)
        for entry, one in on_cards:
            voted_on[one.channel].add(entry)
        for channel, entries in sorted(voted_on.items()):
            await jobs.enqueue(session, CARD_JOB, sorted(entries), channel, deps.clock() + CARD_UPDATE_DELAY)


async def plan_read_back(
    deps: Deps, since: datetime, voted_on: Mapping[str, Collection[tuple[int, Kind | None]]]
) -> None:
    """Put the errand of reading votes back for cards that nobody read back since then, at Slack's pace.

    Those that are voted on now come first.
    """
    async with deps.db.reading(None) as session:
        teams = await card_store.find_teams_to_read(session, since)
    for team in teams:
        async with deps.db.transaction(team) as session:
            await workspaces.lock_workspace(session)
            now = deps.clock()
            room = deps.timing.max_card_reads_per_sweep - await card_store.count_recent_reads(
                session, now - deps.timing.sweep_interval
            )
            cards = await card_store.find_cards_to_read(session, since, max(room, 0), voted_on.get(team, ()))
            by_channel: defaultdict[str, list[int]] = defaultdict(list)
            for entry, channel in cards:
                by_channel[channel].append(entry)
            for channel, entries in sorted(by_channel.items()):
                await jobs.enqueue(session, READ_VOTES_JOB, entries, channel, now)
            await card_store.mark_votes_read(session, [entry for entry, _ in cards], now)


async def read_back_votes(job: Job, deps: Deps) -> OnSuccess | None:
    """Do the errand of making the votes on an entry equal to what stands on its card."""
    entry = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        shown = await card_store.find_card(session, entry)
        bot = await workspaces.find_workspace(session, job.team_id)
    if shown is None or shown.message_ts is None:
        return None
    asked_at = store.to_microseconds(deps.clock()) - SETTLED
    answer = await deps.slack.reactions_get(channel=job.channel_id, timestamp=shown.message_ts, full=True)
    standing: set[tuple[str, int]] = set()
    partial: set[int] = set()
    message: dict[str, Any] = answer.get("message") or {}
    for reaction in message.get("reactions", ()):
        level = read_level(reaction["name"])
        if level is None:
            continue
        standing |= {(user, level) for user in reaction["users"] if not bot or user != bot.bot_user_id}
        if len(reaction["users"]) < reaction["count"]:
            partial.add(level)

    async def note(session: AsyncSession) -> None:
        stored = await store.current_reactions(session, entry)
        gone = {(user, level) for user, level in stored - standing if level not in partial}
        changed = [
            Reaction(entry, user, level, (user, level) in standing, asked_at)
            for user, level in (standing - stored) | gone
        ]
        if changed:
            await store.record_reactions(session, changed)
            await jobs.enqueue(session, CARD_JOB, [entry], job.channel_id, deps.clock())

    return note
