"""Votes as they stand on the cards, and the cards that show them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.channels.service import GATHER
from bot.features.ranking import blocks
from bot.features.workspaces import service as people
from bot.jobs import store as outbox
from bot.jobs.store import Errand, Job
from bot.jobs.worker import Note, NotYet, post_once, update
from bot.method.kinds import Kind
from bot.method.ranking import rank_box
from bot.method.votes import REACTIONS, level_of
from bot.slack.request import Deps
from bot.store import canvases, entries as entry_store, votes as store, workspaces
from bot.store.model import Card, CardsIn
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
    await deps.together.do(("reactions", team), heard, partial(_react, deps, team))


async def _react(deps: Deps, team: str, gathered: Sequence[Heard]) -> None:
    """Record the reactions on those of these messages that are cards: three statements for a channel."""
    async with deps.db.transaction(team) as session:
        cards = await entry_store.entries_of_cards(session, {(one.channel, one.ts) for one in gathered})
        on_cards = [(cards[one.channel, one.ts], one) for one in gathered if (one.channel, one.ts) in cards]
        await store.record(
            session,
            [Reaction(entry, one.member, one.level, one.stands, one.event_at) for entry, one in on_cards],
        )
        voted_on: defaultdict[str, set[int]] = defaultdict(set)
        for entry, one in on_cards:
            voted_on[one.channel].add(entry)
        for channel, entries in sorted(voted_on.items()):
            await outbox.enqueue(session, Errand.CARD, sorted(entries), channel, deps.now() + GATHER)


async def post_card(job: Job, deps: Deps) -> Note | None:
    """Do the errand of posting a card or of bringing it up to date."""
    entry = int(job.subject)
    async with deps.db.reading(job.team) as session:
        shown = await entry_store.find_card(session, entry)
        if shown is None or (shown.deleted_by is not None and shown.ts is None):
            return None
        head = await canvases.find(session, shown.canvas_id)
        heir = await entry_store.find_card(session, shown.merged_into) if shown.merged_into else None
        votes = await store.votes_on(session, shown.stands_for)
        voters = {member for member, _ in await store.standing(session, entry)}
        names = await workspaces.names(session, {shown.entry.author, shown.deleted_by or "", *voters})
    if head is None:
        return None
    (place,) = rank_box([replace(shown.entry, votes=votes)])
    said = blocks.card(shown, names, place, heir.entry.text if heir else "")
    if shown.ts and await update(job, deps, shown.ts, said):
        return _what_follows(job, deps, shown, sorted(voters - names.keys()))
    if shown.deleted_by is not None:
        return None
    thread = head.message_ts if head.rules.cards_in is CardsIn.THREAD else None
    if head.message_ts is None:
        raise NotYet
    ts = await post_once(job, deps, said, thread=thread)

    async def note(session: AsyncSession) -> None:
        await entry_store.note_card(session, entry, ts, thread)
        await outbox.enqueue(session, Errand.SEEDS, [entry], job.channel, deps.now())

    return note


def _what_follows(job: Job, deps: Deps, shown: Card, strangers: Sequence[str]) -> Note | None:
    """What is voted on the card of a merged entry counts on the other; who votes first is looked up."""
    heirs = [shown.merged_into] if shown.merged_into is not None else []
    if not heirs and not strangers:
        return None

    async def note(session: AsyncSession) -> None:
        await outbox.enqueue(session, Errand.CARD, heirs, job.channel, deps.now())
        await outbox.enqueue(session, Errand.MEMBER, strangers, job.channel, deps.now())

    return note


async def seed_card(job: Job, deps: Deps) -> None:
    """Do the errand of setting the five numbers under a card, so that a vote is one tap. They never count."""
    async with deps.db.reading(job.team) as session:
        shown = await entry_store.find_card(session, int(job.subject))
    if shown is None or shown.ts is None or shown.deleted_by is not None:
        return
    for name in REACTIONS:
        try:
            await deps.slack.reactions_add(channel=job.channel, timestamp=shown.ts, name=name)
        except SlackApiError as error:
            if error.response.get("error") not in {"already_reacted", "message_not_found"}:
                raise


async def look_up_voter(job: Job, deps: Deps) -> Note:
    """Do the errand of finding out whether a voter is a bot, whose votes count for nothing."""
    voter = await people.ask(deps, job.subject)

    async def note(session: AsyncSession) -> None:
        await workspaces.save_member(session, voter)
        if voter.is_bot:
            for entry, channel in await store.voted_by(session, voter.user):
                await outbox.enqueue(session, Errand.CARD, [entry], channel, deps.now())

    return note


async def plan_reading_back(
    deps: Deps, since: datetime, voted_on: Mapping[str, Collection[tuple[int, Kind | None]]]
) -> None:
    """Put the errand of reading votes back for cards that nobody read back since then, at Slack's pace.

    Those that are voted on now come first.
    """
    async with deps.db.reading(None) as session:
        teams = await entry_store.unread_teams(session, since)
    for team in teams:
        async with deps.db.transaction(team) as session:
            await workspaces.take_turns(session)
            now = deps.now()
            room = deps.pace.readings - await entry_store.read_lately(session, now - deps.pace.sweep)
            cards = await entry_store.unread_since(session, since, max(room, 0), voted_on.get(team, ()))
            by_channel: defaultdict[str, list[int]] = defaultdict(list)
            for entry, channel in cards:
                by_channel[channel].append(entry)
            for channel, entries in sorted(by_channel.items()):
                await outbox.enqueue(session, Errand.VOTES, entries, channel, now)
            await entry_store.note_votes_read(session, [entry for entry, _ in cards], now)


async def read_back(job: Job, deps: Deps) -> Note | None:
    """Do the errand of making the votes on an entry equal to what stands on its card."""
    entry = int(job.subject)
    async with deps.db.reading(job.team) as session:
        shown = await entry_store.find_card(session, entry)
        bot = await workspaces.find(session, job.team)
    if shown is None or shown.ts is None:
        return None
    asked_at = store.in_microseconds(deps.now()) - SETTLED
    answer = await deps.slack.reactions_get(channel=job.channel, timestamp=shown.ts, full=True)
    standing: set[tuple[str, int]] = set()
    partial: set[int] = set()
    message: dict[str, Any] = answer.get("message") or {}
    for reaction in message.get("reactions", ()):
        level = level_of(reaction["name"])
        if level is None:
            continue
        standing |= {(user, level) for user in reaction["users"] if not bot or user != bot.bot_user}
        if len(reaction["users"]) < reaction["count"]:
            partial.add(level)

    async def note(session: AsyncSession) -> None:
        stored = await store.standing(session, entry)
        gone = {(user, level) for user, level in stored - standing if level not in partial}
        changed = [
            Reaction(entry, user, level, (user, level) in standing, asked_at)
            for user, level in (standing - stored) | gone
        ]
        if changed:
            await store.record(session, changed)
            await outbox.enqueue(session, Errand.CARD, [entry], job.channel, deps.now())

    return note
