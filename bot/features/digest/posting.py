"""The jobs of digests: post a digest, and then the picture of the canvas.

A digest has four steps: decide (pure), compose (pure), post, and enqueue the follow-ups in the transaction
that completes the job.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from slack_sdk.errors import SlackApiError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.concurrency.work_thread import COMPUTING_THREAD
from bot.emoji_names import replace_emoji_codes
from bot.features.digest import blocks, store
from bot.features.digest.decision import DigestAction, DigestDecision, decide_digest
from bot.features.digest.facts import build_facts
from bot.features.digest.model import DIGEST_JOB, MAX_TREND_DIGESTS, PICTURE_JOB, Digest, ReportedFit
from bot.features.digest.snapshot import dump_reported_fit, take_snapshot
from bot.features.documents.model import DOCUMENT_JOB
from bot.jobs import store as jobs
from bot.jobs.handler import OnSuccess
from bot.jobs.model import Job
from bot.jobs.posting import mark_posting, post_once
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas
from bot.picture.alt_text import build_alt_text
from bot.picture.png import create_overview_png
from bot.slack.blockkit.builders import Message
from bot.slack.blockkit.text import make_file_name
from bot.slack.deps import Deps
from bot.slack.errors import read_needed_scopes
from bot.store import canvases as canvas_store, loading
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A digest that is due, with everything that is needed to decide about it and to compose it."""

    digest: Digest
    canvas_info: CanvasInfo
    canvas: Canvas
    sent_digests: Sequence[Digest]  # before it, the newest first
    has_later_digest: bool  # of the same schedule


@dataclass(frozen=True, slots=True)
class ComposedDigest:
    """A digest to post, and what is stored of it for the next one."""

    decision: DigestDecision
    message: Message
    snapshot: str
    reported_fit: str | None


async def post_digest(job: Job, deps: Deps) -> OnSuccess | None:
    """Post the digest whose id is the job's subject, unless there is nothing to post."""
    due = await _load_due_digest(job, deps)
    if due is None:
        return None
    now = deps.clock()
    # One whose answer was lost was posted in time, however long it takes to find it.
    posted_at = job.maybe_posted_since or now
    composed = await COMPUTING_THREAD.run(partial(_compose_digest, due, now, posted_at, deps.started_at))
    if composed is None:
        return None
    decision = composed.decision
    message_ts = await post_once(
        job,
        deps,
        composed.message,
        idempotency_key=f"{DIGEST_JOB.name}:{due.digest.canvas_id}:{due.digest.slot}",
        posted_since=decision.may_be_posted_since,
    )

    async def on_success(session: AsyncSession) -> None:
        is_unchanged = decision.action is DigestAction.SEND_UNCHANGED
        await store.mark_sent(
            session,
            due.digest.id,
            message_ts,
            deps.clock(),
            snapshot=composed.snapshot,
            reported_fit=composed.reported_fit,
            is_unchanged=is_unchanged,
        )
        await store.drop_old_snapshots(session, due.canvas_info.id)
        if not is_unchanged:
            await _enqueue_follow_ups(session, due, deps)
        if decision.pauses_schedule:
            await store.switch_off_schedule(session, due.canvas_info.id)

    return on_success


async def _load_due_digest(job: Job, deps: Deps) -> DueDigest | None:
    """Return the digest of a job; None if it is sent already, or it or its canvas does not exist any more."""
    async with deps.db.reading(job.team_id) as session:
        digest = await store.find_digest(session, int(job.subject))
        canvas_info = await canvas_store.find_canvas(session, digest.canvas_id) if digest else None
        if digest is None or canvas_info is None or digest.sent_at is not None:
            return None
        return DueDigest(
            digest,
            canvas_info,
            await loading.load_canvas(session, canvas_info.id),
            await store.list_sent_digests(session, canvas_info.id, MAX_TREND_DIGESTS),
            await store.has_later_scheduled_digest(session, digest),
        )


def _compose_digest(
    due: DueDigest, now: datetime, posted_at: datetime, started_at: datetime | None
) -> ComposedDigest | None:
    """Decide about a digest and compose it; return None if there is nothing to post."""
    today = now.astimezone(zone_or_utc(due.canvas_info.time_zone)).date()
    snapshot = take_snapshot(due.canvas, today)
    decision = decide_digest(
        due.digest,
        snapshot,
        due.sent_digests,
        posted_at,
        has_later_digest=due.has_later_digest,
        started_at=started_at,
    )
    match decision.action:
        case DigestAction.SKIP:
            return None
        case DigestAction.SEND_UNCHANGED:
            message = blocks.compose_unchanged_digest(due.canvas_info, decision.unchanged_in_a_row)
            return ComposedDigest(decision, message, snapshot, due.sent_digests[0].reported_fit)
        case DigestAction.SEND:
            facts = build_facts(due.canvas_info, due.canvas, due.sent_digests, now, decision.late_due_at)
            reported_fit = dump_reported_fit(ReportedFit.of(facts.metrics.fit))
            return ComposedDigest(decision, blocks.compose_digest(facts), snapshot, reported_fit)


async def _enqueue_follow_ups(session: AsyncSession, due: DueDigest, deps: Deps) -> None:
    """Enqueue the picture of the canvas, and the update of its document if it has one."""
    channel_id, now = due.canvas_info.channel_id, deps.clock()
    await jobs.enqueue(session, PICTURE_JOB, [due.digest.id], channel_id, now)
    if due.canvas_info.document_id:
        await jobs.enqueue(session, DOCUMENT_JOB, [due.canvas_info.id], channel_id, now)


async def post_picture(job: Job, deps: Deps) -> None:
    """Post the picture of the canvas after the digest whose id is the job's subject.

    An attempt that may have reached Slack is not repeated: two pictures are worse than none, and unlike a
    message, a file carries no key by which the bot could find the first one.
    """
    async with deps.db.reading(job.team_id) as session:
        digest = await store.find_digest(session, int(job.subject))
        canvas_info = await canvas_store.find_canvas(session, digest.canvas_id) if digest else None
        if canvas_info is None or job.maybe_posted_since is not None:
            return
        canvas = await loading.load_canvas(session, canvas_info.id)
    metrics = await COMPUTING_THREAD.run(partial(compute_metrics, canvas))
    png = await create_overview_png(metrics)
    await mark_posting(job, deps)
    try:
        await deps.slack.files_upload_v2(
            channel=canvas_info.channel_id,
            content=png,
            filename=f"{make_file_name(canvas_info.name)}.png",
            title=f"Value map: {replace_emoji_codes(canvas_info.title)}",
            alt_txt=build_alt_text(metrics),
        )
    except SlackApiError as error:
        # A workspace may do without the scope files:write: its digests then have no picture.
        if read_needed_scopes(error) is None:
            raise
        log.info("%s: no picture without the scope files:write", job.key)
