"""Start a discussion, take reasons, and open its vote once all have answered or the time is over."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.cards.discussions import describe_reasons_end
from bot.features.cards.model import CARD_JOB
from bot.features.channels.service import ENTRY_NOT_FOUND
from bot.features.discussions.model import (
    ASK_REASON_JOB,
    MAX_REASON_CHARACTERS,
    ListedDiscussions,
)
from bot.features.fit.next_step import build_test_button
from bot.features.rounds import store as round_store
from bot.features.rounds.facts import load_voters_if_possible
from bot.features.rounds.input import read_closing_time
from bot.features.rounds.service import open_entry_round
from bot.features.votes.blocks import build_vote_button
from bot.features.workspaces.service import UNKNOWN_NAME, get_member
from bot.jobs import store as jobs
from bot.method.discussions import (
    Discussion,
    DiscussionState,
    Reason,
    find_directions,
    is_to_be_tested,
)
from bot.method.merging import merge_target
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.slack.blockkit.text import escape, sanitize, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import canvases as canvas_store, discussions as store, loading, workspaces as workspace_store
from bot.store.entries import load_canvas_merges
from bot.store.model import CanvasInfo
from bot.times.clock import format_moment, zone_or_utc

MAX_PLACE = 2**31
MAX_DISCUSSIONS_PER_TICK = 100
NO_DISCUSSION = "That discussion is not there any more: `/valuemap discuss` shows those that are."
REASONS_OVER = "The time for reasons is over: those that were given are under the card."
SOMEBODY_ANSWERED = (
    "Somebody has given a reason already, so this discussion cannot be taken back: "
    "*Open the vote* ends the wait."
)
NOT_ASKED = "I did not ask you for a reason: I ask those whose vote is a level or more off the team's mean."


async def list_discussions(
    request: Request, deps: Deps, canvas_info: CanvasInfo, metrics: CanvasMetrics
) -> ListedDiscussions:
    """Return the discussions of a canvas."""
    async with deps.db.reading(request.team_id) as session:
        discussions = await store.list_discussions(session, canvas_info.id)
    return ListedDiscussions(canvas_info, metrics, discussions, request.user_id)


async def start_discussion(
    request: Request, deps: Deps, canvas_info: CanvasInfo, entry_id: int
) -> tuple[Discussion, Entry]:
    """Start a discussion of an entry, and ask those whose votes are far from the mean for a reason.

    Where nobody's is, its vote opens at once. Raises UserError if the entry cannot be discussed now.
    """
    starter = await get_member(deps, request.team_id, request.user_id)
    voters = await load_voters_if_possible(deps, request.team_id, canvas_info.channel_id)
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        canvas = await loading.load_canvas(session, canvas_info.id, with_reviews=False, with_evidence=False)
        entry = next((each for each in canvas.entries if each.id == entry_id), None)
        if entry is None:
            raise UserError(ENTRY_NOT_FOUND)
        await _require_discussable(session, canvas_info, entry)
        # Where Slack did not list the members, the job that asks one looks again whether they are there.
        members = voters.members if voters.is_complete and voters.members else entry.votes.keys()
        discussion = Discussion(
            id=0,
            canvas_id=canvas_info.id,
            entry_id=entry.id,
            starter_id=request.user_id,
            time_zone=starter.time_zone,
            started_at=now,
            reasons_until=read_closing_time(None, now, zone_or_utc(starter.time_zone)),
            state=DiscussionState.ASKING,
            votes_before=entry.votes,
            reasons=_choose_asked(entry.votes, members),
        )
        discussion_id = await store.add_discussion(session, discussion)
        if discussion_id is None:
            raise UserError(f"{_quote(entry)} is in discussion already: `/valuemap discuss` shows it.")
        discussion = replace(discussion, id=discussion_id)
        if not discussion.reasons:
            return await _open_vote(session, discussion, entry, canvas_info, now) or discussion, entry
        subjects = [f"{discussion_id}:{reason.user_id}" for reason in discussion.reasons]
        await jobs.enqueue(session, ASK_REASON_JOB, subjects, canvas_info.channel_id, now)
        await jobs.enqueue(session, CARD_JOB, [entry.id], canvas_info.channel_id, now)
    return discussion, entry


def _choose_asked(votes: Mapping[str, int], members: Collection[str]) -> tuple[Reason, ...]:
    """Return who is asked for a reason, each with a random place among the others."""
    asked = {
        user_id: direction for user_id, direction in find_directions(votes).items() if user_id in members
    }
    return tuple(
        Reason(user_id, direction, place=secrets.randbelow(MAX_PLACE))
        for user_id, direction in sorted(asked.items())
    )


async def _require_discussable(session: AsyncSession, canvas_info: CanvasInfo, entry: Entry) -> None:
    """Raise UserError if an entry cannot be discussed now."""
    name = _quote(entry)
    if entry.seal:
        raise UserError(
            f"{name} is in a sealed vote until {format_moment(entry.seal.until)}: discuss it then."
        )
    if not entry.votes:
        vote_button = build_vote_button(canvas_info.id, str(entry.id), style="primary")
        raise UserError(
            f"Nobody has voted on {name} yet: vote first, then there is something to discuss.", vote_button
        )
    open_round = (await round_store.find_open_rounds(session, [canvas_info.id])).get(canvas_info.id)
    if open_round and open_round.covers(entry):
        raise UserError(
            f"{name} is in the {open_round.name} until {open_round.deadline_text}: discuss it after that."
        )
    earlier = [
        each for each in await store.list_discussions(session, canvas_info.id) if each.entry_id == entry.id
    ]
    if running := next((each for each in earlier if each.is_running), None):
        state = (
            f"reasons until {describe_reasons_end(running)}"
            if running.state is DiscussionState.ASKING
            else "its vote is open"
        )
        raise UserError(f"{name} is in discussion already: {state}.")
    if is_to_be_tested(earlier, entry.id):
        raise UserError(
            f"The team has discussed {name} twice and is still divided: test it with customers instead.",
            build_test_button(canvas_info, entry.id),
        )


async def record_answer(
    request: Request, deps: Deps, canvas_info: CanvasInfo, discussion_id: int, text: str, *, shows_name: bool
) -> Discussion:
    """Store a member's reason, "" for none; the last answer opens the vote. Return the discussion.

    Raises UserError if the member was not asked, or the time for reasons is over.
    """
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        discussion = await _lock_asking(session, canvas_info, discussion_id)
        asked = discussion.find_reason(request.user_id)
        if asked is None:
            raise UserError(NOT_ASKED)
        answer = replace(asked, text=sanitize(text)[:MAX_REASON_CHARACTERS], shows_name=shows_name)
        await store.record_reason(session, discussion_id, answer)
        others = (each for each in discussion.reasons if each is not asked)
        answered = replace(discussion, reasons=(*others, answer))
        if answered.unanswered:
            return answered
        entry = await _find_entry(session, answered)
        return await _open_vote(session, answered, entry, canvas_info, now) or answered


async def find_asked(
    request: Request, deps: Deps, canvas_info: CanvasInfo, discussion_id: int
) -> tuple[Discussion, Entry, Reason]:
    """Return a discussion in which the member was asked for a reason, with its entry and their answer.

    Raises UserError if they were not asked, or the time for reasons is over.
    """
    async with deps.db.reading(request.team_id) as session:
        discussion = await store.find_discussion(session, discussion_id)
        entry = await _find_entry(session, discussion) if discussion else None
    if entry is None:
        raise UserError(NO_DISCUSSION)
    discussion = _require_asking(_require_found(discussion, canvas_info))
    reason = discussion.find_reason(request.user_id)
    if reason is None:
        raise UserError(NOT_ASKED)
    return discussion, entry, reason


async def open_vote_early(
    request: Request, deps: Deps, canvas_info: CanvasInfo, discussion_id: int
) -> tuple[Discussion, Entry]:
    """Open the vote of a discussion without waiting for the reasons that are missing.

    Raises UserError if this person did not start it, or its vote is open already.
    """
    async with deps.db.transaction(request.team_id) as session:
        discussion = await _lock_own(request, session, canvas_info, discussion_id)
        entry = await _find_entry(session, discussion)
        opened = await _open_vote(session, discussion, entry, canvas_info, deps.clock())
    if entry is None:
        raise UserError(ENTRY_NOT_FOUND)
    if opened is None:
        raise UserError(f"{_quote(entry)} is in another sealed vote: this one opens after it.")
    return opened, entry


async def take_back(request: Request, deps: Deps, canvas_info: CanvasInfo, discussion_id: int) -> None:
    """End a discussion that was started by mistake.

    Raises UserError if this person did not start it, its vote is open, or somebody has given a reason.
    """
    async with deps.db.transaction(request.team_id) as session:
        discussion = await _lock_own(request, session, canvas_info, discussion_id)
        if any(reason.text for reason in discussion.reasons):
            raise UserError(SOMEBODY_ANSWERED)
        await store.take_back_discussion(session, discussion_id)
        await jobs.enqueue(session, CARD_JOB, [discussion.entry_id], canvas_info.channel_id, deps.clock())


async def _lock_asking(session: AsyncSession, canvas_info: CanvasInfo, discussion_id: int) -> Discussion:
    found = await store.lock_discussion(session, discussion_id)
    return _require_asking(_require_found(found, canvas_info))


async def _lock_own(
    request: Request, session: AsyncSession, canvas_info: CanvasInfo, discussion_id: int
) -> Discussion:
    """Return a discussion that asks for reasons, locked. Raises UserError if this person did not start it."""
    discussion = _require_found(await store.lock_discussion(session, discussion_id), canvas_info)
    if discussion.starter_id != request.user_id:
        names = await workspace_store.load_member_names(session, {discussion.starter_id})
        starter = escape(names.get(discussion.starter_id, UNKNOWN_NAME))
        raise UserError(f"Only {starter}, who started this discussion, can do that.")
    return _require_asking(discussion)


def _require_found(discussion: Discussion | None, canvas_info: CanvasInfo) -> Discussion:
    """Return the discussion; raise UserError if it is not there, or not on this canvas."""
    if discussion is None or discussion.canvas_id != canvas_info.id:
        raise UserError(NO_DISCUSSION)
    return discussion


def _require_asking(discussion: Discussion) -> Discussion:
    """Return the discussion; raise UserError if the time for reasons is over."""
    if discussion.state is not DiscussionState.ASKING:
        raise UserError(REASONS_OVER)
    return discussion


async def process_due_discussions(deps: Deps) -> None:
    """Open the vote of each discussion whose time for reasons is over."""
    now = deps.clock()
    async with deps.db.reading(None) as session:
        due = await store.list_due_discussions(session, now, MAX_DISCUSSIONS_PER_TICK)
    for team_id, discussion_id in due:
        async with deps.db.transaction(team_id) as session:
            discussion = await store.lock_discussion(session, discussion_id)
            if discussion is None or discussion.state is not DiscussionState.ASKING:
                continue
            canvas_info = await canvas_store.find_canvas(session, discussion.canvas_id)
            if canvas_info is None:
                await _close_archived(session, discussion, now)
            else:
                entry = await _find_entry(session, discussion)
                await _open_vote(session, discussion, entry, canvas_info, now)


async def _close_archived(session: AsyncSession, discussion: Discussion, now: datetime) -> None:
    """End a discussion whose canvas is archived, and update the card, which says that it runs."""
    await store.close_discussion(session, discussion.id, now, None)
    archived = await canvas_store.find_undeleted_canvas(session, discussion.canvas_id)
    if archived is not None:
        await jobs.enqueue(session, CARD_JOB, [discussion.entry_id], archived.channel_id, now)


async def _open_vote(
    session: AsyncSession,
    discussion: Discussion,
    entry: Entry | None,
    canvas_info: CanvasInfo,
    now: datetime,
) -> Discussion | None:
    """Open the sealed round of a discussion and return the discussion as it is then.

    It ends instead if its entry was deleted, which None stands for. Return None if the entry is in another
    sealed round: it opens after that.
    """
    if entry is None:
        await store.close_discussion(session, discussion.id, now, None)
        return replace(discussion, state=DiscussionState.CLOSED, closed_at=now)
    if entry.seal:
        await store.postpone_vote(session, discussion.id, entry.seal.until)
        return None
    starter_id, time_zone = discussion.starter_id, discussion.time_zone
    round_id = await open_entry_round(session, canvas_info, entry, starter_id, time_zone, now)
    if round_id is None:
        return None
    await store.open_vote(session, discussion.id, round_id)
    return replace(discussion, state=DiscussionState.VOTING, round_id=round_id)


async def _find_entry(session: AsyncSession, discussion: Discussion) -> Entry | None:
    """Return the entry of a discussion, or the one into which it was merged; None if it was deleted."""
    merges = await load_canvas_merges(session, discussion.canvas_id)
    entry_id = merge_target(discussion.entry_id, merges)
    entries = await loading.load_entries(session, discussion.canvas_id)
    return next((entry for entry in entries if entry.id == entry_id), None)


def _quote(entry: Entry) -> str:
    return f"“{escape(truncate(entry.text, 80))}”"
