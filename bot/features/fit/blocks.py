"""Build the message of the current fit, and the texts about fit that other features share. Pure."""

from collections.abc import Callable, Collection, Iterable, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.votes.blocks import build_vote_button
from bot.method.evidence import EvidenceMetrics, EvidenceState
from bot.method.fit import Fit, NeedFit
from bot.method.formatting import format_percent
from bot.method.kinds import NEED_KINDS
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.next_step import find_next_step
from bot.method.summary import (
    describe_must_have_counts,
    describe_sealed,
    describe_undelivered,
    describe_verdict,
)
from bot.slack.blockkit.builders import (
    Message,
    action_button,
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
from bot.times.clock import format_moment

TitledEntries = tuple[str, Collection[Entry]]

MAX_GAPS = 10
MAX_MUST_HAVES = 3  # that are shown where all are addressed; all missed ones are shown
MAX_MISSED_IN_FALLBACK = 10
MAX_CHOICES = 10
MAX_TITLE_CHARACTERS = 60  # of a canvas, in a header
MAX_ENTRY_CHARACTERS = 60  # of each entry in a line of several
MAX_NEED_CHARACTERS = 70
MAX_OFFER_CHARACTERS = 40
# Limits of the message's lists, well below Slack's. The message says how many lines are left out.
MAX_MUST_HAVES_CHARACTERS = 2500
MAX_DETAILS_CHARACTERS = 5000


def build_fit_message(canvas_info: CanvasInfo, metrics: CanvasMetrics) -> Message:
    """Return the current fit. Missed must-haves come before any percentage, which could hide them."""
    fit, next_step = metrics.fit, find_next_step(metrics)
    verdict, counts, shares = describe_verdict(fit), describe_must_have_counts(fit), format_shares(fit)
    must_haves = list_must_haves(metrics)
    lines = [format_must_have(need, metrics) for need in must_haves]
    shown_count = max(MAX_MUST_HAVES, sum(not need.addressed for need in must_haves))
    more = [f"_…and {len(lines) - shown_count} more, all addressed_"] if len(lines) > shown_count else []
    evidence = metrics.evidence
    groups = [*_list_groups(metrics), *_list_missing(metrics, evidence)]
    details = [
        *_list_gaps(fit.gaps),
        *(f"*{title}:* {format_some_entries(entries)}" for title, entries in groups),
    ]
    titles = [*(["Gaps"] if fit.gaps else []), *(title.partition(":")[0] for title, _ in groups)]
    return build_message(
        "\n".join(
            [
                f"Fit of {escape(canvas_info.title)}",
                verdict,
                counts,
                *lines[:MAX_MISSED_IN_FALLBACK],
                f"{shares}{_describe_waiting(metrics)}",
                *describe_gates(evidence),
                f"Next: {format_next_step(next_step)}",
                *details,
            ]
        ),
        header_block(f"Fit: {truncate_at_word(canvas_info.title, MAX_TITLE_CHARACTERS)}"),
        section_block(f"*{verdict}*\n{counts}"),
        *pack_sections([*lines[:shown_count], *more], MAX_MUST_HAVES_CHARACTERS),
        context_note(f"{shares}{_describe_waiting(metrics)}"),
        context_note(" · ".join(describe_gates(evidence))),
        *build_next_step(canvas_info, next_step),
        folded_block(join_titles(titles), pack_sections(details, MAX_DETAILS_CHARACTERS))
        if details
        else None,
        actions_block(
            build_vote_button(canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
            command_button("Show", "show", canvas_info.id),
        ),
    )


def build_why_button(entry: Entry) -> ButtonElement:
    """Return the button that explains an entry's figures."""
    return action_button("Why?", "why", str(entry.id))


def build_entry_choice(
    entries: Iterable[Entry], words: str, build_button: Callable[[Entry], ButtonElement]
) -> Message:
    """Return the question which of several matching entries the member means, with a button for each."""
    candidates = list(entries)
    count = count_noun(len(candidates), "entry", "entries")
    question = f"{count} match “{escape(truncate(words, 60))}”. Which one do you mean?"
    return build_message(
        question,
        section_block(question),
        *(
            section_block(
                f"{entry.kind.spec.icon} {entry.kind.spec.singular}: {escape(entry.text)}",
                build_button(entry),
            )
            for entry in candidates[:MAX_CHOICES]
        ),
        context_note("If it is none of these, type a few more of its words.")
        if len(candidates) > MAX_CHOICES
        else None,
    )


def format_shares(fit: Fit) -> str:
    """Return for example "Fit 81 % (jobs 75 %, pains 75 %, gains 100 %)"."""
    if fit.overall is None:
        return "Nothing to fit yet: no need has votes"
    shares = ", ".join(f"{kind.spec.plural} {format_percent(fit.shares[kind])}" for kind in NEED_KINDS)
    return f"Fit {format_percent(fit.overall)} ({shares})"


def describe_gates(evidence: EvidenceMetrics) -> list[str]:
    """Return the fit in evidence, and for each gate whether it is open, in counts."""
    gates = evidence.gates
    first, second = (
        "reached" if is_open else "not yet"
        for is_open in (gates.problem_solution_fit, gates.product_market_fit)
    )
    total = gates.addressed.total
    addressed = f"{gates.addressed.passed} of {count_noun(total, 'must-have')} addressed"
    evidenced = f"{gates.evidenced.passed} of {total} evidenced"
    carried = f"{gates.carried.passed} of {total} with an offer in use"
    paid = f"{count_noun(gates.paid_sources, 'source')} paid"
    lines = [
        f"Fit in evidence {format_percent(evidence.fit_in_evidence)}",
        f"Problem–solution fit: {first} ({addressed}, {evidenced})",
        f"Product–market fit: {second} ({carried}, {paid})",
    ]
    if gates.product_market_fit:
        lines.append("Whether the business earns more than it costs is not decided on this canvas")
    return lines


def _list_missing(metrics: CanvasMetrics, evidence: EvidenceMetrics) -> list[TitledEntries]:
    """Return what each gate lacks, entry by entry, and where votes and evidence disagree."""
    must_haves = [need.ranked for need in metrics.needs.values() if need.ranked.must_have]
    unproven = [
        ranked.entry
        for ranked in must_haves
        if evidence.entries[ranked.entry.id].state is not EvidenceState.EVIDENCED
    ]
    groups = (
        ("Must-haves without enough evidence", unproven),
        ("Voted up, evidence against", [ranked.entry for ranked in evidence.alarms_against]),
        ("Overlooked: evidenced, and no must-have", [ranked.entry for ranked in evidence.overlooked]),
        (
            "What to test",
            [risk.ranked.entry for risk in evidence.riskiest] if metrics.fit.achieved else [],
        ),
    )
    return [(title, entries) for title, entries in groups if entries]


def _describe_waiting(metrics: CanvasMetrics) -> str:
    """Return " · 2 needs wait for votes", or "" if none does; and how many are sealed."""
    needs = [need.ranked for need in metrics.needs.values()]
    number = sum(need.waits_for_votes for need in needs)
    waiting = f" · {count_noun(number, 'need waits', 'needs wait')} for votes" if number else ""
    sealed = describe_sealed(needs, format_moment, "need", "needs")
    return f"{waiting} · {sealed}, not counted" if sealed else waiting


def list_must_haves(metrics: CanvasMetrics) -> list[NeedFit]:
    """Return the must-haves, those that are not addressed first, in the order of gaps."""
    addressed = [need for need in metrics.needs.values() if need.ranked.must_have and need.addressed]
    return [*(need for need in metrics.fit.gaps if need.ranked.must_have), *addressed]


def format_must_have(need: NeedFit, metrics: CanvasMetrics) -> str:
    """Return a must-have with what serves it: "✓ :star: pain “slow”: addressed by “robot”"."""
    return f"{need.cover.mark} {format_need(need)}: {describe_cover(need, metrics)}"


def describe_cover(need: NeedFit, metrics: CanvasMetrics) -> str:
    """Return how far a need is served, and by what: "partly addressed by “robot” and 1 more"."""
    need_id = need.ranked.entry.id
    offers = [
        offer.ranked.entry
        for offer_id, offer in metrics.offers.items()
        if metrics.strengths.get((offer_id, need_id))
    ]
    if not offers:
        return str(need.cover)
    first = f"“{escape(truncate(offers[0].text, MAX_OFFER_CHARACTERS))}”"
    return f"{need.cover} by {first}{f' and {len(offers) - 1} more' if len(offers) > 1 else ''}"


def format_cover(need: NeedFit) -> str:
    """Return a need and how far it is served, as a line of mrkdwn: "◐ pain “slow”: partly addressed"."""
    return f"{need.cover.mark} {format_need(need)}: {need.cover}"


def format_need(need: NeedFit) -> str:
    """Return a need's kind and text with a star for a must-have."""
    entry = need.ranked.entry
    star = ":star: " if need.ranked.must_have else ""
    return f"{star}{entry.kind.spec.singular} “{escape(truncate(entry.text, MAX_NEED_CHARACTERS))}”"


def format_some_entries(entries: Collection[Entry], limit: int = 5) -> str:
    """Return the texts of the first entries and the number of the others, for example “a”, “b” and 3 more."""
    shown = [f"“{escape(truncate(entry.text, MAX_ENTRY_CHARACTERS))}”" for entry in list(entries)[:limit]]
    more = len(entries) - len(shown)
    return join_words([*shown, f"{more} more"]) if more else join_words(shown)


def _list_gaps(gaps: Sequence[NeedFit]) -> list[str]:
    """Return the first gaps, a line each, below their title."""
    lines = [f"{number}. {format_cover(need)}" for number, need in enumerate(gaps, start=1)]
    hidden = len(gaps) - MAX_GAPS
    more = [f"_…and {hidden} more_"] if hidden > 0 else []
    return ["*Gaps*", *lines[:MAX_GAPS], *more] if gaps else []


def _list_groups(metrics: CanvasMetrics) -> list[TitledEntries]:
    """Return the groups of entries that need a second look."""
    groups = (
        ("Offers that fit nothing yet", [offer.ranked.entry for offer in metrics.fits_nothing]),
        ("Over-rated offers: ranked high, fit little", [offer.ranked.entry for offer in metrics.over_rated]),
        ("Offers not reviewed yet", [offer.ranked.entry for offer in metrics.unreviewed]),
        (describe_undelivered(len(metrics.undelivered)), [ranked.entry for ranked in metrics.undelivered]),
    )
    return [(title, entries) for title, entries in groups if entries]
