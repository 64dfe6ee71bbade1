"""Start, show, switch, rename, archive, restore and delete canvases, and change their settings."""

from dataclasses import replace
from datetime import date
from functools import partial
from math import ceil

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.features.canvases import blocks
from bot.features.canvases.model import (
    CANVASES_PER_PAGE,
    CanvasList,
    ListedCanvas,
    choose_canvases,
)
from bot.features.cards.model import CANVAS_JOB
from bot.features.cards.service import enqueue_refreshes
from bot.features.channels.service import CANVAS_NOT_FOUND, can_see, find_requester, retry_restricted_jobs
from bot.features.digest import store as digest_store
from bot.features.documents.model import DOCUMENT_JOB
from bot.features.exports.service import build_export
from bot.features.rounds import store as round_store
from bot.features.rounds.model import ROUND_JOB
from bot.features.workspaces import service as workspaces
from bot.jobs import idempotency, store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import Job
from bot.jobs.posting import post_once, update_message
from bot.jobs.restriction_store import find_channel_restriction
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas
from bot.slack.blockkit.text import escape
from bot.slack.deps import Deps
from bot.slack.errors import UserError, explain_invalid_time
from bot.slack.forms import OUTDATED_MESSAGE
from bot.slack.outgoing import files
from bot.slack.request import Request
from bot.store import (
    assumption_tests as test_store,
    canvases as canvas_store,
    cards as card_store,
    discussions as discussion_store,
    entries as entry_store,
    loading,
)
from bot.store.model import CanvasInfo, CanvasSettings, Editors
from bot.times.clock import end_of_day, format_day, zone_or_utc
from bot.times.days import read_day
from bot.times.errors import InvalidTime


async def start_canvas(request: Request, deps: Deps, name: str, segment: str) -> CanvasInfo:
    """Start a canvas in the request's channel. A repeated delivery of the request starts only one."""
    if not request.channel_id:  # a forged request
        raise UserError(OUTDATED_MESSAGE)
    starter = await workspaces.get_member(deps, request.team_id, request.user_id)
    now = deps.clock()
    draft = CanvasInfo(0, request.channel_id, name, segment, request.user_id, starter.time_zone, now, None)
    async with deps.db.transaction(request.team_id) as session:
        if not await idempotency.claim_key(session, request.idempotency_key, now):
            # The first delivery of the request has started the canvas.
            return await canvas_store.find_current_canvas(session, request.channel_id) or draft
        restriction = await find_channel_restriction(session, request.channel_id)
        canvas_info = replace(await canvas_store.add_canvas(session, draft), restriction=restriction)
        requester_id = find_requester(request, canvas_info)
        await jobs.enqueue(session, CANVAS_JOB, [canvas_info.id], request.channel_id, now, requester_id)
    await retry_restricted_jobs(deps, request.team_id, canvas_info)
    return canvas_info


async def find_same_canvas(request: Request, deps: Deps, name: str, segment: str) -> CanvasInfo | None:
    """Return the active canvas of the request's channel with this name and segment, whatever their case."""
    async with deps.db.reading(request.team_id) as session:
        if await idempotency.is_key_claimed(session, request.idempotency_key):
            return None  # a repeated delivery, whose canvas is there already
        canvases = await canvas_store.list_canvases(session, request.channel_id)
    names = name.casefold(), segment.casefold()
    return next(
        (
            info
            for info, is_archived in canvases
            if not is_archived and (info.name.casefold(), info.segment.casefold()) == names
        ),
        None,
    )


async def post_canvas(job: Job, deps: Deps) -> OnSuccess | None:
    """Post a canvas's own message or update it; the message of a deleted canvas says so."""
    canvas_id = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        canvas_info = await canvas_store.find_undeleted_canvas(session, canvas_id)
        deleted_canvas = (
            await canvas_store.find_deleted_canvas(session, canvas_id) if canvas_info is None else None
        )
    if deleted_canvas and deleted_canvas.message_ts:
        await update_message(
            job, deps, deleted_canvas.message_ts, blocks.build_deleted_message(deleted_canvas)
        )
    if canvas_info is None:
        return None
    message = blocks.build_canvas_message(canvas_info)
    if canvas_info.message_ts and await update_message(job, deps, canvas_info.message_ts, message):
        return None
    message_ts = await post_once(job, deps, message)

    async def save_message_ts(session: AsyncSession) -> None:
        await canvas_store.set_message_ts(session, canvas_id, message_ts)

    return save_message_ts


def start_picture(request: Request, deps: Deps, canvas_info: CanvasInfo, metrics: CanvasMetrics) -> str:
    """Start to send the picture that belongs to an answer of `show`; return what the answer says about it."""
    if not metrics.canvas.entries:
        return ""
    create = partial(build_export, canvas_info, metrics, "png")
    subject = f"*{escape(canvas_info.title)}* in <#{canvas_info.channel_id}>"
    return files.start_picture(request, deps, create, subject, "/valuemap export png")


async def load_past_day(
    request: Request, deps: Deps, canvas_info: CanvasInfo
) -> tuple[date, CanvasMetrics, bool]:
    """Return the typed day, the metrics at its end by the clock of the canvas's starter, and if it is over.

    Raises UserError if the text is no day, or a day before the canvas was started.
    """
    now, zone = deps.clock(), zone_or_utc(canvas_info.time_zone)
    try:
        day = read_day(request.argument, now.astimezone(zone).date())
    except InvalidTime as error:
        raise explain_invalid_time(error) from error
    first_day = canvas_info.created_at.astimezone(zone).date()
    if day < first_day:
        raise UserError(
            f"*{escape(canvas_info.title)}* was started on {format_day(first_day)}: "
            f"there is nothing to show of {format_day(day)}."
        )
    async with deps.db.reading(request.team_id) as session:
        # Today ends in the future: the canvas is shown as it is now.
        canvas = await loading.load_canvas(session, canvas_info.id, min(end_of_day(day, zone), now))
    return day, compute_metrics(canvas), end_of_day(day, zone) < now


async def list_canvases(request: Request, deps: Deps, channel_id: str) -> CanvasList:
    """Return the page of a channel's canvases that the request's argument names, or those with its words."""
    async with deps.db.reading(request.team_id) as session:
        canvases = await canvas_store.list_canvases(session, channel_id)
        titles = [canvas_info.title for canvas_info, _ in canvases]
        page, positions, searched_text = choose_canvases(titles, request.argument)
        on_page = positions[(page - 1) * CANVASES_PER_PAGE : page * CANVASES_PER_PAGE]
        shown = [canvases[position] for position in on_page]
        counts = await entry_store.count_active_entries(session, [canvas_info.id for canvas_info, _ in shown])
    if canvases:
        await retry_restricted_jobs(deps, request.team_id, canvases[0][0])
    return CanvasList(
        [ListedCanvas(info, is_archived, counts.get(info.id, 0)) for info, is_archived in shown],
        page,
        page_count=max(1, ceil(len(positions) / CANVASES_PER_PAGE)),
        total=len(positions),
        searched_text=searched_text,
        canvas_id=request.canvas_id,
    )


async def find_managed_canvas(request: Request, deps: Deps, canvas_id: int) -> CanvasInfo:
    """Return a canvas, archived or not, that this person may rename, archive or delete.

    Raises UserError if the person cannot see it or may not manage it.
    """
    async with deps.db.reading(request.team_id) as session:
        canvas_info = await canvas_store.find_undeleted_canvas(session, canvas_id)
    if canvas_info is None or not await can_see(request, deps, canvas_info.channel_id):
        raise UserError(CANVAS_NOT_FOUND)
    await require_may_manage(request, deps, canvas_info)
    return canvas_info


async def require_may_manage(request: Request, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Raise UserError if the settings limit who edits, and this person did not start the canvas."""
    if canvas_info.settings.editors is Editors.ANYONE or request.user_id == canvas_info.starter_id:
        return
    starter = await workspaces.get_member(deps, request.team_id, canvas_info.starter_id)
    raise UserError(f"Only {escape(starter.name)}, who started *{escape(canvas_info.title)}*, can do that.")


async def load_canvas_for_deletion(
    request: Request, deps: Deps, canvas_info: CanvasInfo
) -> tuple[Canvas, bool]:
    """Return the content of a canvas, and whether it is archived."""
    async with deps.db.reading(request.team_id) as session:
        canvas = await loading.load_canvas(session, canvas_info.id)
        return canvas, await canvas_store.find_canvas(session, canvas_info.id) is None


async def switch_canvas(request: Request, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Make a canvas the current one of its channel."""
    async with deps.db.transaction(request.team_id) as session:
        await canvas_store.update_canvas(session, canvas_info.id, current_since=deps.clock())


async def rename_canvas(
    request: Request, deps: Deps, canvas_info: CanvasInfo, name: str, segment: str
) -> None:
    """Change the names of a canvas, and update its own message and its document."""
    async with deps.db.transaction(request.team_id) as session:
        await canvas_store.update_canvas(session, canvas_info.id, name=name, segment=segment)
        requester_id = find_requester(request, canvas_info)
        await jobs.enqueue(
            session, CANVAS_JOB, [canvas_info.id], canvas_info.channel_id, deps.clock(), requester_id
        )
        documented_ids = [canvas_info.id] if canvas_info.document_id else []
        await jobs.enqueue(session, DOCUMENT_JOB, documented_ids, canvas_info.channel_id, deps.clock())


async def set_archived(request: Request, deps: Deps, canvas_info: CanvasInfo, *, is_archived: bool) -> None:
    """Archive a canvas or restore it, and update the announcement of its open round."""
    async with deps.db.transaction(request.team_id) as session:
        await canvas_store.update_canvas(
            session, canvas_info.id, archived_at=deps.clock() if is_archived else None
        )
        round_ids = await round_store.list_open_round_ids(session, canvas_info.channel_id)
        await jobs.enqueue(session, ROUND_JOB, round_ids, canvas_info.channel_id, deps.clock())


async def delete_canvas(request: Request, deps: Deps, canvas_info: CanvasInfo) -> None:
    """Delete a canvas for good, and update its own message and the announcements of its rounds."""
    async with deps.db.transaction(request.team_id) as session:
        await digest_store.delete_canvas_digests(session, canvas_info.id)
        ended_rounds = await round_store.end_canvas_rounds(session, canvas_info.id, deps.clock())
        await test_store.delete_tests(session, canvas_info.id)
        await discussion_store.delete_discussions(session, canvas_info.id)
        await canvas_store.delete_canvas(session, canvas_info.id, deps.clock())
        await jobs.enqueue(session, CANVAS_JOB, [canvas_info.id], canvas_info.channel_id, deps.clock())
        await jobs.enqueue(session, ROUND_JOB, ended_rounds, canvas_info.channel_id, deps.clock())


async def change_settings(
    request: Request, deps: Deps, canvas_info: CanvasInfo, settings: CanvasSettings
) -> None:
    """Store the settings of a canvas, and update its own message, which says where its cards are."""
    async with deps.db.transaction(request.team_id) as session:
        await canvas_store.update_canvas(
            session,
            canvas_info.id,
            card_location=settings.card_location.value,
            editors=settings.editors.value,
            tracker=settings.tracker,
        )
        if settings.editors is not canvas_info.settings.editors:  # their buttons are for other people now
            entry_ids = await card_store.load_card_messages(session, canvas_info.id)
            cards = [(entry_id, canvas_info.channel_id) for entry_id in sorted(entry_ids, reverse=True)]
            await enqueue_refreshes(session, cards, deps.clock())
        await jobs.enqueue(session, CANVAS_JOB, [canvas_info.id], canvas_info.channel_id, deps.clock())
    await retry_restricted_jobs(
        deps, request.team_id, canvas_info
    )  # cards in the channel may be allowed there
