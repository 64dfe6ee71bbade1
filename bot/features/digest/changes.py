"""The lines about what changed since the last digest. Pure."""

from collections.abc import Iterable, Sequence

from bot.features.digest.causes import Cause, CauseKind, find_causes
from bot.features.digest.formatting import quote_entry
from bot.features.fit.blocks import format_some_entries
from bot.method.evidence import NO_EVIDENCE
from bot.method.fit import Fit
from bot.method.formatting import format_percent, format_points, round_percent
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.slack.blockkit.text import count_noun

MAX_CAUSES = 4
MAX_CAUSE_CHARACTERS = 60  # of an entry's text
MAX_NAMED_NEEDS = 2  # that a cause addresses
MAX_NAMED_MUST_HAVES = 3
MAX_STATES = 2  # changes of evidence that are named
CAUSE_WORDS = {
    CauseKind.GONE: "without {}",
    CauseKind.NEW: "by the new {}",
    CauseKind.VOTES: "by votes on {}",
    CauseKind.MARKS: "by reviews of {}",
}


def describe_fit_change(before: Fit | None, after: Fit) -> str:
    """Return "fit 66 → 68 %", "fit still 66 %", or the fit alone where there is nothing to compare."""
    if after.overall is None:
        return "nothing to fit yet"
    now = format_percent(after.overall)
    if before is None or before.overall is None:
        return f"fit {now}"
    earlier = round_percent(before.overall)
    is_same = earlier == round_percent(after.overall)
    return f"fit still {now}" if is_same else f"fit {earlier} → {now}"


def describe_changes(before: CanvasMetrics, after: CanvasMetrics, max_causes: int = MAX_CAUSES) -> list[str]:
    """Return the strongest causes of the change of the fit, and what changed of must-haves and evidence.

    The points add up to the difference of the two fits as they are shown: the line after at most `max_causes`
    causes names the rest.
    """
    return [
        *_describe_causes(before, after, max_causes),
        *_describe_must_haves(before, after),
        *_describe_evidence(before, after),
    ]


def _describe_causes(before: CanvasMetrics, after: CanvasMetrics, max_causes: int) -> list[str]:
    if before.fit.overall is None or after.fit.overall is None:
        return []
    must_haves = _select_must_haves(after).keys()
    causes = [
        cause
        for cause in find_causes(before, after)
        if round_percent(cause.effect) or cause.addressed or cause.unaddressed
    ]
    shown = causes[:max_causes]
    lines = [_describe_cause(cause, must_haves) for cause in shown]
    total = round_percent(after.fit.overall) - round_percent(before.fit.overall)
    rest = total - sum(round_percent(cause.effect) for cause in shown)
    hidden = len(causes) - len(shown)
    if rest or hidden:
        words = count_noun(hidden, "other change") if hidden else "rounding and smaller changes"
        lines.append(f"{_choose_mark(rest)} fit {format_points(rest)} by {words}")
    return lines


def _describe_cause(cause: Cause, must_haves: Iterable[int]) -> str:
    points = round_percent(cause.effect)
    words = CAUSE_WORDS[cause.kind].format(quote_entry(cause.entry, MAX_CAUSE_CHARACTERS))
    line = f"{_choose_mark(points)} fit {format_points(points)} {words}"
    if cause.addressed:
        line += f": now addresses {_name_needs(cause, cause.addressed, must_haves)}"
    if cause.unaddressed:
        line += f": {_describe_unaddressed(cause, must_haves)}"
    return line


def _describe_unaddressed(cause: Cause, must_haves: Iterable[int]) -> str:
    covers = {need.id: cover for need, cover in cause.flips}
    if cause.entry in cause.unaddressed:
        return f"it is {covers[cause.entry.id]}"
    return f"no longer addressed: {_name_needs(cause, cause.unaddressed, must_haves)}"


def _name_needs(cause: Cause, needs: Sequence[Entry], must_haves: Iterable[int]) -> str:
    """Return "it", or the texts of the needs; a star marks must-haves."""
    if needs == (cause.entry,):
        return "it"
    star = ":star: " if {need.id for need in needs} & {*must_haves} else ""
    return f"{star}{format_some_entries(needs, MAX_NAMED_NEEDS)}"


def _describe_must_haves(before: CanvasMetrics, after: CanvasMetrics) -> list[str]:
    old, new = _select_must_haves(before), _select_must_haves(after)
    groups = (
        (":star: Must-have now", [entry for entry_id, entry in new.items() if entry_id not in old]),
        ("☆ No must-have any more", [entry for entry_id, entry in old.items() if entry_id not in new]),
    )
    return [
        f"{label}: {format_some_entries(entries, MAX_NAMED_MUST_HAVES)}"
        for label, entries in groups
        if entries
    ]


def _describe_evidence(before: CanvasMetrics, after: CanvasMetrics) -> list[str]:
    """Return the gates that opened or closed, and the entries whose evidence has another state now."""
    if not (before.canvas.evidence or after.canvas.evidence):
        return []
    old, new = before.evidence, after.evidence
    gates = (
        ("Problem–solution fit", old.gates.problem_solution_fit, new.gates.problem_solution_fit),
        ("Product–market fit", old.gates.product_market_fit, new.gates.product_market_fit),
    )
    lines = [
        f":mag: {name} is {'reached now' if now else 'not reached any more'}"
        for name, earlier, now in gates
        if earlier is not now
    ]
    changed = [
        f":mag: {quote_entry(after.ranked[entry_id].entry, MAX_CAUSE_CHARACTERS)} {shown.state.predicate} now"
        for entry_id, shown in new.entries.items()
        if old.entries.get(entry_id, NO_EVIDENCE).state is not shown.state
    ]
    hidden = len(changed) - MAX_STATES
    more = [f":mag: {count_noun(hidden, 'more entry', 'more entries')} changed by evidence"]
    return [*lines, *changed[:MAX_STATES], *(more if hidden > 0 else [])]


def _select_must_haves(metrics: CanvasMetrics) -> dict[int, Entry]:
    return {entry_id: ranked.entry for entry_id, ranked in metrics.ranked.items() if ranked.must_have}


def _choose_mark(points: int) -> str:
    if points == 0:
        return ":white_circle:"
    return ":large_green_circle:" if points > 0 else ":red_circle:"
