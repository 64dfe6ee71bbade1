"""Build the facts of a digest from the canvas and the digests before it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.features.digest.model import Digest, DigestFacts
from bot.features.digest.snapshot import restore_snapshot
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc


def build_facts(
    canvas_info: CanvasInfo, canvas: Canvas, sent_digests: Sequence[Digest], now: datetime, late_slot: str
) -> DigestFacts:
    """Return what a digest reports; `sent_digests` are the digests before it, the newest first."""
    zone, metrics = zone_or_utc(canvas_info.time_zone), compute_metrics(canvas)
    history = [
        (digest.sent_at, compute_metrics(past_canvas))
        for digest in reversed(sent_digests)
        if digest.snapshot and digest.sent_at and (past_canvas := restore_snapshot(digest.snapshot, canvas))
    ]
    local_times = [
        (sent_at.astimezone(zone), past_metrics.fit) for sent_at, past_metrics in (*history, (now, metrics))
    ]
    trend = [(f"{local_time.day} {local_time:%b}", fit) for local_time, fit in local_times]
    return DigestFacts(canvas_info, metrics, history[-1][1] if history else None, trend, late_slot)
