"""Explain how an entry's metrics are computed, so that anyone can check them by hand. Pure."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_discuss_choice
from bot.features.cards.discussions import describe_result, format_start_day, list_reasons
from bot.features.fit.answer import build_answer
from bot.features.fit.model import ReviewerNames
from bot.method.assumption_tests import describe_number, find_next_rung, find_open_tests
from bot.method.discussions import Discussion, list_finished
from bot.method.evidence import DOUBT_POINTS, EvidenceMetrics, compute_points
from bot.method.fit import ADDRESSED_MIN_COVERAGE, NeedFit, OfferFit
from bot.method.formatting import format_decimals, format_score
from bot.method.kinds import Role
from bot.method.metrics import CanvasMetrics
from bot.method.model import Evidence, Mark, Review
from bot.method.ranking import MUST_HAVE_MIN_SCORE, MUST_HAVE_MIN_VOTES, RankedEntry
from bot.slack.blockkit.builders import (
    MAX_FALLBACK_CHARACTERS,
    Message,
    actions_block,
    build_message,
    command_button,
    context_note,
    header_block,
    pack_sections,
)
from bot.slack.blockkit.text import count_noun, escape, join_words, truncate
from bot.store.model import CanvasInfo
from bot.times.clock import format_day, format_moment


def build_explanation(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    entry_id: int,
    user_id: str,
    names: ReviewerNames,
    ticket_buttons: Sequence[ButtonElement] = (),
    discussions: Sequence[Discussion] = (),
) -> Message:
    """Answer in a sentence why an entry stands where it does, and explain every figure behind it.

    `discussions` are those of the entry, in order of their start; `names` has their authors, too.
    """
    ranked = metrics.ranked[entry_id]
    spec = ranked.entry.kind.spec
    lines = [
        f"*{build_answer(ranked, metrics, metrics.evidence.entries[entry_id])}*",
        "The figures behind it, to be re-done by hand:",
        *_explain_score(ranked, metrics),
        _describe_own_vote(ranked, user_id),
        *_explain_rank(ranked, metrics),
        *_explain_agreement(ranked),
        *_describe_discussions(discussions, metrics, names),
        *_explain_role(ranked, metrics, user_id, names),
        *_explain_evidence(ranked, metrics.evidence),
        *_describe_test(ranked, metrics),
    ]
    fallback = "\n".join([f"Why: {spec.singular} “{escape(ranked.entry.text)}”", *lines])
    return build_message(
        fallback[:MAX_FALLBACK_CHARACTERS],
        header_block(f"Why: {truncate(ranked.entry.text, 140)}"),
        context_note(f"{spec.icon} {spec.singular} on {escape(canvas_info.title)}"),
        *pack_sections(lines, 9000),
        actions_block(
            build_discuss_choice(canvas_info.id, [] if _is_discussed(discussions) else [ranked]),
            command_button("Rank", f"rank {spec.singular}", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
            *ticket_buttons,
        ),
    )


def _explain_role(
    ranked: RankedEntry, metrics: CanvasMetrics, user_id: str, names: ReviewerNames
) -> list[str]:
    entry = ranked.entry
    match entry.kind.role:
        case Role.NEED:
            return _explain_coverage(metrics.needs[entry.id], metrics)
        case Role.OFFER:
            return _explain_relevance(metrics.offers[entry.id], metrics, user_id, names)
        case Role.PRODUCT:
            return _explain_delivery(ranked, metrics)
        case Role.CONTEXT:
            return []
        case _:
            assert_never(entry.kind.role)


def _explain_evidence(ranked: RankedEntry, evidence: EvidenceMetrics) -> list[str]:
    """Return the points of every item that counts, so that state, confidence and risk can be re-done."""
    shown, risk = evidence.entries[ranked.entry.id], evidence.risks.get(ranked.entry.id)
    if not shown.counted:
        return [f"*Evidence:* none, so it {shown.state.predicate}."]
    confidence = format_decimals(shown.confidence)
    lead = f"{shown.lead}".replace("-", "−")
    parts = (shown.points_for, shown.points_against, DOUBT_POINTS)
    lines = [
        f"*Evidence:* {shown.state}, {shown.points_for} − {shown.points_against} = {lead} points.",
        f"*Confidence {confidence}* = {shown.points_for} ÷ ({' + '.join(map(str, parts))}).",
        f"The {DOUBT_POINTS} points stand for doubt: every entry begins with them.",
        *(f"• {_describe_item_points(item, ranked.entry.id)}" for item in shown.counted),
    ]
    if shown.others:
        lines.append(
            f"{count_noun(len(shown.others), 'other item')} of the same sources: one voice counts once."
        )
    if risk:
        importance = format_decimals(risk.importance)
        lines.append(f"*Risk {format_decimals(risk.size)}* = {importance}·(1 − {confidence}).")
    return lines


def _describe_test(ranked: RankedEntry, metrics: CanvasMetrics) -> list[str]:
    """Return the test of the entry that runs, or what to try next."""
    test = find_open_tests(metrics).get(ranked.entry.id)
    if test is not None:
        until = format_day(test.terms.until)
        return [f"*Test:* right if {escape(describe_number(test.terms))}, until {until}."]
    rung = find_next_rung(metrics.evidence.entries[ranked.entry.id])
    return [f"*Next rung:* {rung}."] if rung else []


def _describe_item_points(item: Evidence, entry_id: int) -> str:
    """Return "+4 “quote” — source: told 2 × 2 (digits of 31)"."""
    sign = "+" if entry_id in item.supports else "−"
    quote = escape(truncate(item.quote, 80))
    points = f"{item.grade.label} {int(item.grade)} × {len(str(item.count))} (digits of {item.count:,})"
    return f"{sign}{compute_points(item)} “{quote}” — {escape(item.source)}: {points}"


def _explain_score(ranked: RankedEntry, metrics: CanvasMetrics) -> list[str]:
    if ranked.entry.seal:
        return ["*Sealed:* nobody sees its votes, and the fit is computed without it."]
    if ranked.score is None or ranked.weight is None:
        rule = "without votes an entry has no score and no rank, and the fit is computed without it."
        return [f"*No votes:* {rule}"]
    levels = sorted(ranked.entry.votes.values(), reverse=True)
    score, weight = format_decimals(ranked.score), format_decimals(ranked.weight)
    line = (
        f"*Score {score}* = (3·2 + {sum(levels)}) ÷ (2 + {len(levels)}). "
        f"Votes: {', '.join(map(str, levels))}; the 3·2 are two imaginary votes of 3."
    )
    weight_line = f"*Weight {weight}* = ({score} − 1) ÷ 4."
    return [line, weight_line, *_explain_must_have(ranked, metrics.must_have_min_votes)]


def _describe_own_vote(ranked: RankedEntry, user_id: str) -> str:
    if ranked.entry.seal:
        return "Your vote on it is in the voting dialog, which only you see."
    level = ranked.entry.votes.get(user_id)
    if level is None:
        return "You have not voted on it."
    return f"You voted {level}. Of a number on the card and a vote in a form, the later one counts."


def _explain_must_have(ranked: RankedEntry, min_votes: int) -> list[str]:
    """Return why a need with votes is a must-have, or why it is none."""
    if not ranked.entry.kind.is_need or ranked.score is None:
        return []
    rule = f"a score of {MUST_HAVE_MIN_SCORE}.00 or more, and {count_noun(min_votes, 'vote')} or more"
    if min_votes < MUST_HAVE_MIN_VOTES:
        rule += f" ({MUST_HAVE_MIN_VOTES} once that many members vote on this canvas)"
    if ranked.must_have:
        return [f"*Must-have:* it has {rule}."]
    votes = count_noun(ranked.vote_count, "vote")
    return [f"*No must-have:* that takes {rule}; it has {format_score(ranked, format_moment)} and {votes}."]


def _explain_rank(ranked: RankedEntry, metrics: CanvasMetrics) -> list[str]:
    if ranked.rank is None:
        return []
    spec = ranked.entry.kind.spec
    box = metrics.boxes[ranked.entry.kind]
    tied = sum(other.rank == ranked.rank for other in box) - 1
    shared = f", shared with {count_noun(tied, 'other', 'others')}" if tied else ""
    size = count_noun(len(box), spec.singular, spec.plural)
    return [f"*Rank {ranked.rank}* of {size}{shared}: by score, then by number of votes."]


def _explain_agreement(ranked: RankedEntry) -> list[str]:
    if ranked.agreement is None:
        return ["*Agreement* is said from two votes on."] if ranked.vote_count else []
    levels = Counter(ranked.entry.votes.values())
    mean = format_decimals(Fraction(sum(ranked.entry.votes.values()), ranked.vote_count))
    terms = " + ".join(
        f"{levels[level]}·log2(1 − |{level} − {mean}| ÷ 4)" for level in sorted(levels, reverse=True)
    )
    divisive = " Below 0.50: the team is divided, discuss it." if ranked.divisive else ""
    agreement = format_decimals(ranked.agreement)
    return [f"*Agreement {agreement}* = 1 + ({terms}) ÷ {ranked.vote_count}.{divisive}"]


def _describe_discussions(
    discussions: Sequence[Discussion], metrics: CanvasMetrics, names: ReviewerNames
) -> list[str]:
    """Return what each discussion changed, and the reasons in the last one."""
    finished = list_finished(discussions, metrics.ranked)
    lines = [
        f"*Discussed {format_start_day(discussion)}:* {describe_result(result)}."
        for discussion, result, _ in finished
    ]
    return [*lines, *(list_reasons(finished[-1][0], names) if finished else [])]


def _is_discussed(discussions: Sequence[Discussion]) -> bool:
    return any(discussion.is_running for discussion in discussions)


def _explain_coverage(need: NeedFit, metrics: CanvasMetrics) -> list[str]:
    need_id = need.ranked.entry.id
    strengths = {
        offer_id: metrics.strengths[offer_id, need_id]
        for offer_id in metrics.offers
        if (offer_id, need_id) in metrics.strengths
    }
    factors = "·".join(f"(1 − {format_decimals(strength)})" for strength in strengths.values())
    origin = f" = 1 − {factors}" if factors else ": no offer was marked as fitting it"
    threshold = f"addressed from {format_decimals(ADDRESSED_MIN_COVERAGE)} on, partly above 0"
    lines = [f"*Coverage {format_decimals(need.coverage)}*{origin} ({threshold})."]
    for offer_id in strengths:
        offer = metrics.ranked[offer_id].entry
        text = escape(truncate(offer.text, 80))
        lines.append(
            f"• {offer.kind.spec.singular} “{text}”: {_explain_strength(offer_id, need_id, metrics)}"
        )
    return lines


def _explain_relevance(
    offer: OfferFit, metrics: CanvasMetrics, user_id: str, names: ReviewerNames
) -> list[str]:
    offer_id = offer.ranked.entry.id
    reviews = list(metrics.reviews_of_offer(offer_id))
    if not reviews:
        return ["*Relevance* is said once somebody has reviewed it."]
    served = [
        metrics.ranked[need_id] for need_id in metrics.needs if (offer_id, need_id) in metrics.strengths
    ]
    factors = "·".join(
        f"(1 − {format_decimals(need.weight)}·{format_decimals(metrics.strengths[offer_id, need.entry.id])})"
        for need in served
        if need.weight is not None
    )
    lack = "it fits nothing yet" if offer.fits_nothing else "no need that it fits has votes"
    origin = f" = 1 − {factors}" if factors else f": {lack}"
    reviewers = join_words([escape(names.get(review.user_id, "somebody")) for review in reviews])
    return [
        f"*Relevance {format_decimals(offer.relevance)}*{origin}.",
        f"Reviewed by {reviewers}.",
        *(
            f"• {need.entry.kind.spec.singular} “{escape(truncate(need.entry.text, 80))}” "
            f"({_describe_weight(need)}): {_explain_strength(offer_id, need.entry.id, metrics)}"
            for need in served
        ),
        _describe_own_marks(reviews, user_id, metrics),
    ]


def _describe_weight(need: RankedEntry) -> str:
    return (
        format_score(need, format_moment) if need.weight is None else f"weight {format_decimals(need.weight)}"
    )


def _explain_strength(offer_id: int, need_id: int, metrics: CanvasMetrics) -> str:
    """Return for example "strength 0.75 = (1·1 + 1·½) ÷ 2 reviews"."""
    marks = Counter(review.marks.get(need_id) for review in metrics.reviews_of_offer(offer_id))
    strength = format_decimals(metrics.strengths[offer_id, need_id])
    halves = f"({marks[Mark.STRONG]}·1 + {marks[Mark.PARTIAL]}·½)"
    return f"strength {strength} = {halves} ÷ {count_noun(marks.total(), 'review')}"


def _describe_own_marks(reviews: Sequence[Review], user_id: str, metrics: CanvasMetrics) -> str:
    own = next((review for review in reviews if review.user_id == user_id), None)
    if own is None:
        return "You have not reviewed it."
    marks = [
        f"“{escape(truncate(metrics.ranked[need_id].entry.text, 60))}” {mark.name.lower()}"
        for need_id, mark in own.marks.items()
        if need_id in metrics.needs
    ]
    return f"Your marks: {join_words(marks) if marks else 'fits nothing'}."


def _explain_delivery(ranked: RankedEntry, metrics: CanvasMetrics) -> list[str]:
    offers = [
        f"“{escape(truncate(offer.ranked.entry.text, 80))}”"
        for offer in metrics.offers.values()
        if ranked.entry.id in offer.ranked.entry.delivered_by
    ]
    if not offers:
        return ["*Undelivered:* no pain reliever or gain creator names it."]
    return [f"It delivers {join_words(offers)}."]
