"""Build the message of the current fit, and the texts about fit that other features share. Pure."""

from collections.abc import Collection, Iterable

from bot.features.fit.next_step import build_next_step
from bot.method.fit import Fit, NeedFit
from bot.method.formatting import format_decimals, format_percent, format_score
from bot.method.kinds import NEED_KINDS
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.next_step import find_next_step, list_entries_to_test
from bot.method.summary import describe_must_have_counts, describe_undelivered, describe_verdict
from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    divider_block,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, join_words, truncate
from bot.store.model import CanvasInfo

MAX_GAPS = 10
MAX_MISSED_IN_FALLBACK = 10
MAX_CHOICES = 10
MAX_ENTRY_CHARACTERS = 80  # of each entry in a line of several
# Limits of the message's lists, well below Slack's. The message says how many lines are left out.
MAX_MUST_HAVES_CHARACTERS = 2500
MAX_GAPS_CHARACTERS = 6000
MAX_REMARKS_CHARACTERS = 2800


def build_fit_message(canvas_info: CanvasInfo, metrics: CanvasMetrics) -> Message:
    """Return the current fit. Missed must-haves come before any percentage, which could hide them."""
    fit = metrics.fit
    verdict, counts, shares = describe_verdict(fit), describe_must_have_counts(fit), format_shares(fit)
    missed = [format_missed_must_have(need) for need in fit.gaps if need.ranked.must_have]
    return build_message(
        "\n".join(
            [f"Fit of {escape(canvas_info.title)}", verdict, counts, *missed[:MAX_MISSED_IN_FALLBACK], shares]
        ),
        header_block(f"Fit: {canvas_info.title}"),
        section_block(f"*{verdict}*\n{counts}"),
        *pack_sections(missed, MAX_MUST_HAVES_CHARACTERS),
        section_block(shares),
        section_block(f"*What to test:* {format_some_entries(list_entries_to_test(metrics))}")
        if fit.achieved
        else None,
        *_build_gaps(fit.gaps),
        *_build_remarks(metrics),
        divider_block(),
        *build_next_step(canvas_info, find_next_step(metrics)),
        actions_block(
            command_button("Review", "review", canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
            command_button("Show", "show", canvas_info.id),
        ),
    )


def build_entry_choice(entries: Iterable[Entry], words: str) -> Message:
    """Return the question which of several matching entries the member means."""
    candidates = list(entries)
    count = count_noun(len(candidates), "entry", "entries")
    question = f"{count} could be “{escape(truncate(words, 60))}”. Which one do you mean?"
    return build_message(
        question,
        section_block(question),
        *(
            section_block(
                f"{entry.kind.spec.icon} {entry.kind.spec.singular}: {escape(entry.text)}",
                action_button("Why?", "why", str(entry.id)),
            )
            for entry in candidates[:MAX_CHOICES]
        ),
        context_note("If it is none of these, type a few more of its words.")
        if len(candidates) > MAX_CHOICES
        else None,
    )


def format_shares(fit: Fit) -> str:
    """Return for example "Fit 81 % (jobs 75 %, pains 75 %, gains 100 %)"."""
    shares = ", ".join(f"{kind.spec.plural} {format_percent(fit.shares[kind])}" for kind in NEED_KINDS)
    return f"Fit {format_percent(fit.overall)} ({shares})"


def format_missed_must_have(need: NeedFit) -> str:
    """Return a must-have that is not addressed, as a line of mrkdwn."""
    entry = need.ranked.entry
    return f":star: Not addressed: {entry.kind.spec.singular} “{escape(entry.text)}”"


def format_gap(need: NeedFit) -> str:
    """Return a gap with its score and coverage, as a line of mrkdwn."""
    entry = need.ranked.entry
    star = " :star:" if need.ranked.must_have else ""
    score, coverage = format_score(need.ranked.score), format_decimals(need.coverage)
    return f"{entry.kind.spec.singular} “{escape(entry.text)}”{star}: score {score}, coverage {coverage}"


def format_some_entries(entries: Collection[Entry], limit: int = 5) -> str:
    """Return the texts of the first entries and the number of the others, for example “a”, “b” and 3 more."""
    shown = [f"“{escape(truncate(entry.text, MAX_ENTRY_CHARACTERS))}”" for entry in list(entries)[:limit]]
    more = len(entries) - len(shown)
    return join_words([*shown, f"{more} more"]) if more else join_words(shown)


def _build_gaps(gaps: Collection[NeedFit]) -> list[Block]:
    if not gaps:
        return []
    lines = [f"{number}. {format_gap(need)}" for number, need in enumerate(gaps, start=1)]
    more = [f"_…and {len(gaps) - MAX_GAPS} more_"] if len(gaps) > MAX_GAPS else []
    return pack_sections(["*Gaps*", *lines[:MAX_GAPS], *more], MAX_GAPS_CHARACTERS)


def _build_remarks(metrics: CanvasMetrics) -> list[Block]:
    """Return the offers that fit nothing, are over-rated or unreviewed, and the undelivered products."""
    groups = (
        ("Fits nothing yet", [offer.ranked.entry for offer in metrics.fits_nothing]),
        ("Over-rated: ranked high, fits little", [offer.ranked.entry for offer in metrics.over_rated]),
        ("Not reviewed yet", [offer.ranked.entry for offer in metrics.unreviewed]),
        (describe_undelivered(len(metrics.undelivered)), [ranked.entry for ranked in metrics.undelivered]),
    )
    lines = [f"*{title}:* {format_some_entries(entries)}" for title, entries in groups if entries]
    return pack_sections(lines, MAX_REMARKS_CHARACTERS)
