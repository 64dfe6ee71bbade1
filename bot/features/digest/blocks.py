"""The messages of digests. Pure."""

from bot.features.digest.changes import MAX_CAUSES, describe_changes, describe_fit_change
from bot.features.digest.chart import build_trend_chart, describe_trend
from bot.features.digest.model import MAX_UNCHANGED_IN_A_ROW, DigestFacts, DigestSection
from bot.features.digest.sections import SECTIONS
from bot.features.fit.blocks import MAX_TITLE_CHARACTERS, format_shares, format_some_entries
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.votes.blocks import build_vote_button
from bot.method.fit import Fit
from bot.method.metrics import CanvasMetrics
from bot.method.next_step import NextStep, find_next_step
from bot.method.summary import (
    describe_must_have_counts,
    describe_must_have_total,
    describe_sealed,
    describe_verdict,
)
from bot.slack.blockkit.builders import (
    Block,
    Message,
    actions_block,
    build_message,
    command_button,
    context_note,
    folded_block,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, join_titles, join_words, truncate, truncate_at_word
from bot.store.model import CanvasInfo
from bot.times.clock import format_moment, format_short_day, zone_or_utc

MAX_SECTION_LINES = 5
MAX_LINE_CHARACTERS = 900
MAX_FOLDED_CHARACTERS = 1200  # of one folded section
MAX_TOLD_CHARACTERS = 2800  # of what changed
MAX_TOLD_LINES = 8  # of what changed and what is overdue; the rest of what changed is folded
MAX_OVERDUE = 2  # tests that are named
MAX_MISSED = 2  # must-haves that are not addressed, besides the one of the next step
MAX_MISSED_CHARACTERS = 60  # of each


def compose_digest(facts: DigestFacts) -> Message:
    """Return a digest: how many must-haves are addressed, the next step, what changed; the rest is folded.

    The verdict, the counts and the missed must-haves come before any percentage, which could hide them.
    """
    metrics, canvas_info = facts.metrics, facts.canvas_info
    headline, next_step = _describe_headline(facts), find_next_step(metrics)
    overdue = _describe_overdue(facts)
    shown_count = MAX_TOLD_LINES - len(overdue)
    changes = _describe_changes(facts, next_step, shown_count - 2)
    told, changed_too = [*changes[:shown_count], *overdue], changes[shown_count:]
    notes = [note for note in (_describe_waiting(metrics), _describe_delay(facts)) if note]
    trend = describe_trend(facts.trend)
    shares, shares_title = f"{format_shares(metrics.fit)}{trend}", f"Fit{' and trend' if trend else ''}"
    sections = [
        section
        for section in (
            DigestSection("More that changed", changed_too),
            *(module.build_section(facts) for module in SECTIONS),
        )
        if section.lines
    ]
    folded = [f"{section.title}: {', '.join(section.lines[:MAX_SECTION_LINES])}" for section in sections]
    text_lines = [escape(headline), f"Next: {format_next_step(next_step)}", *told, *notes, shares, *folded]
    return build_message(
        "\n".join(text_lines),
        header_block(headline),
        *build_next_step(canvas_info, next_step),
        *pack_sections(told, MAX_TOLD_CHARACTERS),
        context_note(" · ".join(notes)) if notes else None,
        actions_block(
            build_vote_button(canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Show", "show", canvas_info.id),
            command_button("Schedule", "digest", canvas_info.id),
        ),
        folded_block(
            join_titles([shares_title, *(section.title for section in sections)]),
            [section_block(shares), *(block for section in sections for block in _format_section(section))],
        ),
        build_trend_chart(facts.trend),
    )


def compose_unchanged_digest(canvas_info: CanvasInfo, in_a_row: int) -> Message:
    """Return the one line of an unchanged digest. `in_a_row` counts them, up to the pause of the schedule."""
    text = f"*{escape(canvas_info.title)}*: nothing happened since the last digest."
    if in_a_row < MAX_UNCHANGED_IN_A_ROW:
        return build_message(text)
    text += f" That was the {in_a_row}th in a row, so I pause the digest."
    continue_button = command_button("Go on", "digest on", canvas_info.id)
    return build_message(text, section_block(text), actions_block(continue_button))


def _describe_headline(facts: DigestFacts) -> str:
    """Return "Fit digest: Map · 3 of 5 must-haves addressed (was 3 of 4)"; it is plain text."""
    now = facts.metrics.fit.must_have_total
    title = truncate_at_word(facts.canvas_info.title, MAX_TITLE_CHARACTERS)
    verdict = describe_must_have_total(facts.metrics.fit)
    before = facts.previous_metrics.fit.must_have_total if facts.previous_metrics else now
    was = f" (was {before.addressed} of {before.total})" if before.total and before != now else ""
    return f"Fit digest: {title} · {verdict}{was}"


def _describe_standing(fit: Fit) -> str:
    """Return the three counts, after the verdict where the fit is achieved; else the headline says enough."""
    counts = describe_must_have_counts(fit)
    return f"{describe_verdict(fit)} {counts}" if fit.achieved else counts


def _describe_changes(facts: DigestFacts, next_step: NextStep, max_causes: int) -> list[str]:
    """Return where the must-haves stand and how the fit changed, its causes, and what else changed."""
    previous = facts.previous_metrics
    change = describe_fit_change(previous.fit if previous else None, facts.metrics.fit)
    missed = _describe_missed(facts.metrics.fit, next_step)
    since = f" since {facts.trend[-2][0]}" if len(facts.trend) > 1 else ""
    title = f"*What changed{since}:*" if previous else "*First digest:*"
    standing = _describe_standing(facts.metrics.fit)
    first_line = " · ".join(filter(None, [standing, missed, f"{title} {change}"]))
    if previous is None:
        return [first_line]
    return [first_line, *describe_changes(previous, facts.metrics, min(MAX_CAUSES, max_causes))]


def _describe_missed(fit: Fit, next_step: NextStep) -> str:
    """Return "not addressed: :star: ✗ “a”, ◐ “b” and 3 more", without the must-have of the next step."""
    missed = [need for need in fit.gaps if need.ranked.must_have]
    others = [need for need in missed if need.ranked.entry != next_step.entry]
    shown = [
        f"{need.cover.mark} “{escape(truncate_at_word(need.ranked.entry.text, MAX_MISSED_CHARACTERS))}”"
        for need in others[:MAX_MISSED]
    ]
    more = [f"{len(others) - MAX_MISSED} more"] if len(others) > MAX_MISSED else []
    also = "also " if len(others) < len(missed) else ""
    return f"{also}not addressed: :star: {join_words([*shown, *more])}" if others else ""


def _describe_overdue(facts: DigestFacts) -> list[str]:
    """Return which tests are overdue, in one line."""
    entries = [facts.metrics.ranked[test.entry_id].entry for test in facts.overdue]
    if not entries:
        return []
    since, names = format_short_day(facts.overdue[0].terms.until), format_some_entries(entries, MAX_OVERDUE)
    return [f":test_tube: {count_noun(len(entries), 'test')} overdue since {since}: {names}"]


def _describe_waiting(metrics: CanvasMetrics) -> str:
    """Return what waits for the team: cards without votes, sealed ones, and offers without a review."""
    unvoted = sum(ranked.waits_for_votes for ranked in metrics.ranked.values())
    unreviewed = len(metrics.unreviewed)
    waiting = [
        f"{count_noun(unvoted, 'card waits', 'cards wait')} for votes" if unvoted else "",
        describe_sealed(metrics.ranked.values(), format_moment, "card", "cards"),
        f"{count_noun(unreviewed, 'offer waits', 'offers wait')} for a review" if unreviewed else "",
    ]
    return ", ".join(filter(None, waiting))


def _describe_delay(facts: DigestFacts) -> str:
    if facts.late_due_at is None:
        return ""
    due_at = facts.late_due_at.astimezone(zone_or_utc(facts.canvas_info.time_zone))
    return f"Planned for {format_moment(due_at)}, sent late"


def _format_section(section: DigestSection) -> list[Block]:
    lines = [truncate(line, MAX_LINE_CHARACTERS) for line in section.lines[:MAX_SECTION_LINES]]
    hidden = len(section.lines) - len(lines)
    more = [f"_…and {hidden} more_"] if hidden else []
    row = actions_block(section.button)
    return [
        *pack_sections([f"*{section.title}*", *lines, *more], MAX_FOLDED_CHARACTERS),
        *([row] if row else []),
    ]
