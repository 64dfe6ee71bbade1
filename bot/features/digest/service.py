"""Show and change the schedules of digests, and enqueue every digest that is due."""

import logging
from datetime import datetime

from bot.features.channels.service import find_requester
from bot.features.digest import store
from bot.features.digest.model import DEFAULT_SCHEDULE, DIGEST_JOB, DigestSchedule, NewDigest
from bot.jobs import idempotency, store as jobs
from bot.jobs.model import NewJob
from bot.slack.deps import Deps
from bot.slack.errors import explain_invalid_time
from bot.slack.request import Request
from bot.store.model import CanvasInfo
from bot.times.clock import to_utc
from bot.times.errors import InvalidTime
from bot.times.schedule_reader import read_schedule
from bot.times.schedules import Schedule, Slot
from bot.times.zones import load_zone

log = logging.getLogger(__name__)

# On SQLite every other writer waits until a transaction ends, so it has to be short. Planning takes four
# statements for any number of schedules, and a new time zone one for each.
MAX_SCHEDULES_PER_TRANSACTION = 20
MAX_CHANGES_PER_TRANSACTION = 4
MAX_SCHEDULES_PER_PAGE = 500


async def load_schedule(
    deps: Deps, team_id: str, canvas_info: CanvasInfo
) -> tuple[Schedule, datetime | None]:
    """Return the schedule of a canvas and when its next digest is due, None if the schedule is off."""
    async with deps.db.reading(team_id) as session:
        stored_schedule = await store.find_schedule(session, canvas_info.id)
    if stored_schedule is None:
        schedule = build_default_schedule(canvas_info)
        return schedule, schedule.next_slot(deps.clock()).due_at
    schedule = read_schedule(stored_schedule.expression, canvas_info.time_zone)
    return schedule, stored_schedule.next_due_at if stored_schedule.is_on else None


def build_default_schedule(canvas_info: CanvasInfo) -> Schedule:
    """Return Monday 09:00 in the time zone of the canvas's starter, or in UTC if that zone is unknown."""
    return read_schedule(DEFAULT_SCHEDULE, canvas_info.time_zone)


def read_typed_schedule(text: str, time_zone: str) -> Schedule:
    """Parse a typed schedule. Raises UserError with the reason if it cannot be read."""
    try:
        return read_schedule(text, time_zone)
    except InvalidTime as error:
        raise explain_invalid_time(error) from error


async def set_schedule(
    request: Request, deps: Deps, canvas_info: CanvasInfo, schedule: Schedule, *, is_on: bool = True
) -> tuple[Schedule, datetime | None]:
    """Set the schedule of a canvas, and delete the unsent digests of the earlier one.

    A repeated delivery of the request changes nothing: the schedule may be another one meanwhile. Returns the
    schedule, and when the next digest is due, None if the schedule is off.
    """
    now = deps.clock()
    slot = schedule.next_slot(now) if is_on else None
    async with deps.db.transaction(request.team_id) as session:
        is_new = await idempotency.claim_key(session, request.idempotency_key, now)
        if is_new:
            await store.delete_unsent_scheduled_digests(session, canvas_info.id)
            await store.save_schedule(session, _build_digest_schedule(canvas_info.id, schedule, slot))
    if not is_new:
        return await load_schedule(deps, request.team_id, canvas_info)
    return schedule, slot.due_at if slot else None


async def request_digest(request: Request, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Enqueue a digest outside its schedule. A repeated delivery of the request enqueues no second one."""
    now = deps.clock()
    async with deps.db.transaction(request.team_id) as session:
        new_digest = NewDigest(request.team_id, canvas_info.id, request.idempotency_key, now)
        digest_ids = await store.add_digests(session, [new_digest])
        requester_id = find_requester(request, canvas_info)
        await jobs.enqueue(
            session, DIGEST_JOB, digest_ids.values(), canvas_info.channel_id, now, requester_id
        )


async def enqueue_due_digests(deps: Deps) -> None:
    """Enqueue every digest that is due and plan the next one. Several missed slots give one digest."""
    await _add_default_schedules(deps)
    while not deps.is_stopping():
        if await _enqueue_due_batch(deps, deps.clock()) < MAX_SCHEDULES_PER_TRANSACTION:
            return


async def _enqueue_due_batch(deps: Deps, now: datetime) -> int:
    """Enqueue some of the digests that are due; return how many."""
    async with deps.db.transaction(None) as session:
        due_schedules = await store.claim_due_schedules(session, now, MAX_SCHEDULES_PER_TRANSACTION)
        if not due_schedules:
            return 0
        digest_ids = await store.add_digests(
            session, [_build_new_digest(team_id, schedule, now) for team_id, _, schedule in due_schedules]
        )
        # Nobody asked for them: who started a canvas reads it if Slack begins to refuse its digest.
        new_jobs = [
            NewJob(
                team_id,
                DIGEST_JOB,
                digest_ids[canvas_info.id],
                canvas_info.channel_id,
                now,
                "" if canvas_info.restriction else canvas_info.starter_id,
            )
            for team_id, canvas_info, _ in due_schedules
            if canvas_info.id in digest_ids
        ]
        await jobs.enqueue_new_jobs(session, new_jobs)
        await store.save_next_slots(
            session, [_plan_next_slot(schedule, now) for _, _, schedule in due_schedules]
        )
    return len(due_schedules)


def _build_new_digest(team_id: str, schedule: DigestSchedule, now: datetime) -> NewDigest:
    """Return the digest of a schedule's slot that is due."""
    return NewDigest(team_id, schedule.canvas_id, schedule.next_local_time or "", schedule.next_due_at or now)


async def _add_default_schedules(deps: Deps) -> None:
    """Give new canvases their schedule. Its first slot is the first one after the start of the canvas."""
    async with deps.db.reading(None) as session:
        new_canvases = await store.list_canvases_without_schedule(session, MAX_SCHEDULES_PER_TRANSACTION)
    for team_id, canvas_info in new_canvases:
        schedule = build_default_schedule(canvas_info)
        slot = schedule.next_slot(canvas_info.created_at)
        async with deps.db.transaction(team_id) as session:
            first_schedule = _build_digest_schedule(canvas_info.id, schedule, slot)
            await store.add_first_schedule(session, first_schedule, deps.clock())


async def reschedule_digests(deps: Deps) -> None:
    """Compute the next due times again where a newer tzdata has other rules for a time zone.

    All schedules are compared, a page at a time and without parsing them; only the changed ones are written.
    """
    after_id = 0
    while True:
        async with deps.db.reading(None) as session:
            page = await store.list_active_schedules(session, after_id, MAX_SCHEDULES_PER_PAGE)
        if not page or deps.is_stopping():
            return
        now = deps.clock()
        changes = [
            (stored_schedule, _plan_next_slot(stored_schedule, now))
            for stored_schedule in page
            # One that is due stays so: `enqueue_due_digests` sends it and plans the next one.
            if not stored_schedule.is_due(now) and not _is_up_to_date(stored_schedule)
        ]
        for start in range(0, len(changes), MAX_CHANGES_PER_TRANSACTION):
            async with deps.db.transaction(None) as session:
                for before, after in changes[start : start + MAX_CHANGES_PER_TRANSACTION]:
                    await store.reschedule(session, before, after)
        after_id = page[-1].canvas_id


def _is_up_to_date(stored_schedule: DigestSchedule) -> bool:
    """Return whether the next slot is still due when it is stored to be, by the rules of its zone today."""
    if stored_schedule.next_local_time is None or stored_schedule.next_due_at is None:
        return True
    try:
        zone = load_zone(stored_schedule.time_zone)
    except (KeyError, ValueError, OSError):  # this tzdata lacks it
        return False
    local_time = datetime.fromisoformat(stored_schedule.next_local_time)
    return to_utc(local_time, zone) == stored_schedule.next_due_at


def _plan_next_slot(stored_schedule: DigestSchedule, now: datetime) -> DigestSchedule:
    """Return the schedule with its next slot, or switched off if its expression cannot be read any more.

    That happens when a newer tzdata lacks its time zone.
    """
    try:
        schedule = read_schedule(stored_schedule.expression, "UTC")
    except InvalidTime as error:
        log.error("canvas %s: digest schedule switched off: %s", stored_schedule.canvas_id, error)  # noqa: TRY400 - no trace
        return DigestSchedule(stored_schedule.canvas_id, stored_schedule.expression, False, None, None)
    return _build_digest_schedule(stored_schedule.canvas_id, schedule, schedule.next_slot(now))


def _build_digest_schedule(canvas_id: int, schedule: Schedule, slot: Slot | None) -> DigestSchedule:
    return DigestSchedule(
        canvas_id,
        str(schedule),
        slot is not None,
        slot.local_time.isoformat(timespec="minutes") if slot else None,
        slot.due_at if slot else None,
    )
