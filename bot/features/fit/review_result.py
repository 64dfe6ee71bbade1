"""Build what a member sees after a review: how their marks compare, and how they change the fit. Pure."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.features.fit.blocks import format_cover, format_shares, format_some_entries
from bot.features.fit.comparison import (
    Comparison,
    Difference,
    compute_fit_without,
    list_greatest_differences,
)
from bot.features.fit.model import ReviewerNames, ReviewSession
from bot.features.fit.next_step import build_next_step
from bot.method.fit import Fit
from bot.method.formatting import format_percent
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.method.next_step import find_next_step
from bot.method.summary import describe_must_have_counts, describe_verdict
from bot.slack.blockkit.builders import (
    Block,
    View,
    action_button,
    alert_block,
    build_modal,
    context_note,
    divider_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, join_words, truncate
from bot.store.model import CanvasInfo

MAX_NAMED_REVIEWERS = 3
MAX_SHOWN_DIFFERENCES = 3
MAX_NAMED_OFFERS = 3


def build_saved_blocks(
    comparison: Comparison, names: ReviewerNames, *, has_alerts: bool = True
) -> list[Block]:
    """Return which offer was saved, who else reviewed it, and where the marks differ.

    `has_alerts` says whether the workspace's Slack knows alerts, which are newer than sections.
    """
    nothing = "" if comparison.own_review.marks else " fits nothing"
    text = f"Saved: “{escape(truncate(comparison.offer.text, 60))}”{nothing}."
    saved = alert_block(text, "success") if has_alerts else section_block(f":white_check_mark: *{text}*")
    return [
        saved,
        context_note("\n".join([_describe_others(comparison, names), *_format_differences(comparison)])),
    ]


def build_review_result(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    session: ReviewSession,
    user_id: str,
    saved: Sequence[Block] = (),
    warning: str = "",
) -> View:
    """Return the end of a review: the verdict, what the member's reviews change, and the next step."""
    fit = metrics.fit
    missed = [format_cover(need) for need in fit.gaps if need.ranked.must_have]
    return build_modal(
        "done",
        "Fit review",
        [
            section_block(f":warning: {warning}") if warning else None,
            *saved,
            *_build_progress(canvas_info, session),
            section_block(f"*{describe_verdict(fit)}*\n{describe_must_have_counts(fit)}"),
            *pack_sections(missed, 1500),
            section_block(
                f"{format_shares(fit)}\n{_describe_effect(compute_fit_without(metrics, user_id), fit)}"
            ),
            *_build_differences(canvas_info, list_greatest_differences(metrics, user_id)),
            divider_block(),
            *build_next_step(canvas_info, find_next_step(metrics)),
        ],
        private_metadata={"channel": canvas_info.channel_id, "canvas": canvas_info.id},
    )


def _describe_others(comparison: Comparison, names: ReviewerNames) -> str:
    if not comparison.other_reviewer_ids:
        return "You are the first to review it."
    reviewers = sorted(escape(names.get(user_id, "somebody")) for user_id in comparison.other_reviewer_ids)
    more = len(reviewers) - MAX_NAMED_REVIEWERS
    shown = [*reviewers[:MAX_NAMED_REVIEWERS], count_noun(more, "other", "others")] if more > 0 else reviewers
    reviewed = f"{join_words(shown)} reviewed it, too."
    if not comparison.shows_totals:
        return f"{reviewed} I'll show where you differ once two others have reviewed it."
    return f"{reviewed} {'You differ on:' if comparison.differences else 'You mark it much as they do.'}"


def _format_differences(comparison: Comparison) -> list[str]:
    if not comparison.shows_totals:
        return []
    lines = [f"• {_format_difference(each)}" for each in comparison.differences[:MAX_SHOWN_DIFFERENCES]]
    more = len(comparison.differences) - MAX_SHOWN_DIFFERENCES
    return [*lines, f"_…and {more} more_"] if more > 0 else lines


def _format_difference(difference: Difference) -> str:
    """Return for example "pain “waiting”: you strong, others 1 strong, 2 nothing"."""
    entry = difference.need.entry
    star = ":star: " if difference.need.must_have else ""
    need = f"{star}{entry.kind.spec.singular} “{escape(truncate(entry.text, 60))}”"
    return f"{need}: you {_format_mark(difference.own_mark)}, {_format_totals(difference.other_marks)}"


def _format_totals(marks: Mapping[Mark | None, int]) -> str:
    totals = [
        (marks[mark], _format_mark(mark)) for mark in (Mark.STRONG, Mark.PARTIAL, None) if marks.get(mark)
    ]
    if len(totals) == 1:
        return f"all {totals[0][0]} others {totals[0][1]}"
    return f"others {', '.join(f'{number} {name}' for number, name in totals)}"


def _format_mark(mark: Mark | None) -> str:
    return mark.name.lower() if mark else "nothing"


def _build_progress(canvas_info: CanvasInfo, session: ReviewSession) -> list[Block]:
    """Return how many offers the member has reviewed, with a button for the first one that is left."""
    total, unreviewed = len(session.offers), session.unreviewed_offers
    if not total:
        return [section_block("There is no offer left to review: the last one was deleted meanwhile.")]
    if not unreviewed:
        text = f"You have reviewed all {count_noun(total, 'offer')}. Thank you!"
        return [section_block(f":tada: {text}")]
    entries = [offer.ranked.entry for offer in unreviewed]
    text = f"You have reviewed {total - len(unreviewed)} of {count_noun(total, 'offer')}."
    left = f"Left: {format_some_entries(entries, MAX_NAMED_OFFERS)}."
    return [
        section_block(f"{text} {left}", _build_review_button("Go on", canvas_info, entries[0].id, "primary"))
    ]


def _describe_effect(before: Fit, after: Fit) -> str:
    """Return how a member's reviews change the share of the fit and the number of addressed must-haves."""
    addressed = [sum(each.addressed for each in fit.must_haves.values()) for fit in (before, after)]
    if (before.overall, addressed[0]) == (after.overall, addressed[1]):
        return "Your review doesn't change the fit."
    total = sum(each.total for each in after.must_haves.values())
    must_haves = f", must-haves addressed {addressed[0]} → {addressed[1]} of {total}"
    if addressed[0] == addressed[1]:
        must_haves = ""
    change = f"{format_percent(before.overall)} → {format_percent(after.overall)}"
    return f"What your reviews change: fit {change}{must_haves}."


def _build_differences(canvas_info: CanvasInfo, differences: Sequence[Difference]) -> list[Block]:
    """Return the greatest differences from the others over all offers, with a button for each offer."""
    if not differences:
        return []
    lines = [
        section_block(
            f"“{escape(truncate(each.offer.text, 80))}” for {_format_difference(each)}",
            _build_review_button("Look again", canvas_info, each.offer.id),
        )
        for each in differences[:MAX_SHOWN_DIFFERENCES]
    ]
    title = section_block("*Worth talking about:* where you differ most from the others")
    return [divider_block(), title, *lines]


def _build_review_button(
    label: str, canvas_info: CanvasInfo, offer_id: int, style: str | None = None
) -> ButtonElement:
    """Return a button that opens the review at an offer."""
    return action_button(label, "review_at", f"{canvas_info.id}:{offer_id}", style)
