"""Which digests are due, and sending each once."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import acting_for
from bot.features.digest import blocks, store
from bot.features.digest.blocks import Facts
from bot.features.digest.snapshot import recall, remember
from bot.features.digest.store import Digest, Planned
from bot.jobs import store as outbox
from bot.jobs.posting import about_to_post, post_once
from bot.jobs.store import Errand, Job
from bot.jobs.worker import Note
from bot.method.metrics import figures
from bot.method.model import Canvas
from bot.picture.alt_text import alt
from bot.picture.png import picture
from bot.slack.blockkit.text import file_name
from bot.slack.errors import Refusal
from bot.slack.request import Deps
from bot.store import canvases, reviews as fit
from bot.store.model import CanvasInfo
from bot.times.clock import zone_named
from bot.times.schedules import NotASchedule, Schedule, Slot, next_slot, parse

log = logging.getLogger(__name__)

DEFAULT = "weekly mon 09:00"
AT_ONCE = 4  # schedules in one transaction, which others wait for on SQLite
LATE = timedelta(minutes=5)
RESTORED = timedelta(days=2)  # how old a backup may be, and its digests are not sent again
TREND = 8


async def schedule_of(deps: Deps, team: str, head: CanvasInfo) -> tuple[Schedule, datetime | None]:
    """Return a canvas's schedule and when its digest comes next; None where it is off."""
    async with deps.db.reading(team) as session:
        planned = await store.planned(session, head.id)
    if planned is None:
        schedule = default(head)
        return schedule, next_slot(schedule, deps.now()).at
    return parse(planned.words, head.time_zone), planned.next_at if planned.is_on else None


def default(head: CanvasInfo) -> Schedule:
    """Return Monday 09:00 in the zone of whoever started the canvas."""
    try:
        return parse(f"{DEFAULT} {head.time_zone}", "UTC")
    except NotASchedule:
        return parse(DEFAULT, "UTC")


async def plan(
    deps: Deps, team: str, head: CanvasInfo, schedule: Schedule, *, on: bool = True
) -> datetime | None:
    """Set a canvas's schedule; return when its digest comes next. What still waits is dropped."""
    slot = next_slot(schedule, deps.now()) if on else None
    async with deps.db.transaction(team) as session:
        await store.drop_waiting(session, head.id)
        await store.plan(session, _planned(head.id, schedule, slot))
    return slot.at if slot else None


def understood(words: str, time_zone: str) -> Schedule:
    """Read a schedule as typed; raise Refusal with the reason where it is none."""
    try:
        return parse(words, time_zone)
    except NotASchedule as error:
        raise Refusal(str(error)) from error


async def send_now(deps: Deps, team: str, head: CanvasInfo, key: str) -> None:
    """Send a digest out of turn; asked twice with the same key, once."""
    now = deps.now()
    async with deps.db.transaction(team) as session:
        digest = await store.add(session, head.id, key, now)
        if digest is not None:
            await outbox.enqueue(session, Errand.DIGEST, [digest], head.channel_id, now)


async def take_due(deps: Deps) -> None:
    """Put the errand of every digest that is due, and plan the next: one digest for all times missed."""
    await _plan_defaults(deps)
    while await _take_some(deps, deps.now()) == AT_ONCE:
        pass


async def _take_some(deps: Deps, now: datetime) -> int:
    """Take some that are due, and not all: whoever votes meanwhile waits for the transaction's end."""
    async with deps.db.transaction(None) as session:
        due = await store.due(session, now, AT_ONCE)
        for team, channel, planned in due:
            with acting_for(session, team):
                slot, due_at = planned.next_local or "", planned.next_at or now
                digest = await store.add(session, planned.canvas, slot, due_at)
                if digest is not None:
                    await outbox.enqueue(session, Errand.DIGEST, [digest], channel, now)
                await store.plan(session, _after(planned, now))
    return len(due)


async def _plan_defaults(deps: Deps) -> None:
    """Give each new canvas its schedule, from the time that it was started on."""
    async with deps.db.reading(None) as session:
        new = await store.unplanned(session, AT_ONCE)
    for team, head in new:
        schedule = default(head)
        async with deps.db.transaction(team) as session:
            await store.plan_first(session, _planned(head.id, schedule, next_slot(schedule, head.created_at)))


async def replan(deps: Deps) -> None:
    """Map what is planned to UTC anew: the rules of time zones change, and programs with them."""
    async with deps.db.reading(None) as session:
        everything = await store.all_planned(session)
    for team, planned in everything:
        if planned.next_local is None or planned.next_at is None or planned.next_at <= deps.now():
            continue
        after = _after(planned, deps.now())
        if after.next_at != planned.next_at:
            async with deps.db.transaction(team) as session:
                await store.replan(session, planned, after)


def _after(planned: Planned, now: datetime) -> Planned:
    """Return what comes next; nothing where the words name no schedule any more, as with a lost time zone."""
    try:
        schedule = parse(planned.words, "UTC")
    except NotASchedule as error:
        log.error("canvas %s: its schedule is off: %s", planned.canvas, error)  # noqa: TRY400 - no trace
        return Planned(planned.canvas, planned.words, False, None, None)
    return _planned(planned.canvas, schedule, next_slot(schedule, now))


async def post_digest(job: Job, deps: Deps) -> Note | None:
    """Do the errand of sending a digest."""
    async with deps.db.reading(job.team) as session:
        due = await store.find(session, int(job.subject))
        head = await canvases.find(session, due.canvas) if due else None
        if due is None or head is None or due.sent_at is not None:
            return None
        if due.on_schedule and await store.is_overtaken(session, due):
            return None
        canvas = await fit.read(session, head)
        sent = await store.last_sent(session, head.id, TREND)
    told = remember(canvas)
    late = due.on_schedule and deps.now() - due.due_at > LATE
    is_quiet = due.on_schedule and bool(sent) and sent[0].told == told
    in_a_row = 1 + next((n for n, one in enumerate(sent) if not one.quiet), len(sent)) if is_quiet else 0
    if is_quiet:
        said = blocks.quiet(head, in_a_row)
    else:
        slot = due.slot.replace("T", " ") if late else ""
        said = blocks.digest(_facts(head, canvas, sent, deps.now(), slot))
    # One that is late may stand there: sent after the backup was made that the database was restored from.
    since = due.due_at if late and deps.now() - due.due_at <= RESTORED else None
    ts = await post_once(job, deps, said, key=f"{job.errand}:{due.canvas}:{due.slot}", since=since)

    async def note(session: AsyncSession) -> None:
        await store.note_sent(session, due.id, ts, deps.now(), told=told, quiet=is_quiet)
        if not is_quiet:
            await outbox.enqueue(session, Errand.PICTURE, [due.id], head.channel_id, deps.now())
            kept = [head.id] if head.document_id else []
            await outbox.enqueue(session, Errand.DOCUMENT, kept, head.channel_id, deps.now())
        if in_a_row >= blocks.QUIET_PAUSE:
            await store.switch_off(session, head.id)

    return note


async def post_picture(job: Job, deps: Deps) -> None:
    """Do the errand of posting the canvas's picture after its digest.

    An attempt that may have reached Slack is not made again: a picture twice is worse than none.
    """
    async with deps.db.reading(job.team) as session:
        digest = await store.find(session, int(job.subject))
        head = await canvases.find(session, digest.canvas) if digest else None
        if head is None or job.uncertain_since is not None:
            return
        now = figures(await fit.read(session, head))
    content = await picture(now)
    await about_to_post(job, deps)
    await deps.slack.files_upload_v2(
        channel=head.channel_id,
        content=content,
        filename=f"{file_name(head.name)}.png",
        title=f"Value map: {head.title}",
        alt_txt=alt(now),
    )


def _facts(head: CanvasInfo, canvas: Canvas, sent: Sequence[Digest], at: datetime, late_for: str) -> Facts:
    zone, now = zone_named(head.time_zone), figures(canvas)
    earlier = [
        (one.sent_at, figures(recall(one.told, canvas))) for one in reversed(sent) if one.told and one.sent_at
    ]
    days = [(when.astimezone(zone), told.fit) for when, told in (*earlier, (at, now))]
    trend = [(f"{day.day} {day:%b}", told) for day, told in days]
    return Facts(head, now, earlier[-1][1] if earlier else None, trend, late_for)


def _planned(canvas: int, schedule: Schedule, slot: Slot | None) -> Planned:
    return Planned(
        canvas,
        str(schedule),
        slot is not None,
        slot.local.isoformat(timespec="minutes") if slot else None,
        slot.at if slot else None,
    )
