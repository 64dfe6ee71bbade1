"""Build the facts of a digest from the canvas and the digests before it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.features.digest.model import Digest, DigestFacts, ReportedFit
from bot.features.digest.snapshot import load_reported_fit, restore_snapshot
from bot.method.assumption_tests import list_overdue_tests
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas
from bot.store.model import CanvasInfo
from bot.times.clock import format_short_day, zone_or_utc


def build_facts(
    canvas_info: CanvasInfo,
    canvas: Canvas,
    sent_digests: Sequence[Digest],
    now: datetime,
    late_due_at: datetime | None,
) -> DigestFacts:
    """Return what a digest reports; `sent_digests` are the digests before it, the newest first.

    The figures of the last digest are computed again, to compare with. Of earlier ones the
    stored fit is enough.
    """
    zone, metrics = zone_or_utc(canvas_info.time_zone), compute_metrics(canvas)
    previous = _compute_previous_metrics(sent_digests, canvas)
    fits = [(digest.sent_at, load_reported_fit(digest.reported_fit)) for digest in reversed(sent_digests)]
    if any(entry.seal for entry in canvas.entries):
        fits = []  # they were computed with votes that are sealed now
    if previous is not None:
        fits[-1:] = [(sent_digests[0].sent_at, ReportedFit.of(previous.fit))]
    local_times = [
        (sent_at.astimezone(zone), fit)
        for sent_at, fit in [*fits, (now, ReportedFit.of(metrics.fit))]
        if sent_at and fit
    ]
    trend = [(format_short_day(local_time), fit) for local_time, fit in local_times]
    return DigestFacts(
        canvas_info,
        metrics,
        previous,
        trend,
        late_due_at,
        sent_digests[0].sent_at if sent_digests else None,
        list_overdue_tests(metrics, now.astimezone(zone).date()),
    )


def _compute_previous_metrics(sent_digests: Sequence[Digest], canvas: Canvas) -> CanvasMetrics | None:
    """Return the metrics that the last digest reported; None for the first digest, or after other rules."""
    snapshot = sent_digests[0].snapshot if sent_digests else None
    past_canvas = restore_snapshot(snapshot, canvas) if snapshot else None
    return compute_metrics(past_canvas) if past_canvas else None
