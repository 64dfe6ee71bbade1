"""The messages of digests. Pure."""

from bot.features.digest.chart import build_trend_chart, describe_trend
from bot.features.digest.model import MAX_UNCHANGED_IN_A_ROW, DigestFacts, DigestSection
from bot.features.digest.sections import SECTIONS
from bot.features.fit.blocks import format_missed_must_have, format_shares
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.votes.blocks import build_vote_button
from bot.method.formatting import format_points
from bot.method.next_step import find_next_step
from bot.method.summary import describe_must_have_counts, describe_verdict
from bot.slack.blockkit.builders import (
    Block,
    Message,
    actions_block,
    build_message,
    command_button,
    context_note,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import escape, truncate
from bot.store.model import CanvasInfo

MAX_SECTION_LINES = 5
MAX_LINE_CHARACTERS = 900
MAX_DIGEST_SECTION_CHARACTERS = 1500
MAX_MISSED_CHARACTERS = 1200  # of must-haves that are not addressed
MAX_MISSED_IN_TEXT = 3  # of must-haves in the notification's text


def compose_digest(facts: DigestFacts) -> Message:
    """Return a digest: the verdict and counts first, each missed must-have before any percentage."""
    metrics, canvas_info = facts.metrics, facts.canvas_info
    verdict, counts = describe_verdict(metrics.fit), describe_must_have_counts(metrics.fit)
    missed = [format_missed_must_have(need) for need in metrics.fit.gaps if need.ranked.must_have]
    shares_text = _describe_shares(facts)
    next_step = find_next_step(metrics)
    text_lines = [
        f"Fit digest: {escape(canvas_info.title)}",
        verdict,
        counts,
        *missed[:MAX_MISSED_IN_TEXT],
        shares_text,
        f"Next: {format_next_step(next_step)}",
    ]
    late_note = f"Planned for {facts.late_slot}; late because I was not running." if facts.late_slot else ""
    return build_message(
        "\n".join(text_lines),
        header_block(f"Fit digest: {canvas_info.title}"),
        context_note(late_note) if late_note else None,
        section_block(f"*{verdict}*\n{counts}"),
        *pack_sections(missed, MAX_MISSED_CHARACTERS),
        section_block(f"{shares_text}{describe_trend(facts.trend)}"),
        build_trend_chart(facts.trend),
        *(block for module in SECTIONS for block in _format_section(module.build_section(facts))),
        *build_next_step(canvas_info, next_step),
        actions_block(
            command_button("Review", "review", canvas_info.id),
            build_vote_button(canvas_info.id),
            command_button("Show", "show", canvas_info.id),
            command_button("Schedule", "digest", canvas_info.id),
        ),
    )


def compose_unchanged_digest(canvas_info: CanvasInfo, in_a_row: int) -> Message:
    """Return the one line of an unchanged digest. `in_a_row` counts them, up to the pause of the schedule."""
    text = f"*{escape(canvas_info.title)}*: nothing happened since the last digest."
    if in_a_row < MAX_UNCHANGED_IN_A_ROW:
        return build_message(text)
    text += f" That was the {in_a_row}th in a row, so I pause the digest."
    continue_button = command_button("Go on", "digest on", canvas_info.id)
    return build_message(text, section_block(text), actions_block(continue_button))


def _format_section(section: DigestSection) -> list[Block]:
    if not section.lines:
        return []
    lines = [truncate(line, MAX_LINE_CHARACTERS) for line in section.lines[:MAX_SECTION_LINES]]
    hidden = len(section.lines) - len(lines)
    more = [f"_…and {hidden} more_"] if hidden else []
    return pack_sections([f"*{section.title}*", *lines, *more], MAX_DIGEST_SECTION_CHARACTERS)


def _describe_shares(facts: DigestFacts) -> str:
    fit = facts.metrics.fit.overall
    previous_fit = facts.previous_metrics.fit.overall if facts.previous_metrics else None
    text = format_shares(facts.metrics.fit)
    if fit is None or previous_fit is None:
        return text
    if fit == previous_fit:
        return f"{text}, as in the last digest"
    return f"{text}, {format_points(fit - previous_fit)} points since the last digest"
