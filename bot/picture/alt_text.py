"""Describe the picture in words, for screen readers and wherever the picture cannot be seen."""

from collections import Counter
from collections.abc import Sequence

from bot.method.evidence import EvidenceState
from bot.method.formatting import format_score
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.method.summary import describe_must_have_counts, describe_sealed, describe_verdict
from bot.picture.geometry import REGIONS
from bot.picture.text import clean_for_svg
from bot.slack.blockkit.text import capitalize, truncate
from bot.times.clock import format_plain_moment

MAX_ALT_TEXT_LENGTH = 1000  # characters that Slack takes as a file's alternative text
MAX_GAPS = 3
MAX_TITLE_LENGTH = 80
MAX_ENTRIES_LENGTH = 540  # so that the gaps are not cut off at the end
MAX_EVIDENCE_LENGTH = 90


def build_alt_text(metrics: CanvasMetrics) -> str:
    """Return the verdict, the counts, the first entry of each box and the first gaps, one a line."""
    evidence = _describe_evidence(metrics)
    left = MAX_ENTRIES_LENGTH - MAX_EVIDENCE_LENGTH * bool(evidence)
    entry_length = left // (len(REGIONS) + MAX_GAPS)
    lines = [
        f"Value proposition canvas of {truncate(clean_for_svg(metrics.canvas.title), MAX_TITLE_LENGTH)}.",
        describe_verdict(metrics.fit),
        f"{describe_must_have_counts(metrics.fit)}.",
        _describe_sealed(metrics),
        *(_describe_box(metrics, region.kind, entry_length) for region in REGIONS),
        evidence,
        _describe_gaps(metrics, entry_length),
    ]
    return truncate("\n".join(line for line in lines if line), MAX_ALT_TEXT_LENGTH)


def _describe_sealed(metrics: CanvasMetrics) -> str:
    sealed = describe_sealed(metrics.ranked.values(), format_plain_moment, "entry", "entries")
    return f"{capitalize(sealed)}." if sealed else ""


def _describe_box(metrics: CanvasMetrics, kind: Kind, entry_length: int) -> str:
    name, entries = capitalize(kind.spec.plural), metrics.boxes[kind]
    if not entries:
        return f"{name}: none yet."
    first = entries[0]
    prefix = "first "
    if not first.vote_count:
        prefix = f"{_describe_missing_scores(entries)}, such as "
    return f"{name} ({len(entries)}): {prefix}{_quote_entry(first.entry.text, entry_length)}."


def _describe_missing_scores(entries: Sequence[RankedEntry]) -> str:
    """Return why none of a box's entries has a score."""
    sealed_count = sum(ranked.entry.seal is not None for ranked in entries)
    if sealed_count < len(entries):
        return "sealed or waiting for votes" if sealed_count else "waiting for votes"
    ends = {format_score(ranked, format_plain_moment) for ranked in entries}
    return ends.pop() if len(ends) == 1 else describe_sealed(entries, format_plain_moment)


def _describe_gaps(metrics: CanvasMetrics, entry_length: int) -> str:
    gaps = metrics.fit.gaps
    if not gaps:
        return ""
    quoted = ", ".join(
        f"{_quote_entry(gap.ranked.entry.text, entry_length - len(gap.cover) - 1)} {gap.cover}"
        for gap in gaps[:MAX_GAPS]
    )
    more = f" and {len(gaps) - MAX_GAPS} more" if len(gaps) > MAX_GAPS else ""
    return f"Gaps: {quoted}{more}."


def _describe_evidence(metrics: CanvasMetrics) -> str:
    """Return "Evidence: 3 evidenced, 1 refuted, 20 assumed."; "" on a canvas without evidence."""
    states = metrics.evidence.states
    if not states:
        return ""
    counts = Counter(states.get(entry_id, EvidenceState.ASSUMED) for entry_id in metrics.ranked)
    named = ", ".join(f"{counts[state]} {state}" for state in reversed(EvidenceState) if counts[state])
    return f"Evidence: {named}."


def _quote_entry(text: str, max_length: int) -> str:
    return f"“{truncate(clean_for_svg(text), max_length)}”"
