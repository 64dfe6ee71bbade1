"""The text of a document, in the Markdown of Slack canvases. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.emoji_names import replace_emoji_codes
from bot.features.fit.blocks import format_shares
from bot.method.evidence import EvidenceStates
from bot.method.fit import NeedFit
from bot.method.formatting import format_score
from bot.method.kinds import Kind, Side
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.method.summary import describe_must_have_counts, describe_undelivered, describe_verdict
from bot.slack.blockkit.text import capitalize, escape_markdown
from bot.store.model import CanvasInfo
from bot.times.clock import format_plain_moment, format_weekday, zone_or_utc

# Slack accepts 1 MiB of JSON, in which one byte of text becomes up to three. The lists are the boxes, the
# missed must-haves, the offers that fit nothing, and the products that no offer names.
MAX_LIST_BYTES = 315_000 // (len(Kind) + 3)
MAX_GAPS = 10
NOTICE = (
    "> Each fit digest writes this document anew, so what is typed into it is lost. "
    "To add an entry, type `/valuemap add` in the channel. ★ is a must-have."
)


def build_title(canvas_info: CanvasInfo) -> str:
    """Return the title of a document, not escaped."""
    return f"Value map: {replace_emoji_codes(canvas_info.name)}"


def build_document(canvas_info: CanvasInfo, metrics: CanvasMetrics, now: datetime) -> str:
    """Return the whole text: the fit, the six boxes in rank order, the gaps, and the unused entries."""
    lines = [*_build_top(canvas_info, now), *_build_fit(metrics)]
    states = metrics.evidence.states
    for side in Side:
        lines += [f"# {capitalize(side)}", ""]
        for kind in (kind for kind in Kind if kind.spec.side is side):
            lines += [f"## {capitalize(kind.spec.plural)}", "", *_build_box(metrics, kind, states), ""]
    return "\n".join([*lines, *_build_gaps(metrics.fit.gaps), *_build_unused_entries(metrics)])


def _build_top(canvas_info: CanvasInfo, now: datetime) -> list[str]:
    zone = zone_or_utc(canvas_info.time_zone)
    local = now.astimezone(zone)
    day = f"{format_weekday(local)} {local:%H:%M} ({escape_markdown(zone.key)})"
    segment = f"For **{escape_markdown(canvas_info.segment)}** · as" if canvas_info.segment else "As"
    return [f"{segment} of {day}", "", NOTICE, ""]


def _build_fit(metrics: CanvasMetrics) -> list[str]:
    """Return the verdict and counts first, each missed must-have before any percentage."""
    fit = metrics.fit
    missed = [_format_gap(need) for need in fit.gaps if need.ranked.must_have]
    top = ["# Fit", "", f"**{describe_verdict(fit)}**", "", describe_must_have_counts(fit), ""]
    return [*top, *_limit_lines(missed), *([""] if missed else []), format_shares(fit), ""]


def _build_box(metrics: CanvasMetrics, kind: Kind, states: EvidenceStates) -> list[str]:
    box = metrics.boxes[kind]
    if not box:
        return ["*nothing yet*"]
    return _limit_lines([_format_entry(ranked, metrics.needs.get(ranked.entry.id), states) for ranked in box])


def _format_entry(ranked: RankedEntry, need: NeedFit | None, states: EvidenceStates) -> str:
    entry = ranked.entry
    score = format_score(ranked, format_plain_moment)
    bold_score = score if ranked.score is None else f"**{score}**"
    category = f" *({escape_markdown(entry.category)})*" if entry.category else ""
    must_have = " ★" if ranked.must_have else ""
    cover = f" · {need.cover.label}" if need and ranked.score is not None else ""
    state = f" · {states[entry.id]}" if entry.id in states else ""
    rank = "–" if ranked.rank is None else ranked.rank
    return f"- {rank} · {escape_markdown(entry.text)}{category} — {bold_score}{must_have}{cover}{state}"


def _build_gaps(gaps: Sequence[NeedFit]) -> list[str]:
    if not gaps:
        return []
    listed = [_format_gap(need) for need in gaps[:MAX_GAPS]]
    return ["# Gaps", "", *listed, *_count_hidden(len(gaps) - len(listed)), ""]


def _format_gap(need: NeedFit) -> str:
    """Return "- ◐ ★ pain “slow”: partly addressed"."""
    star = "★ " if need.ranked.must_have else ""
    return f"- {need.cover.mark} {star}{_quote(need.ranked)}: {need.cover}"


def _build_unused_entries(metrics: CanvasMetrics) -> Iterator[str]:
    """Yield the offers that fit nothing yet, and the products that no offer names."""
    groups = (
        ("Offers that fit nothing yet", [offer.ranked for offer in metrics.fits_nothing]),
        (describe_undelivered(len(metrics.undelivered)), metrics.undelivered),
    )
    for heading, ranked_entries in groups:
        if ranked_entries:
            yield from (
                f"# {heading}",
                "",
                *_limit_lines([f"- {_quote(ranked)}" for ranked in ranked_entries]),
                "",
            )


def _quote(ranked: RankedEntry) -> str:
    return f"{ranked.entry.kind.spec.singular} “{escape_markdown(ranked.entry.text)}”"


def _limit_lines(lines: Sequence[str]) -> list[str]:
    """Return as many lines as MAX_LIST_BYTES allows, and a last line that counts the others."""
    kept_lines: list[str] = []
    bytes_left = MAX_LIST_BYTES
    for line in lines:
        bytes_left -= len(line.encode()) + 1
        if bytes_left < 0:
            break
        kept_lines.append(line)
    return [*kept_lines, *_count_hidden(len(lines) - len(kept_lines))]


def _count_hidden(number: int) -> list[str]:
    return [f"- *+{number} more*"] if number else []
