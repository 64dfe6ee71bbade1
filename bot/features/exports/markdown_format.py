"""A canvas as Markdown for documents. Pure."""

from collections.abc import Sequence

from bot.features.cards.discussions import describe_result, format_start_day
from bot.method.assumption_tests import describe_number, describe_seen
from bot.method.discussions import Direction, Discussion, DiscussionResult, list_finished
from bot.method.evidence import EvidenceStates
from bot.method.formatting import format_percent, format_score
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Entry, Evidence
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.text import escape_markdown
from bot.times.clock import format_day, format_plain_moment

EVIDENCE_HEADING, TESTS_HEADING, DISCUSSIONS_HEADING = "Evidence", "Tests and decisions", "Discussions"


def to_markdown(metrics: CanvasMetrics, discussions: Sequence[Discussion] = ()) -> str:
    """Return headings and ranked lists. User text is escaped, so that it cannot add formatting or links."""
    canvas, fit, states = metrics.canvas, metrics.fit, metrics.evidence.states
    lines = [f"# Value map: {escape_markdown(canvas.name)}", ""]
    if canvas.segment:
        lines += [f"For **{escape_markdown(canvas.segment)}**", ""]
    for kind in Kind:
        lines += [f"## {kind.spec.plural.capitalize()}", ""]
        box = metrics.boxes[kind]
        lines += [_format_entry(ranked, metrics, states) for ranked in box] or ["*nothing yet*"]
        lines.append("")
    must_haves = ", ".join(
        f"{kind.need_spec.must_have_plural} {count}" for kind, count in fit.must_haves.items()
    )
    lines += ["## Fit", "", f"{format_percent(fit.overall)} in all; must-haves addressed: {must_haves}", ""]
    if canvas.evidence:
        items = [_format_item(item, metrics) for item in canvas.evidence]
        lines += [f"## {EVIDENCE_HEADING}", "", *items, ""]
    if canvas.tests:
        lines += [f"## {TESTS_HEADING}", "", *(_format_test(test) for test in canvas.tests), ""]
    if finished := list_finished(discussions, metrics.ranked):
        lines += [f"## {DISCUSSIONS_HEADING}", ""]
        lines += [line for each in finished for line in _format_discussion(*each)]
        lines.append("")
    return "\n".join(lines)


def _format_discussion(discussion: Discussion, result: DiscussionResult, entry: Entry) -> list[str]:
    """Return "- pain “slow” (2 Nov 2026): one 5, one 1 → …", and its reasons in a list of their own."""
    name = f"{entry.kind.spec.singular} “{escape_markdown(entry.text)}”"
    return [
        f"- {name} ({format_start_day(discussion)}): {describe_result(result)}",
        *(
            f"  - for {direction}: {escape_markdown(reason.text or '')}"
            for direction in Direction
            for reason in discussion.list_reasons(direction)
        ),
    ]


def _format_entry(ranked: RankedEntry, metrics: CanvasMetrics, states: EvidenceStates) -> str:
    """Return "- **1** too slow *(risk)*: 4.20 ★ · ✓ addressed · evidenced", which imports read again."""
    # No numbered list, since Markdown counts its items itself, and entries may share a rank.
    rank = "" if ranked.rank is None else f"**{ranked.rank}** "
    must_have = " ★" if ranked.must_have else ""
    category = f" *({escape_markdown(ranked.entry.category)})*" if ranked.entry.category else ""
    text = escape_markdown(ranked.entry.text)
    need = metrics.needs.get(ranked.entry.id)
    cover = f" · {need.cover.label}" if need and ranked.score is not None else ""
    state = f" · {states[ranked.entry.id]}" if ranked.entry.id in states else ""
    return f"- {rank}{text}{category}: {format_score(ranked, format_plain_moment)}{must_have}{cover}{state}"


def _format_item(item: Evidence, metrics: CanvasMetrics) -> str:
    """Return "- “it is slow” — Customer 7, told, 2 Nov 2026; for pain “slow”"."""
    count = f", {item.count} people or cases" if item.count > 1 else ""
    sides = [
        f"; {words} {metrics.ranked[entry_id].entry.kind.spec.singular} "
        f"“{escape_markdown(metrics.ranked[entry_id].entry.text)}”"
        for entry_ids, words in ((item.supports, "for"), (item.contradicts, "against"))
        for entry_id in entry_ids
        if entry_id in metrics.ranked
    ]
    link = f"; {escape_markdown(item.link)}" if item.link else ""
    quote, source = escape_markdown(item.quote), escape_markdown(item.source)
    return f"- “{quote}” — {source}, {item.grade.label}{count}, {format_day(item.day)}{''.join(sides)}{link}"


def _format_test(test: AssumptionTest) -> str:
    """Return "- “it is slow”: to check it we …; we measure …; right if ≥ 3, until …; met: 4, needed …"."""
    terms, result, decision = test.terms, test.result, test.decision
    belief, check, measure, number = (
        escape_markdown(text) for text in (test.belief, terms.check, terms.measure, describe_number(terms))
    )
    line = f"- “{belief}”: to check it we {check}; we measure {measure}; right if {number}"
    line += f", until {format_day(terms.until)}"
    if result:
        line += f"; {escape_markdown(describe_seen(result, terms))}, “{escape_markdown(result.quote)}”"
    return f"{line}; {decision.choice}: {escape_markdown(decision.reason)}" if decision else line
