"""Open and close voting rounds, and enqueue the jobs that are due in them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.model import CARD_JOB, MEMBER_JOB, SEALED_CARDS_PER_MINUTE
from bot.features.cards.service import enqueue_refreshes
from bot.features.channels.service import can_see, find_requester
from bot.features.rounds import store
from bot.features.rounds.input import read_closing_time
from bot.features.rounds.model import (
    REMINDERS_JOB,
    RESULT_JOB,
    ROUND_JOB,
    TAKE_BACK_PERIOD,
    Round,
    RoundState,
    compute_remind_at,
)
from bot.features.rounds.outcome import snapshot_ranking
from bot.features.votes.casting import build_next_step, load_scope
from bot.features.votes.model import READ_ROUND_VOTES_JOB, SavedVote, VotingStep
from bot.features.votes.service import enqueue_vote_reads
from bot.features.workspaces.service import get_member
from bot.jobs import idempotency, store as jobs
from bot.jobs.handler import JobHandler, OnSuccess
from bot.jobs.model import Job
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Entry
from bot.method.votes import LEVEL_BY_REACTION
from bot.slack.blockkit.builders import command_button
from bot.slack.blockkit.text import escape
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    loading,
    sealed_votes as sealed_vote_store,
    vote_reading as reading_store,
    votes as vote_store,
)
from bot.store.model import CanvasInfo
from bot.store.sealed_votes import SealedVote
from bot.times.clock import to_microseconds, zone_or_utc

# All votes within this time cause only one update of the announcement.
REFRESH_DELAY = timedelta(seconds=3)
MAX_ROUNDS_PER_TICK = 100
CLOSED_ALREADY = "This vote is closed already: the result is in the channel, or on its way there."
SEALED_ROUND_OVER = "This vote is over, so that one did not count: its result is in the channel."
NO_ROUND = "That voting round is not there any more: type `/valuemap vote` to open one."


async def find_open_round(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> Round | None:
    """Return the open round of a canvas, if it has one."""
    async with deps.db.reading(team_id) as session:
        return (await store.find_open_rounds(session, [canvas_info.id])).get(canvas_info.id)


async def open_round(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    kind: Kind | None,
    deadline_text: str | None,
    unknown_members: Collection[str],
    *,
    is_sealed: bool = False,
) -> Round:
    """Open a round and return it; if somebody opens one at the same moment, return theirs.

    Raises UserError if the text is no deadline, if there is nothing to vote on, or if this is a repeated
    delivery of the request and its round is over.
    """
    starter = await get_member(deps, request.team_id, request.user_id)
    now = deps.clock()
    closes_at = read_closing_time(deadline_text, now, zone_or_utc(starter.time_zone))
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            return await _find_opened_round(session, canvas_info)
        metrics = compute_metrics(await loading.load_canvas(session, canvas_info.id))
        round_ = Round(
            id=0,
            canvas_id=canvas_info.id,
            kind=kind,
            starter_id=request.user_id,
            time_zone=starter.time_zone,
            opened_at=now,
            closes_at=closes_at,
            remind_at=compute_remind_at(now, closes_at),
            opening_ranking=snapshot_ranking(metrics, [kind] if kind else Kind),
            is_sealed=is_sealed,
        )
        if not any(entry.kind in round_.kinds and entry.seal is None for entry in metrics.canvas.entries):
            raise _build_nothing_to_vote_on_error(canvas_info, kind)
        round_id = await store.add_round(session, round_)
        if round_id is None:
            return await _find_opened_round(session, canvas_info)
        if is_sealed:
            await _seal_round(session, replace(round_, id=round_id), now)
        await jobs.enqueue(session, MEMBER_JOB, sorted(unknown_members), canvas_info.channel_id, now)
        requester_id = find_requester(request, canvas_info)
        await jobs.enqueue(session, ROUND_JOB, [round_id], canvas_info.channel_id, now, requester_id)
        return replace(round_, id=round_id)


async def _find_opened_round(session: AsyncSession, canvas_info: CanvasInfo) -> Round:
    """Return the open round of a canvas; raise UserError if it is over."""
    open_rounds = await store.find_open_rounds(session, [canvas_info.id])
    if canvas_info.id not in open_rounds:
        raise UserError("That vote is over already: `/valuemap vote` opens another.")
    return open_rounds[canvas_info.id]


async def open_entry_round(
    session: AsyncSession,
    canvas_info: CanvasInfo,
    entry: Entry,
    starter_id: str,
    time_zone: str,
    now: datetime,
) -> int | None:
    """Open a sealed round on one entry, which is in no other; return its id, None if one is open.

    It ends at the time of a round without a typed end.
    """
    closes_at = read_closing_time(None, now, zone_or_utc(time_zone))
    round_ = Round(
        id=0,
        canvas_id=canvas_info.id,
        kind=entry.kind,
        starter_id=starter_id,
        time_zone=time_zone,
        opened_at=now,
        closes_at=closes_at,
        remind_at=compute_remind_at(now, closes_at),
        opening_ranking="",
        is_sealed=True,
        entry_id=entry.id,
    )
    round_id = await store.add_round(session, round_)
    if round_id is not None:
        await sealed_vote_store.seal_entry(session, entry.id, round_id, closes_at, time_zone)
        await jobs.enqueue(session, CARD_JOB, [entry.id], canvas_info.channel_id, now)
        await jobs.enqueue(session, ROUND_JOB, [round_id], canvas_info.channel_id, now)
    return round_id


async def _seal_round(session: AsyncSession, round_: Round, now: datetime) -> None:
    """Seal the entries of a round, and enqueue their cards, which do not show votes any more."""
    cards = await sealed_vote_store.seal_entries(
        session, round_.canvas_id, round_.kinds, round_.id, round_.closes_at, round_.time_zone
    )
    await enqueue_refreshes(session, cards, now, SEALED_CARDS_PER_MINUTE)


async def _unseal_round(session: AsyncSession, round_: Round, now: datetime) -> None:
    """Take the seal of a round from its entries: its votes count from now on, and the cards show them."""
    cards = await sealed_vote_store.unseal_entries(session, round_.id)
    await sealed_vote_store.reveal_votes(session, round_.id, to_microseconds(now))
    await enqueue_refreshes(session, cards, now)


async def cast_sealed_vote(
    request: Request, deps: Deps, canvas_info: CanvasInfo, scope: str, vote: SealedVote
) -> VotingStep:
    """Save a member's vote in a sealed round and return the next step.

    Raises UserError if the entry was deleted or merged meanwhile, or the round is over.
    """
    loaded = await load_scope(request, deps, canvas_info, scope)
    entry = loaded.find_entry(vote.entry_id)
    if entry.seal is None or entry.seal.round_id != vote.round_id:
        raise UserError(SEALED_ROUND_OVER)
    if vote.level not in {None, *LEVEL_BY_REACTION.values()}:
        raise UserError("A vote is a number from 1 to 5.")
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        if not await sealed_vote_store.record_sealed_vote(session, vote, now):
            raise UserError(SEALED_ROUND_OVER)
        due_at = now + REFRESH_DELAY
        await jobs.enqueue(session, ROUND_JOB, [vote.round_id], canvas_info.channel_id, due_at)
    level_before = loaded.sealed_votes.get(entry.id)
    loaded = replace(loaded, sealed_votes={**loaded.sealed_votes, entry.id: vote.level})
    saved = SavedVote(entry, vote.level, level_before)
    return build_next_step(loaded, canvas_info, request.user_id, scope, saved)


def _build_nothing_to_vote_on_error(canvas_info: CanvasInfo, kind: Kind | None) -> UserError:
    missing_entries = f"no {kind.spec.plural}" if kind else "no entries"
    add_command = f"add {kind.spec.singular}" if kind else "add"
    return UserError(
        f"*{escape(canvas_info.title)}* has {missing_entries} to vote on yet: add some first.",
        command_button("Add", add_command, canvas_info.id, style="primary"),
    )


async def close_early(request: Request, deps: Deps, round_id: int) -> tuple[Round, CanvasInfo]:
    """Close a round before its deadline; return it as it was before, with its canvas.

    Raises UserError if this person cannot see the round or did not start it, or it is closed already.
    """
    round_, canvas_info = await _find_own_round(request, deps, round_id)
    if round_.state is RoundState.TAKEN_BACK:
        raise UserError(NO_ROUND)
    async with deps.db.transaction(request.team_id) as session:
        if not await _close_round(session, round_, canvas_info.channel_id, deps.clock(), request.user_id):
            raise UserError(CLOSED_ALREADY)
    return round_, canvas_info


async def _find_own_round(request: Request, deps: Deps, round_id: int) -> tuple[Round, CanvasInfo]:
    """Return a round that this person started, with its canvas.

    Raises UserError if this person cannot see the round or did not start it.
    """
    async with deps.db.reading(request.team_id) as session:
        round_ = await store.find_round(session, round_id)
        canvas_info = await canvas_store.find_canvas(session, round_.canvas_id) if round_ else None
    # Somebody who cannot see the channel must not learn whether the round exists.
    if round_ is None or canvas_info is None or not await can_see(request, deps, canvas_info.channel_id):
        raise UserError(NO_ROUND)
    if request.user_id != round_.starter_id:
        starter = await get_member(deps, request.team_id, round_.starter_id)
        raise UserError(
            f"Only {escape(starter.name)}, who started this vote, can close it before {round_.deadline_text}."
        )
    return round_, canvas_info


async def take_back(request: Request, deps: Deps, round_id: int) -> Round:
    """Take a round back that was opened by mistake, and enqueue the deletion of its call; return it.

    A round that was taken back before is returned, too: the button may be pressed twice.

    Raises UserError if this person cannot see the round or did not start it, if it is closed, if it was
    opened too long ago, or if anybody has voted since.
    """
    round_, canvas_info = await _find_own_round(request, deps, round_id)
    close_hint = "press *End vote* on its call"
    if round_.state is RoundState.TAKEN_BACK:
        return round_
    if round_.entry_id is not None:
        raise UserError(f"The vote of a discussion is not taken back: {close_hint}.")
    if deps.clock() - round_.opened_at > TAKE_BACK_PERIOD:
        minutes = int(TAKE_BACK_PERIOD.total_seconds() // 60)
        raise UserError(
            f"A vote can be taken back for {minutes} minutes, and this one is older: {close_hint}."
        )
    async with deps.db.transaction(request.team_id) as session:
        if await _has_new_votes(session, round_):
            raise UserError(f"Somebody has voted already, so this vote is not taken back: {close_hint}.")
        if not await store.mark_taken_back(session, round_.id):
            current = await store.find_round(session, round_.id)
            if current is None or current.state is not RoundState.TAKEN_BACK:
                raise UserError(CLOSED_ALREADY)
        if round_.is_sealed:
            await _unseal_round(session, round_, deps.clock())
        await jobs.enqueue(session, ROUND_JOB, [round_.id], canvas_info.channel_id, deps.clock())
    return round_


async def _has_new_votes(session: AsyncSession, round_: Round) -> bool:
    """Return whether anybody has voted on a card of the round since its call, by Slack's own time.

    In a sealed round only the votes in private count.
    """
    if round_.is_sealed:
        return bool(await sealed_vote_store.load_turnout(session, round_.id))
    entries = await loading.load_entries(session, round_.canvas_id)
    covered_ids = [entry.id for entry in entries if round_.covers(entry)]
    votes = await vote_store.load_timed_votes(session, covered_ids)
    called_at_us = (
        vote_store.parse_event_time(round_.message_ts)
        if round_.message_ts
        else to_microseconds(round_.opened_at)
    )
    return any(vote.at_us > called_at_us for by_member in votes.values() for vote in by_member.values())


async def _close_round(
    session: AsyncSession, round_: Round, channel_id: str, now: datetime, closed_by_id: str | None
) -> bool:
    """Close a round: enqueue the reading of its cards and the result; False if it was closed before."""
    if not await store.mark_closing(session, round_.id, now, closed_by_id):
        return False
    if round_.is_sealed:
        await _unseal_round(session, round_, now)
    entries = await loading.load_entries(session, round_.canvas_id)
    closing = replace(round_, state=RoundState.CLOSING)
    covered_ids = {entry.id for entry in entries if closing.covers(entry)}
    ids_with_card = sorted(
        covered_ids & (await card_store.load_card_messages(session, round_.canvas_id)).keys()
    )
    await jobs.enqueue(session, READ_ROUND_VOTES_JOB, ids_with_card, channel_id, now)
    # Without this mark the sweep would enqueue the same cards again.
    await reading_store.mark_votes_read(session, ids_with_card, now)
    await jobs.enqueue(session, ROUND_JOB, [round_.id], channel_id, now)
    await jobs.enqueue(session, RESULT_JOB, [round_.id], channel_id, now, closed_by_id or round_.starter_id)
    return True


async def process_due_rounds(deps: Deps) -> None:
    """Close the rounds that have reached their deadline, and enqueue the reminders that are due."""
    now = deps.clock()
    async with deps.db.reading(None) as session:
        due_rounds = await store.list_due_rounds(session, now, MAX_ROUNDS_PER_TICK)
    for team_id, channel_id, round_ in due_rounds:
        async with deps.db.transaction(team_id) as session:
            if round_.closes_at <= now:
                await _close_round(session, round_, channel_id, now, None)
            elif await store.claim_reminders(session, round_.id):
                await jobs.enqueue(session, REMINDERS_JOB, [round_.id], channel_id, now)


async def enqueue_vote_reading(deps: Deps, _started_at: datetime) -> None:
    """Enqueue the reading of cards whose votes may have been missed; those in open rounds first."""
    async with deps.db.transaction(None) as session:
        await store.bring_reading_forward(session, deps.clock() + deps.timing.card_read_interval)
        open_boxes = await store.list_open_boxes(session)
    await enqueue_vote_reads(deps, open_boxes)


def refreshes_rounds(handler: JobHandler) -> JobHandler:
    """Wrap the handler of a job that changes a card or a member: update the channel's announcements, too."""

    async def handle_and_refresh(job: Job, deps: Deps) -> OnSuccess:
        handler_on_success = await handler(job, deps)

        async def on_success(session: AsyncSession) -> None:
            if handler_on_success is not None:
                await handler_on_success(session)
            await _enqueue_refresh(session, job.channel_id, deps.clock())

        return on_success

    return handle_and_refresh


async def refresh_channel_rounds(deps: Deps, team_id: str, channel_id: str) -> None:
    """Update the announcements of a channel's open rounds, because members joined or left."""
    async with deps.db.transaction(team_id) as session:
        await _enqueue_refresh(session, channel_id, deps.clock())


async def _enqueue_refresh(session: AsyncSession, channel_id: str, now: datetime) -> None:
    round_ids = await store.list_open_round_ids(session, channel_id)
    await jobs.enqueue(session, ROUND_JOB, round_ids, channel_id, now + REFRESH_DELAY)
