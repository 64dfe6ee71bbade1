"""Schedules of digests: showing and changing them, and enqueuing every digest that is due."""

import logging
from datetime import datetime

from bot.db.tenancy import as_team
from bot.features.digest import store
from bot.features.digest.model import DEFAULT_SCHEDULE, DIGEST_JOB, DigestSchedule
from bot.jobs import store as jobs
from bot.slack.blockkit.text import escape
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.store.model import CanvasInfo
from bot.times.errors import InvalidTime
from bot.times.schedules import Schedule, Slot, read_schedule

log = logging.getLogger(__name__)

# Schedules in one transaction. On SQLite everybody who writes waits for its end, so it has to be short.
MAX_SCHEDULES_PER_TRANSACTION = 4


async def load_schedule(
    deps: Deps, team_id: str, canvas_info: CanvasInfo
) -> tuple[Schedule, datetime | None]:
    """Return the schedule of a canvas and when its digest comes next, None where the schedule is off."""
    async with deps.db.reading(team_id) as session:
        stored = await store.find_schedule(session, canvas_info.id)
    if stored is None:
        schedule = default_schedule(canvas_info)
        return schedule, schedule.next_slot(deps.clock()).due_at
    schedule = read_schedule(stored.expression, canvas_info.time_zone)
    return schedule, stored.next_due_at if stored.is_on else None


def default_schedule(canvas_info: CanvasInfo) -> Schedule:
    """Return Monday 09:00 in the zone of whoever started the canvas; in UTC where the zone is unknown."""
    try:
        return read_schedule(f"{DEFAULT_SCHEDULE} {canvas_info.time_zone}", "UTC")
    except InvalidTime:
        return read_schedule(DEFAULT_SCHEDULE, "UTC")


def read_typed_schedule(text: str, time_zone: str) -> Schedule:
    """Read a schedule as typed; raise UserError with the reason where it is none."""
    try:
        return read_schedule(text, time_zone)
    except InvalidTime as error:
        raise UserError(error.describe(escape)) from error


async def set_schedule(
    deps: Deps, team_id: str, canvas_info: CanvasInfo, schedule: Schedule, *, is_on: bool = True
) -> datetime | None:
    """Set the schedule of a canvas, and drop what the earlier one has not sent yet.

    Return when the digest comes next, None where the schedule is off.
    """
    slot = schedule.next_slot(deps.clock()) if is_on else None
    async with deps.db.transaction(team_id) as session:
        await store.delete_unsent_scheduled_digests(session, canvas_info.id)
        await store.save_schedule(session, _build_record(canvas_info.id, schedule, slot))
    return slot.due_at if slot else None


async def request_digest(deps: Deps, team_id: str, canvas_info: CanvasInfo, idempotency_key: str) -> None:
    """Send a digest out of turn; asked twice with the same key, once."""
    now = deps.clock()
    async with deps.db.transaction(team_id) as session:
        digest_id = await store.add_digest(session, canvas_info.id, idempotency_key, now)
        if digest_id is not None:
            await jobs.enqueue(session, DIGEST_JOB, [digest_id], canvas_info.channel_id, now)


async def enqueue_due_digests(deps: Deps) -> None:
    """Enqueue every digest that is due and plan the next: one digest for all slots that were missed."""
    await _add_default_schedules(deps)
    while await _enqueue_some(deps, deps.clock()) == MAX_SCHEDULES_PER_TRANSACTION:
        pass


async def _enqueue_some(deps: Deps, now: datetime) -> int:
    """Enqueue a few of the digests that are due; return how many those were."""
    async with deps.db.transaction(None) as session:
        due = await store.claim_due_schedules(session, now, MAX_SCHEDULES_PER_TRANSACTION)
        for team_id, channel_id, stored in due:
            with as_team(session, team_id):
                slot, due_at = stored.next_local_time or "", stored.next_due_at or now
                digest_id = await store.add_digest(session, stored.canvas_id, slot, due_at)
                if digest_id is not None:
                    await jobs.enqueue(session, DIGEST_JOB, [digest_id], channel_id, now)
                await store.save_schedule(session, _plan_next(stored, now))
    return len(due)


async def _add_default_schedules(deps: Deps) -> None:
    """Give each new canvas its schedule, counted from when it was started."""
    async with deps.db.reading(None) as session:
        new = await store.list_canvases_without_schedule(session, MAX_SCHEDULES_PER_TRANSACTION)
    for team_id, canvas_info in new:
        schedule = default_schedule(canvas_info)
        slot = schedule.next_slot(canvas_info.created_at)
        async with deps.db.transaction(team_id) as session:
            await store.add_first_schedule(session, _build_record(canvas_info.id, schedule, slot))


async def reschedule_digests(deps: Deps) -> None:
    """Map the next slots to UTC again: tzdata, and so the rules of time zones, may be newer by now."""
    async with deps.db.reading(None) as session:
        active = await store.list_active_schedules(session)
    for team_id, stored in active:
        if stored.next_local_time is None or stored.next_due_at is None:
            continue
        if stored.next_due_at <= deps.clock():
            continue  # it is due: its digest comes first
        next_ = _plan_next(stored, deps.clock())
        if next_.next_due_at != stored.next_due_at:
            async with deps.db.transaction(team_id) as session:
                await store.reschedule(session, stored, next_)


def _plan_next(stored: DigestSchedule, now: datetime) -> DigestSchedule:
    """Return the schedule with its next slot; switched off where it cannot be read any more.

    That happens when a newer tzdata lacks its time zone.
    """
    try:
        schedule = read_schedule(stored.expression, "UTC")
    except InvalidTime as error:
        log.error("canvas %s: digest schedule switched off: %s", stored.canvas_id, error)  # noqa: TRY400 - no trace
        return DigestSchedule(stored.canvas_id, stored.expression, False, None, None)
    return _build_record(stored.canvas_id, schedule, schedule.next_slot(now))


def _build_record(canvas_id: int, schedule: Schedule, slot: Slot | None) -> DigestSchedule:
    return DigestSchedule(
        canvas_id,
        str(schedule),
        slot is not None,
        slot.local_time.isoformat(timespec="minutes") if slot else None,
        slot.due_at if slot else None,
    )
