"""Opening and closing voting rounds, and what they do by themselves: call, remind, tell the result."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.channels.service import sees
from bot.features.rounds import blocks, store
from bot.features.rounds.model import Facts, Round, State, remind_at
from bot.features.rounds.outcome import outcome, remember
from bot.features.rounds.voters import facts_of
from bot.features.workspaces import service as people
from bot.jobs import store as outbox
from bot.jobs.store import Errand, Job
from bot.jobs.worker import Doer, Note, NotYet, post_once, update
from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import figures
from bot.slack.blockkit.builders import Message, run
from bot.slack.blockkit.text import esc
from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.store import canvases, entries as entry_store, reviews as fit
from bot.store.model import CanvasInfo
from bot.times.clock import zone_named
from bot.times.deadlines import deadline

GATHER = timedelta(seconds=3)  # how long votes are gathered before the call tells of them
READ_BACK = timedelta(minutes=15)  # how long a result waits for cards that Slack does not let us read
AT_ONCE = 100
NO_ROUND = "That voting round is not there any more: type `/valuemap vote` to open one."


async def standing(deps: Deps, team: str, head: CanvasInfo) -> Round | None:
    """Return the canvas's open round."""
    async with deps.db.reading(team) as session:
        return (await store.open_on(session, [head.id])).get(head.id)


async def start(
    request: Request,
    deps: Deps,
    head: CanvasInfo,
    kind: Kind | None,
    when: str | None,
    strangers: Collection[str],
) -> Round:
    """Open a round. Where somebody else did at the same moment, theirs is the round."""
    starter = await people.member(deps, request.team_id, request.user)
    now = deps.now()
    closes = deadline(when, now, zone_named(starter.time_zone))
    async with deps.db.transaction(request.team_id) as session:
        figured = figures(await fit.read(session, head))
        wanted = Round(
            id=0,
            canvas=head.id,
            kind=kind,
            starter=request.user,
            time_zone=starter.time_zone,
            opened_at=now,
            closes_at=closes,
            remind_at=remind_at(now, closes),
            opening=remember(figured, [kind] if kind else Kind),
        )
        if not any(wanted.covers(entry) for entry in figured.canvas.entries):
            raise _nothing_to_vote_on(head, kind)
        new = await store.open_round(session, wanted)
        if new is None:
            return (await store.open_on(session, [head.id]))[head.id]
        await outbox.enqueue(session, Errand.MEMBER, sorted(strangers), head.channel_id, now)
        await outbox.enqueue(session, Errand.ROUND, [new], head.channel_id, now)
        return replace(wanted, id=new)


def _nothing_to_vote_on(head: CanvasInfo, kind: Kind | None) -> Refusal:
    missing = f"no {ABOUT[kind].plural}" if kind else "no entries"
    words = f"add {ABOUT[kind].word}" if kind else "add"
    return Refusal(
        f"*{esc(head.title)}* has {missing} to vote on yet: add some first.",
        run("Add", words, head.id, style="primary"),
    )


async def close_early(request: Request, deps: Deps, key: int) -> Round:
    """Close a round, as its starter may; return it as it was."""
    async with deps.db.reading(request.team_id) as session:
        round_ = await store.find(session, key)
        head = await canvases.find(session, round_.canvas) if round_ else None
    if round_ is None or head is None or not await sees(request, deps, head.channel_id):
        raise Refusal(NO_ROUND)
    if request.user != round_.starter:
        starter = await people.member(deps, request.team_id, round_.starter)
        raise Refusal(f"Only {esc(starter.name)}, who started this vote, can close it before {round_.until}.")
    async with deps.db.transaction(request.team_id) as session:
        if not await _close(session, round_, head.channel_id, deps.now(), request.user):
            raise Refusal("This vote is closed already: the result is in the channel, or on its way there.")
    return round_


async def _close(session: AsyncSession, round_: Round, channel: str, at: datetime, by: str | None) -> bool:
    """Close a round; False where it was closed before. Its cards are read back, then the result is posted."""
    if not await store.close(session, round_.id, at, by):
        return False
    covered = {e.id for e in await entry_store.live(session, round_.canvas) if round_.covers(e)}
    cards = sorted(covered & (await entry_store.cards(session, round_.canvas)).keys())
    await outbox.enqueue(session, Errand.VOTES, cards, channel, at)
    await entry_store.note_votes_read(session, cards, at)
    await outbox.enqueue(session, Errand.ROUND, [round_.id], channel, at)
    await outbox.enqueue(session, Errand.RESULT, [round_.id], channel, at)
    return True


async def take_due(deps: Deps) -> None:
    """Close what has reached its deadline, and put the errand of reminding where it is time for that."""
    now = deps.now()
    async with deps.db.reading(None) as session:
        due = await store.due(session, now, AT_ONCE)
    for team, channel, round_ in due:
        async with deps.db.transaction(team) as session:
            if round_.closes_at <= now:
                await _close(session, round_, channel, now, None)
            elif await store.take_reminding(session, round_.id):
                await outbox.enqueue(session, Errand.REMINDERS, [round_.id], channel, now)


async def voted_on(deps: Deps) -> Mapping[str, Collection[tuple[int, Kind | None]]]:
    """Return which boxes of which canvases are voted on now, by workspace."""
    async with deps.db.reading(None) as session:
        return await store.voted_on(session)


def followed(doer: Doer) -> Doer:
    """Let the open rounds of a channel follow what an errand changes in it: a card, a member."""

    async def do(job: Job, deps: Deps) -> Note:
        done = await doer(job, deps)

        async def note(session: AsyncSession) -> None:
            if done is not None:
                await done(session)
            await _follow(session, job.channel, deps.now())

        return note

    return do


async def follow_channel(deps: Deps, team: str, channel: str) -> None:
    """Members joined or left: let the calls of the channel say how many can vote."""
    async with deps.db.transaction(team) as session:
        await _follow(session, channel, deps.now())


async def _follow(session: AsyncSession, channel: str, now: datetime) -> None:
    await outbox.enqueue(session, Errand.ROUND, await store.open_in(session, channel), channel, now + GATHER)


async def post_call(job: Job, deps: Deps) -> Note | None:
    """Do the errand of posting a round's call, or of bringing it up to date."""
    round_ = await _round(job, deps)
    if round_ is None:
        return None
    if round_.message_ts is None and not round_.is_open and job.uncertain_since is None:
        return None  # it never came so far, and there is nothing to call for any more
    facts = await facts_of(deps, job.team, round_)
    if round_.message_ts is None and facts is None:
        return None
    said, strangers, ts = _call(round_, facts), facts.circle.strangers if facts else (), round_.message_ts
    if ts is None or (not await update(job, deps, ts, said) and round_.is_open):
        ts = await post_once(job, deps, said)

    async def note(session: AsyncSession) -> None:
        if ts != round_.message_ts:
            await store.note_call(session, round_.id, ts)
        await outbox.enqueue(session, Errand.MEMBER, sorted(strangers), job.channel, deps.now())

    return note


def _call(round_: Round, facts: Facts | None) -> Message:
    """Return what a call says now."""
    if facts is None:
        return blocks.call_resting(round_) if round_.is_open else blocks.call_without_result(round_)
    if round_.is_open:
        return blocks.call(facts)
    if round_.state is State.CLOSED and round_.result_ts is None:
        return blocks.call_without_result(round_)
    return blocks.call_closed(facts)


async def find_absent(job: Job, deps: Deps) -> Note | None:
    """Do the errand of finding out who is to be reminded."""
    facts = await _running(job, deps)
    if facts is None or not facts.entries:
        return None
    subjects = [f"{job.subject}:{member}" for member in sorted(facts.absent)]

    async def note(session: AsyncSession) -> None:
        await outbox.enqueue(session, Errand.REMINDER, subjects, job.channel, deps.now())

    return note


async def remind(job: Job, deps: Deps) -> None:
    """Do the errand of reminding one member, unless that came to nothing meanwhile."""
    facts = await _running(job, deps)
    member = job.subject.partition(":")[2]
    if facts is None or member not in facts.absent or not facts.entries:
        return
    direct = await deps.slack.conversations_open(users=member)
    channel: dict[str, str] = direct["channel"]
    await post_once(replace(job, channel=channel["id"]), deps, blocks.reminder(facts, member))


async def post_result(job: Job, deps: Deps) -> Note | None:
    """Do the errand of posting a result, once the cards are read back."""
    round_ = await _round(job, deps)
    if round_ is None or round_.state is not State.CLOSING or round_.closed_at is None:
        return None
    async with deps.db.reading(job.team) as session:
        reading = await outbox.waits(session, job.channel, (Errand.VOTES, Errand.MEMBER))
    if reading and deps.now() < round_.closed_at + READ_BACK:
        raise NotYet
    facts = await facts_of(deps, job.team, round_)
    ts = await post_once(job, deps, _result(facts)) if facts else None

    async def note(session: AsyncSession) -> None:
        await store.note_result(session, round_.id, ts)
        await outbox.enqueue(session, Errand.ROUND, [round_.id], job.channel, deps.now())

    return note


def _result(facts: Facts) -> Message:
    return blocks.result(facts, outcome(facts.round.opening, facts.now, facts.round.kinds))


async def _round(job: Job, deps: Deps) -> Round | None:
    async with deps.db.reading(job.team) as session:
        return await store.find(session, int(job.subject.partition(":")[0]))


async def _running(job: Job, deps: Deps) -> Facts | None:
    """Return what is told of a round while it runs."""
    round_ = await _round(job, deps)
    if round_ is None or not round_.is_open or deps.now() >= round_.closes_at:
        return None
    return await facts_of(deps, job.team, round_)
