"""What the document says, in the Markdown that Slack's canvases take. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.features.fit.blocks import format_shares
from bot.method.fit import NeedFit
from bot.method.formatting import format_decimals
from bot.method.kinds import Kind, Side
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.method.summary import describe_counts, describe_verdict
from bot.slack.blockkit.text import capitalize, escape_markdown
from bot.store.model import CanvasInfo
from bot.times.clock import WEEKDAY_NAMES, zone_or_utc

ROOM = 35_000  # bytes of one list of nine; Slack takes 1 MiB, and JSON makes three bytes of one
MOST_GAPS = 10
NOTICE = (
    "> Each fit digest writes this document anew, so what is typed into it is lost. "
    "To add an entry, type `/valuemap add` in the channel. ★ is a must-have."
)


def title(head: CanvasInfo) -> str:
    return f"Value map: {head.name}"


def build_document(head: CanvasInfo, figures: CanvasMetrics, at: datetime) -> str:
    """Return the whole document: the fit, the six boxes in rank order, gaps, and what fits nothing yet."""
    lines = [*_top(head, at), *_fit(figures)]
    for side in Side:
        lines += [f"# {capitalize(side)}", ""]
        for kind in (kind for kind in Kind if kind.spec.side is side):
            lines += [f"## {capitalize(kind.spec.plural)}", "", *_box(figures, kind), ""]
    return "\n".join([*lines, *_gaps(figures.fit.gaps), *_loose_ends(figures)])


def _top(head: CanvasInfo, at: datetime) -> list[str]:
    zone = zone_or_utc(head.time_zone)
    local = at.astimezone(zone)
    day = f"{WEEKDAY_NAMES[local.weekday()]} {local:%Y-%m-%d %H:%M} ({escape_markdown(zone.key)})"
    segment = f"For **{escape_markdown(head.segment)}** · as" if head.segment else "As"
    return [
        f"{segment} of {day}",
        "",
        NOTICE,
        "",
    ]


def _fit(figures: CanvasMetrics) -> list[str]:
    """Verdict and counts first; a must-have that is missed stands before any percentage."""
    now = figures.fit
    missed = [f"- ★ Not addressed: {_named(need.ranked)}" for need in now.gaps if need.ranked.must_have]
    told = ["# Fit", "", f"**{describe_verdict(now)}**", "", capitalize(describe_counts(now)), ""]
    return [*told, *_cut(missed), *([""] if missed else []), format_shares(now), ""]


def _box(figures: CanvasMetrics, kind: Kind) -> list[str]:
    box = figures.boxes[kind]
    if not box:
        return ["*nothing yet*"]
    return _cut([_item(place, figures.needs.get(place.entry.id)) for place in box])


def _item(place: RankedEntry, need: NeedFit | None) -> str:
    score = f"**{format_decimals(place.score)}**" if place.vote_count else "not ranked yet"
    category = f" *({escape_markdown(place.entry.category)})*" if place.entry.category else ""
    must_have = " ★" if place.must_have else ""
    addressed = " · addressed" if need and need.addressed else ""
    return f"- {place.rank} · {escape_markdown(place.entry.text)}{category} — {score}{must_have}{addressed}"


def _gaps(gaps: Sequence[NeedFit]) -> list[str]:
    if not gaps:
        return []
    listed = [
        f"- {_named(need.ranked)}{' ★' if need.ranked.must_have else ''}: "
        f"score {format_decimals(need.ranked.score)}, coverage {format_decimals(need.coverage)}"
        for need in gaps[:MOST_GAPS]
    ]
    return ["# Gaps", "", *listed, *_more(len(gaps) - len(listed)), ""]


def _loose_ends(figures: CanvasMetrics) -> Iterator[str]:
    """Offers that fit nothing yet, and products that no offer names."""
    groups = (
        ("Fits nothing yet", [offer.ranked for offer in figures.fits_nothing]),
        ("Named by no offer", figures.undelivered),
    )
    for heading, places in groups:
        if places:
            yield from (f"# {heading}", "", *_cut([f"- {_named(place)}" for place in places]), "")


def _named(place: RankedEntry) -> str:
    return f"{place.entry.kind.spec.singular} “{escape_markdown(place.entry.text)}”"


def _cut(lines: Sequence[str]) -> list[str]:
    """Return the lines that there is room for, and how many there was none for."""
    kept: list[str] = []
    left = ROOM
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            break
        kept.append(line)
    return [*kept, *_more(len(lines) - len(kept))]


def _more(number: int) -> Iterable[str]:
    return [f"- *+{number} more*"] if number else []
